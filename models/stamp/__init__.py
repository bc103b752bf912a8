"""From the button Stamp to the service's answer: single and bulk calls, the queue, and lost answers."""

from . import attempt
from . import button
from . import invoice
from . import answer
from . import two_steps
from . import queue
from . import run
from . import lost_answers
from . import lookup
from . import resolve
from . import findings
