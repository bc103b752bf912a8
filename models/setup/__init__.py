"""What is set up once and used by every invoice: companies, journals, contacts, products and units."""

from . import partner
from . import journal
from . import product
from . import uom
from . import company
