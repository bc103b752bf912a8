"""SAT's matrix of CFDI 4.0 as code: what can be judged without SAT's own lists.

>>> for hallazgo in judge(Documento.de(comprobante)):
...     hallazgo.code, hallazgo.linea, hallazgo.text("es")
"""

from .catalogues import DEFAULT, Catalogos
from .document import Documento
from .engine import RULES, judge
from .matrix import OMITTED
from .document import Parte
from .rule import ERROR, WARNING, Hallazgo, Rule

__all__ = [
    "DEFAULT",
    "ERROR",
    "OMITTED",
    "RULES",
    "WARNING",
    "Catalogos",
    "Documento",
    "Hallazgo",
    "Parte",
    "Rule",
    "judge",
]
