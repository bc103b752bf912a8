"""A Settlement -> its DoctoRelacionado: what of each tax of the invoice is paid with it.

Each row gets what is due of it after the payment less what was printed before, at the currency's decimals, and the tax
is clamped into SAT's limits around base × rate (CRP20254, CRP20261). So the receipts of an invoice that is paid add up
to the invoice, and none of them is refused.
"""

from dataclasses import dataclass, replace
from decimal import Decimal

from ..amounts.arithmetic import CONTEXT, UNITS, ZERO, round_half_up, strip_zeros, tax_limits
from ..values import CUOTA, EXENTO, IEPS, Retencion, Traslado
from .complement import DoctoRelacionado
from .invoice import proportion
from .payment import Settlement
from .printed import PrintedReceipt
from .standing import Standing, standing

_EQUIVALENCE_DECIMALS = 10
_NO_TAXES = "01"
_NEEDS_TAXES = ("02", "07")


@dataclass(frozen=True, slots=True)
class Settled:
    """:param rfc: of whom the receipt has to be for; None: of anybody (factoring)"""

    settlement: Settlement
    standing: Standing
    docto: DoctoRelacionado
    printed: PrintedReceipt
    rfc: str | None


def settle(settlement, moneda, earlier=(), rfc=None):
    """Return the Settled of a Settlement. Faulty amounts give a DoctoRelacionado without taxes: the rules judge it.

    :param moneda: of the payment
    :param earlier: PrintedReceipts of the same invoice in the receipt that is being made
    """
    invoice, stand = settlement.invoice, standing(settlement, earlier)
    paid = at_decimals(settlement.amount, invoice.decimals)
    before = at_decimals(stand.balance, invoice.decimals)
    rows = tuple(_rows(stand, paid, invoice)) if 0 < paid <= before else ()
    docto = DoctoRelacionado(
        id_documento=invoice.uuid,
        serie=invoice.serie,
        folio=invoice.folio,
        moneda=invoice.moneda,
        equivalencia=_equivalence(settlement, moneda),
        num_parcialidad=stand.installment,
        imp_saldo_ant=before,
        imp_pagado=paid,
        imp_saldo_insoluto=before - paid,
        objeto_imp=_objeto_imp(invoice, stand, rows),
        retenciones=tuple(Retencion(*_values(row)) for row in rows if row.withheld),
        traslados=tuple(Traslado(*_values(row)) for row in rows if not row.withheld),
    )
    lines = [row.line for row in sorted(rows, key=lambda row: not row.withheld)]
    printed = PrintedReceipt.of(docto, stand.credited, lines)
    return Settled(settlement, stand, docto, printed, rfc)


def at_decimals(value, n):
    """The amount with exactly n decimals, or as it is where it has more: a rule says so."""
    rounded = round_half_up(value, n)
    return rounded if rounded == value else value


def _values(row):
    return row.base, row.impuesto, row.tipo_factor, row.tasa_o_cuota, row.importe


def _equivalence(settlement, moneda):
    """Rounded up, so that Σ ImpPagado / EquivalenciaDR never exceeds Monto (CRP20276); None: it is not known."""
    if settlement.invoice.moneda == moneda:
        return Decimal(1)
    if not settlement.applied or settlement.applied < 0 or settlement.amount <= 0:
        return None
    exact = CONTEXT.divide(settlement.amount, settlement.applied)
    rounded = exact.quantize(UNITS[_EQUIVALENCE_DECIMALS], "ROUND_CEILING", CONTEXT)
    return strip_zeros(rounded)


def _objeto_imp(invoice, stand, rows):
    """As the invoice; without taxes where only what has none is left (CRP20246)."""
    left = any(row.base > one.base for row, one in zip(stand.rows, stand.done, strict=True))
    if not rows and not left and invoice.objeto_imp in _NEEDS_TAXES:
        return _NO_TAXES
    return invoice.objeto_imp


def _rows(stand, paid, invoice):
    """The rows that are printed, as they stand in the invoice."""
    due = _Share(stand, paid, invoice.decimals)
    found = [row for row in map(due.row, range(len(stand.rows))) if row]
    if invoice.objeto_imp in _NEEDS_TAXES and not any(_is_needed(row, invoice.objeto_imp) for row in found):
        found += due.least(invoice.objeto_imp)
    return found


def _is_needed(row, objeto_imp):
    """Whether a row is one that ObjetoImpDR asks for: 02 any (CRP20246), 07 transferred IEPS (CRP20279)."""
    return objeto_imp == "02" or (row.impuesto == IEPS and not row.withheld)


class _Share:
    """What a payment is of an invoice."""

    def __init__(self, stand, paid, decimals):
        self._stand, self._decimals, self._unit = stand, decimals, UNITS[decimals]
        self._after = stand.balance - paid
        # of what was open at the last new beginning
        self._settled = (stand.total - self._after, stand.total)

    def row(self, i):
        """The row at a place; None where nothing is due of it yet (CRP20249, CRP20255): it comes later."""
        row, done = self._stand.rows[i], self._stand.done[i]
        base = self._due(row.base, done.base)
        if base <= 0:
            return None
        printed = self._printed(i, base)
        left = (row.importe or ZERO) - done.importe - (printed.importe or ZERO)
        if done.base + base < row.base or left <= 0 or not self._after:
            return printed
        # the tax of a quota is more than its base: some base is kept for what of the tax comes later
        return self._printed(i, base - self._unit) if base > self._unit else None

    def least(self, objeto_imp):
        """A list with one row of the least base, for a payment that is too small for one; empty if none is left."""
        rows, done = self._stand.rows, self._stand.done
        needed = (i for i, row in enumerate(rows) if _is_needed(row, objeto_imp))
        left = {i: base for i in needed if (base := rows[i].base - done[i].base) > 0}
        # the last base of a quota stays for the rest of its tax
        place = max(left, key=lambda i: (rows[i].tipo_factor != CUOTA, left[i]), default=None)
        return [] if place is None else [self._printed(place, self._unit)]

    def _printed(self, i, base):
        row = self._stand.rows[i]
        if row.tipo_factor == EXENTO:
            return replace(row, base=base, line=i)
        importe = self._due(row.importe, self._stand.done[i].importe)
        lowest, highest = tax_limits(base, row.tasa_o_cuota, self._decimals)
        return replace(row, base=base, importe=min(max(importe, lowest, ZERO), highest), line=i)

    def _due(self, value, done):
        return round_half_up(proportion(value, *self._settled), self._decimals) - done
