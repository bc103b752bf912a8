"""From the button Cancel CFDI to SAT's answer: requests, waiting cancellations, notices, receipts, and the invoice."""

from . import sat_answer
from . import button
from . import request
from . import order
from . import refusal
from . import expectation
from . import request_status
from . import notices
from . import receipt
from . import invoice
from . import substitution
from . import own_document
