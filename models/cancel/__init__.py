"""From the button Cancel CFDI to SAT's answer: requests, orders, notices, receipts, and what becomes of the invoice."""

from . import sat_answer
from . import button
from . import request
from . import order
from . import expectation
from . import own_requests
from . import notices
from . import receipt
from . import invoice
from . import substitution
