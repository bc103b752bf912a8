"""What waits for a person, seen from outside of the invoice: the card on the accounting dashboard."""

from . import dashboard
