"""Receipts of payment (REP, CFDI type P with Pagos 2.0): what is due, what is made of it, and its CFDI."""

from . import rep
from . import rep_line
