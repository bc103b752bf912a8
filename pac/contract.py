"""What every stamping service is to us: the operations, their typed results, the family of errors.

A provider is one subclass of `Pac`. It holds no state but its credentials, keeps no connection
open, never repeats a call by itself, and knows no database. Whoever calls it writes down what is
about to happen before, and what came of it after.
"""

import abc
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

from .credentials import Credentials
from .errors import RAW_LIMIT, NotFound, NotSent, PacError, Rejected, UnknownOutcome, bounded

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


@dataclass(frozen=True)
class AccountStatus:
    """Whose account it is. `credits`: stamps left, None where the service says "unlimited"."""

    holder: str
    user: str
    credits: int | None
    http_status: int
    raw: bytes = field(repr=False)


@dataclass(frozen=True)
class BranchInfo:
    """A branch (sucursal). `remote_id` is unique in its list; `zip` is five digits or None."""

    remote_id: str
    name: str
    zip: str | None


@dataclass(frozen=True)
class Stamped:
    """A stamped CFDI that agrees with what was sent. `uuid` in upper case, as SAT shows it."""

    xml: bytes = field(repr=False)
    uuid: str
    http_status: int


@dataclass(frozen=True)
class BulkEntry:
    """What became of one file of a bulk call.

    stamped   `xml` and `uuid` are set, the XML agrees with what was sent under this name.
    rejected  the service said no to this file: `code`, `text`.
    unknown   it may have been stamped: `text` says why that is not certain; `uuid` is what the
              service reported, if it did; `raw` (64 kB at most) is an XML that came under this
              name and was not accepted.
    `reason` is a stable slug of ours and `detail` the service's own words, as in PacError.
    """

    name: str
    outcome: Literal["stamped", "rejected", "unknown"]
    xml: bytes | None = field(default=None, repr=False)
    uuid: str | None = None
    code: str | None = None
    text: str | None = None
    reason: str | None = None
    detail: str = ""
    raw: bytes = field(default=b"", repr=False)


@dataclass(frozen=True)
class BulkResult:
    """`entries`: exactly the names that were sent. `strangers`: other names in the answer."""

    entries: dict[str, BulkEntry]
    http_status: int
    raw: bytes = field(repr=False)
    strangers: tuple[str, ...] = ()


@dataclass(frozen=True)
class Found:
    """What the service has under a UUID. What it doesn't tell is None."""

    uuid: str
    rfc_emisor: str | None
    rfc_receptor: str | None
    total: Decimal | None
    estado: str | None
    xml: bytes | None = field(repr=False)
    http_status: int
    raw: bytes = field(repr=False)


@dataclass(frozen=True)
class Cancellation:
    """The service's word on a request to cancel. `accepted`: received. Only SAT cancels.

    `text` is the meaning of `code` in English, `detail` the service's own words.
    """

    code: str
    text: str
    accepted: bool
    http_status: int
    raw: bytes = field(repr=False)
    detail: str = ""


@dataclass(frozen=True)
class Receipt:
    """SAT's acuse of a cancellation, which names our UUID. `code`: its EstatusUUID, or None."""

    xml: bytes = field(repr=False)
    uuid: str
    code: str | None
    http_status: int


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

    @abc.abstractmethod
    def stamp_many(self, files: dict[str, bytes], branch: str) -> BulkResult:
        """Have several unsigned CFDI stamped in one call; each gets its own entry in the result.

        `files` maps a name (ASCII letters, digits, `.`, `_`, `-`; unique whatever its case) to
        an XML. Raises Rejected when the whole call was refused, UnknownOutcome when nothing is
        known of any file.
        """

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
