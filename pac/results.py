"""The typed results of a service's operations."""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal


@dataclass(frozen=True)
class AccountStatus:
    """Whose account it is; '' where the service doesn't tell.

    `credits`: stamps left, None where the service says "unlimited" or nothing.
    """

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
    """A stamped CFDI that agrees with what was sent. `uuid` in upper case, as SAT shows it.

    `pdf`: the printed form where it came in the same answer. `paid`: the service's own state of payment, None where it
    has none. `root`: the parsed XML, for who reads it next; None where nobody has parsed it.
    """

    xml: bytes = field(repr=False)
    uuid: str
    http_status: int
    pdf: bytes | None = field(default=None, repr=False)
    paid: bool | None = None
    root: object = field(default=None, repr=False, compare=False)


@dataclass(frozen=True)
class IssuingBranch:
    """The branch for which an invoice is created: `name` as the service has it, its number where it gives one.

    `address`: what the service asks beyond the postal code (street, colony, ...), in its own keys.
    """

    name: str
    remote_id: str | None = None
    address: dict = field(default_factory=dict)


@dataclass(frozen=True)
class Created:
    """An invoice that a service of two steps has, unstamped, under its own `remote_id`."""

    remote_id: str
    http_status: int


@dataclass(frozen=True)
class RemoteStatus:
    """What a service of two steps says of an invoice of its own.

    state    stamped, not_stamped (refused, or never asked), pending (it failed for a while: ask again) or
             cancelled.
    name     the same in the service's own words.
    paid     the service's own state of payment, None where it doesn't tell.
    action   its `action_recommended`, None where there is none; `message` and `error` are its sentences.
    xml, pdf what came with it, unchecked: see `Pac.look_up`. uuid: as the service tells it, or None.
    """

    remote_id: str
    state: Literal["stamped", "not_stamped", "pending", "cancelled"]
    name: str
    paid: bool | None
    message: str
    error: str
    action: int | None
    uuid: str | None
    xml: bytes | None = field(repr=False)
    pdf: bytes | None = field(repr=False)
    http_status: int
    raw: bytes = field(repr=False)


@dataclass(frozen=True)
class BulkEntry:
    """What became of one file of a bulk call.

    stamped   `xml` and `uuid` are set, the XML agrees with what was sent under this name.
    rejected  the service said no to this file: `code`, `text`.
    not_sent  it never left: the service, or the way to it, failed before.
    unknown   it may have been stamped: `text` says why that is not certain; `uuid` is what the
              service reported, if it did; `raw` (64 kB at most) is an XML that came under this
              name and was not accepted.
    `reason` is a stable slug of ours and `detail` the service's own words, as in PacError.
    `http_status`: of a call of its own; None where it was part of one. `pdf`, `paid`, `root`: as in Stamped.
    """

    name: str
    outcome: Literal["stamped", "rejected", "not_sent", "unknown"]
    xml: bytes | None = field(default=None, repr=False)
    uuid: str | None = None
    code: str | None = None
    text: str | None = None
    reason: str | None = None
    detail: str = ""
    raw: bytes = field(default=b"", repr=False)
    http_status: int | None = None
    pdf: bytes | None = field(default=None, repr=False)
    paid: bool | None = None
    root: object = field(default=None, repr=False, compare=False)


@dataclass(frozen=True)
class BulkResult:
    """`entries`: exactly the names that were sent. `http_status`: None where each file had a call of its own."""

    entries: dict[str, BulkEntry]
    http_status: int | None
    raw: bytes = field(repr=False)


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
    """The service's answer to a request to cancel. `accepted`: it was received; only SAT cancels.

    `text` is the meaning of `code` in English, `detail` the service's own words. `link`: where the receiver
    can consent; it holds RFCs and the total, so nobody else may see it.
    """

    code: str
    text: str
    accepted: bool
    http_status: int
    raw: bytes = field(repr=False)
    detail: str = ""
    link: str | None = field(default=None, repr=False)


@dataclass(frozen=True)
class Receipt:
    """SAT's acuse of a cancellation, which names our UUID. `code`: its EstatusUUID, or None."""

    xml: bytes = field(repr=False)
    uuid: str
    code: str | None
    http_status: int
