"""Receipts of payment (REP 2.0)."""

from . import books
