"""What a user is told of a code with which a service or SAT refuses a document, and where it is mended.

Codes that the rules judge too have their text and place there. Here are those that only SAT's lists decide, those of
the seal, and the numbers that the services share (Anexo 20 and the services' own documentation).
"""

import re
import string
from dataclasses import dataclass

from .engine import RULES

# code -> (slug of the field that mends it, as ``fix_in`` of a rule; English; Spanish)
TEXTS = {
    "CFDI40102": (
        "account.certificate",
        "The seal does not fit the document. Stamp again; if it is refused again, ask the service about the "
        "certificate (CSD) that it has of you.",
        "El sello no corresponde al comprobante. Vuelva a timbrar; si lo rechaza otra vez, revise con su proveedor el "
        "CSD que tiene cargado.",
    ),
    "CFDI40106": (
        "account.certificate",
        "The certificate (CSD) is not valid: it has expired, was revoked or is another company's. Load a valid one at "
        "the service.",
        "El certificado (CSD) no es válido: está vencido, revocado o es de otra empresa. Cargue uno vigente con su "
        "proveedor de timbrado.",
    ),
    "CFDI40126": (
        "branch.zip",
        "SAT doesn't have the postal code of the place of issue. Correct the branch's postal code.",
        "El SAT no tiene el código postal del lugar de expedición. Corrija el código postal de la sucursal.",
    ),
    "CFDI40138": (
        "company.name",
        "SAT doesn't have your company's name. Write it as on your Constancia de Situación Fiscal, without the kind of "
        "company (SA de CV).",
        "El SAT no encuentra el nombre de su empresa. Escríbalo como en su Constancia de Situación Fiscal, sin el "
        "régimen de capital (SA de CV).",
    ),
    "CFDI40139": (
        "company.name",
        "Your company's name is not the one that SAT has for its RFC. Write it as on your Constancia de Situación "
        "Fiscal, without the kind of company (SA de CV).",
        "El nombre de su empresa no es el que el SAT tiene para su RFC. Escríbalo como en su Constancia de Situación "
        "Fiscal, sin el régimen de capital (SA de CV).",
    ),
    "CFDI40140": (
        "company.regime",
        "SAT doesn't have your company's tax regime. Choose the one of your Constancia de Situación Fiscal.",
        "El régimen fiscal de su empresa no existe en el catálogo del SAT. Elija el de su Constancia de Situación "
        "Fiscal.",
    ),
    "CFDI40143": (
        "partner.rfc",
        "SAT doesn't have the customer's RFC, or has cancelled it. Check it against the customer's Constancia de "
        "Situación Fiscal.",
        "El RFC del cliente no está en la lista del SAT o fue cancelado. Verifíquelo con su Constancia de Situación "
        "Fiscal.",
    ),
    "CFDI40144": (
        "partner.name",
        "SAT doesn't have the customer's name. Write it as on the customer's Constancia de Situación Fiscal, without "
        "the kind of company (SA de CV).",
        "El SAT no encuentra el nombre del cliente. Escríbalo como en su Constancia de Situación Fiscal, sin el "
        "régimen de capital (SA de CV).",
    ),
    "CFDI40145": (
        "partner.name",
        "The customer's name is not the one that SAT has for the RFC. Write it as on the customer's Constancia de "
        "Situación Fiscal, without the kind of company (SA de CV).",
        "El nombre del cliente no es el que el SAT tiene para su RFC. Escríbalo como en su Constancia de Situación "
        "Fiscal, sin el régimen de capital (SA de CV).",
    ),
    "CFDI40147": (
        "partner.zip",
        "SAT doesn't have the customer's postal code. Enter the one of the customer's Constancia de Situación Fiscal.",
        "El SAT no tiene el código postal del cliente. Capture el de su Constancia de Situación Fiscal.",
    ),
    "CFDI40148": (
        "partner.zip",
        "The postal code is not the one of the customer's fiscal domicile at SAT. Enter the one of the customer's "
        "Constancia de Situación Fiscal.",
        "El código postal no es el del domicilio fiscal que el SAT tiene del cliente. Capture el de su Constancia de "
        "Situación Fiscal.",
    ),
    "CFDI40149": (
        "partner.zip",
        "With a generic RFC the postal code is that of the place of issue.",
        "Con un RFC genérico, el código postal es el del lugar de expedición.",
    ),
    "CFDI40157": (
        "partner.regime",
        "The customer's tax regime is not one of those that SAT has for the RFC. Choose the one of the customer's "
        "Constancia de Situación Fiscal.",
        "El régimen fiscal del cliente no es de los que el SAT tiene para su RFC. Elija el de su Constancia de "
        "Situación Fiscal.",
    ),
    "CFDI40158": (
        "partner.regime",
        "The customer's tax regime does not go with the RFC. Choose the one of the customer's Constancia de Situación "
        "Fiscal.",
        "El régimen fiscal del cliente no corresponde a su RFC. Elija el de su Constancia de Situación Fiscal.",
    ),
    "CFDI40161": (
        "move.usage",
        "The usage (Uso CFDI) does not go with the customer's tax regime. Choose another one; S01 goes with all.",
        "El uso de CFDI no corresponde al régimen fiscal del cliente. Elija otro; S01 va con todos.",
    ),
    "CFDI40163": (
        "line.product_code",
        "The SAT code of a product needs a complement that this CFDI doesn't have. Choose another code.",
        "La clave SAT de un producto exige un complemento que este CFDI no lleva. Elija otra clave.",
    ),
    "CFDI40187": (
        "line.third_party",
        "SAT doesn't have the RFC of the third party of a line. Correct it on the contact.",
        "El RFC del tercero de una partida no está en la lista del SAT. Corríjalo en el contacto.",
    ),
    "CFDI40190": (
        "line.third_party",
        "The name of a line's third party is not the one that SAT has for the RFC. Correct it on the contact.",
        "El nombre del tercero de una partida no es el que el SAT tiene para su RFC. Corríjalo en el contacto.",
    ),
    "CFDI140224": (
        "line.tax",
        "Your RFC is exempt from this withholding of ISR. Take the tax off the lines.",
        "Su RFC está exceptuado de esta retención de ISR. Quite ese impuesto de las partidas.",
    ),
    "CFDI140225": (
        "line.tax",
        "A natural person in the regime RESICO who invoices a company needs the withholding of ISR at 1.25 %. Add the "
        "tax to the lines.",
        "Una persona física de RESICO que factura a una persona moral lleva retención de ISR del 1.25 %. Agregue el "
        "impuesto a las partidas.",
    ),
    "CFDI40999": (
        "none",
        "SAT refused it without saying why. Ask the service.",
        "El SAT lo rechazó sin decir el motivo. Consulte a su proveedor de timbrado.",
    ),
    "CRP20222": (
        "payment.payer_bank_rfc",
        "SAT doesn't have the RFC of the payer's bank. Correct it on the payment, or leave it out.",
        "El RFC del banco del cliente no está en la lista del SAT. Corríjalo en el pago o quítelo.",
    ),
    "302": (
        "account.certificate",
        "The seal is not valid. Stamp again; if it is refused again, ask the service about your certificate (CSD).",
        "El sello no es válido. Vuelva a timbrar; si lo rechaza otra vez, revise su CSD con el proveedor.",
    ),
    "303": (
        "account.certificate",
        "The certificate (CSD) at the service is not of your company's RFC. Load the right one there.",
        "El CSD cargado con el proveedor no es del RFC de su empresa. Cargue ahí el correcto.",
    ),
    "304": (
        "account.certificate",
        "Your certificate (CSD) has expired or was revoked. Load a valid one at the service.",
        "Su CSD está vencido o revocado. Cargue uno vigente con su proveedor.",
    ),
    "305": (
        "move.date",
        "The invoice's date is not within the validity of your certificate (CSD).",
        "La fecha de la factura está fuera de la vigencia de su CSD.",
    ),
    "306": (
        "account.certificate",
        "The service has your e.firma instead of a certificate for seals (CSD). Load the CSD there.",
        "El proveedor tiene su e.firma en lugar de un Certificado de Sello Digital. Cargue ahí el CSD.",
    ),
    "308": (
        "account.certificate",
        "Your certificate was not issued by SAT, or is one for tests. Load the right one at the service.",
        "Su certificado no fue expedido por el SAT, o es de pruebas. Cargue el correcto con su proveedor.",
    ),
    "401": (
        "move.date",
        "The invoice's date is more than 72 hours ago or in the future. Change the date and stamp again.",
        "La fecha de la factura tiene más de 72 horas o es futura. Cambie la fecha y vuelva a timbrar.",
    ),
    "402": (
        "company.rfc",
        "SAT's list of issuers doesn't have your RFC yet. After a new certificate that takes up to 72 hours; else "
        "check the RFC.",
        "Su RFC no está en la lista de contribuyentes obligados (LCO) del SAT. Con un CSD nuevo tarda hasta 72 horas; "
        "si no, revise el RFC.",
    ),
}
_CODE = re.compile(r"\b(?:CFDI1?40|CRP20)[0-9]{3}\b")


@dataclass(frozen=True)
class Refusal:
    """:param code: SAT's code, or a number that the services share
    :param fix_in: slug of the field where a person mends it, as of a rule; ``none``: not in Odoo
    :param en: the sentence; None: the service's own text says it
    :param es: the same in Spanish
    """

    code: str
    fix_in: str
    en: str | None
    es: str | None

    def text(self, language=None):
        """:return: the sentence, Spanish for any ``es…``; None: there is none"""
        return self.es if language and language.startswith("es") else self.en


def find_refusal(code, text):
    """What is known of a refusal.

    :param code: the code of the answer, or empty
    :param text: the service's text; a code of SAT's in it says more than a service's general number
    :return: Refusal, or None: neither the code nor one in the text is known
    """
    for found in (*_CODE.findall(code or ""), *_CODE.findall(text or ""), code or ""):
        if found in TEXTS:
            return Refusal(found, *TEXTS[found])
        if rule := next((one for one in RULES if found in (one.code, *one.also)), None):
            plain = not any(name for _text, name, _spec, _conversion in string.Formatter().parse(rule.en))
            return Refusal(found, rule.fix_in, *((rule.en, rule.es) if plain else (None, None)))
    return None
