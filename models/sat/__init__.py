"""SAT's public status service: whose turn it is to ask, the answers, and the round that asks by itself."""

from . import answer
from . import gate
from . import status
from . import round
