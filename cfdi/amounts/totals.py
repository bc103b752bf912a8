"""Header totals and tax summary out of the lines (codes are those of SAT's validation matrix)."""

from decimal import Decimal

from ..values import EXENTO, RetencionTotal, Totals, Traslado
from .arithmetic import ZERO, exact_sum, round_half_up


def compute_totals(comprobante):
    """Return the Totals of a Comprobante, each at the decimals of its currency.

    SubTotal CFDI40108/40109, Descuento CFDI40111, rows CFDI40211/40215/40221 (sum, then round),
    totals of taxes CFDI40203/40205 (sum of the rows already rounded), Total CFDI40119.
    """
    if comprobante.tipo_de_comprobante in ("T", "P"):
        zero = Decimal(0)
        return Totals(zero, None, (), (), None, None, zero)
    return totals_of_lines(comprobante.conceptos, comprobante.decimals, comprobante.impuestos_locales)


def totals_of_lines(conceptos, decimals, impuestos_locales=None):
    """Return the Totals of lines of type I, E or N."""
    sub_total = round_half_up(exact_sum(c.importe for c in conceptos), decimals)
    descuentos = [c.descuento for c in conceptos if c.descuento is not None]
    descuento = round_half_up(exact_sum(descuentos), decimals) if descuentos else None
    traslados = _traslados(conceptos, decimals)
    retenciones = _retenciones(conceptos, decimals)
    taxed = [t.importe for t in traslados if t.importe is not None]
    total_trasladados = round_half_up(exact_sum(taxed), decimals) if taxed else None
    total_retenidos = round_half_up(exact_sum(i for _impuesto, i in retenciones), decimals) if retenciones else None
    local_taxes = ZERO
    if impuestos_locales:
        local_taxes = exact_sum(i.importe for i in impuestos_locales.traslados) - exact_sum(
            i.importe for i in impuestos_locales.retenciones
        )
    total = sub_total - (descuento or ZERO) + (total_trasladados or ZERO) - (total_retenidos or ZERO) + local_taxes
    return Totals(
        sub_total,
        descuento,
        retenciones,
        traslados,
        total_retenidos,
        total_trasladados,
        round_half_up(total, decimals),
    )


def _traslados(conceptos, decimals):
    """Summary rows by (Impuesto, TipoFactor, TasaOCuota), by first appearance (CFDI40218)."""
    groups = {}
    for concepto in conceptos:
        for t in concepto.traslados:
            # equal Decimals hash alike whatever their exponent: 0.16 and 0.160000 are one group
            groups.setdefault((t.impuesto, t.tipo_factor, t.tasa_o_cuota), []).append(t)
    rows = []
    for (impuesto, tipo_factor, tasa), group in groups.items():
        importe = None
        if tipo_factor != EXENTO:
            importe = round_half_up(exact_sum(t.importe for t in group), decimals)
        base = round_half_up(exact_sum(t.base for t in group), decimals)
        rows.append(Traslado(base, impuesto, tipo_factor, tasa, importe))
    return tuple(rows)


def _retenciones(conceptos, decimals):
    """Summary rows by Impuesto alone, in order of first appearance (CFDI40208, CFDI40211)."""
    groups = {}
    for concepto in conceptos:
        for r in concepto.retenciones:
            groups.setdefault(r.impuesto, []).append(r.importe)
    return tuple(
        RetencionTotal(impuesto, round_half_up(exact_sum(importes), decimals)) for impuesto, importes in groups.items()
    )
