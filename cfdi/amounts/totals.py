"""Header totals and tax summary out of the lines (codes are those of SAT's validation matrix)."""

from decimal import Decimal

from ..values import EXENTO, Totales, Traslado
from .arithmetic import CERO, redondea, suma


def totals(comprobante):
    """Return the Totales of a Comprobante, each at the decimals of its currency.

    SubTotal CFDI40108/40109, Descuento CFDI40111, rows CFDI40211/40215/40221 (sum, then round),
    totals of taxes CFDI40203/40205 (sum of the rows already rounded), Total CFDI40119.
    """
    if comprobante.tipo_de_comprobante in ("T", "P"):
        cero = Decimal(0)
        return Totales(cero, None, (), (), None, None, cero)
    return summarise(comprobante.conceptos, comprobante.decimales, comprobante.impuestos_locales)


def summarise(conceptos, decimales, impuestos_locales=None):
    """Return the Totales of lines of type I, E or N."""
    sub_total = redondea(suma(c.importe for c in conceptos), decimales)
    descuentos = [c.descuento for c in conceptos if c.descuento is not None]
    descuento = redondea(suma(descuentos), decimales) if descuentos else None
    traslados = _traslados(conceptos, decimales)
    retenciones = _retenciones(conceptos, decimales)
    gravados = [t.importe for t in traslados if t.importe is not None]
    trasladados = redondea(suma(gravados), decimales) if gravados else None
    retenidos = redondea(suma(i for _impuesto, i in retenciones), decimales) if retenciones else None
    locales = CERO
    if impuestos_locales:
        locales = suma(i.importe for i in impuestos_locales.traslados) - suma(
            i.importe for i in impuestos_locales.retenciones
        )
    total = sub_total - (descuento or CERO) + (trasladados or CERO) - (retenidos or CERO) + locales
    return Totales(
        sub_total,
        descuento,
        retenciones,
        traslados,
        retenidos,
        trasladados,
        redondea(total, decimales),
    )


def _traslados(conceptos, decimales):
    """Summary rows by (Impuesto, TipoFactor, TasaOCuota), by first appearance (CFDI40218)."""
    grupos = {}
    for concepto in conceptos:
        for t in concepto.traslados:
            # equal Decimals hash alike whatever their exponent: 0.16 and 0.160000 are one group
            grupos.setdefault((t.impuesto, t.tipo_factor, t.tasa_o_cuota), []).append(t)
    filas = []
    for (impuesto, tipo_factor, tasa), grupo in grupos.items():
        importe = None
        if tipo_factor != EXENTO:
            importe = redondea(suma(t.importe for t in grupo), decimales)
        base = redondea(suma(t.base for t in grupo), decimales)
        filas.append(Traslado(base, impuesto, tipo_factor, tasa, importe))
    return tuple(filas)


def _retenciones(conceptos, decimales):
    """Summary rows by Impuesto alone, in order of first appearance (CFDI40208, CFDI40211)."""
    grupos = {}
    for concepto in conceptos:
        for r in concepto.retenciones:
            grupos.setdefault(r.impuesto, []).append(r.importe)
    return tuple((impuesto, redondea(suma(importes), decimales)) for impuesto, importes in grupos.items())
