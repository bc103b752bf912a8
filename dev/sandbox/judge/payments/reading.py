"""The complement Pagos as its rules look at it."""

from dataclasses import dataclass
from decimal import Decimal

from ... import satfiles
from ..document import NS


@dataclass
class Payment:
    """A node Pago: ``where`` names it, ``documents`` are its DoctoRelacionado with their names."""

    where: str
    node: object
    documents: list

    @property
    def currency(self):
        """MonedaP."""
        return self.node.get("MonedaP")

    @property
    def decimals(self):
        """Decimals of MonedaP."""
        return currency_decimals(self.currency)

    @property
    def mixed(self):
        """Whether one of its documents is in another currency."""
        return any(node.get("MonedaDR") != self.currency for _where, node in self.documents)

    def transfers(self):
        """Its TrasladoP."""
        return self.node.findall("pago20:ImpuestosP/pago20:TrasladosP/pago20:TrasladoP", NS)

    def withheld(self):
        """Its RetencionP."""
        return self.node.findall("pago20:ImpuestosP/pago20:RetencionesP/pago20:RetencionP", NS)


def of(root):
    """The payments of a pago20:Pagos."""
    payments = []
    for n, node in enumerate(root.findall("pago20:Pago", NS), 1):
        documents = [(f"Pago {n}, DoctoRelacionado {m}", child) for m, child in
                     enumerate(node.findall("pago20:DoctoRelacionado", NS), 1)]
        payments.append(Payment(f"Pago {n}", node, documents))
    return payments


def currency_decimals(currency):
    """Decimals of a currency of c_Moneda, two for one that has none."""
    found = satfiles.currency_decimals(currency)
    return 2 if found is None else found


def transfers(document):
    """The TrasladoDR of a DoctoRelacionado."""
    return document.findall("pago20:ImpuestosDR/pago20:TrasladosDR/pago20:TrasladoDR", NS)


def withheld(document):
    """The RetencionDR of a DoctoRelacionado."""
    return document.findall("pago20:ImpuestosDR/pago20:RetencionesDR/pago20:RetencionDR", NS)


def key(tax, level):
    """(tax, factor, rate or None) of a transferred tax; ``level``: 'DR' or 'P'."""
    rate = tax.get("TasaOCuota" + level)
    return (tax.get("Impuesto" + level), tax.get("TipoFactor" + level),
            None if rate is None else Decimal(rate))


def equivalence(document):
    """EquivalenciaDR as a number, 1 where it is missing."""
    return Decimal(document.get("EquivalenciaDR", "1"))
