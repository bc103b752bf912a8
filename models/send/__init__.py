"""What goes out to the customer: Send stamps, draws one PDF and mails it with the XML; Confirm stamps if asked to."""

from . import printed
from . import send
from . import alerts
from . import later
from . import confirm
