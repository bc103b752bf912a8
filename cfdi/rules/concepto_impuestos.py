"""Concepto/Impuestos: each Traslado and Retencion of a line."""

from ..values import EXENTO
from .amount_checks import tax_outside_limits, text
from .rule import in_catalogue, rule

_T, _R = "Concepto/Impuestos/Traslado", "Concepto/Impuestos/Retencion"
_EN = "Remove the tax, or give the line a price."
_ES = "Quite el impuesto, o asigne un precio a la partida."


def unknown_rate(t, d, cat, withheld):
    """Values for a sentence if neither c_TasaOCuota nor the law has the rate; None if one has, or none is due."""
    return _judged_rate(t, d, cat, withheld)[0]


def law_rate(t, d, cat, withheld):
    """Values for a sentence if the law has the rate and c_TasaOCuota lacks it, or None."""
    values, row = _judged_rate(t, d, cat, withheld)
    if row is None or values is not None:
        return None
    return {
        "tasa": text(t.tasa_o_cuota),
        "impuesto": t.impuesto,
        "factor": t.tipo_factor,
        "since": row.date_from.isoformat(),
        "source": row.source,
    }


def _judged_rate(t, d, cat, withheld):
    """(values for a sentence, row of the law): both None for a rate of the catalogue."""
    if t.tipo_factor == EXENTO or t.tasa_o_cuota is None:
        return None, None
    fecha = d.comprobante.fecha
    if cat.has_tasa(t.impuesto, t.tipo_factor, t.tasa_o_cuota, withheld, fecha):
        return None, None
    if row := cat.rates.of_law((t.impuesto, t.tipo_factor, withheld), t.tasa_o_cuota, fecha.date()):
        return None, row
    return {"tasa": text(t.tasa_o_cuota), "impuesto": t.impuesto, "factor": t.tipo_factor}, None


@rule(
    "CFDI40174",
    scope="traslado",
    reads=(f"{_T}/@Base",),
    fix_in="line.tax",
    en="the base of the tax {impuesto} must be above zero, not {base}. " + _EN,
    es="la base del impuesto {impuesto} debe ser mayor que cero, no {base}. " + _ES,
)
def traslado_base_positive(t, d, cat):
    """Base of a Traslado is above zero."""
    return None if t.base > 0 else {"base": text(t.base), "impuesto": t.impuesto}


in_catalogue(
    "CFDI40175",
    "c_Impuesto",
    f"{_T}/@Impuesto",
    "impuesto",
    scope="traslado",
    fix_in="line.tax",
    en="SAT has no tax {value}. Correct the tax's type (002 IVA, 003 IEPS).",
    es="el impuesto {value} no existe en el catálogo del SAT. Corrija el tipo del impuesto (002 IVA, 003 IEPS).",
)

in_catalogue(
    "CFDI40176",
    "c_TipoFactor",
    f"{_T}/@TipoFactor",
    "tipo_factor",
    scope="traslado",
    fix_in="line.tax",
    en="SAT has no tax factor {value}. Choose Tasa, Cuota or Exento on the tax.",
    es="el tipo de factor {value} no existe en el catálogo del SAT. Elija Tasa, Cuota o Exento en el impuesto.",
)


@rule(
    "CFDI40177",
    scope="traslado",
    reads=(f"{_T}/@TipoFactor", f"{_T}/@TasaOCuota", f"{_T}/@Importe"),
    fix_in="line.tax",
    en="an exempt tax ({impuesto}) has neither rate nor amount (here: {tasa}, {importe}). Remove "
    "them, or correct the tax's factor.",
    es="un impuesto exento ({impuesto}) no lleva tasa ni importe (aquí: {tasa}, {importe}). "
    "Quítelos, o corrija el factor del impuesto.",
)
def exento_without_tasa(t, d, cat):
    """An Exento has neither TasaOCuota nor Importe."""
    if t.tipo_factor != EXENTO or (t.tasa_o_cuota is None and t.importe is None):
        return None
    return {"impuesto": t.impuesto, "tasa": text(t.tasa_o_cuota), "importe": text(t.importe)}


@rule(
    "CFDI40178",
    scope="traslado",
    reads=(f"{_T}/@TipoFactor", f"{_T}/@TasaOCuota", f"{_T}/@Importe"),
    fix_in="line.tax",
    en="a tax ({impuesto}) that is not exempt has a rate and an amount (here: {tasa}, {importe}). Correct the tax.",
    es="un impuesto ({impuesto}) que no es exento lleva tasa e importe (aquí: {tasa}, {importe}). Corrija el impuesto.",
)
def taxed_with_tasa(t, d, cat):
    """Tasa and Cuota have TasaOCuota and Importe."""
    if t.tipo_factor == EXENTO or (t.tasa_o_cuota is not None and t.importe is not None):
        return None
    return {"impuesto": t.impuesto, "tasa": text(t.tasa_o_cuota), "importe": text(t.importe)}


@rule(
    "CFDI40179",
    scope="traslado",
    reads=(f"{_T}/@TasaOCuota", f"{_T}/@Impuesto", f"{_T}/@TipoFactor"),
    fix_in="line.tax",
    en="SAT has no rate {tasa} for the tax {impuesto} ({factor}). Choose a tax with a rate of SAT's catalogue.",
    es="la tasa o cuota {tasa} del impuesto {impuesto} ({factor}) no está en el catálogo del SAT. "
    "Elija un impuesto con una tasa del catálogo.",
)
def traslado_tasa_in_catalogue(t, d, cat):
    """TasaOCuota of a Traslado is in c_TasaOCuota."""
    return unknown_rate(t, d, cat, withheld=False)


_LAW_EN = (
    "the law has the rate {tasa} of the tax {impuesto} ({factor}) since {since} ({source}), but SAT's catalogue of "
    "rates (c_TasaOCuota) lacks it, so SAT refuses it. When SAT has published it, add it to the table of tax rates."
)
_LAW_ES = (
    "la ley prevé la tasa o cuota {tasa} del impuesto {impuesto} ({factor}) desde {since} ({source}), pero el catálogo "
    "c_TasaOCuota del SAT aún no la tiene, por lo que el SAT la rechaza. Cuando el SAT la publique, agréguela a la "
    "tabla de tasas."
)


@rule(
    "CFDI40179",
    scope="traslado",
    reads=(f"{_T}/@TasaOCuota", f"{_T}/@Impuesto", f"{_T}/@TipoFactor"),
    fix_in="tax_rates",
    en=_LAW_EN,
    es=_LAW_ES,
)
def traslado_tasa_of_the_law(t, d, cat):
    """The law changed before SAT's catalogue did."""
    return law_rate(t, d, cat, withheld=False)


@rule(
    "CFDI40179",
    scope="traslado",
    reads=(f"{_T}/@TasaOCuota", "LugarExpedicion"),
    fix_in="line.tax",
    en="IVA of 8 % is for the border region, and the place of issue {postal_code} does not "
    "belong to it. Choose IVA 16 %, or a branch at the border.",
    es="el IVA de 8 % es para la región fronteriza, y el lugar de expedición {postal_code} no "
    "pertenece a ella. Elija IVA de 16 %, o una sucursal en la frontera.",
)
def border_rate_at_border(t, d, cat):
    """c_TasaOCuota, "IVA Crédito aplicado del 50%"; that the issuer is enrolled only SAT knows."""
    place = d.comprobante.lugar_expedicion
    if not cat.is_border_rate(t.impuesto, t.tipo_factor, t.tasa_o_cuota):
        return None
    return None if cat.has_border_stimulus(place) else {"postal_code": place}


@rule(
    "CFDI40180",
    scope="traslado",
    reads=(f"{_T}/@Importe", f"{_T}/@Base", f"{_T}/@TasaOCuota"),
    fix_in="line.tax",
    en="the tax {impuesto} of {importe} is not base × rate ({base} × {tasa}); SAT allows {lower} "
    "to {upper}. Compute the tax again.",
    es="el impuesto {impuesto} de {importe} no es base × tasa ({base} × {tasa}); el SAT admite de "
    "{lower} a {upper}. Vuelva a calcular el impuesto.",
)
def traslado_within_limits(t, d, cat):
    """See `amount_checks.outside_limits` for the number of decimals."""
    return _tax_limits(t, d)


def _tax_limits(t, d):
    fault = tax_outside_limits(t, d.decimals)
    if fault is None:
        return None
    return fault | {
        "impuesto": t.impuesto,
        "base": text(t.base),
        "tasa": text(t.tasa_o_cuota),
    }


@rule(
    "CFDI40181",
    scope="retencion",
    reads=(f"{_R}/@Base",),
    fix_in="line.tax",
    en="the base of the withheld tax {impuesto} must be above zero, not {base}. " + _EN,
    es="la base de la retención {impuesto} debe ser mayor que cero, no {base}. " + _ES,
)
def retencion_base_positive(r, d, cat):
    """Base of a Retencion is above zero."""
    return None if r.base > 0 else {"base": text(r.base), "impuesto": r.impuesto}


in_catalogue(
    "CFDI40182",
    "c_Impuesto",
    f"{_R}/@Impuesto",
    "impuesto",
    scope="retencion",
    fix_in="line.tax",
    en="SAT has no withheld tax {value}. Correct the tax's type (001 ISR, 002 IVA, 003 IEPS).",
    es="el impuesto retenido {value} no existe en el catálogo del SAT. Corrija el tipo del "
    "impuesto (001 ISR, 002 IVA, 003 IEPS).",
)

in_catalogue(
    "CFDI40183",
    "c_TipoFactor",
    f"{_R}/@TipoFactor",
    "tipo_factor",
    scope="retencion",
    fix_in="line.tax",
    en="SAT has no tax factor {value}. Choose Tasa or Cuota on the withheld tax.",
    es="el tipo de factor {value} no existe en el catálogo del SAT. Elija Tasa o Cuota en la retención.",
)


@rule(
    "CFDI40184",
    scope="retencion",
    reads=(f"{_R}/@TipoFactor",),
    fix_in="line.tax",
    en="a withheld tax ({impuesto}) can't be exempt. Remove it from the line.",
    es="una retención ({impuesto}) no puede ser exenta. Quítela de la partida.",
)
def retencion_not_exento(r, d, cat):
    """A Retencion is not Exento."""
    return {"impuesto": r.impuesto} if r.tipo_factor == EXENTO else None


@rule(
    "CFDI40185",
    scope="retencion",
    reads=(f"{_R}/@TasaOCuota", f"{_R}/@Impuesto", f"{_R}/@TipoFactor"),
    fix_in="line.tax",
    en="SAT has no rate {tasa} for withholding {impuesto} ({factor}). Choose a tax with a rate of SAT's catalogue.",
    es="la tasa o cuota {tasa} de la retención {impuesto} ({factor}) no está en el catálogo del "
    "SAT. Elija un impuesto con una tasa del catálogo.",
)
def retencion_tasa_in_catalogue(r, d, cat):
    """TasaOCuota of a Retencion is in c_TasaOCuota."""
    return unknown_rate(r, d, cat, withheld=True)


@rule(
    "CFDI40185",
    scope="retencion",
    reads=(f"{_R}/@TasaOCuota", f"{_R}/@Impuesto", f"{_R}/@TipoFactor"),
    fix_in="tax_rates",
    en=_LAW_EN,
    es=_LAW_ES,
)
def retencion_tasa_of_the_law(r, d, cat):
    """The law changed before SAT's catalogue did."""
    return law_rate(r, d, cat, withheld=True)


@rule(
    "CFDI40186",
    scope="retencion",
    reads=(f"{_R}/@Importe", f"{_R}/@Base", f"{_R}/@TasaOCuota"),
    fix_in="line.tax",
    en="the withheld tax {impuesto} of {importe} is not base × rate ({base} × {tasa}); SAT allows "
    "{lower} to {upper}. Compute the tax again.",
    es="la retención {impuesto} de {importe} no es base × tasa ({base} × {tasa}); el SAT admite de "
    "{lower} a {upper}. Vuelva a calcular el impuesto.",
)
def retencion_within_limits(r, d, cat):
    """See `amount_checks.outside_limits` for the number of decimals."""
    return _tax_limits(r, d)
