"""What is returned of a ticket -> the Comprobante of its credit note (SAT's guide, appendix 2, I and III)."""

from dataclasses import dataclass
from datetime import datetime

from ..build import build
from ..errors import CfdiError
from ..names import GENERAL_PUBLIC
from ..rfc import GENERIC_NATIONAL
from ..rules import DEFAULT, Document, judge
from ..values import CfdiRelacionados, Comprobante, Emisor, Receptor
from .document import UNKNOWN_FORM, check_numbers, refuse
from .line import CENTS, RETURN, concepto_of, within_limits

RETURNS = "G02"
_CREDITS = "01"


@dataclass(frozen=True, slots=True)
class CreditHeader:
    """What is known beside the ticket.

    :param fecha: naive, local time at `lugar_expedicion`
    :param uuid: of the global invoice that has the ticket
    """

    serie: str | None
    folio: str
    fecha: datetime
    lugar_expedicion: str
    emisor: Emisor
    uuid: str


def build_credit(header, returned, catalogues=DEFAULT, now=None):
    """Return the `Built` of a credit note, and the warnings of the rules.

    :param returned: Ticket with the number of the one that the global invoice has, what is returned of it, and how
    :param catalogues, now: see `rules.judge` and `rules.Document`
    :raises GlobalRefused: the rules of CFDI 4.0 have an objection
    :raises CfdiError: ``bad_number``, ``bad_ticket``, ``no_form``, and those of `write.write`
    """
    check_numbers([returned])
    if returned.forma_pago in (None, "", UNKNOWN_FORM):
        text = f"How the ticket {returned.number} is given back is not known."
        raise CfdiError("no_form", text, data={"ticket": returned.number})
    comprobante = _make(header, within_limits(returned))
    findings = judge(Document.from_comprobante(comprobante, now=now, related_types={header.uuid: "I"}), catalogues)
    refuse(findings)
    return build(comprobante), tuple(findings)


def _make(header, returned):
    return Comprobante(
        serie=header.serie,
        folio=header.folio,
        fecha=header.fecha,
        moneda="MXN",
        tipo_cambio=None,
        tipo_de_comprobante="E",
        exportacion="01",
        metodo_pago="PUE",
        forma_pago=returned.forma_pago,
        condiciones_de_pago=None,
        lugar_expedicion=header.lugar_expedicion,
        emisor=header.emisor,
        receptor=Receptor(GENERIC_NATIONAL, GENERAL_PUBLIC, header.lugar_expedicion, "616", RETURNS),
        conceptos=(concepto_of(returned, RETURN),),
        relacionados=(CfdiRelacionados(_CREDITS, (header.uuid,)),),
        decimals=CENTS,
    )
