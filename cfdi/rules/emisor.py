"""Emisor, and what is said of every RFC."""

from ..rfc import has_valid_check_digit
from .rule import WARNING, in_catalogue, rule


def not_for_person(rfc, regimen):
    """Whether a regime (for persons, for companies) is not for the kind of person of an RFC.

    12 characters: a company; 13: a person, generic RFCs among them. None, an unknown regime, is
    found by another rule.
    """
    return regimen is not None and not regimen[len(rfc or "") == 12]


@rule(
    "RFC-DIGITO",
    reads=("Emisor/@Rfc",),
    fix_in="company.rfc",
    severity=WARNING,
    en="The check digit of your company's RFC {rfc} does not fit the rest. Make sure that it is written right.",
    es="El dígito verificador del RFC de su compañía {rfc} no corresponde. Verifique que esté bien escrito.",
)
def emisor_check_digit(c, d, cat):
    """A warning: SAT has given out RFCs whose digit does not fit."""
    return None if has_valid_check_digit(c.emisor.rfc) else {"rfc": c.emisor.rfc}


in_catalogue(
    "CFDI40140",
    "c_RegimenFiscal",
    "Emisor/@RegimenFiscal",
    "emisor.regimen_fiscal",
    fix_in="company.regime",
    en="SAT has no tax regime {value}. Choose your company's regime.",
    es="El régimen fiscal {value} no existe en el catálogo del SAT. Elija el régimen de su compañía.",
)


@rule(
    "CFDI40141",
    reads=("Emisor/@RegimenFiscal", "Emisor/@Rfc"),
    fix_in="company.regime",
    en="Your company's tax regime {regimen} is not for the kind of person of its RFC {rfc}. "
    "Choose the regime of its Constancia de Situación Fiscal.",
    es="El régimen fiscal {regimen} de su compañía no corresponde al tipo de persona de su RFC "
    "{rfc}. Elija el régimen de su Constancia de Situación Fiscal.",
)
def emisor_regimen_for_person(c, d, cat):
    """The regime is for the kind of person that the RFC's length tells."""
    emisor = c.emisor
    if not not_for_person(emisor.rfc, cat.regimen(emisor.regimen_fiscal)):
        return None
    return {"regimen": emisor.regimen_fiscal, "rfc": emisor.rfc}
