"""Receipts of payment (REP, CFDI type P with Pagos 2.0): what goes into one, its CFDI, print, mail and substitute."""

from . import rep
from . import rep_line
from . import prepare
from . import batch
from . import build
from . import causes
from . import buttons
from . import substitution
from . import guard
from . import books_comparison
from . import printed
from . import mail
