"""Maps an invoice to the values of its CFDI, and finds everything that SAT would refuse."""

from . import comprobante
from . import parties
from . import exchange_rate
from . import lines
from . import line_taxes
from . import zero_lines
from . import reductions
from . import cash_rounding
from . import local_taxes
from . import extras
from . import related
from . import refusals
from . import rules
from . import service_draft
