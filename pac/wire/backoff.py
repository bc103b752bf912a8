"""How long to wait after failures in a row, before the next attempt. Knows no clock and adds no jitter."""


def backoff(failures, first, ceiling, factor=2):
    """The wait after so many failures in a row.

    After the first failure it is `first`, after each further one `factor` times as long, and never more than `ceiling`.

    :param failures: 1 or more; 0 counts as 1
    :param first: timedelta or seconds
    :param ceiling: as `first`
    :return: as `first`
    """
    wait = first
    for _failure in range(1, failures):
        if wait >= ceiling:
            break
        wait *= factor
    return min(wait, ceiling)
