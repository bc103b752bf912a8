"""Concepto/Impuestos: each Traslado and Retencion of a line."""

from ..values import EXENTO
from .amount_checks import impuesto_fuera_de_limites, texto
from .rule import rule

_T, _R = "Concepto/Impuestos/Traslado", "Concepto/Impuestos/Retencion"
_EN = "Remove the tax, or give the line a price."
_ES = "Quite el impuesto, o asigne un precio a la partida."


def tasa_desconocida(t, d, cat, retencion):
    """Values for a sentence if c_TasaOCuota does not have the rate; None if it has, or none is due."""
    if t.tipo_factor == EXENTO or t.tasa_o_cuota is None:
        return None
    fecha = d.comprobante.fecha
    if cat.conoce_tasa(t.impuesto, t.tipo_factor, t.tasa_o_cuota, retencion, fecha):
        return None
    return {"tasa": texto(t.tasa_o_cuota), "impuesto": t.impuesto, "factor": t.tipo_factor}


@rule(
    "CFDI40174",
    scope="traslado",
    reads=(f"{_T}/@Base",),
    mends="line.tax",
    en="the base of the tax {impuesto} must be above zero, not {base}. " + _EN,
    es="la base del impuesto {impuesto} debe ser mayor que cero, no {base}. " + _ES,
)
def base_positiva(t, d, cat):
    """Base of a Traslado is above zero."""
    return None if t.base > 0 else {"base": texto(t.base), "impuesto": t.impuesto}


@rule(
    "CFDI40175",
    scope="traslado",
    reads=(f"{_T}/@Impuesto",),
    mends="line.tax",
    en="SAT has no tax {impuesto}. Correct the tax's type (002 IVA, 003 IEPS).",
    es="el impuesto {impuesto} no existe en el catálogo del SAT. Corrija el tipo del impuesto (002 IVA, 003 IEPS).",
)
def impuesto_existe(t, d, cat):
    """Impuesto of a Traslado is in c_Impuesto."""
    return None if cat.conoce_impuesto(t.impuesto) else {"impuesto": t.impuesto}


@rule(
    "CFDI40176",
    scope="traslado",
    reads=(f"{_T}/@TipoFactor",),
    mends="line.tax",
    en="SAT has no tax factor {factor}. Choose Tasa, Cuota or Exento on the tax.",
    es="el tipo de factor {factor} no existe en el catálogo del SAT. Elija Tasa, Cuota o Exento en el impuesto.",
)
def factor_existe(t, d, cat):
    """TipoFactor of a Traslado is in c_TipoFactor."""
    return None if cat.conoce_tipo_factor(t.tipo_factor) else {"factor": t.tipo_factor}


@rule(
    "CFDI40177",
    scope="traslado",
    reads=(f"{_T}/@TipoFactor", f"{_T}/@TasaOCuota", f"{_T}/@Importe"),
    mends="line.tax",
    en="an exempt tax ({impuesto}) has neither rate nor amount (here: {tasa}, {importe}). Remove "
    "them, or correct the tax's factor.",
    es="un impuesto exento ({impuesto}) no lleva tasa ni importe (aquí: {tasa}, {importe}). "
    "Quítelos, o corrija el factor del impuesto.",
)
def exento_sin_tasa(t, d, cat):
    """An Exento has neither TasaOCuota nor Importe."""
    if t.tipo_factor != EXENTO or (t.tasa_o_cuota is None and t.importe is None):
        return None
    return {"impuesto": t.impuesto, "tasa": texto(t.tasa_o_cuota), "importe": texto(t.importe)}


@rule(
    "CFDI40178",
    scope="traslado",
    reads=(f"{_T}/@TipoFactor", f"{_T}/@TasaOCuota", f"{_T}/@Importe"),
    mends="line.tax",
    en="a tax ({impuesto}) that is not exempt has a rate and an amount (here: {tasa}, {importe}). Correct the tax.",
    es="un impuesto ({impuesto}) que no es exento lleva tasa e importe (aquí: {tasa}, {importe}). Corrija el impuesto.",
)
def gravado_con_tasa(t, d, cat):
    """Tasa and Cuota have TasaOCuota and Importe."""
    if t.tipo_factor == EXENTO or (t.tasa_o_cuota is not None and t.importe is not None):
        return None
    return {"impuesto": t.impuesto, "tasa": texto(t.tasa_o_cuota), "importe": texto(t.importe)}


@rule(
    "CFDI40179",
    scope="traslado",
    reads=(f"{_T}/@TasaOCuota", f"{_T}/@Impuesto", f"{_T}/@TipoFactor"),
    mends="line.tax",
    en="SAT has no rate {tasa} for the tax {impuesto} ({factor}). Choose a tax with a rate of SAT's catalogue.",
    es="la tasa o cuota {tasa} del impuesto {impuesto} ({factor}) no está en el catálogo del SAT. "
    "Elija un impuesto con una tasa del catálogo.",
)
def tasa_existe(t, d, cat):
    """TasaOCuota of a Traslado is in c_TasaOCuota."""
    return tasa_desconocida(t, d, cat, retencion=False)


@rule(
    "CFDI40179",
    scope="traslado",
    reads=(f"{_T}/@TasaOCuota", "LugarExpedicion"),
    mends="line.tax",
    en="IVA of 8 % is for the border region, and the place of issue {codigo_postal} does not "
    "belong to it. Choose IVA 16 %, or a branch at the border.",
    es="el IVA de 8 % es para la región fronteriza, y el lugar de expedición {codigo_postal} no "
    "pertenece a ella. Elija IVA de 16 %, o una sucursal en la frontera.",
)
def tasa_fronteriza(t, d, cat):
    """c_TasaOCuota, "IVA Crédito aplicado del 50%"; that the issuer is enrolled only SAT knows."""
    lugar = d.comprobante.lugar_expedicion
    if not cat.es_tasa_fronteriza(t.impuesto, t.tipo_factor, t.tasa_o_cuota):
        return None
    return None if cat.con_estimulo_fronterizo(lugar) else {"codigo_postal": lugar}


@rule(
    "CFDI40180",
    scope="traslado",
    reads=(f"{_T}/@Importe", f"{_T}/@Base", f"{_T}/@TasaOCuota"),
    mends="line.tax",
    en="the tax {impuesto} of {importe} is not base × rate ({base} × {tasa}); SAT allows {menor} "
    "to {mayor}. Compute the tax again.",
    es="el impuesto {impuesto} de {importe} no es base × tasa ({base} × {tasa}); el SAT admite de "
    "{menor} a {mayor}. Vuelva a calcular el impuesto.",
)
def traslado_en_limites(t, d, cat):
    """See `medidas.fuera_de_limites` for the number of decimals."""
    return _limites(t, d)


def _limites(t, d):
    falla = impuesto_fuera_de_limites(t, d.decimales)
    if falla is None:
        return None
    return falla | {
        "impuesto": t.impuesto,
        "base": texto(t.base),
        "tasa": texto(t.tasa_o_cuota),
    }


@rule(
    "CFDI40181",
    scope="retencion",
    reads=(f"{_R}/@Base",),
    mends="line.tax",
    en="the base of the withheld tax {impuesto} must be above zero, not {base}. " + _EN,
    es="la base de la retención {impuesto} debe ser mayor que cero, no {base}. " + _ES,
)
def base_retenida_positiva(r, d, cat):
    """Base of a Retencion is above zero."""
    return None if r.base > 0 else {"base": texto(r.base), "impuesto": r.impuesto}


@rule(
    "CFDI40182",
    scope="retencion",
    reads=(f"{_R}/@Impuesto",),
    mends="line.tax",
    en="SAT has no withheld tax {impuesto}. Correct the tax's type (001 ISR, 002 IVA, 003 IEPS).",
    es="el impuesto retenido {impuesto} no existe en el catálogo del SAT. Corrija el tipo del "
    "impuesto (001 ISR, 002 IVA, 003 IEPS).",
)
def impuesto_retenido_existe(r, d, cat):
    """Impuesto of a Retencion is in c_Impuesto."""
    return None if cat.conoce_impuesto(r.impuesto) else {"impuesto": r.impuesto}


@rule(
    "CFDI40183",
    scope="retencion",
    reads=(f"{_R}/@TipoFactor",),
    mends="line.tax",
    en="SAT has no tax factor {factor}. Choose Tasa or Cuota on the withheld tax.",
    es="el tipo de factor {factor} no existe en el catálogo del SAT. Elija Tasa o Cuota en la retención.",
)
def factor_retenido_existe(r, d, cat):
    """TipoFactor of a Retencion is in c_TipoFactor."""
    return None if cat.conoce_tipo_factor(r.tipo_factor) else {"factor": r.tipo_factor}


@rule(
    "CFDI40184",
    scope="retencion",
    reads=(f"{_R}/@TipoFactor",),
    mends="line.tax",
    en="a withheld tax ({impuesto}) can't be exempt. Remove it from the line.",
    es="una retención ({impuesto}) no puede ser exenta. Quítela de la partida.",
)
def retencion_no_exenta(r, d, cat):
    """A Retencion is not Exento."""
    return {"impuesto": r.impuesto} if r.tipo_factor == EXENTO else None


@rule(
    "CFDI40185",
    scope="retencion",
    reads=(f"{_R}/@TasaOCuota", f"{_R}/@Impuesto", f"{_R}/@TipoFactor"),
    mends="line.tax",
    en="SAT has no rate {tasa} for withholding {impuesto} ({factor}). Choose a tax with a rate of SAT's catalogue.",
    es="la tasa o cuota {tasa} de la retención {impuesto} ({factor}) no está en el catálogo del "
    "SAT. Elija un impuesto con una tasa del catálogo.",
)
def tasa_retenida_existe(r, d, cat):
    """TasaOCuota of a Retencion is in c_TasaOCuota."""
    return tasa_desconocida(r, d, cat, retencion=True)


@rule(
    "CFDI40186",
    scope="retencion",
    reads=(f"{_R}/@Importe", f"{_R}/@Base", f"{_R}/@TasaOCuota"),
    mends="line.tax",
    en="the withheld tax {impuesto} of {importe} is not base × rate ({base} × {tasa}); SAT allows "
    "{menor} to {mayor}. Compute the tax again.",
    es="la retención {impuesto} de {importe} no es base × tasa ({base} × {tasa}); el SAT admite de "
    "{menor} a {mayor}. Vuelva a calcular el impuesto.",
)
def retencion_en_limites(r, d, cat):
    """See `medidas.fuera_de_limites` for the number of decimals."""
    return _limites(r, d)
