"""SAT's catalogues as the rules read them: the dated table of tax rates, and what product codes need."""

from . import tax_rate
from . import code_search
