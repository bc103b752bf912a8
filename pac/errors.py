"""The errors of a call: what a caller may conclude when it doesn't succeed."""

RAW_LIMIT = 64 * 1024


def bounded(raw):
    """The first 64 kB of `raw` (bytes or None): as much of an answer as is kept."""
    return (raw or b"")[:RAW_LIMIT]


class PacError(Exception):
    """A call that didn't succeed.

    code         the service's own code where it gave one (`CFDI40108`, `307`), otherwise `reason`.
    text         a sentence for the user: what is wrong, where, what to do. Never holds a secret.
    `str(error)` is `text`.
    reason       a stable slug of ours for what happened (`read_timeout`, `rejected`, ...), to
    translate by.
    detail       the service's own words, or ''.
    http_status  None when no answer arrived.
    raw          what arrived, the first 64 kB.
    outcome      of its class: what became of the request, as in BulkEntry.
    """

    outcome = "unknown"

    def __init__(self, code, text, *, http_status=None, raw=b"", reason=None, detail=""):
        super().__init__(text)
        self.code = code
        self.text = text
        self.reason = reason or code
        self.detail = detail or ""
        self.http_status = http_status
        self.raw = bounded(raw)

    @property
    def kept(self):
        """What another error of the same call keeps of it, as its arguments."""
        return {"http_status": self.http_status, "raw": self.raw, "detail": self.detail}


class NotSent(PacError):
    """Nothing left, or nothing can have happened: try again once the cause is removed.

    Bad configuration or arguments, no connection, TLS failure before a byte of the request was
    written, credentials refused (401, 403), too many requests (429).
    """

    outcome = "not_sent"


class Rejected(PacError):
    """The service understood and said no: nothing happened, correct what `text` says."""

    outcome = "rejected"


class NotFound(Rejected):
    """The service doesn't have what was asked for."""


class UnknownOutcome(PacError):
    """It may have happened: no answer, a cut one, one not understood or not about our request.

    For a call that only reads it says "could not be read" and may simply be asked again.
    """


# the error for an outcome: see PacError
BY_OUTCOME = {kind.outcome: kind for kind in (NotSent, Rejected, UnknownOutcome)}
