"""Comprobante: SubTotal, Descuento and Total against each other and against the lines."""

from ..amounts.arithmetic import CONTEXT, ZERO, exact_sum, round_half_up
from .amount_checks import RECOMPUTE_EN, RECOMPUTE_ES, difference, text, too_many_decimals
from .rule import rule


@rule(
    "CFDI40107",
    reads=("SubTotal", "Moneda"),
    en="SubTotal {written} has more decimals than {moneda} ({decimals})." + RECOMPUTE_EN,
    es="El SubTotal {written} tiene más decimales que {moneda} ({decimals})." + RECOMPUTE_ES,
)
def sub_total_decimals(c, d, cat):
    """SubTotal has at most the currency's decimals."""
    return too_many_decimals(d.totals.sub_total, d)


@rule(
    "CFDI40108",
    reads=("SubTotal", "Concepto/@Importe"),
    en="SubTotal is {written}, but the amounts of the lines add up to {sum}." + RECOMPUTE_EN,
    es="El SubTotal es {written}, pero los importes de las partidas suman {sum}." + RECOMPUTE_ES,
)
def sub_total_is_the_sum(c, d, cat):
    """Round half up; SAT only says "redondeo"."""
    if not d.has_amounts:
        return None
    return difference(d.totals.sub_total, round_half_up(d.sums.importes, d.decimals))


@rule(
    "CFDI40109",
    reads=("SubTotal", "TipoDeComprobante"),
    en="SubTotal of a document of type {tipo} is 0, not {written}.",
    es="El SubTotal de un comprobante de tipo {tipo} es 0, no {written}.",
)
def sub_total_zero(c, d, cat):
    """SubTotal of T and P is zero."""
    if c.tipo_de_comprobante not in ("T", "P") or not d.totals.sub_total:
        return None
    return {"tipo": c.tipo_de_comprobante, "written": text(d.totals.sub_total)}


@rule(
    "CFDI40110",
    reads=("Descuento", "SubTotal"),
    fix_in="line.discount",
    en="The discount {descuento} is greater than SubTotal {sub_total}. Lower the discounts of the lines.",
    es="El descuento {descuento} es mayor que el SubTotal {sub_total}. Reduzca los descuentos de las partidas.",
)
def descuento_within_sub_total(c, d, cat):
    """Descuento is at most SubTotal."""
    descuento, sub_total = d.totals.descuento, d.totals.sub_total
    if descuento is None or descuento <= sub_total:
        return None
    return {"descuento": text(descuento), "sub_total": text(sub_total)}


@rule(
    "CFDI40111",
    reads=("Descuento", "Concepto/@Descuento"),
    en="Lines have discounts of {sum}, the document has no Descuento." + RECOMPUTE_EN,
    es="Las partidas llevan descuentos por {sum} y el comprobante no lleva Descuento." + RECOMPUTE_ES,
)
def descuento_present(c, d, cat):
    """Discounts of lines ask for Descuento."""
    descuentos = d.sums.descuentos
    if descuentos is None or d.totals.descuento is not None or not d.has_amounts:
        return None
    return {"sum": text(round_half_up(descuentos, d.decimals))}


@rule(
    "CFDI40111",
    reads=("Descuento", "Concepto/@Descuento"),
    en="Descuento is {written}, but the discounts of the lines add up to {sum}." + RECOMPUTE_EN,
    es="El Descuento es {written}, pero los descuentos de las partidas suman {sum}." + RECOMPUTE_ES,
)
def descuento_is_the_sum(c, d, cat):
    """Descuento is the rounded sum of the lines' discounts."""
    if d.sums.descuentos is None or d.totals.descuento is None or not d.has_amounts:
        return None
    return difference(d.totals.descuento, round_half_up(d.sums.descuentos, d.decimals))


@rule(
    "CFDI40111",
    reads=("Descuento", "Concepto/@Descuento", "TipoDeComprobante"),
    en="Descuento {written} stands here although no line of a document with amounts has a discount. Leave it out.",
    es="El Descuento {written} está de más: ninguna partida de un comprobante con importes lleva descuento. Omítalo.",
)
def descuento_absent(c, d, cat):
    """Types T and P never have one, "en otro caso se debe omitir este atributo"."""
    if d.totals.descuento is None or (d.has_amounts and d.sums.descuentos is not None):
        return None
    return {"written": text(d.totals.descuento)}


@rule(
    "CFDI40112",
    reads=("Descuento", "Moneda"),
    en="Descuento {written} has more decimals than {moneda} ({decimals})." + RECOMPUTE_EN,
    es="El Descuento {written} tiene más decimales que {moneda} ({decimals})." + RECOMPUTE_ES,
)
def descuento_decimals(c, d, cat):
    """Descuento has at most the currency's decimals."""
    return too_many_decimals(d.totals.descuento, d)


@rule(
    "CFDI40119",
    reads=("Total", "SubTotal", "Descuento", "Impuestos", "ImpuestosLocales"),
    en="Total is {written}, but SubTotal, discounts and taxes come to {sum}." + RECOMPUTE_EN,
    es="El Total es {written}, pero el subtotal, los descuentos y los impuestos dan {sum}." + RECOMPUTE_ES,
)
def total_adds_up(c, d, cat):
    """Out of the written sums, each of them with a rule of its own; local taxes included."""
    t = d.totals
    more = exact_sum((t.sub_total, t.total_impuestos_trasladados or ZERO, d.local_taxes[0]))
    less = exact_sum((t.descuento or ZERO, t.total_impuestos_retenidos or ZERO, d.local_taxes[1]))
    # local taxes have two decimals whatever the currency has
    due = round_half_up(CONTEXT.subtract(more, less), d.decimals)
    return difference(t.total, due)


@rule(
    "IMPLOCAL-TOTAL",
    reads=("ImpuestosLocales/@TotaldeTraslados", "ImpuestosLocales/@TotaldeRetenciones"),
    en="The totals of local taxes are {written}, but their rows add up to {sum}." + RECOMPUTE_EN,
    es="Los totales de impuestos locales son {written}, pero sus renglones suman {sum}." + RECOMPUTE_ES,
)
def local_taxes_add_up(c, d, cat):
    """Rule of the complement implocal 1.0, which has no code in the matrix."""
    local_taxes = c.impuestos_locales
    if local_taxes is None:
        return None
    sums = tuple(exact_sum(i.importe for i in rows) for rows in (local_taxes.traslados, local_taxes.retenciones))
    if d.local_taxes == sums:
        return None
    return {
        "written": " / ".join(map(text, d.local_taxes)),
        "sum": " / ".join(map(text, sums)),
    }
