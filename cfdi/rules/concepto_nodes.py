"""Concepto: third parties, pedimentos and Partes."""

from .amount_checks import fuera_de_limites, texto
from .rule import WARNING, rule

# the third party that stands for residents abroad, and what its name has to be
EXTRANJERO = "EXT990101NI1"
NOMBRE_EXTRANJERO = (
    "EXPEDICIÓN DE CFDI POR RESIDENTES EN MÉXICO QUE PRESTAN SERVICIOS DE INTERMEDIACIÓN ENTRE "
    "TERCEROS A OFERENTES DE BIENES Y SERVICIOS RESIDENTES EN EL EXTRANJERO"
)
_A = "ACuentaTerceros"


@rule(
    "CFDI40188",
    scope="tercero",
    reads=(f"{_A}/@RfcACuentaTerceros", "Emisor/@Rfc", "Receptor/@Rfc"),
    mends="line.third_party",
    en="the third party {rfc} is the issuer or the customer. Choose somebody else, or nobody.",
    es="el tercero {rfc} es el emisor o el receptor. Elija a otro, o a ninguno.",
)
def tercero_es_otro(t, d, cat):
    """The third party is neither issuer nor receiver."""
    c = d.comprobante
    return {"rfc": t.rfc} if t.rfc in (c.emisor.rfc, c.receptor.rfc) else None


@rule(
    "CFDI40189",
    scope="tercero",
    reads=(f"{_A}/@NombreACuentaTerceros", f"{_A}/@RfcACuentaTerceros"),
    mends="line.third_party",
    en="the foreign third party EXT990101NI1 has SAT's fixed name: {nombre}.",
    es="el tercero extranjero EXT990101NI1 lleva el nombre fijo del SAT: {nombre}.",
)
def nombre_del_tercero_extranjero(t, d, cat):
    """Any other third party's name is in SAT's list only."""
    if t.rfc != EXTRANJERO or t.nombre == NOMBRE_EXTRANJERO:
        return None
    return {"nombre": NOMBRE_EXTRANJERO}


@rule(
    "CFDI40191",
    scope="tercero",
    reads=(f"{_A}/@RegimenFiscalACuentaTerceros",),
    mends="line.third_party",
    en="SAT has no tax regime {regimen}. Choose the third party's regime.",
    es="el régimen fiscal {regimen} no existe en el catálogo del SAT. Elija el régimen del tercero.",
)
def regimen_del_tercero_existe(t, d, cat):
    """RegimenFiscalACuentaTerceros is in c_RegimenFiscal."""
    if cat.regimen(t.regimen_fiscal) is None:
        return {"regimen": t.regimen_fiscal}
    return None


@rule(
    "CFDI140223",
    scope="tercero",
    reads=(f"{_A}/@RegimenFiscalACuentaTerceros", f"{_A}/@RfcACuentaTerceros"),
    mends="line.third_party",
    en="the foreign third party EXT990101NI1 has the tax regime 616, not {regimen}.",
    es="el tercero extranjero EXT990101NI1 lleva el régimen fiscal 616, no {regimen}.",
)
def regimen_del_tercero_extranjero(t, d, cat):
    """EXT990101NI1 has regime 616."""
    if t.rfc != EXTRANJERO or t.regimen_fiscal == "616":
        return None
    return {"regimen": t.regimen_fiscal}


@rule(
    "CFDI40192",
    scope="tercero",
    reads=(f"{_A}/@DomicilioFiscalACuentaTerceros",),
    mends="line.third_party",
    en="the third party's postal code {codigo_postal} does not exist in SAT's catalogue. Correct it.",
    es="el código postal {codigo_postal} del tercero no existe en el catálogo del SAT. Corríjalo.",
)
def domicilio_del_tercero_existe(t, d, cat):
    """SAT's list can't have it; whether it is the third party's only SAT knows."""
    codigo = t.domicilio_fiscal
    return None if cat.conoce_codigo_postal(codigo) else {"codigo_postal": codigo}


@rule(
    "CFDI40193",
    scope="tercero",
    reads=(f"{_A}/@DomicilioFiscalACuentaTerceros", "LugarExpedicion"),
    mends="line.third_party",
    en="the foreign third party EXT990101NI1 has the postal code of the place of issue, {lugar}, not {codigo_postal}.",
    es="el tercero extranjero EXT990101NI1 lleva el código postal del lugar de expedición, {lugar}, "
    "no {codigo_postal}.",
)
def domicilio_del_tercero_extranjero(t, d, cat):
    """Any other third party's postal code is in SAT's list only."""
    lugar = d.comprobante.lugar_expedicion
    if t.rfc != EXTRANJERO or t.domicilio_fiscal == lugar:
        return None
    return {"lugar": lugar, "codigo_postal": t.domicilio_fiscal}


def _partes_del_pedimento(numero):
    """(year, customs office, patent) as texts, or None if the number hasn't its form.

    "AA  AA  PPPP  NNNNNNN", 21 characters with two spaces between the groups.
    """
    grupos = numero.split("  ")
    if [len(g) for g in grupos] != [2, 2, 4, 7]:
        return None
    if not (numero.isascii() and "".join(grupos).isdigit()):
        return None
    return grupos[:3]


def _pedimento_invalido(numero, d, cat):
    """Values for the sentence if form, year or customs office are wrong."""
    partes = _partes_del_pedimento(numero)
    fecha = d.comprobante.fecha
    if partes is not None:
        anio, aduana, _patente = partes
        if int(anio) <= fecha.year % 100 and cat.conoce_aduana(aduana, fecha):
            return None
    return {"pedimento": numero}


def _pedimento_dudoso(numero, d, cat):
    """Values for the sentence if the year is old or the patent is not known."""
    partes = _partes_del_pedimento(numero)
    if partes is None:
        return None
    anio, _aduana, patente = partes
    if d.comprobante.fecha.year % 100 - int(anio) <= 10 and cat.conoce_patente(patente):
        return None
    return {"pedimento": numero}


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
    mends="line.pedimento",
    en=_EN,
    es=_ES,
)
def pedimento_valido(numero, d, cat):
    """Form, year and customs office of a pedimento; the rest is a warning."""
    return _pedimento_invalido(numero, d, cat)


@rule(
    "CFDI40194",
    scope="pedimento",
    reads=("Concepto/InformacionAduanera/@NumeroPedimento",),
    mends="line.pedimento",
    severity=WARNING,
    en="the pedimento “{pedimento}” is more than ten years old, or its patent is not in the "
    "catalogue that we know. Make sure that it is right.",
    es="el pedimento «{pedimento}» tiene más de diez años, o su patente no está en el catálogo que "
    "conocemos. Verifique que sea correcto.",
)
def pedimento_conocido(numero, d, cat):
    """A warning: patents are added all the time, and the numbers given out are not public here."""
    return _pedimento_dudoso(numero, d, cat)


@rule(
    "CFDI40195",
    scope="pedimento",
    reads=("Concepto/InformacionAduanera", "Complemento"),
    mends="line.pedimento",
    en=_CCE_EN,
    es=_CCE_ES,
)
def pedimento_sin_comercio_exterior(numero, d, cat):
    """No pedimento beside the foreign-trade complement."""
    return {} if d.comercio_exterior else None


@rule(
    "CFDI40196",
    scope="parte",
    reads=("Concepto/Parte/@ClaveProdServ",),
    mends="line.product_code",
    en="SAT has no product code {clave} (of a Parte). Choose another one.",
    es="la clave de producto o servicio {clave} (de una Parte) no existe en el catálogo del SAT. Elija otra.",
)
def clave_de_parte_existe(p, d, cat):
    """ClaveProdServ of a Parte is in c_ClaveProdServ, as CFDI40162."""
    clave = p.clave_prod_serv
    return None if cat.conoce_clave_prod_serv(clave) else {"clave": clave}


@rule(
    "CFDI40197",
    scope="parte",
    reads=("Concepto/Parte/@ValorUnitario",),
    mends="line.price",
    en="the price of a Parte must be above zero, not {precio}. Correct or remove it.",
    es="el precio de una Parte debe ser mayor que cero, no {precio}. Corríjalo o quítelo.",
)
def precio_de_parte_positivo(p, d, cat):
    """A Parte may be without a price."""
    if p.valor_unitario is None or p.valor_unitario > 0:
        return None
    return {"precio": texto(p.valor_unitario)}


@rule(
    "CFDI40198",
    scope="parte",
    reads=("Concepto/Parte/@Importe", "Concepto/Parte/@Cantidad", "Concepto/Parte/@ValorUnitario"),
    mends="line.price",
    en="the amount {importe} of a Parte is not quantity × price ({cantidad} × {precio}); SAT "
    "allows {menor} to {mayor}.",
    es="el importe {importe} de una Parte no es cantidad × precio ({cantidad} × {precio}); el SAT "
    "admite de {menor} a {mayor}.",
)
def importe_de_parte_en_limites(p, d, cat):
    """As CFDI40167; a Parte may be without price and amount."""
    if p.importe is None or p.valor_unitario is None:
        return None
    falla = fuera_de_limites(p.cantidad, p.valor_unitario, p.importe, d.decimales)
    if falla is None:
        return None
    return falla | {"cantidad": texto(p.cantidad), "precio": texto(p.valor_unitario)}


@rule(
    "CFDI40199",
    scope="parte",
    reads=("Concepto/Parte/InformacionAduanera/@NumeroPedimento",),
    mends="line.pedimento",
    en=_EN,
    es=_ES,
)
def pedimento_de_parte_valido(p, d, cat):
    """As CFDI40194."""
    fallas = (_pedimento_invalido(numero, d, cat) for numero in p.pedimentos)
    return next(filter(None, fallas), None)


@rule(
    "CFDI40200",
    scope="parte",
    reads=("Concepto/Parte/InformacionAduanera", "Complemento"),
    mends="line.pedimento",
    en=_CCE_EN,
    es=_CCE_ES,
)
def pedimento_de_parte_sin_comercio_exterior(p, d, cat):
    """As CFDI40195."""
    return {} if p.pedimentos and d.comercio_exterior else None
