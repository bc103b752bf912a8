"""What is not known yet: a stamp that is younger than a number of seconds."""

import datetime


def age(row):
    """Seconds since a stamp of the book was written."""
    created = datetime.datetime.fromisoformat(row["created"])
    return (datetime.datetime.now(datetime.UTC) - created).total_seconds()


def too_fresh(row, seconds):
    """Whether the stamp is younger than that."""
    return age(row) < seconds
