"""ImpuestosP of a payment and Totales of a receipt, from what its DoctoRelacionado print (CRP20201 to 20211, 20265,
20268, 20269, 20274). A sum of anything else differs by a millionth and is refused.
"""

from decimal import Decimal

from ..amounts.arithmetic import CONTEXT, exact_sum, round_half_up
from ..values import EXENTO, IEPS, ISR, IVA, TASA, RetencionTotal, Traslado, currency_decimals
from .complement import TotalesPagos

_MIXED_DECIMALS, _MXN_DECIMALS = 6, 2
_WITHHELD = (("iva", IVA), ("isr", ISR), ("ieps", IEPS))
# what Totales has of transferred taxes: IVA of these rates, and exempt
IVA_RATES = {"iva16": Decimal("0.16"), "iva8": Decimal("0.08"), "iva0": Decimal(0)}


def impuestos_p(doctos, moneda):
    """Return (RetencionTotal…, Traslado…) of a payment, each key once (CRP20263, CRP20271).

    :param moneda: of the payment: its decimals, or six where an invoice is in another currency
    """
    mixed = any(docto.moneda != moneda for docto in doctos)
    decimals = _MIXED_DECIMALS if mixed else currency_decimals(moneda)
    withheld, transferred = exact_impuestos_p(doctos)
    return (
        tuple(RetencionTotal(impuesto, round_half_up(value, decimals)) for impuesto, value in withheld.items()),
        tuple(
            Traslado(round_half_up(base, decimals), *key, None if key[1] == EXENTO else round_half_up(tax, decimals))
            for key, (base, tax) in transferred.items()
        ),
    )


def exact_impuestos_p(doctos):
    """Return the sums of what is printed, in the payment's currency, not rounded.

    :return: dict from Impuesto to what is withheld; dict from (Impuesto, TipoFactor, TasaOCuota) to (base, tax)
    """
    withheld, transferred = {}, {}
    for docto in doctos:
        for row in docto.retenciones:
            withheld.setdefault(row.impuesto, []).append(_converted(row.importe, docto))
        for row in docto.traslados:
            key = row.impuesto, row.tipo_factor, row.tasa_o_cuota
            transferred.setdefault(key, []).append((_converted(row.base, docto), _converted(row.importe, docto)))
    return (
        {impuesto: exact_sum(values) for impuesto, values in withheld.items()},
        {key: tuple(map(exact_sum, zip(*values, strict=True))) for key, values in transferred.items()},
    )


def _converted(value, docto):
    """In the payment's currency; an equivalence that is not known is a finding of the rules."""
    return CONTEXT.divide(value or Decimal(0), docto.equivalencia or Decimal(1))


def totales(pagos):
    """Return the TotalesPagos of Pago values, in MXN."""
    values = {f"retenciones_{name}": _withheld(pagos, impuesto) for name, impuesto in _WITHHELD}
    for name, rate in IVA_RATES.items():
        values[f"base_{name}"] = _transferred(pagos, TASA, rate, "base")
        values[f"impuesto_{name}"] = _transferred(pagos, TASA, rate, "importe")
    exento = _transferred(pagos, EXENTO, None, "base")
    return TotalesPagos(**values, base_iva_exento=exento, monto_total_pagos=_in_mxn((p, p.monto) for p in pagos))


def _withheld(pagos, impuesto):
    return _in_mxn((pago, row.importe) for pago in pagos for row in pago.retenciones if row.impuesto == impuesto)


def _transferred(pagos, factor, rate, name):
    key = IVA, factor, rate
    return _in_mxn(
        (pago, getattr(row, name))
        for pago in pagos
        for row in pago.traslados
        if (row.impuesto, row.tipo_factor, row.tasa_o_cuota) == key
    )


def _in_mxn(pairs):
    """The rounded sum of pairs of a Pago and an amount in its currency; None without any."""
    products = [CONTEXT.multiply(value, pago.tipo_cambio or Decimal(1)) for pago, value in pairs]
    return round_half_up(exact_sum(products), _MXN_DECIMALS) if products else None
