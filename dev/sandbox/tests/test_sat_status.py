"""SAT's status service: the question, the answer, delays, orders, faults."""

import pytest
import requests
from client import Client
from lxml import etree
from process import Process
from samples import PUBLIC, cfdi, uuid_of
from sat_client import (
    FOUND,
    INVALID,
    MISSING,
    NOT_FOUND,
    ask,
    expression,
    parts,
    post,
    said,
    stamp,
    state,
)

LIVE = {"CodigoEstatus": FOUND, "EsCancelable": "Cancelable sin aceptación", "Estado": "Vigente",
        "EstatusCancelacion": "", "ValidacionEFOS": "200"}
STRANGER = b'Rfc="EKU9003173C9"', b'Rfc="XIA190128J61"'


@pytest.fixture
def xml(client):
    return stamp(client, cfdi())


def _stranger(client, folio="77"):
    """A stamped CFDI that is in no book any more."""
    xml = stamp(client, cfdi(folio=folio)).replace(*STRANGER)
    client.control("POST", "reset", {"book": True})
    return xml


def test_a_stamp_of_any_service_is_known(client, xml):
    assert ask(client, xml) == LIVE
    assert ask(client, stamp(client, cfdi(receiver=PUBLIC)))["Estado"] == "Vigente"


def test_the_answer_has_the_form_of_the_contract(client, xml):
    response = post(client, expression(xml))
    assert response.headers["Content-Type"].startswith("text/xml")
    names = [etree.QName(node) for node in etree.fromstring(response.content).iter()]
    assert [name.localname for name in names[:4]] == [
        "Envelope", "Body", "ConsultaResponse", "ConsultaResult"]
    members = names[4:]
    assert [name.localname for name in members] == [
        "CodigoEstatus", "EsCancelable", "Estado", "EstatusCancelacion", "ValidacionEFOS"]
    assert {name.namespace.rpartition("/")[2] for name in members} == {
        "Sat.Cfdi.Negocio.ConsultaCfdi.Servicio"}


@pytest.mark.parametrize("form", [
    lambda p: "?" + "&".join(f"{name}={p[name]}" for name in ("fe", "id", "tt", "rr", "re")),
    lambda p: "&".join(f"{name}={p[name]}" for name in p),
    lambda p: "?" + "&".join(f"{name}={p[name]}" for name in ("re", "rr", "tt", "id")),
    lambda p: f"?re={p['re']}&rr={p['rr']}&tt=116&id={p['id'].upper()}",
    lambda p: f"?re={p['re']}&rr={p['rr']}&tt=116.000000&id={p['id']}",
    lambda p: f"?re={p['re']}&rr={p['rr']}&tt=0000000116.000000&id={p['id']}",
])
def test_what_is_taken(client, xml, form):
    assert said(post(client, form(parts(xml)))) == LIVE


@pytest.mark.parametrize("changes", [
    {"re": None}, {"rr": None}, {"tt": None}, {"id": None}, {"id": ""}, {"id": "x"},
    {"tt": "116,00"}, {"tt": "-116"}, {"tt": "116.0000001"}, {"tt": ""}])
def test_what_is_no_expression(client, xml, changes):
    assert ask(client, xml, **changes) == {**MISSING, "CodigoEstatus": INVALID}
    assert said(post(client, ""))["CodigoEstatus"] == INVALID


@pytest.mark.parametrize("changes", [
    {"re": "URE180429TM6"}, {"rr": "EKU9003173C9"}, {"tt": "116.01"}, {"fe": "abcdefg="},
    {"fe": ""}, {"id": "00000000-0000-4000-8000-000000000000"}])
def test_one_wrong_part_and_it_is_not_found(client, xml, changes):
    assert ask(client, xml, **changes) == MISSING


def test_an_ampersand_in_an_rfc(client):
    xml = cfdi().replace(b'Rfc="EKU9003173C9" Nombre="ESCUELA KEMPER URGATE"',
                         b'Rfc="H&amp;E951128469" Nombre="HERRERIA &amp; ELECTRICOS"')
    xml = stamp(client, xml)
    raw, escaped = expression(xml), expression(xml, re="H&amp;E951128469")
    found = {"raw": {}, "escaped": {}}
    for setting, codes in found.items():
        client.settings(sat_ampersand=setting)
        for name, text in (("raw", raw), ("escaped", escaped)):
            codes[name] = said(post(client, text))["CodigoEstatus"]
    assert found == {"raw": {"raw": FOUND, "escaped": NOT_FOUND},
                     "escaped": {"raw": NOT_FOUND, "escaped": FOUND}}


def test_a_stamp_takes_a_while_to_be_known(client, xml):
    client.settings(sat_lag=60)
    assert ask(client, xml) == MISSING
    assert client.cancel(uuid_of(xml)).json()["codigo"] == "205"
    client.settings(sat_lag=0)
    assert ask(client, xml) == LIVE


def test_what_is_no_question_is_a_fault(client, xml):
    text = expression(xml)
    for status, response in (
        (500, post(client, text, SOAPAction='"http://tempuri.org/Otra"')),
        (500, post(client, text, SOAPAction="")),
        (415, post(client, text, **{"Content-Type": "application/soap+xml"})),
        (500, post(client, text, header="<s:Header><a/></s:Header>")),
        (500, requests.post(client.url + "/sat/ConsultaCFDIService.svc", timeout=20,
                            data=b"<a", headers={"Content-Type": "text/xml",
                                                 "SOAPAction": "http://tempuri.org/"
                                                 "IConsultaCFDIService/Consulta"})),
        (404, post(client, text, path="/sat/Otro.svc")),
        (405, requests.get(client.url + "/sat/ConsultaCFDIService.svc", timeout=20)),
    ):
        assert response.status_code == status, response.text
        root = etree.fromstring(response.content)
        assert root.findtext(".//faultcode") == "s:Client"
        assert root.findtext(".//faultstring")


# --- what it is told ----------------------------------------------------------------------------


def test_a_cfdi_of_somebody_else(client):
    xml = _stranger(client)
    assert ask(client, xml) == MISSING
    assert client.control("POST", "sat/register", {"xml": xml.decode()}) == {"uuid": uuid_of(xml)}
    assert ask(client, xml) == LIVE
    client.control("POST", "sat/state", {"uuid": uuid_of(xml), "estado": "Cancelado",
                                         "estatus_cancelacion": "Cancelado con aceptación"})
    assert state(client, xml)[0::2] == ("Cancelado", "Cancelado con aceptación")
    assert client.book() == []


def test_what_can_not_be_registered(client, xml):
    for text in (xml.decode(), cfdi().decode(), "<a/>", "no", xml.decode().replace("Total=", "X=")):
        with pytest.raises(requests.HTTPError):
            client.control("POST", "sat/register", {"xml": text})
    assert client.control("GET", "sat")["strangers"] == []


def test_it_says_what_it_is_ordered_to(client, xml):
    other = stamp(client, cfdi(folio="2"))
    client.control("POST", "sat/say", {
        "uuid": uuid_of(xml).upper(), "Estado": "Raro", "EsCancelable": None, "Nuevo": "x",
        "omit": ["EstatusCancelacion"]})
    assert ask(client, xml) == {"CodigoEstatus": FOUND, "EsCancelable": None, "Estado": "Raro",
                                "ValidacionEFOS": "200", "Nuevo": "x"}
    assert ask(client, other) == LIVE
    client.control("POST", "sat/say", {"Estado": "Cancelado", "ValidacionEFOS": "100"})
    assert ask(client, other) == {**LIVE, "Estado": "Cancelado", "ValidacionEFOS": "100"}
    assert ask(client, xml)["Estado"] == "Raro"
    client.control("DELETE", f"sat/say?uuid={uuid_of(xml)}")
    assert ask(client, xml)["Estado"] == "Cancelado"
    client.control("DELETE", "sat/say")
    assert ask(client, xml) == LIVE
    for wrong in ({"Estado": 1}, {"omit": ["Otro"]}, {"no es nombre": "x"}):
        with pytest.raises(requests.HTTPError):
            client.control("POST", "sat/say", wrong)


def test_the_list_of_article_69_b(client, xml):
    client.control("POST", "sat/efos", {"rfc": "EKU9003173C9", "code": "100"})
    assert ask(client, xml)["ValidacionEFOS"] == "100"
    client.control("POST", "reset", {})
    assert ask(client, xml)["ValidacionEFOS"] == "200"


def test_a_book_that_is_emptied_is_forgotten_by_sat_too(client, xml):
    client.control("POST", "sat/state", {"uuid": uuid_of(xml), "estado": "Cancelado",
                                         "estatus_cancelacion": "Plazo vencido"})
    stranger = _stranger(client)
    client.control("POST", "sat/register", {"xml": stranger.decode()})
    client.control("POST", "reset", {"book": True})
    assert ask(client, xml) == ask(client, stranger) == MISSING
    assert client.control("GET", "sat") == {"strangers": [], "says": {}, "efos": {}}


def test_what_sat_knows_outlives_the_process(tmp_path):
    process = Process(tmp_path)
    client = Client(process.url)
    stranger = _stranger(client)
    xml = stamp(client, cfdi())
    related = stranger.replace(
        b"<cfdi:Emisor", b'<cfdi:CfdiRelacionados TipoRelacion="01"><cfdi:CfdiRelacionado UUID="'
        + uuid_of(xml).encode() + b'"/></cfdi:CfdiRelacionados><cfdi:Emisor')
    client.control("POST", "sat/register", {"xml": related.decode()})
    process.kill()
    process = Process(tmp_path)
    client = Client(process.url)
    try:
        assert ask(client, related)["Estado"] == "Vigente"
        assert state(client, xml) == ("Vigente", "No cancelable", "")
    finally:
        process.stop()


# --- faults -------------------------------------------------------------------------------------


@pytest.mark.parametrize("fault, status", [
    ("error_500_before", 500), ("error_500_after", 500), ("error_502", 502), ("error_503", 503),
    ("html", 200), ("html_before", 200), ("error_200", 200), ("refuse", 500), ("empty", 200),
    ("garbage_xml", 200), ("not_found_404", 404), ("unauthorized_401", 401), ("error_text", 400)])
def test_wrong_answers(client, xml, fault, status):
    client.fault("sat_status", fault, **({"status": 500} if fault == "refuse" else {}))
    response = post(client, expression(xml))
    assert response.status_code == status
    assert b"Vigente" not in response.content
    assert ask(client, xml) == LIVE


@pytest.mark.parametrize("fault", [
    "reset_before", "reset_after", "no_answer_after", "cut"])
def test_no_or_half_an_answer(client, xml, fault):
    client.fault("sat_status", fault)
    with pytest.raises(requests.exceptions.RequestException):
        post(client, expression(xml))
    assert ask(client, xml) == LIVE


def test_the_log_tells_the_question(client, xml):
    ask(client, xml)
    (entry,) = client.control("GET", "requests?operation=sat_status")
    assert entry["outcome"] == f"S - Com {expression(xml)}"


def test_the_help_tells_of_it(client):
    about = client.control("GET", "help")
    assert about["services"]["sat"]["paths"] == {"POST /sat/ConsultaCFDIService.svc": "sat_status"}
    assert {"sat_lag", "sat_cancel_lag", "sat_related", "sat_next_day", "sat_ampersand"} \
        <= set(about["settings"])
    assert "POST sat/answer" in about["services"]["sat"]["control (under /_sandbox/)"]
