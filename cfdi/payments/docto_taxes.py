"""The taxes of one paid invoice in a receipt of payment, in MXN, for a comparison with the books of that payment."""

from decimal import Decimal

from ..amounts.arithmetic import CONTEXT, exact_sum, round_half_up
from .printed import PrintedReceipt

_QUOTA = "Cuota"


def docto_taxes(docto, tipo_cambio):
    """Return what is printed of a DoctoRelacionado, by tax and rate.

    Totales has no retention by rate and no IEPS; this has all, and each invoice by itself.

    :param docto: `complement.DoctoRelacionado`
    :param tipo_cambio: TipoCambioP, None for 1
    :return: dict from the `TaxRow.key` of a tax to (base, tax) in MXN of two decimals. The base of a quota is a
        quantity and is None, as is the tax where Exento.
    """
    groups = {}
    for row in PrintedReceipt.of(docto).rows:
        groups.setdefault(row.key, []).append(row)

    def in_mxn(values):
        paid = CONTEXT.divide(exact_sum(values), docto.equivalencia or Decimal(1))
        return round_half_up(CONTEXT.multiply(paid, tipo_cambio or Decimal(1)), 2)

    return {
        key: (
            None if rows[0].tipo_factor == _QUOTA else in_mxn(row.base for row in rows),
            None if rows[0].importe is None else in_mxn(row.importe for row in rows),
        )
        for key, rows in groups.items()
    }
