"""Everything that the services share, put together once."""

from . import satfiles
from .accounts import ISSUERS, Accounts
from .book import Book
from .facture_api import FactureApi
from .faults import Faults
from .log import RequestLog
from .oauth import Tokens
from .pdf import Printer
from .rest_facture import RestFacture
from .sat import Sat
from .sat_cancelling import SatCanceller
from .sat_soap import SatStatusService
from .seal import Sealer
from .sello_digital import SelloDigital
from .sello_drafts import Drafts
from .settings import Settings
from .stamping import Stamper
from .store import Store
from .twists import Twister


class Services:
    """The book, the accounts, the sealer … and ``protocols``, the services that speak HTTP.

    A further protocol (another provider's) joins by being appended here: it has
    ``claims(request)``, ``operation(request)``, ``handle(operation, request)``,
    ``error(request, refusal)`` and ``challenge`` (of a 401), and shares the book, the faults and
    the log. Its operations are named in settings.OPERATIONS.
    """

    def __init__(self, folder):
        self.store = Store(folder)
        self.settings = Settings()
        self.faults = Faults()
        self.log = RequestLog()
        self.accounts = Accounts(self.store)
        self.book = Book(self.store)
        self.drafts = Drafts(self.store)
        self.tokens = Tokens(self.store, self.accounts, self.settings)
        self.sealer = Sealer(self.store)
        self.stamper = Stamper(self.accounts, self.book, self.sealer, self.settings)
        self.sat = Sat(self.store, self.book, self.settings)
        self.canceller = SatCanceller(self.book, self.sealer, self.settings, self.sat)
        self.printer = Printer()
        self.twister = Twister(self)
        self.protocols = [
            RestFacture(self), SelloDigital(self), FactureApi(self), SatStatusService(self)]

    def warm(self):
        """Make the certificates and compile the schemas before the first request."""
        satfiles.warm()
        self.sealer.pac()
        rfc, name, _regime = ISSUERS[0]
        self.sealer.certificate(rfc, name)

    def close(self):
        """Close the store."""
        self.store.close()
