"""SAT's matrix of CFDI 4.0 as code: what can be judged without SAT's own lists.

>>> for hallazgo in judge(Documento.de(comprobante)):
...     hallazgo.code, hallazgo.linea, hallazgo.text("es")
"""

from .catalogos import DEFAULT, Catalogos
from .documento import Documento
from .motor import RULES, judge
from .omitted import OMITTED
from .parte import Parte
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
