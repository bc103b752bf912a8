"""What Odoo, the service, SAT and the stored files tell differently, what mends it, and the evidence for an auditor."""

from . import divergence
from . import kinds
from . import two_live
from . import integrity
from . import remedies
from . import service_check
from . import sat_button
from . import alerts
from . import evidence
