"""CFDIs that another system has stamped become ours: found, matched with their invoices, checked, and stored."""

from . import candidate
from . import match
from . import checks
from . import adopted
from . import ask
from . import button
