"""Global invoices: their periods, one CFDI for many tickets, and what becomes of a ticket afterwards."""

from . import global_invoice
from . import build
from . import follow
from . import guard
from . import prepare
from . import nightly
from . import returns
from . import named
from . import to_name
from . import substituted
from . import reversed
from . import reissue
