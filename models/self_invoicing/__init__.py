"""The customer invoices a ticket to the own name, on a page that needs no login (autofactura)."""

from . import settings
from . import tries
from . import code
from . import state
from . import contact
from . import notices
from . import invoice
from . import mail
from . import sent
