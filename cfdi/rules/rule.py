"""What a rule is, how one registers, and what it finds.

A rule is a function `f(x, document, catalogues)` over one thing `x` of a document. It returns None
when SAT has nothing to object to, otherwise a dict with the values for its sentence. It reads
nothing else and changes nothing.
"""

import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from operator import attrgetter

from ..errors import CfdiError
from .matrix import SAT_TEXTS

ERROR, WARNING = "error", "warning"
# what `x` is: the Comprobante (before and after its lines), a Concepto, a tax of it, its third
# party, one of its pedimentos or Partes, a row of the summary of taxes; of a receipt of payment the Pagos, a Pago, a
# DoctoRelacionado, a tax of it, and what it was made of (payments.split.Settled)
SCOPES = (
    "comprobante",
    "concepto",
    "traslado",
    "retencion",
    "third_party",
    "pedimento",
    "parte",
    "summary",
    "summary_retencion",
    "summary_traslado",
    "pagos",
    "pago",
    "docto",
    "docto_retencion",
    "docto_traslado",
    "settlement",
)
_LINE_EN, _LINE_ES = "Line {line} ({descripcion:.60}): ", "Partida {line} ({descripcion:.60}): "
_PAYMENT_EN, _PAYMENT_ES = "Payment {pago} ({cobrado}): ", "Pago {pago} ({cobrado}): "
_INVOICE_EN, _INVOICE_ES = "Payment {pago}, invoice {invoice}: ", "Pago {pago}, factura {invoice}: "
REGISTERED = []  # in no particular order: see engine.RULES


@dataclass(frozen=True, slots=True, eq=False)
class Rule:
    """A rule and its description.

    :param code: SAT's code, or one of ours (``GUIA-…``, ``RFC-…``, ``IMPLOCAL-…``, ``PAC-…``) where
        the matrix has none
    :param name: unique; the function's name, or what `in_catalogue` makes of attribute and catalogue
    :param also: further codes of SAT with the same condition
    :param reads: attributes that it looks at
    :param fix_in: slug of the field where a person corrects it (``partner.zip``, ``line.tax`` …); ``none``: there is
        no such field, the document has to be built anew
    :param severity: ``error``: SAT refuses the document; ``warning``: it does not, or not surely
    :param en: sentence with {placeholders}; `line` and `descripcion` are there for every line
    :param es: the same in the Spanish of Mexico
    """

    code: str
    name: str
    scope: str
    reads: tuple[str, ...]
    fix_in: str
    en: str
    es: str
    severity: str
    also: tuple[str, ...]
    judges: Callable

    @property
    def sat(self):
        """SAT's own words for the code; None for a code of ours."""
        return SAT_TEXTS.get(self.code)


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule found.

    :param line: zero-based index of the Concepto, or None
    :param row: zero-based index of the tax, pedimento, Parte or row of the summary, or None
    :param data: values for the sentence (str or int)
    :param pago: zero-based index of the payment of a receipt, or None
    :param docto: zero-based index of the invoice in that payment, or None
    """

    rule: Rule
    line: int | None = None
    data: dict = field(default_factory=dict)
    row: int | None = None
    pago: int | None = None
    docto: int | None = None

    @property
    def code(self):
        """SAT's code, or ours."""
        return self.rule.code

    @property
    def severity(self):
        """``error`` or ``warning``."""
        return self.rule.severity

    @property
    def fix_in(self):
        """Slug of the field where a person corrects it."""
        return self.rule.fix_in

    def text(self, language=None):
        """The sentence, with its line (or payment and invoice) in front: Spanish for any ``es…``, English otherwise."""
        spanish = bool(language) and language.startswith("es")
        sentence = self.rule.es if spanish else self.rule.en
        return f"{self._place()[spanish]}{sentence}".format(**self.data)

    def numbered(self, language=None):
        """The sentence behind its code."""
        return f"{self.code}: {self.text(language)}"

    def _place(self):
        """What stands in front of the sentence: English, Spanish."""
        if self.line is not None:
            return _LINE_EN, _LINE_ES
        if self.docto is not None:
            return _INVOICE_EN, _INVOICE_ES
        return (_PAYMENT_EN, _PAYMENT_ES) if self.pago is not None else ("", "")


class Refused(CfdiError):
    """SAT would refuse the document. `findings`: the objections, in the order of the document."""

    slug = "refused"

    def __init__(self, findings):
        text = "\n".join(one.numbered() for one in findings)
        super().__init__(self.slug, text, data={"codes": [one.code for one in findings]})
        self.findings = tuple(findings)

    def __reduce__(self):
        return type(self), (self.findings,)


def rule(code, *, reads, en, es, fix_in="none", scope="comprobante", severity=ERROR, also=()):
    """Register the decorated function as a rule; see Rule for the parameters."""

    def register(function):
        REGISTERED.append(
            Rule(
                code,
                function.__name__,
                scope,
                tuple(reads),
                fix_in,
                en,
                es,
                severity,
                tuple(also),
                function,
            )
        )
        return function

    return register


def in_catalogue(code, catalogue, attribute, path, *, en, es, fix_in="none", scope="comprobante", when=None):
    """Register the rule that an attribute has a key of one of SAT's catalogues, in force at the document's Fecha.

    :param catalogue: SAT's name of it: ``c_UsoCFDI``; see Catalogues.has
    :param attribute: as in `reads`
    :param path: where `x` has the value: ``receptor.uso_cfdi``; it stands in the sentences as {value}
    :param when: path of what has to be there, else nothing is judged; None: always judged
    """
    value = attrgetter(path)

    def judges(x, document, catalogues):
        found = value(x)
        return None if catalogues.has(catalogue, found, document.comprobante.fecha) else {"value": found}

    def judges_some(x, document, catalogues):
        return judges(x, document, catalogues) if there(x) else None

    there = when and attrgetter(when)
    judge = judges_some if when else judges
    judge.__name__ = f"{attribute} in {catalogue}"
    judge.__doc__ = f"{attribute} is in {catalogue}."
    # the engine orders the rules by the modules in which they are written
    judge.__module__ = sys._getframe(1).f_globals["__name__"]
    rule(code, reads=(attribute,), fix_in=fix_in, en=en, es=es, scope=scope)(judge)
