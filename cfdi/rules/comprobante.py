"""Comprobante: its keys, date and currency."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from ..errors import CfdiError
from ..places import time_zone
from .amount_checks import exceeds, text
from .rule import WARNING, in_catalogue, rule

# clocks of issuer and PAC may differ by this much
_CLOCK_SKEW = timedelta(minutes=5)
_STAMP_WINDOW = timedelta(hours=72)


@rule(
    "CFDI40101",
    reads=("Fecha",),
    fix_in="move.date",
    en="The date {fecha} is not a local date and time from 2010 on. Correct the date.",
    es="La fecha {fecha} no es una fecha y hora local a partir de 2010. Corrija la fecha.",
)
def fecha_format(c, d, cat):
    """The pattern begins with 201; a zone can't be written."""
    if 2010 <= c.fecha.year <= 2099 and c.fecha.tzinfo is None:
        return None
    return {"fecha": c.fecha.isoformat()}


def _local_now(c, d):
    """The present at LugarExpedicion, naive; None if it isn't known or Fecha has a zone itself."""
    if d.now is None or c.fecha.tzinfo is not None:
        return None
    try:
        zone = ZoneInfo(time_zone(c.lugar_expedicion))
    except CfdiError:
        return None  # CFDI40126
    return d.now.astimezone(zone).replace(tzinfo=None)


@rule(
    "CFDI40101",
    reads=("Fecha", "LugarExpedicion"),
    fix_in="move.date",
    en="The date {fecha} lies ahead of the local time {now} at postal code {postal_code}. "
    "Take the local time of the place of issue.",
    es="La fecha {fecha} está adelantada a la hora local {now} del código postal "
    "{postal_code}. Use la hora local del lugar de expedición.",
)
def fecha_not_ahead(c, d, cat):
    """Judged only where the document knows the present."""
    now = _local_now(c, d)
    if now is None or c.fecha <= now + _CLOCK_SKEW:
        return None
    return {
        "fecha": c.fecha.isoformat(),
        "now": now.isoformat(timespec="seconds"),
        "postal_code": c.lugar_expedicion,
    }


@rule(
    "PAC-401",
    reads=("Fecha", "LugarExpedicion"),
    fix_in="move.date",
    en="The date {fecha} is more than 72 hours ago (it is {now} at the place of issue). "
    "Correct the date of the invoice.",
    es="La fecha {fecha} tiene más de 72 horas (en el lugar de expedición son {now}). "
    "Corrija la fecha de la factura.",
)
def fecha_within_72_hours(c, d, cat):
    """Code 401 of the PACs (RMF: 72 hours to certify); only where the present is known."""
    now = _local_now(c, d)
    if now is None or c.fecha >= now - _STAMP_WINDOW:
        return None
    return {"fecha": c.fecha.isoformat(), "now": now.isoformat(timespec="seconds")}


@rule(
    "CFDI40103",
    reads=("FormaPago", "TipoDeComprobante"),
    fix_in="move.payment_form",
    en="A document of type {tipo} takes no payment form. Remove {forma}.",
    es="Un comprobante de tipo {tipo} no lleva forma de pago. Quite la {forma}.",
)
def forma_pago_allowed(c, d, cat):
    """Types T, N and P have no FormaPago."""
    if c.forma_pago and c.tipo_de_comprobante in ("T", "N", "P"):
        return {"tipo": c.tipo_de_comprobante, "forma": c.forma_pago}
    return None


in_catalogue(
    "CFDI40104",
    "c_FormaPago",
    "FormaPago",
    "forma_pago",
    when="forma_pago",
    fix_in="move.payment_form",
    en="SAT has no payment form {value}. Choose another one on the invoice.",
    es="La forma de pago {value} no existe en el catálogo del SAT. Elija otra en la factura.",
)


@rule(
    "CFDI40105",
    reads=("FormaPago", "MetodoPago"),
    fix_in="move.payment_form",
    en="With payment policy PPD the payment form is 99 (to be defined), not {forma}. Correct one "
    "of the two on the invoice.",
    es="Con método de pago PPD la forma de pago es 99 (por definir), no {forma}. Corrija una de las dos en la factura.",
)
def ppd_with_99(c, d, cat):
    """PPD goes with 99, and with nothing else."""
    if c.metodo_pago == "PPD" and c.forma_pago != "99":
        return {"forma": c.forma_pago or "—"}
    return None


@rule(
    "GUIA-PUE-99",
    reads=("FormaPago", "MetodoPago"),
    fix_in="move.payment_form",
    severity=WARNING,
    en="With payment policy PUE the payment form is known; many PACs refuse 99. Choose how it is paid, or PPD.",
    es="Con método de pago PUE la forma de pago ya se conoce; muchos PAC rechazan la 99. Elija "
    "cómo se paga, o bien PPD.",
)
def pue_without_99(c, d, cat):
    """SAT's guide; not in the matrix."""
    return {} if c.metodo_pago == "PUE" and c.forma_pago == "99" else None


@rule(
    "GUIA-PAGO",
    reads=("FormaPago", "MetodoPago", "TipoDeComprobante"),
    fix_in="move.payment_policy",
    severity=WARNING,
    en="An invoice or credit note says how it is paid: payment policy is {metodo}, payment form "
    "{forma}. Fill in what is missing.",
    es="Una factura o nota de crédito dice cómo se paga: método de pago {metodo}, forma de pago "
    "{forma}. Complete lo que falta.",
)
def payment_complete(c, d, cat):
    """SAT's guide; the schema lets both be absent."""
    if c.tipo_de_comprobante not in ("I", "E") or (c.metodo_pago and c.forma_pago):
        return None
    return {"metodo": c.metodo_pago or "—", "forma": c.forma_pago or "—"}


in_catalogue(
    "CFDI40113",
    "c_Moneda",
    "Moneda",
    "moneda",
    fix_in="move.currency",
    en="SAT has no currency {value}. Invoice in another currency.",
    es="La moneda {value} no existe en el catálogo del SAT. Facture en otra moneda.",
)


@rule(
    "CFDI40114",
    reads=("Moneda", "TipoCambio"),
    fix_in="move.currency_rate",
    en="In MXN the exchange rate is 1, or left out, not {tipo_cambio}. Correct the rate.",
    es="En MXN el tipo de cambio es 1, o se omite, no {tipo_cambio}. Corrija el tipo de cambio.",
)
def tipo_cambio_of_mxn(c, d, cat):
    """The rate of MXN is 1, if it is written at all."""
    if c.moneda == "MXN" and c.tipo_cambio is not None and c.tipo_cambio != 1:
        return {"tipo_cambio": text(c.tipo_cambio)}
    return None


@rule(
    "CFDI40115",
    reads=("Moneda", "TipoCambio"),
    fix_in="move.currency_rate",
    en="The exchange rate of {moneda} is missing. Enter the rate of the day.",
    es="Falta el tipo de cambio de {moneda}. Registre el tipo de cambio del día.",
)
def tipo_cambio_required(c, d, cat):
    """Every currency but MXN and XXX has a rate."""
    if c.tipo_cambio is None and c.moneda not in ("MXN", "XXX"):
        return {"moneda": c.moneda}
    return None


@rule(
    "CFDI40116",
    reads=("Moneda", "TipoCambio"),
    fix_in="move.currency_rate",
    en="The currency XXX takes no exchange rate. Remove it.",
    es="La moneda XXX no lleva tipo de cambio. Quítelo.",
)
def xxx_without_tipo_cambio(c, d, cat):
    """XXX has no rate."""
    return {} if c.moneda == "XXX" and c.tipo_cambio is not None else None


@rule(
    "CFDI40117",
    reads=("TipoCambio",),
    fix_in="move.currency_rate",
    en="The exchange rate {tipo_cambio} must be above zero, with up to 18 digits and 6 decimals. Correct the rate.",
    es="El tipo de cambio {tipo_cambio} debe ser mayor que cero, con hasta 18 enteros y 6 "
    "decimales. Corrija el tipo de cambio.",
)
def tipo_cambio_format(c, d, cat):
    """The pattern, and the least value of the schema (0.000001)."""
    tipo = c.tipo_cambio
    if tipo is None or (0 < tipo < 10**18 and not exceeds(tipo, 6)):
        return None
    return {"tipo_cambio": text(tipo)}


in_catalogue(
    "CFDI40121",
    "c_TipoDeComprobante",
    "TipoDeComprobante",
    "tipo_de_comprobante",
    en="{value} is no type of document; SAT knows I, E, T, N and P.",
    es="{value} no es un tipo de comprobante; el SAT conoce I, E, T, N y P.",
)


@rule(
    "CFDI40122",
    reads=("Exportacion", "Complemento"),
    fix_in="move.export",
    en="Export 02 needs the foreign-trade complement, which is not here. Choose 01, or 04 where "
    "nothing is sold or its pedimento is not A1.",
    es="La exportación 02 requiere el complemento de Comercio Exterior, que no está. Elija 01, o "
    "04 si no hay enajenación o el pedimento no es A1.",
)
def exportacion_02_with_complemento(c, d, cat):
    """02 comes with the foreign-trade complement, which the builder does not write."""
    return {} if c.exportacion == "02" and not d.has_comercio_exterior else None


in_catalogue(
    "CFDI40123",
    "c_Exportacion",
    "Exportacion",
    "exportacion",
    fix_in="move.export",
    en="SAT has no export key {value}. Choose 01, 03 or 04.",
    es="La clave de exportación {value} no existe en el catálogo del SAT. Elija 01, 03 o 04.",
)


@rule(
    "CFDI40222",
    reads=("Exportacion", "Complemento"),
    fix_in="move.export",
    en="With export {exportacion} there is no foreign-trade complement. Choose 02, or leave the complement out.",
    es="Con exportación {exportacion} no debe ir el complemento de Comercio Exterior. Elija 02 o quite el complemento.",
)
def exportacion_without_complemento(c, d, cat):
    """01 and 03 come without the foreign-trade complement."""
    if c.exportacion in ("01", "03") and d.has_comercio_exterior:
        return {"exportacion": c.exportacion}
    return None


in_catalogue(
    "CFDI40124",
    "c_MetodoPago",
    "MetodoPago",
    "metodo_pago",
    when="metodo_pago",
    fix_in="move.payment_policy",
    en="The payment policy is PUE or PPD, not {value}. Choose one of them.",
    es="El método de pago es PUE o PPD, no {value}. Elija uno de ellos.",
)


@rule(
    "CFDI40125",
    reads=("MetodoPago", "TipoDeComprobante"),
    fix_in="move.payment_policy",
    en="A document of type {tipo} takes no payment policy. Remove {metodo}.",
    es="Un comprobante de tipo {tipo} no lleva método de pago. Quite {metodo}.",
)
def metodo_pago_allowed(c, d, cat):
    """Types T and P have no MetodoPago."""
    if c.metodo_pago and c.tipo_de_comprobante in ("T", "P"):
        return {"tipo": c.tipo_de_comprobante, "metodo": c.metodo_pago}
    return None


in_catalogue(
    "CFDI40126",
    "c_CodigoPostal",
    "LugarExpedicion",
    "lugar_expedicion",
    fix_in="branch.zip",
    en="The place of issue {value} is not a postal code of SAT's catalogue. Correct the "
    "branch's postal code, or take the nearest one.",
    es="El lugar de expedición {value} no es un código postal del catálogo del SAT. "
    "Corrija el código postal de la sucursal, o use el más cercano.",
)
