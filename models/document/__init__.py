"""One CFDI, of an invoice or a receipt of payment: its data and states, the ledger of calls, and its files."""

from . import owner
from . import document
from . import request
from . import attachment
from . import service
from . import service_payment
