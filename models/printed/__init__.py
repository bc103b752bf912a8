"""The printed CFDI (representación impresa), drawn from its stored XML, and what the customer gets on the portal."""

from . import customer_pdf
from . import document
from . import owner
from . import move
from . import own_print
from . import portal
from . import report
