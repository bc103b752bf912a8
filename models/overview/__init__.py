"""What waits for a person, seen from outside of the invoice: the dashboard's card, activities, a customer's check."""

from . import activities
from . import globals_due
from . import customer
from . import no_branch
from . import dashboard
