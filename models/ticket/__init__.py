"""Tickets: sales to the public that wait for a global invoice, from posted invoices and from other modules."""

from . import settings
from . import ticket
from . import books
