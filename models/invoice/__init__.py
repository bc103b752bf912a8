"""The fiscal fields of an invoice and its lines, their defaults, and the protection of an invoice with a CFDI."""

from . import last_invoices
from . import fields
from . import address
from . import defaults
from . import global_period
from . import exchange_rate
from . import guard
from . import line
from . import buttons
