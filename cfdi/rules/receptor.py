"""Receptor."""

from ..names import GENERAL_PUBLIC
from ..rfc import GENERIC_FOREIGN, GENERIC_NATIONAL, has_valid_check_digit, is_generic
from .emisor import not_for_person
from .rule import WARNING, in_catalogue, rule

# uses that belong to one type of document
_TYPE_OF_USE = {"CP01": "P", "CN01": "N"}


@rule(
    "RFC-DIGITO",
    reads=("Receptor/@Rfc",),
    fix_in="partner.rfc",
    severity=WARNING,
    en="The check digit of the customer's RFC {rfc} does not fit the rest. Make sure that it is written right.",
    es="El dígito verificador del RFC del cliente {rfc} no corresponde. Verifique que esté bien escrito.",
)
def receptor_check_digit(c, d, cat):
    """A warning: SAT has given out RFCs whose digit does not fit."""
    return None if has_valid_check_digit(c.receptor.rfc) else {"rfc": c.receptor.rfc}


@rule(
    "CFDI40146",
    reads=("Receptor/@Nombre", "Receptor/@Rfc"),
    fix_in="partner.rfc",
    en="PUBLICO EN GENERAL goes with the RFC XAXX010101000, not {rfc}. Correct the customer's RFC or name.",
    es="PUBLICO EN GENERAL va con el RFC XAXX010101000, no {rfc}. Corrija el RFC o el nombre del cliente.",
)
def general_public_with_xaxx(c, d, cat):
    """The name PUBLICO EN GENERAL is of XAXX010101000 alone."""
    receptor = c.receptor
    if receptor.nombre == GENERAL_PUBLIC and receptor.rfc != GENERIC_NATIONAL:
        return {"rfc": receptor.rfc}
    return None


in_catalogue(
    "CFDI40147",
    "c_CodigoPostal",
    "Receptor/@DomicilioFiscalReceptor",
    "receptor.domicilio_fiscal",
    fix_in="partner.zip",
    en="The customer's postal code {value} does not exist in SAT's catalogue. Enter the one of the customer's "
    "Constancia de Situación Fiscal.",
    es="El código postal {value} del cliente no existe en el catálogo del SAT. Registre el de su Constancia de "
    "Situación Fiscal.",
)


@rule(
    "CFDI40149",
    reads=("Receptor/@DomicilioFiscalReceptor", "LugarExpedicion", "Receptor/@Rfc"),
    fix_in="partner.zip",
    en="For the RFC {rfc} the receiver's postal code is that of the place of issue, {place}, not {postal_code}.",
    es="Con el RFC {rfc} el código postal del receptor es el del lugar de expedición, {place}, no {postal_code}.",
)
def generic_receptor_domicilio(c, d, cat):
    """A generic RFC has the postal code of LugarExpedicion."""
    receptor = c.receptor
    if not is_generic(receptor.rfc) or receptor.domicilio_fiscal == c.lugar_expedicion:
        return None
    return {
        "rfc": receptor.rfc,
        "place": c.lugar_expedicion,
        "postal_code": receptor.domicilio_fiscal,
    }


in_catalogue(
    "CFDI40150",
    "c_Pais",
    "Receptor/@ResidenciaFiscal",
    "receptor.residencia_fiscal",
    when="receptor.residencia_fiscal",
    fix_in="partner.country",
    en="SAT has no country {value}. Choose the customer's country of residence.",
    es="El país {value} no existe en el catálogo del SAT. Elija el país de residencia del cliente.",
)


@rule(
    "CFDI40151",
    reads=("Receptor/@ResidenciaFiscal", "Receptor/@Rfc"),
    fix_in="partner.country",
    en="A customer with the Mexican RFC {rfc} takes no country of residence ({country}); only "
    "XEXX010101000 does. Correct the RFC or remove the country.",
    es="Un cliente con RFC mexicano {rfc} no lleva residencia fiscal ({country}); solo XEXX010101000 "
    "la lleva. Corrija el RFC o quite el país.",
)
def residencia_fiscal_only_foreign(c, d, cat):
    """Only XEXX010101000 has ResidenciaFiscal."""
    receptor = c.receptor
    if not receptor.residencia_fiscal or receptor.rfc == GENERIC_FOREIGN:
        return None
    return {"rfc": receptor.rfc, "country": receptor.residencia_fiscal}


@rule(
    "CFDI40152",
    reads=("Receptor/@ResidenciaFiscal",),
    fix_in="partner.country",
    en="The customer's country of residence can't be Mexico (MEX). Choose the foreign country, or "
    "enter the Mexican RFC.",
    es="La residencia fiscal del cliente no puede ser México (MEX). Elija el país extranjero, o "
    "registre el RFC mexicano.",
)
def residencia_fiscal_not_mexico(c, d, cat):
    """ResidenciaFiscal is not MEX."""
    return {} if c.receptor.residencia_fiscal == "MEX" else None


@rule(
    "CFDI40153",
    reads=("Receptor/@ResidenciaFiscal", "Receptor/@NumRegIdTrib", "Complemento"),
    fix_in="partner.country",
    en="A foreign customer with a tax id (or with the foreign-trade complement) needs a country of "
    "residence. Choose the customer's country.",
    es="Un cliente extranjero con registro tributario (o con el complemento de Comercio Exterior) "
    "requiere residencia fiscal. Elija el país del cliente.",
)
def residencia_fiscal_required(c, d, cat):
    """NumRegIdTrib or the foreign-trade complement ask for ResidenciaFiscal."""
    receptor = c.receptor
    if receptor.rfc != GENERIC_FOREIGN or receptor.residencia_fiscal:
        return None
    return {} if receptor.num_reg_id_trib or d.has_comercio_exterior else None


@rule(
    "CFDI40154",
    reads=("Receptor/@NumRegIdTrib", "Receptor/@Rfc"),
    fix_in="partner.rfc",
    en="A customer with the Mexican RFC {rfc} takes no foreign tax id ({tax_id}). Remove it, or use XEXX010101000.",
    es="Un cliente con RFC mexicano {rfc} no lleva registro tributario extranjero ({tax_id}). "
    "Quítelo, o use XEXX010101000.",
)
def num_reg_id_trib_only_foreign(c, d, cat):
    """Only XEXX010101000 has NumRegIdTrib."""
    receptor = c.receptor
    if not receptor.num_reg_id_trib or receptor.rfc == GENERIC_FOREIGN:
        return None
    return {"rfc": receptor.rfc, "tax_id": receptor.num_reg_id_trib}


@rule(
    "CFDI40155",
    reads=("Receptor/@NumRegIdTrib", "Receptor/@Rfc", "Complemento"),
    fix_in="partner.rfc",
    en="With the foreign-trade complement a foreign customer needs a tax id. Enter the one of the customer's country.",
    es="Con el complemento de Comercio Exterior un cliente extranjero requiere registro "
    "tributario. Registre el de su país.",
)
def num_reg_id_trib_required(c, d, cat):
    """The condition of the matrix; its error text says the reverse, which PACs do not check."""
    receptor = c.receptor
    if receptor.rfc != GENERIC_FOREIGN or receptor.num_reg_id_trib or not d.has_comercio_exterior:
        return None
    return {}


@rule(
    "CFDI40156",
    reads=("Receptor/@NumRegIdTrib", "Receptor/@ResidenciaFiscal"),
    fix_in="partner.rfc",
    en="The tax id {tax_id} does not have the form of {country}. Correct the customer's tax id.",
    es="El registro tributario {tax_id} no tiene el formato de {country}. Corrija el del cliente.",
)
def num_reg_id_trib_format(c, d, cat):
    """NumRegIdTrib has the form that c_Pais gives for the country."""
    country, tax_id = c.receptor.residencia_fiscal, c.receptor.num_reg_id_trib
    if not country or not tax_id or cat.is_tax_id(country, tax_id):
        return None
    return {"tax_id": tax_id, "country": country}


in_catalogue(
    "CFDI40157",
    "c_RegimenFiscal",
    "Receptor/@RegimenFiscalReceptor",
    "receptor.regimen_fiscal",
    fix_in="partner.regime",
    en="SAT has no tax regime {value}. Choose the customer's regime.",
    es="El régimen fiscal {value} no existe en el catálogo del SAT. Elija el régimen del cliente.",
)


@rule(
    "CFDI40158",
    reads=("Receptor/@RegimenFiscalReceptor", "Receptor/@Rfc"),
    fix_in="partner.regime",
    en="The customer's tax regime {regimen} is not for the kind of person of the RFC {rfc}. Choose "
    "the regime of the customer's Constancia de Situación Fiscal.",
    es="El régimen fiscal {regimen} del cliente no corresponde al tipo de persona de su RFC {rfc}. "
    "Elija el régimen de su Constancia de Situación Fiscal.",
)
def receptor_regimen_for_person(c, d, cat):
    """Only the kind of person; which regimes the customer has is in SAT's list.

    Generic RFCs are left to CFDI40159.
    """
    receptor = c.receptor
    regimen = cat.regimen(receptor.regimen_fiscal)
    if is_generic(receptor.rfc) or not not_for_person(receptor.rfc, regimen):
        return None
    return {"regimen": receptor.regimen_fiscal, "rfc": receptor.rfc}


@rule(
    "CFDI40159",
    reads=("Receptor/@RegimenFiscalReceptor", "Receptor/@Rfc"),
    fix_in="partner.regime",
    en="For the RFC {rfc} the tax regime is 616, not {regimen}. Correct the customer's regime.",
    es="Con el RFC {rfc} el régimen fiscal es 616, no {regimen}. Corrija el régimen del cliente.",
)
def generic_receptor_regimen(c, d, cat):
    """A generic RFC has regime 616."""
    receptor = c.receptor
    if receptor.regimen_fiscal == "616" or not is_generic(receptor.rfc):
        return None
    return {"rfc": receptor.rfc, "regimen": receptor.regimen_fiscal}


in_catalogue(
    "CFDI40160",
    "c_UsoCFDI",
    "Receptor/@UsoCFDI",
    "receptor.uso_cfdi",
    fix_in="move.usage",
    en="SAT has no usage {value}. Choose another one on the invoice.",
    es="El uso {value} no existe en el catálogo del SAT. Elija otro en la factura.",
)


@rule(
    "CFDI40161",
    reads=("Receptor/@UsoCFDI", "Receptor/@RegimenFiscalReceptor", "Receptor/@Rfc"),
    fix_in="move.usage",
    en="The usage {uso} is not for a {person} of regime {regimen}. Choose another usage; S01 fits everybody.",
    es="El uso {uso} no aplica a una persona {person_es} del régimen {regimen}. Elija otro uso; S01 aplica a todos.",
)
def uso_cfdi_for_person_and_regimen(c, d, cat):
    """UsoCFDI is for the kind of person and the regime of the receiver."""
    receptor = c.receptor
    uso = cat.uso(receptor.uso_cfdi)
    if uso is None or cat.regimen(receptor.regimen_fiscal) is None:
        return None  # CFDI40160, CFDI40157
    moral = len(receptor.rfc or "") == 12
    if uso[moral] and receptor.regimen_fiscal in uso[2]:
        return None
    return {
        "uso": receptor.uso_cfdi,
        "person_es": "moral" if moral else "física",
        "person": "company" if moral else "person",
        "regimen": receptor.regimen_fiscal,
    }


@rule(
    "GUIA-USO",
    reads=("Receptor/@UsoCFDI", "TipoDeComprobante"),
    fix_in="move.usage",
    severity=WARNING,
    en="The usage {uso} is for a document of type {own}, this one is of type {tipo}. Choose another usage.",
    es="El uso {uso} es para un comprobante de tipo {own}; este es de tipo {tipo}. Elija otro uso.",
)
def uso_cfdi_for_type(c, d, cat):
    """SAT's guide; the matrix asks for person and regime only."""
    own = _TYPE_OF_USE.get(c.receptor.uso_cfdi)
    if own is None or own == c.tipo_de_comprobante:
        return None
    return {"uso": c.receptor.uso_cfdi, "own": own, "tipo": c.tipo_de_comprobante}
