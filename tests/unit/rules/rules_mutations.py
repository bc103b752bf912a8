"""Changes of one number of a CFDI, and whether SAT's limits leave room for them.

The limits come from the tests' own judge (fractions, no code of cfdi/), at the decimals of the
currency, which is the reading that leaves most room.
"""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from judge import limits, places
from lxml import etree

CFDI = "{http://www.sat.gob.mx/cfd/4}"
NUMBERS = frozenset(
    "SubTotal Descuento Total TipoCambio Cantidad ValorUnitario Importe Base TasaOCuota "
    "TotalImpuestosTrasladados TotalImpuestosRetenidos "
    "TotaldeTraslados TotaldeRetenciones TasadeTraslado TasadeRetencion".split()
)


@dataclass(frozen=True)
class Change:
    where: str
    before: str
    after: str
    xml: bytes
    tolerated: bool


def others_of(text, random):
    """Texts of other, not negative numbers: near ones, shifted ones, misread ones."""
    value, n = Decimal(text), places(text)
    digits = [i for i, c in enumerate(text) if c.isdigit()]
    unit = Decimal(1).scaleb(-n)
    found = {
        f"{value + Decimal('0.01'):f}",
        f"{value - Decimal('0.01'):f}",
        f"{value + unit:f}",
        f"{value - unit:f}",
        f"{value * 10:f}",
        f"{value / 10:f}",
        f"{value * 2:f}",
        f"{value + 1:f}",
        "0",
        text.partition(".")[0],
    }
    if len(digits) > 1:
        i = random.randrange(len(digits) - 1)
        one, other = digits[i], digits[i + 1]
        swapped = list(text)
        swapped[one], swapped[other] = text[other], text[one]
        found.add("".join(swapped))
    i = random.choice(digits)
    found.add(text[:i] + random.choice("0123456789") + text[i + 1 :])
    return sorted(t for t in found if Decimal(t) >= 0 and Decimal(t) != value and places(t) <= 6)


def changes(xml, decimals, random, some=None):
    """Every number of the document changed in every way, or in `some` ways chosen by `random`."""
    root = etree.fromstring(xml)
    for node in root.iter(etree.Element):
        if not isinstance(node.tag, str) or "Timbre" in node.tag:
            continue
        for name in sorted(NUMBERS & set(node.attrib)):
            before = node.get(name)
            texts = others_of(before, random)
            for after in texts if some is None else random.sample(texts, min(some, len(texts))):
                node.set(name, after)
                where = f"{node.tag.rpartition('}')[2]}/@{name}"
                if node.getparent() is not None and "Concepto" in str(node.getroottree().getpath(node)):
                    where = f"line: {where}"
                tolerated = is_tolerated(node, name, decimals)
                yield Change(where, before, after, etree.tostring(root, encoding="UTF-8"), tolerated)
            node.set(name, before)


def is_tolerated(node, name, decimals):
    """Whether the line's Importe still lies in the limits that its (changed) factors give."""
    get = node.get
    if node.tag == f"{CFDI}Concepto" and name in ("Cantidad", "ValorUnitario"):
        if Fraction(get(name)) <= 0:
            return False
        least, most = limits(get("Cantidad"), get("ValorUnitario"), decimals)
    elif node.tag == f"{CFDI}Retencion" and name in ("Base", "TasaOCuota") and get("Base"):
        least, most = limits(get("Base"), get("TasaOCuota"), decimals, fixed_other=True)
    else:
        return False
    return least <= Fraction(get("Importe")) <= most
