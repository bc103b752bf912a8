"""The client of SAT's public ConsultaCFDIService: what SAT itself says of a CFDI.

Sources: SAT, "Documentación del Servicio de Consulta de CFDI", and the service's WSDL. zeep writes the request by the
WSDL beside this file. The module zeep is a parameter (``odoo.tools.zeep``, or ``zeep`` itself), so that pac/ imports no
Odoo. Two things are not left to zeep:

* the exchange: zeep's transport reads an answer without bound, follows redirects and keeps connections; wire/http.py
  doesn't;
* the answer: zeep refuses a member that the WSDL doesn't have, and SAT added one (ValidacionEFOS, 2022). Here the five
  texts are read as they came, in any order and namespace; answer.py says what they mean.

The pace (SAT asks for gentleness) is the caller's: `throttle` is called before each question.
"""

from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path

import requests
from lxml import etree

from ...cfdi.errors import CfdiError
from ...cfdi.xml import parse
from ..errors import RAW_LIMIT, NotSent, PacError, UnknownOutcome
from ..wire.credentials import Credentials, address_problem
from ..wire.http import exchange
from . import answer
from .expression import expressions

WSDL = Path(__file__).with_name("consulta_cfdi.wsdl")
BINDING = "{http://tempuri.org/}ConsultaSoap11"
URL = "https://consultaqr.facturaelectronica.sat.gob.mx/ConsultaCFDIService.svc"
MEMBERS = ("CodigoEstatus", "Estado", "EsCancelable", "EstatusCancelacion", "ValidacionEFOS")
# an answer has less than 1 kB; no more is read than is kept, so that the kept answer is whole
MAX_ANSWER = RAW_LIMIT
_NIL = "{http://www.w3.org/2001/XMLSchema-instance}nil"
_UNANSWERED = {"read_timeout", "deadline"}
_LONGEST_FAULT = 300


@dataclass(frozen=True)
class SatAnswer:
    """SAT's answer to one question, as it came: '' for an empty member, None for a missing or nil one.

    `expression`: the question. `raw`: the whole answer.
    """

    codigo_estatus: str | None
    estado: str | None
    es_cancelable: str | None
    estatus_cancelacion: str | None
    validacion_efos: str | None
    expression: str
    raw: bytes = field(repr=False)

    @property
    def reading(self):
        """What it says: answer.Reading."""
        return answer.read(self.codigo_estatus, self.estado, self.es_cancelable, self.estatus_cancelacion)

    @property
    def lacks_cancellation(self):
        """Whether it says "Cancelado" and not how: see answer.lacks_cancellation."""
        return answer.lacks_cancellation(self.codigo_estatus, self.estado, self.es_cancelable, self.estatus_cancelacion)

    @property
    def efos(self):
        """Whether the issuer is on SAT's list of article 69-B: see answer.efos."""
        return answer.efos(self.validacion_efos)


class SatClient:
    """Asks SAT. Every question only reads and may be repeated.

    :param zeep: module ``odoo.tools.zeep`` or ``zeep``
    :param url: address of the service; https, or http to loopback
    :param timeout: seconds of silence that are accepted while waiting for the answer (SAT: 15 to 30)
    :param throttle: function without parameters, called before each question; waits until it may be asked, or raises
    """

    def __init__(self, zeep, url=URL, timeout=20.0, connect_timeout=10.0, throttle=None):
        self.url = url
        self._throttle = throttle
        credentials = Credentials(url, connect_timeout=connect_timeout, read_timeout=timeout)
        with WSDL.open("rb") as wsdl:
            settings = zeep.Settings(strict=True, raw_response=True)
            client = zeep.Client(wsdl, transport=_Transport(credentials), settings=settings)
        self._service = client.create_service(BINDING, url)

    def ask(self, xml):
        """What SAT says of a stamped CFDI.

        An RFC with ``&`` is asked in a second form when SAT doesn't know the first (601, 602).

        :param xml: bytes of the stored, stamped CFDI
        :raise NotSent: ``sat_bad_xml``, ``sat_bad_address``, ``sat_bad_timeout``, ``sat_unreachable``: not asked
        :raise UnknownOutcome: ``sat_no_answer``, ``sat_broken_answer``, ``sat_failed``, ``sat_fault``,
            ``sat_redirected``, ``sat_not_understood``: nothing may be concluded. `code` is the finer slug or the HTTP
            status, `raw` what arrived.
        """
        for text in expressions(xml):
            word = self._consulta(text)
            if word.reading.state not in ("bad_expression", "not_yet_known"):
                break
        return word

    def _consulta(self, text):
        problem = address_problem(self.url)
        if problem:
            raise NotSent("sat_bad_address", f"The address of SAT's status service {problem}; correct it.")
        if self._throttle:
            self._throttle()
        return _word(self._service.Consulta(expresionImpresa=text), text)


class _Transport:
    """What zeep takes for its transport: one guarded exchange a call, and no way to load a document."""

    # zeep's wrapper in Odoo reads and writes these; time-outs are the credentials'
    session = load_timeout = operation_timeout = None

    def __init__(self, credentials):
        self._credentials = credentials

    def post_xml(self, address, envelope, headers):
        """POST zeep's envelope; returns a requests.Response whatever its status."""
        body = etree.tostring(envelope, encoding="utf-8", xml_declaration=True)
        try:
            answer = exchange(self._credentials, "POST", address, headers, data=body, limit=MAX_ANSWER)
        except PacError as error:
            failure = _failure(error, self._credentials)
        else:
            return _response(answer)
        raise failure


def _response(answer):
    """A requests.Response: the only type of raw answer that Odoo's wrapper of zeep passes on."""
    response = requests.Response()
    response.status_code = answer.status
    response.headers.update(answer.headers)
    response.raw = BytesIO(answer.body)
    return response


def _failure(error, credentials):
    """An error of wire/http.py in sentences about SAT; its own are about an account."""
    slug = error.reason
    if slug == "bad_timeout":
        text = "The time-out of SAT's status service must be a positive number of seconds; correct it."
        return NotSent(slug, text, reason="sat_bad_timeout")
    if isinstance(error, NotSent):
        text = f"SAT's status service can't be reached ({slug.replace('_', ' ')}). Check its address and the network."
        return NotSent(slug, text, reason="sat_unreachable")
    if slug in _UNANSWERED:
        text = f"SAT's status service gave no whole answer within {credentials.read_timeout:g} s. Ask again later."
        reason = "sat_no_answer"
    else:
        text = f"SAT's answer was lost or spoiled on its way ({slug.replace('_', ' ')}). Ask again later."
        reason = "sat_broken_answer"
    return UnknownOutcome(slug, text, http_status=error.http_status, raw=error.raw, reason=reason)


def _word(response, text):
    status, body = response.status_code, response.content
    kept = {"http_status": status, "raw": body}
    if 300 <= status < 400 or status < 200:
        sentence = f"SAT's status service points to another address (HTTP {status}), not followed. Check its address."
        raise UnknownOutcome(str(status), sentence, reason="sat_redirected", **kept)
    try:
        root, problem = parse(body, MAX_ANSWER), "it has not the form of its contract"
    except CfdiError as error:
        root, problem = None, str(error).rstrip(".")
    fault = None if root is None else _fault(root)
    if fault is not None:
        sentence = f"SAT's status service failed on the question (HTTP {status}). Ask again later."
        raise UnknownOutcome("fault", sentence, reason="sat_fault", detail=fault, **kept)
    if status != 200:
        sentence = f"SAT's status service failed (HTTP {status}). Ask again later."
        raise UnknownOutcome(str(status), sentence, reason="sat_failed", **kept)
    members = None if root is None else _members(root)
    if members is None:
        sentence = f"SAT's answer was not understood: {problem}. It is kept."
        raise UnknownOutcome("sat_not_understood", sentence, **kept)
    return SatAnswer(*(members.get(name) for name in MEMBERS), text, body)


def _fault(root):
    """The words of a SOAP Fault, '' for one without, None where there is none."""
    fault = root.find("{*}Body/{*}Fault")
    if fault is None:
        return None
    words = next((child.text for child in fault.iter("{*}faultstring", "{*}Text") if child.text), "")
    return " ".join(words.split())[:_LONGEST_FAULT]


def _members(root):
    """{name: text or None} of the one ConsultaResult; None for anything that is not exactly that."""
    if etree.QName(root).localname != "Envelope":
        return None
    results = root.findall("{*}Body/{*}ConsultaResponse/{*}ConsultaResult")
    if len(results) != 1:
        return None
    found = {}
    for child in results[0]:
        name = etree.QName(child).localname
        if name not in MEMBERS:
            continue
        if name in found or len(child):
            return None
        nil = child.get(_NIL) in ("true", "1")
        found[name] = None if nil else child.text or ""
    return found if found.get("CodigoEstatus") or found.get("Estado") else None
