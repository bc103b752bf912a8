"""Accounts at a service: connection, branches, codes, tokens, credits, and the pause after failures."""

from . import token
from . import account
from . import capabilities
from . import codes
from . import usual_codes
from . import branch_sync
from . import pause
from . import credits
from . import branch
