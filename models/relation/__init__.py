"""Relations between CFDIs: credit and debit notes, substitution, and one live CFDI for each sale."""

from . import relation
from . import graph
from . import origin
from . import same_sale
from . import substitution
from . import reversal
from . import advance_amounts
