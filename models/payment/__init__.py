"""Receipts of payment (REP, CFDI type P with Pagos 2.0): what is due, what is made of it, and its CFDI."""

from . import rep
from . import rep_line
from . import books
from . import entry
from . import bank_data
from . import first_receipt
from . import account_payment
from . import due
from . import prepare
from . import automatic
from . import batch
from . import build
from . import pay_dialog
from . import buttons
from . import substitution
from . import guard
from . import alerts
from . import late_pue
from . import company
from . import books_comparison
from . import printed
from . import mail
from . import portal
