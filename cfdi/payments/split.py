"""A Settlement -> its DoctoRelacionado: what of each tax of the invoice is paid with it.

The receipts of an invoice that is paid add up to the invoice, and none of them is refused.
"""

from dataclasses import dataclass
from decimal import Decimal

from ..amounts.arithmetic import CONTEXT, UNITS, round_half_up, strip_zeros
from ..values import Retencion, Traslado
from .complement import DoctoRelacionado
from .payment import Settlement
from .printed import PrintedReceipt
from .share import NEEDS_TAXES, Share
from .standing import Standing, standing

_EQUIVALENCE_DECIMALS = 10
_NO_TAXES = "01"


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
    share = Share(stand.rows, stand.done, stand.total, stand.balance - paid, invoice.decimals)
    rows = share.printed(invoice.objeto_imp) if 0 < paid <= before else []
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
    if not rows and not left and invoice.objeto_imp in NEEDS_TAXES:
        return _NO_TAXES
    return invoice.objeto_imp
