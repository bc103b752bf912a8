"""From the button Stamp to what the service answered: one call or many, the queue, and the recovery of lost answers."""

from . import attempt
from . import button
from . import answer
from . import two_steps
from . import queue
from . import run
from . import recovery
from . import lookup
from . import resolve
from . import check
from . import findings
from . import send
