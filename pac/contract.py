"""What every stamping service is to us: the operations, their typed results, the family of errors.

A provider is one subclass of `Pac`. It holds no state but its credentials, keeps no connection
open, never repeats a call by itself, and knows no database. Whoever calls it writes down what is
about to happen before, and what came of it after.
"""

import abc

from .credentials import Credentials
from .errors import RAW_LIMIT, NotFound, NotSent, PacError, Rejected, UnknownOutcome, bounded
from .one_by_one import stamp_each
from .results import AccountStatus, BranchInfo, BulkEntry, BulkResult, Cancellation, Found, Receipt, Stamped

__all__ = [
    "RAW_LIMIT",
    "AccountStatus",
    "BranchInfo",
    "BulkEntry",
    "BulkResult",
    "Cancellation",
    "Credentials",
    "Found",
    "NotFound",
    "NotSent",
    "Pac",
    "PacError",
    "Receipt",
    "Rejected",
    "Stamped",
    "UnknownOutcome",
    "bounded",
]


class Pac(abc.ABC):
    """A service that stamps. Every method raises PacError subclasses only.

    Reading calls (`account_status`, `branches`, `find`, `fetch_xml`, `fetch_pdf`, `receipt`) may be
    repeated freely. `stamp`, `stamp_many` and `cancel` change something: each makes its one call at
    most once, and raises UnknownOutcome whenever it can't prove what came of it.
    """

    def __init__(self, credentials: Credentials):
        self.credentials = credentials

    @abc.abstractmethod
    def account_status(self) -> AccountStatus:
        """Whose account it is and how many stamps are left."""

    @abc.abstractmethod
    def branches(self) -> list[BranchInfo]:
        """All active branches, perhaps none. A list that can't be read whole is an error."""

    @abc.abstractmethod
    def stamp(self, xml: bytes, branch: str) -> Stamped:
        """Have one unsigned CFDI sealed for `branch` (a `remote_id`) and stamped.

        Returns only what was compared to `xml`. Rejected: not stamped. UnknownOutcome with reason
        `stamped_before`: the service says that it stamped this document earlier, and didn't give
        that stamp back.
        """

    def stamp_many(self, files: dict[str, bytes], branch: str) -> BulkResult:
        """Have several unsigned CFDI stamped; each gets its own entry in the result.

        A service that takes many in one call overrides this; where none is offered, a few single
        calls run at once.

        `files` maps a name (ASCII letters, digits, `.`, `_`, `-`; unique whatever its case) to
        an XML. Raises Rejected when the whole call was refused, UnknownOutcome when nothing is
        known of any file.
        """
        return stamp_each(self, files, branch)

    @abc.abstractmethod
    def find(self, uuid: str) -> Found:
        """What the service has under `uuid`. Raises NotFound when it says that it has nothing."""

    @abc.abstractmethod
    def fetch_xml(self, uuid: str) -> bytes:
        """The stamped CFDI with exactly this UUID, as the service keeps it. Raises NotFound."""

    @abc.abstractmethod
    def fetch_pdf(self, uuid: str) -> bytes:
        """The service's printed form of a CFDI, a whole PDF. Raises NotFound."""

    @abc.abstractmethod
    def cancel(self, uuid: str, branch: str, motivo: str, folio_sustitucion: str | None = None) -> Cancellation:
        """Ask once for the cancellation of `uuid`.

        `motivo` is one of SAT's c_Motivo 01-04; `folio_sustitucion`, the UUID of what replaces
        it, goes with 01 and only with 01. A refusal that has a code is a result, not an error.
        """

    @abc.abstractmethod
    def receipt(self, uuid: str) -> Receipt:
        """SAT's acuse of the cancellation of `uuid`. Raises NotFound while there is none."""
