"""Clients of stamping services, one contract for all. Imports no Odoo, knows no database."""

from .contract import (
    AccountStatus,
    BranchInfo,
    BulkEntry,
    BulkResult,
    Cancellation,
    Credentials,
    Found,
    NotFound,
    NotSent,
    Pac,
    PacError,
    Receipt,
    Rejected,
    Stamped,
    UnknownOutcome,
)
from .credentials import address_problem
from .facture_rest import FactureRest

__all__ = [
    "PROVIDERS",
    "AccountStatus",
    "BranchInfo",
    "BulkEntry",
    "BulkResult",
    "Cancellation",
    "Credentials",
    "FactureRest",
    "Found",
    "NotFound",
    "NotSent",
    "Pac",
    "PacError",
    "Receipt",
    "Rejected",
    "Stamped",
    "UnknownOutcome",
    "address_problem",
    "client",
]

# a new service is one class and one line here
PROVIDERS = {"facture_rest": FactureRest}


def client(provider: str, credentials: Credentials) -> Pac:
    """The client of `provider` (a key of PROVIDERS). Raises NotSent(`bad_provider`)."""
    if provider not in PROVIDERS:
        raise NotSent(
            "bad_provider",
            f"There is no service {provider!r}; choose one of {', '.join(PROVIDERS)}.",
        )
    return PROVIDERS[provider](credentials)
