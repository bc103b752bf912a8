"""SAT's matrix of CFDI 4.0 as code: what can be judged without SAT's own lists.

>>> for finding in judge(Document.from_comprobante(comprobante)):
...     finding.code, finding.line, finding.text("es")
"""

from .catalogues import DEFAULT, Catalogues
from .document import Document
from .engine import RULES, judge, judge_receptor
from .rule import ERROR, WARNING, Refused
from .tax_rates import TaxRate, TaxRates

__all__ = [
    "DEFAULT",
    "ERROR",
    "RULES",
    "WARNING",
    "Catalogues",
    "Document",
    "Refused",
    "TaxRate",
    "TaxRates",
    "judge",
    "judge_receptor",
]
