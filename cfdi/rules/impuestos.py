"""Comprobante/Impuestos: the summary of taxes against itself and against the lines."""

from datetime import timedelta

from ..amounts.arithmetic import ZERO, exact_sum, round_half_up
from ..values import EXENTO
from .amount_checks import RECOMPUTE_EN, RECOMPUTE_ES, difference, text, too_many_decimals
from .concepto_impuestos import unknown_rate
from .rule import WARNING, in_catalogue, rule

_T, _R = "Impuestos/Traslado", "Impuestos/Retencion"
# so many days before the table of rates ends it is told
_SOON = timedelta(days=45)


def _row_name(key):
    """A row of the summary in words: 002 Tasa 0.160000."""
    impuesto, factor, tasa = key
    return " ".join(filter(None, (impuesto, factor, None if tasa is None else text(tasa))))


def _row_key(t):
    return t.impuesto, t.tipo_factor, t.tasa_o_cuota


@rule(
    "CFDI40201",
    scope="summary",
    reads=("Impuestos", "TipoDeComprobante"),
    en="A document of type {tipo} has no summary of taxes.",
    es="Un comprobante de tipo {tipo} no lleva resumen de impuestos.",
)
def without_summary(c, d, cat):
    """T and P have no Impuestos."""
    t = d.totals
    if c.tipo_de_comprobante not in ("T", "P") or not (t.retenciones or t.traslados):
        return None
    return {"tipo": c.tipo_de_comprobante}


@rule(
    "CFDI40202",
    scope="summary",
    reads=("Impuestos/@TotalImpuestosRetenidos", "Moneda"),
    en="The total of withheld taxes {written} has more decimals than {moneda} ({decimals})." + RECOMPUTE_EN,
    es="El total de impuestos retenidos {written} tiene más decimales que {moneda} ({decimals})." + RECOMPUTE_ES,
)
def total_retenidos_decimals(c, d, cat):
    """TotalImpuestosRetenidos has at most the currency's decimals."""
    return too_many_decimals(d.totals.total_impuestos_retenidos, d)


@rule(
    "CFDI40203",
    scope="summary",
    reads=("Impuestos/@TotalImpuestosRetenidos", f"{_R}/@Importe"),
    en="The total of withheld taxes is {written}, but its rows add up to {sum}." + RECOMPUTE_EN,
    es="El total de impuestos retenidos es {written}, pero sus renglones suman {sum}." + RECOMPUTE_ES,
)
def total_retenidos_is_the_sum(c, d, cat):
    """TotalImpuestosRetenidos is the sum of its rows, which are rounded already."""
    t = d.totals
    if t.total_impuestos_retenidos is None:
        return None  # CFDI40206
    return difference(t.total_impuestos_retenidos, exact_sum(importe for _i, importe in t.retenciones))


@rule(
    "CFDI40204",
    scope="summary",
    reads=("Impuestos/@TotalImpuestosTrasladados", "Moneda"),
    en="The total of transferred taxes {written} has more decimals than {moneda} ({decimals})." + RECOMPUTE_EN,
    es="El total de impuestos trasladados {written} tiene más decimales que {moneda} ({decimals})." + RECOMPUTE_ES,
)
def total_trasladados_decimals(c, d, cat):
    """TotalImpuestosTrasladados has at most the currency's decimals."""
    return too_many_decimals(d.totals.total_impuestos_trasladados, d)


@rule(
    "CFDI40205",
    scope="summary",
    reads=("Impuestos/@TotalImpuestosTrasladados", f"{_T}/@Importe"),
    en="The total of transferred taxes is {written}, but its rows add up to {sum}." + RECOMPUTE_EN,
    es="El total de impuestos trasladados es {written}, pero sus renglones suman {sum}." + RECOMPUTE_ES,
)
def total_trasladados_is_the_sum(c, d, cat):
    """The sum of the rows, which are rounded already."""
    t = d.totals
    if t.total_impuestos_trasladados is None:
        return None  # CFDI40212
    return difference(t.total_impuestos_trasladados, exact_sum(f.importe for f in t.traslados if f.importe is not None))


@rule(
    "CFDI40206",
    also=("CFDI40209",),
    scope="summary",
    reads=("Impuestos/@TotalImpuestosRetenidos", "Impuestos/Retenciones"),
    en="The summary has withheld taxes and no total of them." + RECOMPUTE_EN,
    es="El resumen lleva retenciones y no su total." + RECOMPUTE_ES,
)
def total_retenidos_present(c, d, cat):
    """The matrix has the same sentence for the node Retenciones and for its Importe."""
    t = d.totals
    return {} if t.retenciones and t.total_impuestos_retenidos is None else None


in_catalogue(
    "CFDI40207",
    "c_Impuesto",
    f"{_R}/@Impuesto",
    "impuesto",
    scope="summary_retencion",
    en="SAT has no tax {value} (summary of withheld taxes)." + RECOMPUTE_EN,
    es="El impuesto {value} (resumen de retenciones) no existe en el catálogo del SAT." + RECOMPUTE_ES,
)


@rule(
    "CFDI40208",
    scope="summary",
    reads=(f"{_R}/@Impuesto",),
    en="The summary has more than one row of the withheld tax {impuesto}." + RECOMPUTE_EN,
    es="El resumen lleva más de un renglón de la retención {impuesto}." + RECOMPUTE_ES,
)
def one_row_a_retencion(c, d, cat):
    """One row of Retencion for each Impuesto."""
    rows = d.totals.retenciones
    repeated = _repeated([impuesto for impuesto, _importe in rows])
    return None if repeated is None else {"impuesto": repeated}


def _repeated(keys):
    if len(keys) < 2 or len(set(keys)) == len(keys):
        return None
    return next(key for key in keys if keys.count(key) > 1)


@rule(
    "CFDI40210",
    scope="summary_retencion",
    reads=(f"{_R}/@Importe", "Moneda"),
    en="The withheld tax {written} of the summary has more decimals than {moneda} ({decimals})." + RECOMPUTE_EN,
    es="La retención {written} del resumen tiene más decimales que {moneda} ({decimals})." + RECOMPUTE_ES,
)
def retencion_row_decimals(row, d, cat):
    """Importe of a row has at most the currency's decimals."""
    return too_many_decimals(row.importe, d)


@rule(
    "CFDI40211",
    scope="summary_retencion",
    reads=(f"{_R}/@Importe", "Concepto/Impuestos/Retencion/@Importe"),
    en="The summary says {written} of the withheld tax {row}, the lines add up to {sum}." + RECOMPUTE_EN,
    es="El resumen dice {written} de la retención {row}; las partidas suman {sum}." + RECOMPUTE_ES,
)
def retencion_row_is_the_sum(row, d, cat):
    """Importe of a row is the rounded sum over the lines."""
    impuesto, importe = row
    due = round_half_up(d.sums.retenciones.get(impuesto, ZERO), d.decimals)
    return difference(importe, due, row=impuesto)


@rule(
    "CFDI40211",
    scope="summary",
    reads=(f"{_R}/@Impuesto", "Concepto/Impuestos/Retencion/@Impuesto"),
    en="Lines have the withheld tax {row}, which the summary does not have." + RECOMPUTE_EN,
    es="Las partidas llevan la retención {row}, que no está en el resumen." + RECOMPUTE_ES,
)
def retencion_rows_complete(c, d, cat):
    """Every Impuesto of the lines has a row; without it there is no equal sum."""
    written = {impuesto for impuesto, _importe in d.totals.retenciones}
    missing = next((i for i in d.sums.retenciones if i not in written), None)
    return None if missing is None else {"row": missing}


@rule(
    "CFDI40212",
    scope="summary",
    reads=("Impuestos/@TotalImpuestosTrasladados", "Concepto/Impuestos/Traslado/@TipoFactor"),
    en="Lines have taxes that are not exempt, and the summary has no total of them." + RECOMPUTE_EN,
    es="Hay partidas con impuestos que no son exentos, y el resumen no lleva su total." + RECOMPUTE_ES,
)
def total_trasladados_present(c, d, cat):
    """Taxes that are not Exento ask for TotalImpuestosTrasladados."""
    if d.totals.total_impuestos_trasladados is not None:
        return None
    return {} if d.sums.traslados and not d.sums.only_exempt else None


@rule(
    "CFDI40213",
    scope="summary",
    reads=("Impuestos/@TotalImpuestosTrasladados", "Concepto/Impuestos/Traslado/@TipoFactor"),
    en="All taxes are exempt, so that the summary has no total of transferred taxes ({written})." + RECOMPUTE_EN,
    es="Todos los impuestos son exentos, así que el resumen no lleva total de impuestos "
    "trasladados ({written})." + RECOMPUTE_ES,
)
def only_exento_without_total(c, d, cat):
    """SAT's guide, for the matrix's "solo deben existir los atributos Base, Impuesto y TipoFactor"."""
    total = d.totals.total_impuestos_trasladados
    return {"written": text(total)} if d.sums.only_exempt and total is not None else None


@rule(
    "CFDI40213",
    scope="summary_traslado",
    reads=(f"{_T}/@TipoFactor", f"{_T}/@TasaOCuota", f"{_T}/@Importe"),
    en="An exempt row of the summary has neither rate nor amount (here: {tasa}, {importe})." + RECOMPUTE_EN,
    es="Un renglón exento del resumen no lleva tasa ni importe (aquí: {tasa}, {importe})." + RECOMPUTE_ES,
)
def exento_row(t, d, cat):
    """Also beside rows that are not exempt: the line can't have had either (CFDI40177)."""
    if t.tipo_factor != EXENTO or (t.tasa_o_cuota is None and t.importe is None):
        return None
    return {"tasa": text(t.tasa_o_cuota), "importe": text(t.importe)}


@rule(
    "CFDI40214",
    scope="summary_traslado",
    reads=(f"{_T}/@Base", "Moneda"),
    en="The base {written} of the summary has more decimals than {moneda} ({decimals})." + RECOMPUTE_EN,
    es="La base {written} del resumen tiene más decimales que {moneda} ({decimals})." + RECOMPUTE_ES,
)
def traslado_row_base_decimals(t, d, cat):
    """Base of a row has at most the currency's decimals."""
    return too_many_decimals(t.base, d)


def _line_sum(t, d, which):
    """Rounded sum over the lines of a row's base (0) or amount (1)."""
    row = d.sums.traslados.get(_row_key(t))
    return ZERO if row is None else round_half_up(row[which], d.decimals)


@rule(
    "CFDI40215",
    scope="summary_traslado",
    reads=(f"{_T}/@Base", "Concepto/Impuestos/Traslado/@Base"),
    en="The summary says a base of {written} for {row}, the lines add up to {sum}." + RECOMPUTE_EN,
    es="El resumen dice una base de {written} para {row}; las partidas suman {sum}." + RECOMPUTE_ES,
)
def traslado_row_base_is_the_sum(t, d, cat):
    """Base of a row is the rounded sum over the lines."""
    if d.sums.only_exempt and t.tipo_factor == EXENTO:
        return None  # CFDI40216
    due = _line_sum(t, d, 0)
    return None if t.base == due else difference(t.base, due, row=_row_name(_row_key(t)))


@rule(
    "CFDI40216",
    scope="summary_traslado",
    reads=(f"{_T}/@Base", "Concepto/Impuestos/Traslado/@Base"),
    en="The summary says an exempt base of {written}, the lines add up to {sum}." + RECOMPUTE_EN,
    es="El resumen dice una base exenta de {written}; las partidas suman {sum}." + RECOMPUTE_ES,
)
def exento_row_base_is_the_sum(t, d, cat):
    """Where all taxes of the document are exempt."""
    if not d.sums.only_exempt or t.tipo_factor != EXENTO:
        return None
    return difference(t.base, _line_sum(t, d, 0))

in_catalogue(
    "CFDI40217",
    "c_Impuesto",
    f"{_T}/@Impuesto",
    "impuesto",
    scope="summary_traslado",
    en="SAT has no tax {value} (summary of transferred taxes)." + RECOMPUTE_EN,
    es="El impuesto {value} (resumen de traslados) no existe en el catálogo del SAT." + RECOMPUTE_ES,
)


@rule(
    "CFDI40218",
    scope="summary",
    reads=(f"{_T}/@Impuesto", f"{_T}/@TipoFactor", f"{_T}/@TasaOCuota"),
    en="The summary has more than one row of {row}." + RECOMPUTE_EN,
    es="El resumen lleva más de un renglón de {row}." + RECOMPUTE_ES,
)
def one_row_a_rate(c, d, cat):
    """One row of Traslado for each Impuesto, TipoFactor and TasaOCuota."""
    rows = d.totals.traslados
    repeated = _repeated([_row_key(t) for t in rows]) if len(rows) > 1 else None
    return None if repeated is None else {"row": _row_name(repeated)}


@rule(
    "CFDI40219",
    scope="summary_traslado",
    reads=(f"{_T}/@TasaOCuota", f"{_T}/@Impuesto", f"{_T}/@TipoFactor"),
    en="SAT has no rate {tasa} for the tax {impuesto} ({factor}) of the summary." + RECOMPUTE_EN,
    es="La tasa o cuota {tasa} del impuesto {impuesto} ({factor}) del resumen no está en el "
    "catálogo del SAT." + RECOMPUTE_ES,
)
def traslado_row_rate_in_catalogue(t, d, cat):
    """TasaOCuota of a row is in c_TasaOCuota."""
    return unknown_rate(t, d, cat, withheld=False)


@rule(
    "CFDI40220",
    scope="summary_traslado",
    reads=(f"{_T}/@Importe", "Moneda"),
    en="The tax {written} of the summary has more decimals than {moneda} ({decimals})." + RECOMPUTE_EN,
    es="El impuesto {written} del resumen tiene más decimales que {moneda} ({decimals})." + RECOMPUTE_ES,
)
def traslado_row_importe_decimals(t, d, cat):
    """Importe of a row has at most the currency's decimals."""
    return too_many_decimals(t.importe, d)


@rule(
    "CFDI40221",
    scope="summary_traslado",
    reads=(f"{_T}/@Importe", "Concepto/Impuestos/Traslado/@Importe"),
    en="The summary says {written} of {row}, the lines add up to {sum}." + RECOMPUTE_EN,
    es="El resumen dice {written} de {row}; las partidas suman {sum}." + RECOMPUTE_ES,
)
def traslado_row_importe_is_the_sum(t, d, cat):
    """Importe of a row is the rounded sum over the lines."""
    if t.tipo_factor == EXENTO:
        return None
    due = _line_sum(t, d, 1)
    if t.importe == due:
        return None
    return difference(t.importe, due, row=_row_name(_row_key(t)))


@rule(
    "CFDI40221",
    scope="summary",
    reads=(f"{_T}/@Impuesto", "Concepto/Impuestos/Traslado/@Impuesto"),
    en="Lines have {row}, which the summary does not have." + RECOMPUTE_EN,
    es="Las partidas llevan {row}, que no está en el resumen." + RECOMPUTE_ES,
)
def traslado_rows_complete(c, d, cat):
    """Every combination of the lines has a row; without it there is no equal sum."""
    written = {_row_key(t) for t in d.totals.traslados}
    missing = next((key for key in d.sums.traslados if key not in written), None)
    return None if missing is None else {"row": _row_name(missing)}


def _limited_rates(d, cat):
    """Yield the kinds of taxes of the document (Impuesto, TipoFactor) of which the table of rates has an end."""
    for impuesto, factor, withheld in cat.rates.limited:
        if withheld:
            rows = (r for c in d.comprobante.conceptos for r in c.retenciones) if d.sums.retenciones else ()
        else:
            rows = d.totals.traslados
        if any(row.impuesto == impuesto and row.tipo_factor == factor for row in rows):
            yield impuesto, factor, withheld


@rule(
    "TASA-VIGENCIA",
    scope="summary",
    reads=(f"{_T}/@TipoFactor", "Fecha"),
    fix_in="tax_rates",
    severity=WARNING,
    en="The table of tax rates has nothing of the tax {impuesto} ({factor}) for {fecha}, so only the service knows "
    "whether SAT has the rate. Add what SAT has published for that day.",
    es="La tabla de tasas no tiene nada del impuesto {impuesto} ({factor}) para el {fecha}, así que solo el servicio "
    "sabe si el SAT tiene la tasa o cuota. Agregue lo que el SAT haya publicado para ese día.",
)
def rates_of_the_day(c, d, cat):
    """Rates of a year to come are not refused because nobody has entered them."""
    day = c.fecha.date()
    for impuesto, factor, withheld in _limited_rates(d, cat):
        if cat.rates.is_over((impuesto, factor, withheld), day):
            return {"impuesto": impuesto, "factor": factor, "fecha": day.isoformat()}
    return None


@rule(
    "TASA-VIGENCIA",
    scope="summary",
    reads=(f"{_T}/@TipoFactor", "Fecha"),
    fix_in="tax_rates",
    severity=WARNING,
    en="The table of tax rates ends for the tax {impuesto} ({factor}) on {end}. Add what follows as soon as SAT "
    "publishes it.",
    es="La tabla de tasas termina para el impuesto {impuesto} ({factor}) el {end}. Agregue lo que sigue en cuanto el "
    "SAT lo publique.",
)
def rates_end_soon(c, d, cat):
    """Told while there is time to look for what follows."""
    day = c.fecha.date()
    for key in _limited_rates(d, cat):
        end = cat.rates.end(key, day)
        if end is not None and day <= end <= day + _SOON:
            return {"impuesto": key[0], "factor": key[1], "end": end.isoformat()}
    return None
