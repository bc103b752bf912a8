"""Clients of stamping services, one contract for all. Imports no Odoo, knows no database."""

from .contract import (
    AccountStatus,
    BranchInfo,
    BulkEntry,
    BulkResult,
    Cancellation,
    Capabilities,
    Created,
    Credentials,
    Found,
    Keeper,
    NotFound,
    NotSent,
    Pac,
    PacError,
    Receipt,
    Rejected,
    RemoteStatus,
    Stamped,
    Token,
    UnknownOutcome,
)
from .credentials import address_problem
from .facture_api import FactureApi
from .facture_rest import FactureRest
from .sello_digital import SelloDigital

__all__ = [
    "PROVIDERS",
    "AccountStatus",
    "BranchInfo",
    "BulkEntry",
    "BulkResult",
    "Cancellation",
    "Capabilities",
    "Created",
    "Credentials",
    "FactureApi",
    "FactureRest",
    "Found",
    "Keeper",
    "NotFound",
    "NotSent",
    "Pac",
    "PacError",
    "Receipt",
    "Rejected",
    "RemoteStatus",
    "SelloDigital",
    "Stamped",
    "Token",
    "UnknownOutcome",
    "address_problem",
    "client",
]

# a new service is one class and one line here
PROVIDERS = {"facture_rest": FactureRest, "sello_digital": SelloDigital, "facture_api": FactureApi}


def client(provider: str, credentials: Credentials, keeper: Keeper | None = None) -> Pac:
    """The client of `provider` (a key of PROVIDERS). Raises NotSent(`bad_provider`).

    :param keeper: keeps the account's token, where `capabilities.needs_token`
    """
    if provider not in PROVIDERS:
        raise NotSent(
            "bad_provider",
            f"There is no service {provider!r}; choose one of {', '.join(PROVIDERS)}.",
        )
    return PROVIDERS[provider](credentials, keeper)
