"""What a service can do. Callers ask for capabilities, never for the name of a service."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Capabilities:
    """What one service can do, as far as its texts say.

    auth_schemes       ways to authenticate (`credentials.AUTH_SCHEMES`) between which an account may choose
    bulk_size          documents that one call takes; None: one a call (`stamp_many` then makes several calls)
    needs_create       takes JSON instead of XML, in two steps: `create`, then `stamp_created`
    may_change         attributes of the Comprobante that it sets itself (as in cfdi.comparison.differences)
    detects_duplicates the same bytes sent twice bring the first stamp back; None: the texts don't say
    looks_up           `look_up` is there: a lost answer is settled by what the service has
    look_up_proves     `look_up` finding nothing proves "not stamped"; otherwise it is only a hint
    by_remote_id       `find`, `fetch_*`, `cancel` need the service's own id of the invoice (`remote_id`)
    lists_branches     `branches` is there
    branches_by_rfc    `branches` can be asked for one issuer's
    tells_account      `account_status` says whose account it is; otherwise it only proves the credentials
    tells_credits      `account_status` says how many stamps are left
    receipts           `receipt` is there: SAT's acuse of a cancellation
    receipts_of_payment  takes CFDIs of type P, or its texts leave that open (doc/services.rst says which were tried)
    tells_paid         the service keeps a state of payment of its own
    addresses          its published addresses, where its texts have any; which is for tests they don't say
    needs_token        a token is issued for the credentials; the caller keeps it (`wire.tokens.TokenStore`)
    """

    auth_schemes: tuple[str, ...] = ("basic",)
    bulk_size: int | None = None
    needs_create: bool = False
    may_change: frozenset[str] = frozenset()
    detects_duplicates: bool | None = False
    looks_up: bool = False
    look_up_proves: bool = False
    by_remote_id: bool = False
    lists_branches: bool = True
    branches_by_rfc: bool = False
    tells_account: bool = True
    tells_credits: bool = True
    receipts: bool = True
    receipts_of_payment: bool = True
    tells_paid: bool = False
    addresses: tuple[str, ...] = ()
    needs_token: bool = False
