"""Each package calls only packages listed above it; the files at the end may call all, and all may call them."""

from . import common
from . import service
from . import document
from . import sat
from . import catalogue
from . import setup
from . import invoice
from . import printed
from . import relation
from . import parts
from . import build
from . import elsewhere
from . import stamp
from . import send
from . import cancel
from . import payment
from . import global_invoice
from . import adopt
from . import advance
from . import received
from . import audit
from . import onboarding
from . import overview
from . import document_events
from . import account_move
