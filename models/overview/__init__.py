"""What waits for a person, seen from outside of the invoice: the accounting dashboard's card, and activities."""

from . import activities
from . import dashboard
