"""The services that an account can choose. A new service is one class and one line of PROVIDERS."""

from .capabilities import Capabilities
from .contract import Pac
from .errors import NotSent
from .facture_api.client import FactureApi
from .facture_rest.client import FactureRest
from .sello_digital.client import SelloDigital
from .wire.credentials import Credentials
from .wire.tokens import TokenStore

# the keys are stored in databases
PROVIDERS = {"facture_rest": FactureRest, "sello_digital": SelloDigital, "facture_api": FactureApi}


def titles() -> dict[str, str]:
    """What people choose a service by: from each key of PROVIDERS to the `title` of its class."""
    return {provider: service.title for provider, service in PROVIDERS.items()}


def capabilities(provider: str) -> Capabilities:
    """What the service `provider` (a key of PROVIDERS) can do. Raises NotSent(`bad_provider`)."""
    return _service(provider).capabilities


def addresses() -> list[str]:
    """The published addresses of all services."""
    return [address for service in PROVIDERS.values() for address in service.capabilities.addresses]


def client(provider: str, credentials: Credentials, token_store: TokenStore | None = None) -> Pac:
    """The client of `provider` (a key of PROVIDERS). Raises NotSent(`bad_provider`).

    :param token_store: keeps the account's token, where `capabilities.needs_token`
    """
    return _service(provider)(credentials, token_store)


def _service(provider):
    if provider not in PROVIDERS:
        raise NotSent(
            "bad_provider",
            f"There is no service {provider!r}; choose one of {', '.join(PROVIDERS)}.",
        )
    return PROVIDERS[provider]
