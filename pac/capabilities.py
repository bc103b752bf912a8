"""What a service can do. Callers ask this, never the name of the service."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Capabilities:
    """What one service can do, as far as its texts say.

    auth_schemes       ways to authenticate (`credentials.AUTH_SCHEMES`) between which an account may choose
    bulk_size          documents that one call takes; None: one a call (`stamp_many` then makes several calls)
    one_branch_a_call  the documents of one call belong to one branch
    needs_create       takes JSON instead of XML, in two steps: `create`, then `stamp_created`
    sets_fecha         puts its own `Fecha` into what it seals: that alone may come back changed
    detects_duplicates the same bytes sent twice bring the first stamp back; None: the texts don't say
    finds_by_folio     `find_sent` is there: what it has under a series, folio, total and RFCs
    recovers           `recover` is there: a lost answer is settled by what the service has
    recovery_proves    that `recover` finds nothing proves "not stamped"; otherwise it is only a hint
    by_remote_id       `find`, `fetch_*`, `cancel` need the service's own id of the invoice (`remote_id`)
    lists_branches     `branches` is there
    branches_by_rfc    `branches` can be asked for one issuer's
    tells_account      `account_status` says whose account it is; otherwise it only proves the credentials
    tells_credits      `account_status` says how many stamps are left
    receipts           `receipt` is there: SAT's acuse of a cancellation
    carries_motivo     SAT's reason for a cancellation, and the UUID that replaces, reach the service
    tells_paid         the service keeps a state of payment of its own
    needs_token        a token is bought with the credentials and kept by the caller (`tokens.Keeper`)
    """

    auth_schemes: tuple[str, ...] = ("basic",)
    bulk_size: int | None = None
    one_branch_a_call: bool = True
    needs_create: bool = False
    sets_fecha: bool = False
    detects_duplicates: bool | None = False
    finds_by_folio: bool = False
    recovers: bool = False
    recovery_proves: bool = False
    by_remote_id: bool = False
    lists_branches: bool = True
    branches_by_rfc: bool = False
    tells_account: bool = True
    tells_credits: bool = True
    receipts: bool = True
    carries_motivo: bool = True
    tells_paid: bool = False
    needs_token: bool = False

    @property
    def may_change(self):
        """Attributes of the Comprobante that the service sets itself (cfdi.comparison.differences)."""
        return frozenset({"Fecha"}) if self.sets_fecha else frozenset()
