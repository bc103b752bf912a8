"""Discrepancies between Odoo, the service, SAT and the stored files, their correction, and evidence for auditors."""

from . import discrepancy
from . import discrepancy_checks
from . import of_bills
from . import of_received_reps
from . import of_invoices
from . import of_receipts
from . import parties
from . import duplicates
from . import integrity
from . import fixes
from . import buttons
from . import evidence
