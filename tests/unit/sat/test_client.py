"""The client of SAT's status service over real sockets: what leaves, what is read, what goes wrong."""

import pac_samples
import pac_server
import pytest
import zeep
from l10n_mx_facture.pac.errors import RAW_LIMIT, NotSent, UnknownOutcome
from l10n_mx_facture.pac.sat.client import WSDL, SatAnswer, SatClient
from lxml import etree
from sat_answers import ENVELOPE, FOUND, LIVE, RESULT, XML, answer, ask, missing, word

EXPRESSION = f"?re=EKU9003173C9&rr=URE180429TM6&tt=116.00&id={pac_samples.UUID}&fe=U0VMTE8="
AMPERSAND = XML.replace(b'Rfc="EKU9003173C9"', b'Rfc="H&amp;E951128469"')
HEAD = b"HTTP/1.1 200 OK\r\n"
FAULT = (
    '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><s:Fault>'
    "<faultcode>s:Server</faultcode><faultstring>No  se\npudo</faultstring></s:Fault></s:Body></s:Envelope>"
)


def question(request):
    """The expression in a request."""
    return etree.fromstring(request.body).findtext(".//{http://tempuri.org/}expresionImpresa")


# -- what leaves ----------------------------------------------------------------------------------


def test_the_request_is_that_of_the_contract():
    _word, server = ask(answer(word()))
    (request,) = server.received
    assert (request.method, request.target) == ("POST", "/Consulta.svc")
    assert request.header("SOAPAction") == '"http://tempuri.org/IConsultaCFDIService/Consulta"'
    assert request.header("Content-Type") == "text/xml; charset=utf-8"
    assert request.header("Authorization") is None
    root = etree.fromstring(request.body)
    names = [etree.QName(node) for node in root.iter()]
    # no Header: zeep adds those of WS-Addressing where a WSDL names actions
    assert [name.localname for name in names] == ["Envelope", "Body", "Consulta", "expresionImpresa"]
    assert names[0].namespace == "http://schemas.xmlsoap.org/soap/envelope/"
    assert {name.namespace for name in names[2:]} == {"http://tempuri.org/"}
    assert question(request) == EXPRESSION


def test_the_wsdl_refers_to_nothing_outside():
    root = etree.parse(WSDL).getroot()
    assert not root.xpath("//@schemaLocation | //@location[not(parent::*[local-name()='address'])]")
    assert b"wsaw" not in etree.tostring(root).replace(b"wsaw:Action on purpose", b"")


def test_nothing_is_asked_until_asked_and_each_question_waits_its_turn():
    turns = []
    with pac_server.Server(answer(word())) as server:
        client = SatClient(zeep, server.url, throttle=lambda: turns.append(len(server.received)))
        assert server.connections == 0
        client.ask(XML)
        client.ask(XML)
    assert turns == [0, 1]


def test_who_has_no_turn_asks_nothing():
    def turn():
        raise NotSent("sat_turn", "Not now.")

    error, server = ask(answer(word()), throttle=turn)
    assert error.reason == "sat_turn"
    assert server.connections == 0


# -- an ampersand in an RFC -----------------------------------------------------------------------


@pytest.mark.parametrize("number", [601, 602])
def test_an_ampersand_is_asked_in_the_second_form_when_the_first_is_not_known(number):
    got, server = ask(answer(missing(number)), answer(word()), xml=AMPERSAND)
    assert [question(one)[:20] for one in server.received] == ["?re=H&amp;E951128469", "?re=H&E951128469&rr="]
    assert got.estado == "Vigente"
    assert got.expression == question(server.received[1])


@pytest.mark.parametrize("first", [word(), word(CodigoEstatus="N - 603: Otra"), word(Estado="Raro")])
def test_any_other_word_on_the_first_form_stands(first):
    got, server = ask(answer(first), answer(word(Estado="Otro")), xml=AMPERSAND)
    assert len(server.received) == 1
    assert got.expression == question(server.received[0])


def test_when_neither_is_known_the_last_word_stands_and_nothing_more_is_asked():
    got, server = ask(answer(missing(601)), answer(missing(602)), answer(word()), xml=AMPERSAND)
    assert len(server.received) == 2
    assert got.reading.state == "not_yet_known"


@pytest.mark.parametrize("number, state", [(601, "bad_expression"), (602, "not_yet_known")])
def test_without_an_ampersand_there_is_one_question(number, state):
    got, server = ask(answer(missing(number)), answer(word()))
    assert len(server.received) == 1
    assert got.reading.state == state


# -- what is read ---------------------------------------------------------------------------------


def test_the_word_is_kept_as_it_came():
    body = word()
    got, _server = ask(answer(body))
    texts = (FOUND, "Vigente", "Cancelable con aceptación", "Solicitud rechazada", "200")
    assert got == SatAnswer(*texts, EXPRESSION, body.encode())
    assert (got.reading.state, got.reading.cancellable, got.efos) == ("refused", "with_acceptance", "clean")


NIL = "<a:EsCancelable>Cancelable con aceptación<", '<a:EsCancelable i:nil="true"><'
SHAPES = {
    "another order": (word(dict(reversed(LIVE.items()))), {}),
    "a new member": (word(Nuevo="<x>algo</x>"), {}),
    "another prefix": (word().replace("a:", "otro:").replace("xmlns:a=", "xmlns:otro="), {}),
    "another namespace": (word().replace("http://schemas.datacontract.org/2004/07/", "urn:otro:"), {}),
    "the answer's own namespace": (word().replace("<a:", "<").replace("</a:", "</"), {}),
    "a byte order mark": ("\ufeff" + word(), {}),
    "a member less": (word(ValidacionEFOS=None), {"validacion_efos": None}),
    "no state": (word(Estado=None), {"estado": None}),
    "an empty member": (word(ValidacionEFOS=""), {"validacion_efos": ""}),
    "a blank member": (word(EsCancelable=" \n"), {"es_cancelable": " \n"}),
    "a nil member": (word().replace(*NIL), {"es_cancelable": None}),
}


@pytest.mark.parametrize("case", SHAPES)
def test_order_names_and_gaps_do_not_matter(case):
    body, changes = SHAPES[case]
    got, _server = ask(answer(body))
    read = {
        "codigo_estatus": FOUND,
        "estado": "Vigente",
        "es_cancelable": "Cancelable con aceptación",
        "estatus_cancelacion": "Solicitud rechazada",
        "validacion_efos": "200",
        **changes,
    }
    assert {name: getattr(got, name) for name in read} == read


RESULTS = RESULT.format(members=f"<a:CodigoEstatus>{FOUND}</a:CodigoEstatus><a:Estado>Vigente</a:Estado>")
RIDDLES = {
    "empty": "",
    "text": "Vigente",
    "HTML": "<html><body><h1>Vigente</h1></body></html>",
    "HTML that is no XML": "<!DOCTYPE html><html><br></html>",
    "JSON": '{"Estado": "Vigente"}',
    "cut": word()[:-20],
    "a DTD": '<!DOCTYPE a [<!ENTITY e "Vigente">]>' + word(Estado="&e;"),
    "an entity": word(Estado="&e;"),
    "no envelope": RESULTS,
    "another envelope": word().replace("Envelope", "Sobre"),
    "another answer": word().replace("ConsultaResponse", "OtraResponse"),
    "no result": ENVELOPE.format(result=""),
    "two results": ENVELOPE.format(result=RESULTS * 2),
    "an empty result": ENVELOPE.format(result=RESULT.format(members="")),
    "a nil result": ENVELOPE.format(result='<ConsultaResult i:nil="true" xmlns:i="x"/>'),
    "neither code nor state": word(CodigoEstatus=None, Estado=""),
    "a member twice": word().replace("</ConsultaResult>", "<a:Estado>Cancelado</a:Estado></ConsultaResult>"),
    "a member with parts": word(Estado="<b>Vigente</b>"),
    "deep in something else": word().replace("<s:Body>", "<s:Body><x>").replace("</s:Body>", "</x></s:Body>"),
    "too deep": "<a>" * 5000,
}


@pytest.mark.parametrize("case", RIDDLES)
def test_what_is_not_understood_is_kept(case):
    error, _server = ask(answer(RIDDLES[case]))
    assert type(error) is UnknownOutcome
    assert (error.reason, error.http_status) == ("sat_not_understood", 200)
    assert error.raw == RIDDLES[case].encode()
    assert error.text.startswith("SAT's answer was not understood: ")


# -- what goes wrong ------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [200, 500, 400])
def test_a_fault_is_told_in_sats_words(status):
    error, _server = ask(answer(FAULT, status))
    assert type(error) is UnknownOutcome
    assert (error.reason, error.detail, error.http_status) == ("sat_fault", "No se pudo", status)
    assert error.raw == FAULT.encode()


def test_a_faults_words_are_bounded():
    error, _server = ask(answer(FAULT.replace("No  se", "x" * 5000), 500))
    assert len(error.detail) == 300


@pytest.mark.parametrize("status", [201, 202, 204, 400, 401, 403, 404, 429, 500, 502, 503])
def test_only_200_is_an_answer(status):
    error, _server = ask(answer(word() if status != 204 else "", status))
    assert type(error) is UnknownOutcome
    assert (error.reason, error.code) == ("sat_failed", str(status))


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_another_address_is_not_gone_to(status):
    with pac_server.Server(answer(word())) as other:
        error, server = ask(answer(word(), status, location=other.url))
        assert other.connections == 0
    assert (error.reason, server.connections) == ("sat_redirected", 1)


@pytest.mark.parametrize(
    "behaviour, reason, code",
    [
        (pac_server.hang, "sat_no_answer", "read_timeout"),
        (pac_server.close, "sat_broken_answer", "connection_lost"),
        (pac_server.reset, "sat_broken_answer", "connection_lost"),
        (pac_server.raw(HEAD + b"Content-Length: 9999\r\n\r\n" + word().encode()), "sat_broken_answer", "cut"),
        (answer(word() + " " * RAW_LIMIT), "sat_broken_answer", "too_long"),
        (pac_server.endless(HEAD + b"\r\n"), "sat_broken_answer", "too_long"),
        (answer(word(), content_encoding="br"), "sat_broken_answer", "odd_encoding"),
    ],
)
def test_no_whole_answer_is_no_answer(behaviour, reason, code):
    error, server = ask(behaviour)
    assert type(error) is UnknownOutcome
    assert (error.reason, error.code, server.connections) == (reason, code, 1)
    assert len(error.raw) <= RAW_LIMIT


def test_an_answer_that_drips_has_its_term():
    error, _server = ask(pac_server.drip(HEAD + b"\r\n" + word().encode(), 0.1), connect_timeout=0.2)
    assert (error.reason, error.code) == ("sat_no_answer", "deadline")


@pytest.mark.parametrize(
    "url, options, reason",
    [
        (f"http://127.0.0.1:{pac_server.closed_port()}", {}, "sat_unreachable"),
        ("http://sat.example.com/Consulta.svc", {}, "sat_bad_address"),
        ("https://ana:secreto@127.0.0.1/", {}, "sat_bad_address"),
        ("", {}, "sat_bad_address"),
        (None, {}, "sat_bad_address"),
        ("file:///etc/passwd", {}, "sat_bad_address"),
        ("{}", {"timeout": 0}, "sat_bad_timeout"),
    ],
)
def test_what_can_not_be_asked(url, options, reason):
    with pac_server.Server(answer(word())) as server:
        client = SatClient(zeep, url and url.format(server.url), **options)
        with pytest.raises(NotSent) as error:
            client.ask(XML)
        assert server.connections == 0
    assert error.value.reason == reason
    assert "secreto" not in error.value.text
    assert "account" not in error.value.text


def test_a_certificate_that_nobody_vouches_for_is_not_taken():
    error, server = ask(answer(word()), tls=True)
    assert type(error) is NotSent
    assert (error.reason, error.code) == ("sat_unreachable", "tls")
    assert server.received == []


def test_an_xml_that_gives_no_question_is_told_before_anything_is_sent():
    error, server = ask(answer(word()), xml=pac_samples.cfdi())
    assert (type(error), error.reason, server.connections) == (NotSent, "sat_bad_xml", 0)
