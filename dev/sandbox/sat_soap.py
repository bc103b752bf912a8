"""SAT's ConsultaCFDIService: SOAP 1.1, one operation."""

from lxml import etree

from .errors import Refusal
from .sat import MEMBERS
from .sat_expression import fits, read
from .wire import Response

PATH = "/sat/ConsultaCFDIService.svc"
OPERATION = "sat_status"
ACTION = "http://tempuri.org/IConsultaCFDIService/Consulta"
SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
NS = "http://tempuri.org/"
DATA = "http://schemas.datacontract.org/2004/07/Sat.Cfdi.Negocio.ConsultaCfdi.Servicio"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
TYPE = "text/xml; charset=utf-8"


class SatStatusService:
    """The service. It needs no account; what it can't read is a Fault, as of WCF."""

    challenge = 'Basic realm="sat"'

    def __init__(self, services):
        self.sat = services.sat
        self.settings = services.settings

    def claims(self, request):
        """Whether the path is under /sat/."""
        return request.path.startswith("/sat/")

    def operation(self, request):
        """The operation's name, None for another path; Refusal S405 for anything but POST."""
        if request.path.lower() != PATH.lower():
            return None
        if request.method != "POST":
            raise Refusal("S405", detail=request.method, status=405)
        return OPERATION

    def handle(self, operation, request):
        """Read the question, answer it."""
        text = self._question(request)
        asked = read(text, self.settings["sat_ampersand"])
        if asked is None:
            word = self.sat.invalid()
        else:
            cfdi = self.sat.store.cfdi(asked["id"])
            found = cfdi is not None and fits(asked, cfdi) and self.sat.knows(cfdi)
            word = self.sat.word(cfdi if found else None)
        word = self.sat.ordered(asked and asked["id"], word)
        return self._answer(word, f"{(word.get('CodigoEstatus') or '-')[:7]} {text}")

    def error(self, request, refusal):
        """A SOAP Fault, with HTTP 500 unless the refusal says otherwise."""
        envelope, body = _envelope()
        fault = etree.SubElement(body, f"{{{SOAP}}}Fault")
        etree.SubElement(fault, "faultcode").text = "s:Client"
        words = " ".join(filter(None, (refusal.text, refusal.detail)))
        etree.SubElement(fault, "faultstring").text = words
        return Response(refusal.status or 500, _bytes(envelope), TYPE,
                        outcome=f"refused {refusal.code}")

    def _question(self, request):
        media = (request.headers.get("Content-Type") or "").partition(";")[0].strip().lower()
        if media != "text/xml":
            raise Refusal("S415", detail=media or "Sin encabezado", status=415)
        action = (request.headers.get("SOAPAction") or "").strip().strip('"')
        if action != ACTION:
            raise Refusal("S400", detail=f"ActionNotSupported: {action or 'falta SOAPAction'}")
        if b"<!DOCTYPE" in request.body:
            raise Refusal("S400", detail="DTD prohibido")
        try:
            root = etree.fromstring(request.body, etree.XMLParser(resolve_entities=False))
        except (etree.XMLSyntaxError, ValueError) as error:
            raise Refusal("S400", detail=f"XML mal formado: {error}") from error
        if root.tag != f"{{{SOAP}}}Envelope" or root.find(f"{{{SOAP}}}Body") is None:
            raise Refusal("S400", detail=f"Se esperaba un sobre SOAP 1.1, no {root.tag}")
        # ours: what is known of SAT's clients is that they send none
        if root.find(f"{{{SOAP}}}Header/*") is not None:
            raise Refusal("S400", detail="Encabezado SOAP no admitido")
        return root.findtext(f"{{{SOAP}}}Body/{{{NS}}}Consulta/{{{NS}}}expresionImpresa") or ""

    def _answer(self, word, outcome):
        """``word``: {member: text}; None is nil, a member that is in ``omit`` is left out."""
        envelope, body = _envelope()
        response = etree.SubElement(body, f"{{{NS}}}ConsultaResponse", nsmap={None: NS})
        result = etree.SubElement(response, f"{{{NS}}}ConsultaResult",
                                  nsmap={"a": DATA, "i": XSI})
        omitted = word.get("omit") or ()
        for name in (*MEMBERS, *(name for name in word if name not in (*MEMBERS, "omit"))):
            if name in omitted:
                continue
            member = etree.SubElement(result, f"{{{DATA}}}{name}")
            if word[name] is None:
                member.set(f"{{{XSI}}}nil", "true")
            else:
                member.text = word[name]
        return Response(200, _bytes(envelope), TYPE, outcome=outcome)


def _envelope():
    envelope = etree.Element(f"{{{SOAP}}}Envelope", nsmap={"s": SOAP})
    return envelope, etree.SubElement(envelope, f"{{{SOAP}}}Body")


def _bytes(envelope):
    return etree.tostring(envelope, encoding="UTF-8", xml_declaration=False)
