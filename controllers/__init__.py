from . import fiscal_data
from . import portal
from . import portal_receipts
from . import self_invoicing
