"""The contract that every stamping service fulfils: its operations. Results and errors: results.py, errors.py.

A service is one subclass of `Pac`. It holds no state but its credentials (and a token, where the service issues
one), keeps no connection open, never repeats a call that may have changed something, and knows no database. The caller
writes down what is about to happen before the call, and what came of it after.
"""

import abc
import inspect
from functools import partial

from ..cfdi import comparison
from ..cfdi.values import Comprobante, Totals
from .capabilities import Capabilities
from .door import behind_door
from .errors import NotSent, PacError
from .parallel import bulk_result, call_each
from .results import (
    AccountStatus,
    BranchInfo,
    BulkResult,
    Cancellation,
    Created,
    Found,
    IssuingBranch,
    Receipt,
    RemoteStatus,
    Stamped,
)
from .wire.credentials import Credentials
from .wire.tokens import TokenStore


def not_supported(what):
    """The NotSent for an operation that a service doesn't have; `what` names it in English."""
    return NotSent("not_supported", f"This service has no way to {what}. Nothing was sent.")


class Pac(abc.ABC):
    """A service that stamps. Every method raises PacError subclasses only.

    `capabilities` says which methods a service has; the others raise NotSent(`not_supported`).

    Reading calls (`account_status`, `branches`, `find`, `fetch_xml`, `fetch_pdf`, `status`,
    `look_up`, `receipt`) may be repeated freely. `create`, `stamp`, `stamp_created`, `stamp_many` and
    `cancel` change something: each makes its one call at most once (again only after a 401, which did
    nothing), and raises UnknownOutcome whenever it can't prove what came of it.

    `remote_id`, wherever it is a parameter: the service's own id of the invoice. It is needed where
    `capabilities.by_remote_id`, and ignored elsewhere.
    """

    # shown to the person who chooses a service
    title: str
    capabilities = Capabilities()

    def __init_subclass__(cls, **kwargs):
        """Put each operation of the contract that a service has behind the door, see door.py."""
        super().__init_subclass__(**kwargs)
        for name, method in list(vars(cls).items()):
            if not name.startswith("_") and inspect.isfunction(method) and hasattr(Pac, name):
                setattr(cls, name, behind_door(method))

    def __init__(self, credentials: Credentials, token_store: TokenStore | None = None):
        self.credentials = credentials
        self.token_store = token_store or TokenStore()

    def _secrets(self) -> Credentials:
        """The Credentials with all secrets in them that nothing may show that leaves the client."""
        return self.credentials

    @abc.abstractmethod
    def account_status(self) -> AccountStatus:
        """Whose account it is and how many stamps are left, or at least that the credentials are accepted."""

    def branches(self, rfc: str | None = None) -> list[BranchInfo]:
        """All active branches, perhaps none. A list that can't be read whole is an error.

        :param rfc: only this issuer's, where `capabilities.branches_by_rfc`
        """
        raise not_supported("list its branches; write them down by hand")

    def stamp(self, xml: bytes, branch: str) -> Stamped:
        """Have one unsigned CFDI sealed for `branch` (a `remote_id`) and stamped.

        Returns only a stamp that agrees with `xml`. Rejected: not stamped. UnknownOutcome with reason
        `stamped_before`: the service says that it stamped this document earlier, and didn't give
        that stamp back.
        """
        raise not_supported("stamp an XML; the invoice must be created first")

    def stamp_many(self, files: dict[str, bytes], branch: str) -> BulkResult:
        """Have several unsigned CFDI stamped; each gets its own entry in the result.

        A service that takes many in one call overrides this; where none is offered, a few single
        calls run at once.

        `files` maps a name (ASCII letters, digits, `.`, `_`, `-`; unique whatever its case) to
        an XML. Raises Rejected when the whole call was refused, UnknownOutcome when nothing is
        known of any file.
        """
        return bulk_result(call_each(self, {name: partial(self.stamp, xml, branch) for name, xml in files.items()}))

    @abc.abstractmethod
    def find(self, uuid: str, remote_id: str | None = None) -> Found:
        """What the service has under `uuid`. Raises NotFound when it says that it has nothing."""

    @abc.abstractmethod
    def fetch_xml(self, uuid: str, remote_id: str | None = None) -> bytes:
        """The stamped CFDI with exactly this UUID, as the service keeps it. Raises NotFound."""

    @abc.abstractmethod
    def fetch_pdf(self, uuid: str, remote_id: str | None = None) -> bytes:
        """The service's printed form of a CFDI, a whole PDF. Raises NotFound."""

    @abc.abstractmethod
    def cancel(
        self,
        uuid: str,
        branch: str,
        motivo: str,
        folio_sustitucion: str | None = None,
        remote_id: str | None = None,
    ) -> Cancellation:
        """Ask once for the cancellation of `uuid`.

        `motivo` is one of SAT's c_Motivo 01-04; `folio_sustitucion`, the UUID of what replaces
        it, goes with 01 and only with 01. A refusal that has a code is a result, not an error.
        """

    def receipt(self, uuid: str, remote_id: str | None = None) -> Receipt:
        """SAT's acuse of the cancellation of `uuid`. Raises NotFound while there is none."""
        raise not_supported("fetch the receipt of a cancellation; SAT's own status says whether it is cancelled")

    def differences(self, sent: bytes, xml: bytes) -> list[comparison.Difference]:
        """In what `xml` is not the stamp of `sent` from this service, place by place; [] when it is.

        :raise CfdiError: one of the two can't be read
        """
        return comparison.differences(sent, xml, self.capabilities.may_change)

    # -- services of two steps (`capabilities.needs_create`) --------------------------------------

    @classmethod
    def invoice(
        cls,
        comprobante: Comprobante,
        totals: Totals,
        ids: dict[str, str],
        branch: IssuingBranch,
        is_test: bool = False,
    ) -> dict:
        """What `create` takes, in the service's own terms.

        :param ids: the account's table of the service's own ids, by our codes
        :raise NotSent: `missing_ids` (detail: codes of the rows to fill), `not_expressible` (detail: places)
        """
        raise not_supported("take an invoice in terms of its own")

    def create_many(self, invoices: dict[str, dict]) -> dict[str, Created | PacError]:
        """`create` for each, a few at once; each name has its Created, or what was raised. Never raises."""
        return call_each(self, {name: partial(self.create, invoice) for name, invoice in invoices.items()})

    def stamp_created_many(self, created: dict[str, tuple[str, bytes]], started: float | None = None) -> BulkResult:
        """`stamp_created` for each (remote_id, sent), a few at once. Never raises.

        :param started: when (time.monotonic) the caller wrote down that they are asked; None: now. What can't be
            asked soon after that is `not_sent`
        """
        calls = {name: partial(self.stamp_created, *one) for name, one in created.items()}
        return bulk_result(call_each(self, calls, started))

    def create(self, invoice: dict) -> Created:
        """Hand over an invoice in the service's own terms. Nothing fiscal happens, whatever is raised."""
        raise not_supported("create an invoice before it is stamped")

    def stamp_created(self, remote_id: str, sent: bytes) -> Stamped:
        """Have a created invoice stamped. `sent`: the unsigned CFDI that says what it must agree with."""
        raise not_supported("stamp an invoice that was created before")

    def status(self, remote_id: str) -> RemoteStatus:
        """What the service says of an invoice of its own. Raises NotFound."""
        raise not_supported("ask for the state of an invoice by the service's id")

    # -- evidence after a lost answer -------------------------------------------------------------

    def look_up(self, sent: bytes, remote_id: str | None = None, known: tuple[str, ...] = ()) -> Stamped | None:
        """The stamp of `sent` whose answer was lost; None when the service has none.

        None proves "not stamped" only where `capabilities.look_up_proves`, and only once the lost call
        can't be in work any more. Raises UnknownOutcome when what the service has doesn't settle it.

        :param known: UUIDs that are accounted for and don't count: a former, cancelled CFDI of the same
            invoice has the same series and folio
        """
        raise not_supported("look for a stamp whose answer was lost")
