"""Maps an invoice to the values of its CFDI, and finds everything that SAT would refuse."""

from . import comprobante
from . import exchange_rate
from . import related
from . import rules
from . import service_draft
