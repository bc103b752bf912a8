"""One CFDI and what it is of (its owner): its data and states, the log of calls, and its files."""

from . import owner
from . import document
from . import request
from . import attachment
from . import service
from . import service_payment
