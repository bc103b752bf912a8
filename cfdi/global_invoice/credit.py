"""What is returned of a ticket -> the Comprobante of its credit note (SAT's guide, appendix 2, I and III)."""

from dataclasses import dataclass
from datetime import datetime

from ..build import build
from ..errors import CfdiError
from ..rules import DEFAULT, Document, judge
from ..values import CfdiRelacionados, Emisor
from .document import UNKNOWN_FORM, check_numbers, refuse, to_public
from .line import RETURN, concepto_of, within_limits

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
    return to_public(
        header,
        RETURNS,
        tipo_de_comprobante="E",
        forma_pago=returned.forma_pago,
        conceptos=(concepto_of(returned, RETURN),),
        relacionados=(CfdiRelacionados(_CREDITS, (header.uuid,)),),
    )
