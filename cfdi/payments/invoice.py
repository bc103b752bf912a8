"""The stamped XML of an invoice, or of its credit note -> what a receipt of payment needs of it.

Base everything on the stamped XML: SAT compares a receipt with the invoice that it has, not with an ERP's books.
"""

from dataclasses import dataclass, replace
from decimal import Decimal

from .. import nodes
from ..amounts.arithmetic import CONTEXT, UNITS, ZERO, exact_sum, round_half_up
from ..errors import CfdiError
from ..read import parse_cfdi, read_line_taxes, read_timbre
from ..values import EXENTO, currency_decimals

_NO_TAXES = "01"
# ObjetoImp with rows of some taxes only: the receipt keeps it where all taxed lines have it
_SOME_TAXES = ("06", "07", "08")


@dataclass(frozen=True, slots=True)
class TaxRow:
    """A tax with its base, at the decimals of the invoice's currency; `tasa_o_cuota`, `importe`: None when Exento.

    :param line: position in the rows of its PaidInvoice, in a receipt; None where it is not known
    """

    withheld: bool
    impuesto: str
    tipo_factor: str
    tasa_o_cuota: Decimal | None
    base: Decimal
    importe: Decimal | None
    line: int | None = None

    @property
    def key(self):
        """What identifies a tax and its rate; a quota of 0.16 and one of 0.160000 are equal."""
        return self.withheld, self.impuesto, self.tipo_factor, self.tasa_o_cuota


@dataclass(frozen=True, slots=True)
class PaidInvoice:
    """A stamped CFDI of type I. `uuid` in upper case."""

    uuid: str
    serie: str | None
    folio: str | None
    moneda: str
    total: Decimal
    rows: tuple[TaxRow, ...]
    objeto_imp: str
    rfc_receptor: str

    @property
    def decimals(self):
        """How many decimals its amounts have."""
        return currency_decimals(self.moneda)


@dataclass(frozen=True, slots=True)
class CreditNote:
    """A stamped CFDI of type E, or the part of it that credits one invoice, in that invoice's currency."""

    total: Decimal
    rows: tuple[TaxRow, ...]
    uuid: str | None = None

    def part(self, amount, decimals=2):
        """Return the part of it that was reconciled with one invoice.

        :param amount: Decimal, in the invoice's currency: its total where the note is credited on one invoice alone
        :param decimals: of that currency
        """
        if amount == self.total:
            return self

        def scaled(value):
            return None if value is None else round_half_up(proportion(value, amount, self.total), decimals)

        rows = tuple(replace(row, base=scaled(row.base), importe=scaled(row.importe)) for row in self.rows)
        return replace(self, total=amount, rows=rows)


def proportion(value, numerator, denominator):
    """value × numerator / denominator, not rounded: the product first, so that a half stays a half."""
    return CONTEXT.divide(CONTEXT.multiply(value, numerator), denominator)


def read_paid_invoice(xml):
    """Return the PaidInvoice of a stamped CFDI 4.0 of type I. What it doesn't need is not read, nor checked.

    :param xml: bytes, or the root that `parse_cfdi` returned
    :raises CfdiError: those of `read_cfdi`, and ``not_stamped``, ``other_type``
    """
    root, uuid, lines = _read(xml, "I")
    moneda = nodes.text(root, "Moneda")
    return PaidInvoice(
        uuid=uuid,
        serie=nodes.optional(root, "Serie"),
        folio=nodes.optional(root, "Folio"),
        moneda=moneda,
        total=nodes.number(root, "Total"),
        rows=tuple(_rows(lines, currency_decimals(moneda))),
        objeto_imp=_objeto_imp(lines),
        rfc_receptor=nodes.text(nodes.child(root, "Receptor", required=True), "Rfc"),
    )


def read_credit_note(xml):
    """Return the CreditNote of a stamped CFDI 4.0 of type E; see `read_paid_invoice`."""
    root, uuid, lines = _read(xml, "E")
    decimals = currency_decimals(nodes.text(root, "Moneda"))
    rows = (row for group in _by_key(lines).values() for row in _rounded(group, decimals))
    return CreditNote(nodes.number(root, "Total"), tuple(rows), uuid)


def _read(xml, tipo):
    """(root, UUID in upper case, LineTaxes of each line)."""
    root = parse_cfdi(xml)
    timbre = read_timbre(root)
    if not timbre:
        raise CfdiError("not_stamped", "The CFDI has no TimbreFiscalDigital.")
    found = nodes.text(root, "TipoDeComprobante")
    if found != tipo:
        raise CfdiError("other_type", f"This CFDI is of type {found}, not {tipo}.", data={"type": found})
    return root, timbre.uuid.upper(), read_line_taxes(root)


def _objeto_imp(conceptos):
    """ObjetoImpDR (CRP20246, 20247, 20278, 20279): 02 with any tax, else what all lines say, else 01."""
    taxed = {line.objeto_imp for line in conceptos if line.traslados or line.retenciones}
    if taxed:
        return taxed.pop() if len(taxed) == 1 and taxed <= set(_SOME_TAXES) else "02"
    untaxed = {line.objeto_imp for line in conceptos}
    return untaxed.pop() if len(untaxed) == 1 else _NO_TAXES


def _by_key(conceptos):
    """Dict from key to the rows of the lines, as they are written."""
    groups = {}
    for concepto in conceptos:
        for withheld, taxes in ((True, concepto.retenciones), (False, concepto.traslados)):
            for tax in taxes:
                row = TaxRow(withheld, tax.impuesto, tax.tipo_factor, tax.tasa_o_cuota, tax.base, tax.importe)
                groups.setdefault(row.key, []).append(row)
    return groups


def _rows(conceptos, decimals):
    """One summed row for each key whose amount is base × rate to half a cent; else those of the lines.

    An invoice that rounds line by line has sums outside of SAT's limits (CRP20254, CRP20261), even paid at once.
    """
    for group in _by_key(conceptos).values():
        yield from [_summed(group, decimals)] if _fits(group, decimals) else _rounded(group, decimals)


def _fits(group, decimals):
    first = group[0]
    if first.tipo_factor == EXENTO or len(group) == 1:
        return True
    product = CONTEXT.multiply(exact_sum(row.base for row in group), first.tasa_o_cuota)
    difference = CONTEXT.subtract(exact_sum(row.importe for row in group), product)
    return abs(difference) <= UNITS[decimals] / 2


def _summed(group, decimals):
    return replace(group[0], base=_sum(group, "base", decimals), importe=_sum(group, "importe", decimals))


def _sum(group, name, decimals):
    values = [getattr(row, name) for row in group]
    return None if None in values else round_half_up(exact_sum(values), decimals)


def _rounded(group, decimals):
    """The rows at the currency's decimals; their sums are those of the invoice's summary."""
    before = (ZERO, ZERO)
    for last in range(1, len(group) + 1):
        upto = _sum(group[:last], "base", decimals), _sum(group[:last], "importe", decimals)
        importe = None if upto[1] is None else upto[1] - before[1]
        yield replace(group[last - 1], base=upto[0] - before[0], importe=importe)
        before = upto
