"""Suppliers' CFDIs on vendor bills: upload, filling, comparison, and SAT's status."""

from . import file
from . import received
from . import bill
from . import differences
from . import fill
from . import lines
from . import taxes
from . import sat
from . import replacement
from . import refusals
from . import other_files
from . import receipt
from . import receipt_match
from . import receipt_files
from . import receipt_counted
from . import receipt_owed
