"""Comprobante: SubTotal, Descuento and Total against each other and against the lines."""

from ..amounts.arithmetic import CERO, CONTEXTO, redondea, suma
from .amount_checks import SUMAR_EN, SUMAR_ES, demasiados_decimales, distinto, texto
from .rule import rule


@rule(
    "CFDI40107",
    reads=("SubTotal", "Moneda"),
    mends="none",
    en="SubTotal {escrito} has more decimals than {moneda} ({decimales})." + SUMAR_EN,
    es="El SubTotal {escrito} tiene más decimales que {moneda} ({decimales})." + SUMAR_ES,
)
def subtotal_con_decimales(c, d, cat):
    """SubTotal has at most the currency's decimals."""
    return demasiados_decimales(d.totales.sub_total, d)


@rule(
    "CFDI40108",
    reads=("SubTotal", "Concepto/@Importe"),
    mends="none",
    en="SubTotal is {escrito}, but the amounts of the lines add up to {suma}." + SUMAR_EN,
    es="El SubTotal es {escrito}, pero los importes de las partidas suman {suma}." + SUMAR_ES,
)
def subtotal_es_la_suma(c, d, cat):
    """Round half up; SAT only says "redondeo"."""
    if not d.con_importes:
        return None
    return distinto(d.totales.sub_total, redondea(d.sumas.importes, d.decimales))


@rule(
    "CFDI40109",
    reads=("SubTotal", "TipoDeComprobante"),
    mends="none",
    en="SubTotal of a document of type {tipo} is 0, not {escrito}.",
    es="El SubTotal de un comprobante de tipo {tipo} es 0, no {escrito}.",
)
def subtotal_cero(c, d, cat):
    """SubTotal of T and P is zero."""
    if c.tipo_de_comprobante not in ("T", "P") or not d.totales.sub_total:
        return None
    return {"tipo": c.tipo_de_comprobante, "escrito": texto(d.totales.sub_total)}


@rule(
    "CFDI40110",
    reads=("Descuento", "SubTotal"),
    mends="line.discount",
    en="The discount {descuento} is greater than SubTotal {subtotal}. Lower the discounts of the lines.",
    es="El descuento {descuento} es mayor que el SubTotal {subtotal}. Reduzca los descuentos de las partidas.",
)
def descuento_cabe(c, d, cat):
    """Descuento is at most SubTotal."""
    descuento, subtotal = d.totales.descuento, d.totales.sub_total
    if descuento is None or descuento <= subtotal:
        return None
    return {"descuento": texto(descuento), "subtotal": texto(subtotal)}


@rule(
    "CFDI40111",
    reads=("Descuento", "Concepto/@Descuento"),
    mends="none",
    en="Lines have discounts of {suma}, the document has no Descuento." + SUMAR_EN,
    es="Las partidas llevan descuentos por {suma} y el comprobante no lleva Descuento." + SUMAR_ES,
)
def descuento_presente(c, d, cat):
    """Discounts of lines ask for Descuento."""
    descuentos = d.sumas.descuentos
    if descuentos is None or d.totales.descuento is not None or not d.con_importes:
        return None
    return {"suma": texto(redondea(descuentos, d.decimales))}


@rule(
    "CFDI40111",
    reads=("Descuento", "Concepto/@Descuento"),
    mends="none",
    en="Descuento is {escrito}, but the discounts of the lines add up to {suma}." + SUMAR_EN,
    es="El Descuento es {escrito}, pero los descuentos de las partidas suman {suma}." + SUMAR_ES,
)
def descuento_es_la_suma(c, d, cat):
    """Descuento is the rounded sum of the lines' discounts."""
    if d.sumas.descuentos is None or d.totales.descuento is None or not d.con_importes:
        return None
    return distinto(d.totales.descuento, redondea(d.sumas.descuentos, d.decimales))


@rule(
    "CFDI40111",
    reads=("Descuento", "Concepto/@Descuento", "TipoDeComprobante"),
    mends="none",
    en="Descuento {escrito} stands here although no line of a document with amounts has a discount. Leave it out.",
    es="El Descuento {escrito} está de más: ninguna partida de un comprobante con importes lleva descuento. Omítalo.",
)
def descuento_ausente(c, d, cat):
    """Types T and P never have one, "en otro caso se debe omitir este atributo"."""
    if d.totales.descuento is None or (d.con_importes and d.sumas.descuentos is not None):
        return None
    return {"escrito": texto(d.totales.descuento)}


@rule(
    "CFDI40112",
    reads=("Descuento", "Moneda"),
    mends="none",
    en="Descuento {escrito} has more decimals than {moneda} ({decimales})." + SUMAR_EN,
    es="El Descuento {escrito} tiene más decimales que {moneda} ({decimales})." + SUMAR_ES,
)
def descuento_con_decimales(c, d, cat):
    """Descuento has at most the currency's decimals."""
    return demasiados_decimales(d.totales.descuento, d)


@rule(
    "CFDI40119",
    reads=("Total", "SubTotal", "Descuento", "Impuestos", "ImpuestosLocales"),
    mends="none",
    en="Total is {escrito}, but SubTotal, discounts and taxes come to {suma}." + SUMAR_EN,
    es="El Total es {escrito}, pero el subtotal, los descuentos y los impuestos dan {suma}." + SUMAR_ES,
)
def total_cuadra(c, d, cat):
    """Out of the written sums, each of them with a rule of its own; local taxes included."""
    t = d.totales
    mas = suma((t.sub_total, t.total_impuestos_trasladados or CERO, d.locales[0]))
    menos = suma((t.descuento or CERO, t.total_impuestos_retenidos or CERO, d.locales[1]))
    # local taxes have two decimals whatever the currency has
    debido = redondea(CONTEXTO.subtract(mas, menos), d.decimales)
    return distinto(t.total, debido)


@rule(
    "IMPLOCAL-TOTAL",
    reads=("ImpuestosLocales/@TotaldeTraslados", "ImpuestosLocales/@TotaldeRetenciones"),
    mends="none",
    en="The totals of local taxes are {escrito}, but their rows add up to {suma}." + SUMAR_EN,
    es="Los totales de impuestos locales son {escrito}, pero sus renglones suman {suma}." + SUMAR_ES,
)
def locales_suman(c, d, cat):
    """Rule of the complement implocal 1.0, which has no code in the matrix."""
    locales = c.impuestos_locales
    if locales is None:
        return None
    sumados = tuple(suma(i.importe for i in filas) for filas in (locales.traslados, locales.retenciones))
    if d.locales == sumados:
        return None
    return {
        "escrito": " / ".join(map(texto, d.locales)),
        "suma": " / ".join(map(texto, sumados)),
    }
