"""InformacionGlobal, and what SAT's guide says about an invoice to the general public."""

from ..fuels import FUELS, is_fuel_number
from ..names import GENERAL_PUBLIC
from ..rfc import GENERIC_NATIONAL
from .rule import WARNING, in_catalogue, rule


def is_to_general_public(c):
    """Whether the receiver is the general public."""
    return c.receptor.rfc == GENERIC_NATIONAL and c.receptor.nombre == GENERAL_PUBLIC


@rule(
    "CFDI40130",
    reads=("InformacionGlobal", "Receptor/@Rfc", "Receptor/@Nombre"),
    fix_in="move.global",
    en="An invoice to PUBLICO EN GENERAL tells its period. Fill in periodicity, months and year, "
    "or invoice to the customer's own name.",
    es="Una factura a PUBLICO EN GENERAL indica su periodo. Registre periodicidad, meses y año, o "
    "facture con el nombre del cliente.",
)
def informacion_global_present(c, d, cat):
    """An income to PUBLICO EN GENERAL has InformacionGlobal."""
    if c.tipo_de_comprobante == "I" and c.informacion_global is None and is_to_general_public(c):
        return {}
    return None


@rule(
    "CFDI40130",
    reads=("InformacionGlobal", "Receptor/@Rfc", "Receptor/@Nombre"),
    fix_in="move.global",
    en="A period stands on an invoice that is not to PUBLICO EN GENERAL (XAXX010101000), but to {rfc} "
    "{nombre}. Remove the period, or correct the receiver.",
    es="La factura indica un periodo, pero no es a PUBLICO EN GENERAL (XAXX010101000), sino a "
    "{rfc} {nombre}. Quite el periodo o corrija el receptor.",
)
def informacion_global_absent(c, d, cat):
    """The matrix only asks for the node; that nobody else has it is the guide of the global invoice.

    The name has no accent: PÚBLICO EN GENERAL is another one.
    """
    if c.informacion_global is None or is_to_general_public(c):
        return None
    return {"rfc": c.receptor.rfc, "nombre": c.receptor.nombre}


in_catalogue(
    "CFDI40131",
    "c_Periodicidad",
    "InformacionGlobal/@Periodicidad",
    "informacion_global.periodicidad",
    when="informacion_global",
    fix_in="move.global",
    en="SAT has no periodicity {value}. Choose 01 to 05.",
    es="La periodicidad {value} no existe en el catálogo del SAT. Elija de 01 a 05.",
)


@rule(
    "CFDI40132",
    reads=("InformacionGlobal/@Periodicidad", "Emisor/@RegimenFiscal"),
    fix_in="move.global",
    en="The periodicity 05 (two months) is for issuers of regime 621, yours is {regimen}. Choose another periodicity.",
    es="La periodicidad 05 (bimestral) es para emisores del régimen 621; el suyo es {regimen}. "
    "Elija otra periodicidad.",
)
def two_months_for_621(c, d, cat):
    """05 is for the regime 621 of the issuer."""
    info = c.informacion_global
    if info is None or info.periodicidad != "05" or c.emisor.regimen_fiscal == "621":
        return None
    return {"regimen": c.emisor.regimen_fiscal}


in_catalogue(
    "CFDI40133",
    "c_Meses",
    "InformacionGlobal/@Meses",
    "informacion_global.meses",
    when="informacion_global",
    fix_in="move.global",
    en="SAT has no month {value}. Choose 01 to 12, or 13 to 18 for two months.",
    es="El mes {value} no existe en el catálogo del SAT. Elija de 01 a 12, o de 13 a 18 para un bimestre.",
)


@rule(
    "CFDI40134",
    reads=("InformacionGlobal/@Meses", "InformacionGlobal/@Periodicidad"),
    fix_in="move.global",
    en="With periodicity {periodicidad} the month is 01 to 12, not {meses}. Correct one of them.",
    es="Con periodicidad {periodicidad} el mes va de 01 a 12, no {meses}. Corrija uno de los dos.",
)
def month_for_periodicidad(c, d, cat):
    """Every Periodicidad but 05 has a month."""
    info = c.informacion_global
    if info is None or info.periodicidad == "05" or cat.is_month(info.meses):
        return None
    return {"periodicidad": info.periodicidad, "meses": info.meses}


@rule(
    "CFDI40135",
    reads=("InformacionGlobal/@Meses", "InformacionGlobal/@Periodicidad"),
    fix_in="move.global",
    en="With periodicity 05 the months are 13 to 18, not {meses}. Correct one of them.",
    es="Con periodicidad 05 los meses van de 13 a 18, no {meses}. Corrija uno de los dos.",
)
def two_months_for_periodicidad(c, d, cat):
    """Periodicidad 05 has a pair of months."""
    info = c.informacion_global
    if info is None or info.periodicidad != "05" or cat.is_two_months(info.meses):
        return None
    return {"meses": info.meses}


@rule(
    "CFDI40136",
    reads=("InformacionGlobal/@Año", "Fecha"),
    fix_in="move.global",
    en="The year {anio} of the global invoice is neither {this_year} nor one of the five before it. Correct the year.",
    es="El año {anio} de la factura global no es {this_year} ni uno de los cinco anteriores. Corrija el año.",
)
def year_of_period(c, d, cat):
    """The matrix says five former years; the guide of 2023 says one."""
    info = c.informacion_global
    if info is None or c.fecha.year - 5 <= info.anio <= c.fecha.year:
        return None
    return {"anio": info.anio, "this_year": c.fecha.year}


@rule(
    "GUIA-ANIO",
    reads=("InformacionGlobal/@Año", "Fecha"),
    fix_in="move.global",
    severity=WARNING,
    en="SAT's guide wants the year of a global invoice to be {this_year} or the one before it, not {anio}.",
    es="La guía del SAT pide que el año de la factura global sea {this_year} o el anterior, no {anio}.",
)
def global_year_as_in_guide(c, d, cat):
    """SAT's guide of the global invoice, which is narrower than the matrix (CFDI40136)."""
    info = c.informacion_global
    if info is None or not c.fecha.year - 5 <= info.anio < c.fecha.year - 1:
        return None
    return {"anio": info.anio, "this_year": c.fecha.year}


@rule(
    "GUIA-GLOBAL",
    reads=("MetodoPago", "Exportacion", "CondicionesDePago"),
    fix_in="move.global",
    severity=WARNING,
    en="SAT's guide wants a global invoice with policy PUE, export 01 and without payment terms "
    "(here: {metodo}, {exportacion}, {condiciones}).",
    es="La guía del SAT pide la factura global con método PUE, exportación 01 y sin condiciones de "
    "pago (aquí: {metodo}, {exportacion}, {condiciones}).",
)
def global_header_as_in_guide(c, d, cat):
    """SAT's guide of the global invoice, header."""
    if c.informacion_global is None:
        return None
    if c.metodo_pago == "PUE" and c.exportacion == "01" and not c.condiciones_de_pago:
        return None
    return {
        "metodo": c.metodo_pago or "—",
        "exportacion": c.exportacion,
        "condiciones": c.condiciones_de_pago or "—",
    }


@rule(
    "GUIA-GLOBAL",
    scope="concepto",
    reads=("Concepto/@ClaveProdServ", "Concepto/@ClaveUnidad", "Concepto/@NoIdentificacion"),
    fix_in="line.product_code",
    severity=WARNING,
    en="SAT's guide wants a ticket of a global invoice as 01010101, one ACT, “Venta”, with the ticket's number.",
    es="la guía del SAT pide cada ticket de la factura global como 01010101, un ACT, «Venta», con "
    "el número del ticket.",
)
def global_line_as_in_guide(c, d, cat):
    """SAT's guide of the global invoice, lines."""
    if d.comprobante.informacion_global is None or (
        c.clave_prod_serv in {"01010101", *FUELS}
        and c.clave_unidad == "ACT"
        and c.cantidad == 1
        and c.descripcion == "Venta"
        and c.no_identificacion
        and not (c.unidad or c.retenciones or c.pedimentos or c.a_cuenta_terceros)
    ):
        return None
    return {}


@rule(
    "GUIA-GLOBAL",
    scope="concepto",
    reads=("Concepto/@ClaveProdServ", "Concepto/@NoIdentificacion"),
    fix_in="line.product_code",
    severity=WARNING,
    en="In a global invoice a fuel has as its number the permit, a hyphen and a number, for example "
    "LP/00751/EXP/ES/2016-105012365, not {number}.",
    es="en una factura global el número de un combustible es el permiso, un guion y un número "
    "(LP/00751/EXP/ES/2016-105012365), no {number}.",
)
def global_fuel_as_in_guide(c, d, cat):
    """SAT's guide of the global invoice, appendix 3."""
    is_fuel = d.comprobante.informacion_global is not None and c.clave_prod_serv in FUELS
    if not is_fuel or is_fuel_number(c.no_identificacion):
        return None
    return {"number": c.no_identificacion or "—"}
