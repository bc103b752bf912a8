"""Many documents at a service that takes one a call: several calls at once, each with an outcome of its own."""

from concurrent.futures import ThreadPoolExecutor

from . import errors
from .results import BulkEntry, BulkResult

# calls at the same time: what one office may ask of a service without being taken for an attack
AT_ONCE = 8


def stamp_each(pac, files, branch):
    """As `Pac.stamp_many`, by `Pac.stamp` in a few threads, which share nothing but the credentials.

    Returns a BulkResult; a file that never left is `not_sent`. Raises only what is no PacError.
    """
    with ThreadPoolExecutor(max(1, min(AT_ONCE, len(files)))) as pool:
        entries = pool.map(lambda item: _stamped(pac, *item, branch), files.items())
        return BulkResult({entry.name: entry for entry in entries}, None, b"")


def _stamped(pac, name, xml, branch):
    try:
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
    return BulkEntry(name, "stamped", xml=stamped.xml, uuid=stamped.uuid, http_status=stamped.http_status)
