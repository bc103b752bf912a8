"""Comprobante/Impuestos: the summary of taxes against itself and against the lines."""

from ..amounts.arithmetic import CERO, redondea, suma
from ..values import EXENTO
from .amount_checks import SUMAR_EN, SUMAR_ES, demasiados_decimales, distinto, texto
from .concepto_impuestos import tasa_desconocida
from .rule import rule

_T, _R = "Impuestos/Traslado", "Impuestos/Retencion"


def _nombre(clave):
    """A row of the summary in words: 002 Tasa 0.160000."""
    impuesto, factor, tasa = clave
    return " ".join(filter(None, (impuesto, factor, None if tasa is None else texto(tasa))))


def _clave(t):
    return t.impuesto, t.tipo_factor, t.tasa_o_cuota


@rule(
    "CFDI40201",
    scope="pie",
    reads=("Impuestos", "TipoDeComprobante"),
    mends="none",
    en="A document of type {tipo} has no summary of taxes.",
    es="Un comprobante de tipo {tipo} no lleva resumen de impuestos.",
)
def sin_resumen(c, d, cat):
    """T and P have no Impuestos."""
    t = d.totales
    if c.tipo_de_comprobante not in ("T", "P") or not (t.retenciones or t.traslados):
        return None
    return {"tipo": c.tipo_de_comprobante}


@rule(
    "CFDI40202",
    scope="pie",
    reads=("Impuestos/@TotalImpuestosRetenidos", "Moneda"),
    mends="none",
    en="The total of withheld taxes {escrito} has more decimals than {moneda} ({decimales})." + SUMAR_EN,
    es="El total de impuestos retenidos {escrito} tiene más decimales que {moneda} ({decimales})." + SUMAR_ES,
)
def retenidos_con_decimales(c, d, cat):
    """TotalImpuestosRetenidos has at most the currency's decimals."""
    return demasiados_decimales(d.totales.total_impuestos_retenidos, d)


@rule(
    "CFDI40203",
    scope="pie",
    reads=("Impuestos/@TotalImpuestosRetenidos", f"{_R}/@Importe"),
    mends="none",
    en="The total of withheld taxes is {escrito}, but its rows add up to {suma}." + SUMAR_EN,
    es="El total de impuestos retenidos es {escrito}, pero sus renglones suman {suma}." + SUMAR_ES,
)
def retenidos_son_la_suma(c, d, cat):
    """TotalImpuestosRetenidos is the sum of its rows, which are rounded already."""
    t = d.totales
    if t.total_impuestos_retenidos is None:
        return None  # CFDI40206
    return distinto(t.total_impuestos_retenidos, suma(importe for _i, importe in t.retenciones))


@rule(
    "CFDI40204",
    scope="pie",
    reads=("Impuestos/@TotalImpuestosTrasladados", "Moneda"),
    mends="none",
    en="The total of transferred taxes {escrito} has more decimals than {moneda} ({decimales})." + SUMAR_EN,
    es="El total de impuestos trasladados {escrito} tiene más decimales que {moneda} ({decimales})." + SUMAR_ES,
)
def trasladados_con_decimales(c, d, cat):
    """TotalImpuestosTrasladados has at most the currency's decimals."""
    return demasiados_decimales(d.totales.total_impuestos_trasladados, d)


@rule(
    "CFDI40205",
    scope="pie",
    reads=("Impuestos/@TotalImpuestosTrasladados", f"{_T}/@Importe"),
    mends="none",
    en="The total of transferred taxes is {escrito}, but its rows add up to {suma}." + SUMAR_EN,
    es="El total de impuestos trasladados es {escrito}, pero sus renglones suman {suma}." + SUMAR_ES,
)
def trasladados_son_la_suma(c, d, cat):
    """The sum of the rows, which are rounded already."""
    t = d.totales
    if t.total_impuestos_trasladados is None:
        return None  # CFDI40212
    return distinto(t.total_impuestos_trasladados, suma(f.importe for f in t.traslados if f.importe is not None))


@rule(
    "CFDI40206",
    also=("CFDI40209",),
    scope="pie",
    reads=("Impuestos/@TotalImpuestosRetenidos", "Impuestos/Retenciones"),
    mends="none",
    en="The summary has withheld taxes and no total of them." + SUMAR_EN,
    es="El resumen lleva retenciones y no su total." + SUMAR_ES,
)
def retenidos_presente(c, d, cat):
    """The matrix has the same sentence for the node Retenciones and for its Importe."""
    t = d.totales
    return {} if t.retenciones and t.total_impuestos_retenidos is None else None


@rule(
    "CFDI40207",
    scope="fila_retencion",
    reads=(f"{_R}/@Impuesto",),
    mends="none",
    en="SAT has no tax {impuesto} (summary of withheld taxes)." + SUMAR_EN,
    es="El impuesto {impuesto} (resumen de retenciones) no existe en el catálogo del SAT." + SUMAR_ES,
)
def fila_retenida_existe(fila, d, cat):
    """Impuesto of a row is in c_Impuesto."""
    return None if cat.conoce_impuesto(fila[0]) else {"impuesto": fila[0]}


@rule(
    "CFDI40208",
    scope="pie",
    reads=(f"{_R}/@Impuesto",),
    mends="none",
    en="The summary has more than one row of the withheld tax {impuesto}." + SUMAR_EN,
    es="El resumen lleva más de un renglón de la retención {impuesto}." + SUMAR_ES,
)
def una_fila_por_retencion(c, d, cat):
    """One row of Retencion for each Impuesto."""
    filas = d.totales.retenciones
    repetido = _repetido([impuesto for impuesto, _importe in filas])
    return None if repetido is None else {"impuesto": repetido}


def _repetido(claves):
    if len(claves) < 2 or len(set(claves)) == len(claves):
        return None
    return next(clave for clave in claves if claves.count(clave) > 1)


@rule(
    "CFDI40210",
    scope="fila_retencion",
    reads=(f"{_R}/@Importe", "Moneda"),
    mends="none",
    en="The withheld tax {escrito} of the summary has more decimals than {moneda} ({decimales})." + SUMAR_EN,
    es="La retención {escrito} del resumen tiene más decimales que {moneda} ({decimales})." + SUMAR_ES,
)
def fila_retenida_con_decimales(fila, d, cat):
    """Importe of a row has at most the currency's decimals."""
    return demasiados_decimales(fila[1], d)


@rule(
    "CFDI40211",
    scope="fila_retencion",
    reads=(f"{_R}/@Importe", "Concepto/Impuestos/Retencion/@Importe"),
    mends="none",
    en="The summary says {escrito} of the withheld tax {fila}, the lines add up to {suma}." + SUMAR_EN,
    es="El resumen dice {escrito} de la retención {fila}; las partidas suman {suma}." + SUMAR_ES,
)
def fila_retenida_es_la_suma(fila, d, cat):
    """Importe of a row is the rounded sum over the lines."""
    impuesto, importe = fila
    debido = redondea(d.sumas.retenciones.get(impuesto, CERO), d.decimales)
    return distinto(importe, debido, fila=impuesto)


@rule(
    "CFDI40211",
    scope="pie",
    reads=(f"{_R}/@Impuesto", "Concepto/Impuestos/Retencion/@Impuesto"),
    mends="none",
    en="Lines have the withheld tax {fila}, which the summary does not have." + SUMAR_EN,
    es="Las partidas llevan la retención {fila}, que no está en el resumen." + SUMAR_ES,
)
def filas_retenidas_completas(c, d, cat):
    """Every Impuesto of the lines has a row; without it there is no equal sum."""
    escritas = {impuesto for impuesto, _importe in d.totales.retenciones}
    falta = next((i for i in d.sumas.retenciones if i not in escritas), None)
    return None if falta is None else {"fila": falta}


@rule(
    "CFDI40212",
    scope="pie",
    reads=("Impuestos/@TotalImpuestosTrasladados", "Concepto/Impuestos/Traslado/@TipoFactor"),
    mends="none",
    en="Lines have taxes that are not exempt, and the summary has no total of them." + SUMAR_EN,
    es="Hay partidas con impuestos que no son exentos, y el resumen no lleva su total." + SUMAR_ES,
)
def trasladados_presente(c, d, cat):
    """Taxes that are not Exento ask for TotalImpuestosTrasladados."""
    if d.totales.total_impuestos_trasladados is not None:
        return None
    return {} if d.sumas.traslados and not d.sumas.solo_exento else None


@rule(
    "CFDI40213",
    scope="pie",
    reads=("Impuestos/@TotalImpuestosTrasladados", "Concepto/Impuestos/Traslado/@TipoFactor"),
    mends="none",
    en="All taxes are exempt, so that the summary has no total of transferred taxes ({escrito})." + SUMAR_EN,
    es="Todos los impuestos son exentos, así que el resumen no lleva total de impuestos "
    "trasladados ({escrito})." + SUMAR_ES,
)
def exentos_sin_total(c, d, cat):
    """SAT's guide, for the matrix's "solo deben existir los atributos Base, Impuesto y TipoFactor"."""
    total = d.totales.total_impuestos_trasladados
    return {"escrito": texto(total)} if d.sumas.solo_exento and total is not None else None


@rule(
    "CFDI40213",
    scope="fila_traslado",
    reads=(f"{_T}/@TipoFactor", f"{_T}/@TasaOCuota", f"{_T}/@Importe"),
    mends="none",
    en="An exempt row of the summary has neither rate nor amount (here: {tasa}, {importe})." + SUMAR_EN,
    es="Un renglón exento del resumen no lleva tasa ni importe (aquí: {tasa}, {importe})." + SUMAR_ES,
)
def fila_exenta(t, d, cat):
    """Also beside rows that are not exempt: the line can't have had either (CFDI40177)."""
    if t.tipo_factor != EXENTO or (t.tasa_o_cuota is None and t.importe is None):
        return None
    return {"tasa": texto(t.tasa_o_cuota), "importe": texto(t.importe)}


@rule(
    "CFDI40214",
    scope="fila_traslado",
    reads=(f"{_T}/@Base", "Moneda"),
    mends="none",
    en="The base {escrito} of the summary has more decimals than {moneda} ({decimales})." + SUMAR_EN,
    es="La base {escrito} del resumen tiene más decimales que {moneda} ({decimales})." + SUMAR_ES,
)
def fila_base_con_decimales(t, d, cat):
    """Base of a row has at most the currency's decimals."""
    return demasiados_decimales(t.base, d)


def _suma(t, d, cual):
    """Rounded sum over the lines of a row's base (0) or amount (1)."""
    fila = d.sumas.traslados.get(_clave(t))
    return CERO if fila is None else redondea(fila[cual], d.decimales)


@rule(
    "CFDI40215",
    scope="fila_traslado",
    reads=(f"{_T}/@Base", "Concepto/Impuestos/Traslado/@Base"),
    mends="none",
    en="The summary says a base of {escrito} for {fila}, the lines add up to {suma}." + SUMAR_EN,
    es="El resumen dice una base de {escrito} para {fila}; las partidas suman {suma}." + SUMAR_ES,
)
def fila_base_es_la_suma(t, d, cat):
    """Base of a row is the rounded sum over the lines."""
    if d.sumas.solo_exento and t.tipo_factor == EXENTO:
        return None  # CFDI40216
    debido = _suma(t, d, 0)
    return None if t.base == debido else distinto(t.base, debido, fila=_nombre(_clave(t)))


@rule(
    "CFDI40216",
    scope="fila_traslado",
    reads=(f"{_T}/@Base", "Concepto/Impuestos/Traslado/@Base"),
    mends="none",
    en="The summary says an exempt base of {escrito}, the lines add up to {suma}." + SUMAR_EN,
    es="El resumen dice una base exenta de {escrito}; las partidas suman {suma}." + SUMAR_ES,
)
def fila_base_exenta_es_la_suma(t, d, cat):
    """Where all taxes of the document are exempt."""
    if not d.sumas.solo_exento or t.tipo_factor != EXENTO:
        return None
    return distinto(t.base, _suma(t, d, 0))


@rule(
    "CFDI40217",
    scope="fila_traslado",
    reads=(f"{_T}/@Impuesto",),
    mends="none",
    en="SAT has no tax {impuesto} (summary of transferred taxes)." + SUMAR_EN,
    es="El impuesto {impuesto} (resumen de traslados) no existe en el catálogo del SAT." + SUMAR_ES,
)
def fila_trasladada_existe(t, d, cat):
    """Impuesto of a row is in c_Impuesto."""
    return None if cat.conoce_impuesto(t.impuesto) else {"impuesto": t.impuesto}


@rule(
    "CFDI40218",
    scope="pie",
    reads=(f"{_T}/@Impuesto", f"{_T}/@TipoFactor", f"{_T}/@TasaOCuota"),
    mends="none",
    en="The summary has more than one row of {fila}." + SUMAR_EN,
    es="El resumen lleva más de un renglón de {fila}." + SUMAR_ES,
)
def una_fila_por_tasa(c, d, cat):
    """One row of Traslado for each Impuesto, TipoFactor and TasaOCuota."""
    filas = d.totales.traslados
    repetida = _repetido([_clave(t) for t in filas]) if len(filas) > 1 else None
    return None if repetida is None else {"fila": _nombre(repetida)}


@rule(
    "CFDI40219",
    scope="fila_traslado",
    reads=(f"{_T}/@TasaOCuota", f"{_T}/@Impuesto", f"{_T}/@TipoFactor"),
    mends="none",
    en="SAT has no rate {tasa} for the tax {impuesto} ({factor}) of the summary." + SUMAR_EN,
    es="La tasa o cuota {tasa} del impuesto {impuesto} ({factor}) del resumen no está en el "
    "catálogo del SAT." + SUMAR_ES,
)
def fila_tasa_existe(t, d, cat):
    """TasaOCuota of a row is in c_TasaOCuota."""
    return tasa_desconocida(t, d, cat, retencion=False)


@rule(
    "CFDI40220",
    scope="fila_traslado",
    reads=(f"{_T}/@Importe", "Moneda"),
    mends="none",
    en="The tax {escrito} of the summary has more decimals than {moneda} ({decimales})." + SUMAR_EN,
    es="El impuesto {escrito} del resumen tiene más decimales que {moneda} ({decimales})." + SUMAR_ES,
)
def fila_importe_con_decimales(t, d, cat):
    """Importe of a row has at most the currency's decimals."""
    return demasiados_decimales(t.importe, d)


@rule(
    "CFDI40221",
    scope="fila_traslado",
    reads=(f"{_T}/@Importe", "Concepto/Impuestos/Traslado/@Importe"),
    mends="none",
    en="The summary says {escrito} of {fila}, the lines add up to {suma}." + SUMAR_EN,
    es="El resumen dice {escrito} de {fila}; las partidas suman {suma}." + SUMAR_ES,
)
def fila_importe_es_la_suma(t, d, cat):
    """Importe of a row is the rounded sum over the lines."""
    if t.tipo_factor == EXENTO:
        return None
    debido = _suma(t, d, 1)
    if t.importe == debido:
        return None
    return distinto(t.importe, debido, fila=_nombre(_clave(t)))


@rule(
    "CFDI40221",
    scope="pie",
    reads=(f"{_T}/@Impuesto", "Concepto/Impuestos/Traslado/@Impuesto"),
    mends="none",
    en="Lines have {fila}, which the summary does not have." + SUMAR_EN,
    es="Las partidas llevan {fila}, que no está en el resumen." + SUMAR_ES,
)
def filas_trasladadas_completas(c, d, cat):
    """Every combination of the lines has a row; without it there is no equal sum."""
    escritas = {_clave(t) for t in d.totales.traslados}
    falta = next((clave for clave in d.sumas.traslados if clave not in escritas), None)
    return None if falta is None else {"fila": _nombre(falta)}
