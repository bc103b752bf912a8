"""The fiscal fields of an invoice and its lines, their defaults, and what an invoice with a CFDI refuses."""

from . import fields
from . import defaults
from . import global_period
from . import guard
from . import line
from . import buttons
from . import partner
from . import journal
from . import product
from . import company
