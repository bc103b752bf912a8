"""CFDIs of ours that another system has stamped: the files on an invoice, and why it is not stamped again."""

from . import agreement
from . import files
from . import refusals
