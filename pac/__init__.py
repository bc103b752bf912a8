"""Clients of stamping services, one contract for all. Imports no Odoo, knows no database."""

from .capabilities import Capabilities
from .contract import Pac
from .errors import NotFound, NotSent, PacError, Rejected, UnknownOutcome
from .results import (
    AccountStatus,
    BranchInfo,
    BulkEntry,
    BulkResult,
    Cancellation,
    Created,
    Found,
    Place,
    Receipt,
    RemoteStatus,
    Stamped,
)
from .wire.credentials import Credentials, address_problem
from .wire.tokens import Keeper, Token
from .facture_api.client import FactureApi
from .facture_rest.client import FactureRest
from .sello_digital.client import SelloDigital
from .sello_digital.invoice import EXAMPLES as CODE_EXAMPLES
from .sello_digital.invoice import code_parts, tax_code

__all__ = [
    "CODE_EXAMPLES",
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
    "Place",
    "Receipt",
    "Rejected",
    "RemoteStatus",
    "SelloDigital",
    "Stamped",
    "Token",
    "UnknownOutcome",
    "address_problem",
    "capabilities",
    "client",
    "code_parts",
    "tax_code",
    "titles",
]

# a new service is one class and one line here
PROVIDERS = {"facture_rest": FactureRest, "sello_digital": SelloDigital, "facture_api": FactureApi}


def titles() -> dict[str, str]:
    """What people choose a service by: from each key of PROVIDERS to the `title` of its class."""
    return {provider: service.title for provider, service in PROVIDERS.items()}


def capabilities(provider: str) -> Capabilities:
    """What the service `provider` (a key of PROVIDERS) can do. Raises NotSent(`bad_provider`)."""
    return _service(provider).capabilities


def client(provider: str, credentials: Credentials, keeper: Keeper | None = None) -> Pac:
    """The client of `provider` (a key of PROVIDERS). Raises NotSent(`bad_provider`).

    :param keeper: keeps the account's token, where `capabilities.needs_token`
    """
    return _service(provider)(credentials, keeper)


def _service(provider):
    if provider not in PROVIDERS:
        raise NotSent(
            "bad_provider",
            f"There is no service {provider!r}; choose one of {', '.join(PROVIDERS)}.",
        )
    return PROVIDERS[provider]
