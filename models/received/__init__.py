"""Suppliers' CFDIs on vendor bills: upload, filling, comparison, and SAT's status."""

from . import received
from . import bill
from . import differences
from . import fill
from . import lines
from . import sat
from . import replacement
from . import refusals
from . import other_files
from . import receipt_files
from . import receipt_counted
