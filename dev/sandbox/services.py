"""Everything that the services share, put together once."""

from . import satfiles
from .accounts import ISSUERS, Accounts
from .book import Book
from .cancelling import Canceller
from .faults import Faults
from .log import RequestLog
from .pdf import Printer
from .rest_facture import RestFacture
from .seal import Sealer
from .settings import Settings
from .stamping import Stamper
from .store import Store
from .twists import Twister


class Services:
    """The book, the accounts, the sealer … and ``protocols``, the services that speak HTTP.

    A further protocol (another provider's, SAT's status) joins by being appended here: it has
    ``claims(request)``, ``operation(request)``, ``handle(operation, request)`` and
    ``error(request, refusal)``, and shares the book, the faults and the log.
    """

    def __init__(self, folder):
        self.store = Store(folder)
        self.settings = Settings()
        self.faults = Faults()
        self.log = RequestLog()
        self.accounts = Accounts(self.store)
        self.book = Book(self.store)
        self.sealer = Sealer(self.store)
        self.stamper = Stamper(self.accounts, self.book, self.sealer, self.settings)
        self.canceller = Canceller(self.book, self.sealer, self.settings)
        self.printer = Printer()
        self.twister = Twister(self)
        self.protocols = [RestFacture(self)]

    def warm(self):
        """Make the certificates and compile the schemas before the first request."""
        satfiles.warm()
        self.sealer.pac()
        rfc, name, _regime = ISSUERS[0]
        self.sealer.certificate(rfc, name)

    def close(self):
        """Close the store."""
        self.store.close()
