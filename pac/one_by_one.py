"""Many documents at a service that takes one a call: several calls at once, each with an outcome of its own."""

import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from . import errors
from .results import BulkEntry, BulkResult

# calls at the same time: what one office may ask of a service without being taken for an attack
AT_ONCE = 8


def stamp_each(pac, files, branch):
    """As `Pac.stamp_many`, by `Pac.stamp` in a few threads, which share nothing but the credentials.

    Returns a BulkResult; a file that never left is `not_sent`, and so is one whose turn would come
    later than twice the time-out: whoever waits takes us for dead then. Never raises.
    """
    until = time.monotonic() + 2 * pac.credentials.read_timeout
    with ThreadPoolExecutor(max(1, min(AT_ONCE, len(files)))) as pool:
        entries = pool.map(partial(_stamped, pac, branch, until), files, files.values())
        return BulkResult({entry.name: entry for entry in entries}, None, b"")


def _stamped(pac, branch, until, name, xml):
    try:
        if time.monotonic() > until:
            raise errors.NotSent("not_started", "There was no time left to send it.")
        stamped = pac.stamp(xml, branch)
    except errors.PacError as error:
        outcome = {errors.NotSent: "not_sent", errors.UnknownOutcome: "unknown"}.get(type(error), "rejected")
        return BulkEntry(
            name,
            outcome,
            code=error.code,
            text=error.text,
            reason=error.reason,
            detail=error.detail,
            raw=error.raw,
            http_status=error.http_status,
        )
    except Exception as error:  # noqa: BLE001
        # a defect of ours in one thread must not lose the answers of the others
        text = f"The service's answer could not be judged ({type(error).__name__})."
        return BulkEntry(name, "unknown", code="not_judged", text=text, reason="not_judged")
    return BulkEntry(name, "stamped", xml=stamped.xml, uuid=stamped.uuid, http_status=stamped.http_status)
