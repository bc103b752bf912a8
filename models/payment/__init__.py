"""What was paid by the books, and which payments need a receipt (REP): until when, and what keeps them as they are."""

from . import books
from . import entry
from . import bank_data
from . import first_receipt
from . import account_payment
from . import due
from . import pay_dialog
from . import alerts
from . import late_pue
from . import company
