"""SAT's public status service: the pace of queries, the answers, and the scheduled queries."""

from . import answer
from . import gate
from . import status
from . import round
