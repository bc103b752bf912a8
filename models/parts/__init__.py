"""The parts of a CFDI: receiver and issuer; Conceptos with their amounts, taxes, discounts and extras."""

from . import cfdi
from . import refusals
from . import parties
from . import lines
from . import line_taxes
from . import zero_lines
from . import reductions
from . import cash_rounding
from . import local_taxes
from . import extras
