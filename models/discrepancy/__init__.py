"""Discrepancies between Odoo, the service, SAT and the stored files: their kinds and how each is found."""

from . import discrepancy
from . import checks
from . import of_bills
from . import of_received_reps
from . import of_invoices
from . import of_receipts
from . import parties
from . import duplicates
