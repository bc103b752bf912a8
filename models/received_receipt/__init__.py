"""Suppliers' receipts of payment: read, matched to bills and payments, and those that suppliers owe."""

from . import receipt
from . import match
from . import owed
