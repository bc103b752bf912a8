"""Concepto: third parties, pedimentos and Partes."""

from .amount_checks import outside_limits, text
from .rule import WARNING, in_catalogue, rule

# the third party that stands for residents abroad, and what its name has to be
FOREIGN_THIRD_PARTY_RFC = "EXT990101NI1"
FOREIGN_THIRD_PARTY_NAME = (
    "EXPEDICIÓN DE CFDI POR RESIDENTES EN MÉXICO QUE PRESTAN SERVICIOS DE INTERMEDIACIÓN ENTRE "
    "TERCEROS A OFERENTES DE BIENES Y SERVICIOS RESIDENTES EN EL EXTRANJERO"
)
_A = "ACuentaTerceros"


@rule(
    "CFDI40188",
    scope="third_party",
    reads=(f"{_A}/@RfcACuentaTerceros", "Emisor/@Rfc", "Receptor/@Rfc"),
    fix_in="line.third_party",
    en="the third party {rfc} is the issuer or the customer. Choose somebody else, or nobody.",
    es="el tercero {rfc} es el emisor o el receptor. Elija a otro, o a ninguno.",
)
def third_party_is_another(t, d, cat):
    """The third party is neither issuer nor receiver."""
    c = d.comprobante
    return {"rfc": t.rfc} if t.rfc in (c.emisor.rfc, c.receptor.rfc) else None


@rule(
    "CFDI40189",
    scope="third_party",
    reads=(f"{_A}/@NombreACuentaTerceros", f"{_A}/@RfcACuentaTerceros"),
    fix_in="line.third_party",
    en="the foreign third party EXT990101NI1 has SAT's fixed name: {nombre}.",
    es="el tercero extranjero EXT990101NI1 lleva el nombre fijo del SAT: {nombre}.",
)
def foreign_third_party_name(t, d, cat):
    """Any other third party's name is in SAT's list only."""
    if t.rfc != FOREIGN_THIRD_PARTY_RFC or t.nombre == FOREIGN_THIRD_PARTY_NAME:
        return None
    return {"nombre": FOREIGN_THIRD_PARTY_NAME}


in_catalogue(
    "CFDI40191",
    "c_RegimenFiscal",
    f"{_A}/@RegimenFiscalACuentaTerceros",
    "regimen_fiscal",
    scope="third_party",
    fix_in="line.third_party",
    en="SAT has no tax regime {value}. Choose the third party's regime.",
    es="el régimen fiscal {value} no existe en el catálogo del SAT. Elija el régimen del tercero.",
)


@rule(
    "CFDI140223",
    scope="third_party",
    reads=(f"{_A}/@RegimenFiscalACuentaTerceros", f"{_A}/@RfcACuentaTerceros"),
    fix_in="line.third_party",
    en="the foreign third party EXT990101NI1 has the tax regime 616, not {regimen}.",
    es="el tercero extranjero EXT990101NI1 lleva el régimen fiscal 616, no {regimen}.",
)
def foreign_third_party_regimen(t, d, cat):
    """EXT990101NI1 has regime 616."""
    if t.rfc != FOREIGN_THIRD_PARTY_RFC or t.regimen_fiscal == "616":
        return None
    return {"regimen": t.regimen_fiscal}


in_catalogue(
    "CFDI40192",
    "c_CodigoPostal",
    f"{_A}/@DomicilioFiscalACuentaTerceros",
    "domicilio_fiscal",
    scope="third_party",
    fix_in="line.third_party",
    en="the third party's postal code {value} does not exist in SAT's catalogue. Correct it.",
    es="el código postal {value} del tercero no existe en el catálogo del SAT. Corríjalo.",
)


@rule(
    "CFDI40193",
    scope="third_party",
    reads=(f"{_A}/@DomicilioFiscalACuentaTerceros", "LugarExpedicion"),
    fix_in="line.third_party",
    en="the foreign third party EXT990101NI1 has the postal code of the place of issue, {place}, not {postal_code}.",
    es="el tercero extranjero EXT990101NI1 lleva el código postal del lugar de expedición, {place}, "
    "no {postal_code}.",
)
def foreign_third_party_domicilio(t, d, cat):
    """Any other third party's postal code is in SAT's list only."""
    place = d.comprobante.lugar_expedicion
    if t.rfc != FOREIGN_THIRD_PARTY_RFC or t.domicilio_fiscal == place:
        return None
    return {"place": place, "postal_code": t.domicilio_fiscal}


def _pedimento_parts(number):
    """(year, customs office, patent) as texts, or None if the number hasn't its form.

    "AA  AA  PPPP  NNNNNNN", 21 characters with two spaces between the groups.
    """
    groups = number.split("  ")
    if [len(g) for g in groups] != [2, 2, 4, 7]:
        return None
    if not (number.isascii() and "".join(groups).isdigit()):
        return None
    return groups[:3]


def _invalid_pedimento(number, d, cat):
    """Values for the sentence if form, year or customs office are wrong."""
    parts = _pedimento_parts(number)
    fecha = d.comprobante.fecha
    if parts is not None:
        anio, aduana, _patente = parts
        if int(anio) <= fecha.year % 100 and cat.has("c_Aduana", aduana, fecha):
            return None
    return {"pedimento": number}


def _doubtful_pedimento(number, d, cat):
    """Values for the sentence if the year is old or the patent is not known."""
    parts = _pedimento_parts(number)
    if parts is None:
        return None
    anio, _aduana, patente = parts
    fecha = d.comprobante.fecha
    if fecha.year % 100 - int(anio) <= 10 and cat.has("c_PatenteAduanal", patente, fecha):
        return None
    return {"pedimento": number}


_EN = (
    "the pedimento “{pedimento}” is wrong: year, customs office, patent and number are written "
    "“26  47  3807  6000123”, two spaces apart, with a customs office of SAT's catalogue and not "
    "of a year to come. Correct it."
)
_ES = (
    "el pedimento «{pedimento}» es inválido: año, aduana, patente y número se escriben "
    "«26  47  3807  6000123», separados por dos espacios, con una aduana del catálogo del SAT y "
    "sin año futuro. Corríjalo."
)
_CCE_EN = "a pedimento does not go with the foreign-trade complement. Remove it."
_CCE_ES = "un pedimento no va con el complemento de Comercio Exterior. Quítelo."


@rule(
    "CFDI40194",
    scope="pedimento",
    reads=("Concepto/InformacionAduanera/@NumeroPedimento",),
    fix_in="line.pedimento",
    en=_EN,
    es=_ES,
)
def pedimento_valid(number, d, cat):
    """Form, year and customs office of a pedimento; the rest is a warning."""
    return _invalid_pedimento(number, d, cat)


@rule(
    "CFDI40194",
    scope="pedimento",
    reads=("Concepto/InformacionAduanera/@NumeroPedimento",),
    fix_in="line.pedimento",
    severity=WARNING,
    en="the pedimento “{pedimento}” is more than ten years old, or its patent is not in the "
    "catalogue that we know. Make sure that it is right.",
    es="el pedimento «{pedimento}» tiene más de diez años, o su patente no está en el catálogo que "
    "conocemos. Verifique que sea correcto.",
)
def pedimento_known(number, d, cat):
    """A warning: patents are added all the time, and the numbers given out are not public here."""
    return _doubtful_pedimento(number, d, cat)


@rule(
    "CFDI40195",
    scope="pedimento",
    reads=("Concepto/InformacionAduanera", "Complemento"),
    fix_in="line.pedimento",
    en=_CCE_EN,
    es=_CCE_ES,
)
def pedimento_without_comercio_exterior(number, d, cat):
    """No pedimento beside the foreign-trade complement."""
    return {} if d.has_comercio_exterior else None


in_catalogue(
    "CFDI40196",
    "c_ClaveProdServ",
    "Concepto/Parte/@ClaveProdServ",
    "clave_prod_serv",
    scope="parte",
    fix_in="line.product_code",
    en="SAT has no product code {value} (of a Parte). Choose another one.",
    es="la clave de producto o servicio {value} (de una Parte) no existe en el catálogo del SAT. Elija otra.",
)


@rule(
    "CFDI40197",
    scope="parte",
    reads=("Concepto/Parte/@ValorUnitario",),
    fix_in="line.price",
    en="the price of a Parte must be above zero, not {price}. Correct or remove it.",
    es="el precio de una Parte debe ser mayor que cero, no {price}. Corríjalo o quítelo.",
)
def parte_valor_unitario_positive(p, d, cat):
    """A Parte may be without a price."""
    if p.valor_unitario is None or p.valor_unitario > 0:
        return None
    return {"price": text(p.valor_unitario)}


@rule(
    "CFDI40198",
    scope="parte",
    reads=("Concepto/Parte/@Importe", "Concepto/Parte/@Cantidad", "Concepto/Parte/@ValorUnitario"),
    fix_in="line.price",
    en="the amount {importe} of a Parte is not quantity × price ({cantidad} × {price}); SAT "
    "allows {lower} to {upper}.",
    es="el importe {importe} de una Parte no es cantidad × precio ({cantidad} × {price}); el SAT "
    "admite de {lower} a {upper}.",
)
def parte_importe_within_limits(p, d, cat):
    """As CFDI40167; a Parte may be without price and amount."""
    if p.importe is None or p.valor_unitario is None:
        return None
    fault = outside_limits(p.cantidad, p.valor_unitario, p.importe, d.decimals)
    if fault is None:
        return None
    return fault | {"cantidad": text(p.cantidad), "price": text(p.valor_unitario)}


@rule(
    "CFDI40199",
    scope="parte",
    reads=("Concepto/Parte/InformacionAduanera/@NumeroPedimento",),
    fix_in="line.pedimento",
    en=_EN,
    es=_ES,
)
def parte_pedimento_valid(p, d, cat):
    """As CFDI40194."""
    faults = (_invalid_pedimento(number, d, cat) for number in p.pedimentos)
    return next(filter(None, faults), None)


@rule(
    "CFDI40200",
    scope="parte",
    reads=("Concepto/Parte/InformacionAduanera", "Complemento"),
    fix_in="line.pedimento",
    en=_CCE_EN,
    es=_CCE_ES,
)
def parte_pedimento_without_comercio_exterior(p, d, cat):
    """As CFDI40195."""
    return {} if p.pedimentos and d.has_comercio_exterior else None
