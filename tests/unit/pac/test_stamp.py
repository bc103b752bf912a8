"""Stamping one CFDI: what counts as its stamp, what as a refusal, and what is not known."""

import base64
import json

import pac_samples
import pac_server
import pytest
from l10n_mx_facture.pac.errors import NotSent, Rejected, UnknownOutcome
from l10n_mx_facture.pac.facture_rest import client as facture_rest
from l10n_mx_facture.pac.results import Stamped
from pac_calls import XML, call, raised, returned

STAMPED = pac_samples.stamped(XML)
FOREIGN = pac_samples.stamped(pac_samples.cfdi(folio="2"), pac_samples.OTHER_UUID)
B64 = base64.b64encode(STAMPED).decode()


def test_the_request_is_what_the_page_asks_for():
    outcome = call("stamp", pac_server.answer(STAMPED), args=(XML, 17694))
    request = outcome.request
    assert (request.method, request.target) == ("POST", "/rest/timbrado/produccion/")
    assert request.body == XML
    assert request.header("Content-Type") == "application/xml"
    assert request.header("Accept") == "application/xml"
    assert request.header("Sucursal") == "17694"
    assert request.header("Content-Length") == str(len(XML))


def test_a_stamp_is_returned_byte_for_byte():
    got = returned("stamp", pac_server.answer(STAMPED))
    assert got == Stamped(STAMPED, pac_samples.UUID, 200)


@pytest.mark.parametrize("status", [200, 201, 202, 400, 409, 500, 502])
def test_our_own_stamp_is_proof_whatever_the_http_status(status):
    got = returned("stamp", pac_server.answer(STAMPED, status))
    assert (got.uuid, got.http_status) == (pac_samples.UUID, status)


WRAPPED = {
    "byte order mark": b"\xef\xbb\xbf" + STAMPED,
    "white space before": b"\r\n " + STAMPED,
    "JSON": json.dumps({"xml": STAMPED.decode()}),
    "JSON, base64": json.dumps({"Resultado": {"CFDI": [{"encode": B64}]}}),
    "JSON, base64 in lines": json.dumps({"xml": "\n".join(B64[i : i + 76] for i in range(0, len(B64), 76))}),
    "XML, base64": f"<respuesta><xml>{B64}</xml></respuesta>",
    "XML, CDATA": f"<respuesta><xml><![CDATA[{STAMPED.decode()}]]></xml></respuesta>",
    "XML, element": "<r xmlns='urn:x'><d>" + STAMPED.decode().partition("?>")[2] + "</d></r>",
    "JSON string": json.dumps(STAMPED.decode()),
    "307 with it": json.dumps({"codigo": "307", "mensaje": "timbre previo", "data": {"cfdi": STAMPED.decode()}}),
    "307 with it in base64": f"<error><codigo>307</codigo><xml>{B64}</xml></error>",
}


@pytest.mark.parametrize("case", WRAPPED)
@pytest.mark.parametrize("status", [200, 400])
def test_a_stamp_is_found_in_what_is_wrapped_around_it(case, status):
    got = returned("stamp", pac_server.answer(WRAPPED[case], status))
    assert got.uuid == pac_samples.UUID
    assert b"TimbreFiscalDigital" in got.xml
    assert facture_rest.stamps.compare(XML, got.xml).uuid == pac_samples.UUID


# -- not ours -------------------------------------------------------------------------------------

NOT_OURS = {
    "someone else's": FOREIGN,
    "another total": pac_samples.stamped(pac_samples.cfdi(total="116.01")),
    "another tax": pac_samples.stamped(pac_samples.cfdi(iva="16.01")),
    "another issuer": pac_samples.stamped(pac_samples.cfdi(rfc="IIA040805DZ4")),
    "another Fecha": pac_samples.stamped(XML, fecha="2026-05-05T10:00:01"),
    "sealed, not stamped": STAMPED.partition(b"<cfdi:Complemento>")[0] + b"</cfdi:Comprobante>",
    "what we sent": XML,
    "stamp of another seal": STAMPED.replace(b'SelloCFD="U0VMTE8="', b'SelloCFD="T1RSTw=="'),
    "two stamps": STAMPED.replace(
        b"</cfdi:Complemento>",
        STAMPED.partition(b"<cfdi:Complemento>")[2].partition(b"</cfdi:Complemento>")[0] + b"</cfdi:Complemento>",
    ),
    "another version": STAMPED.replace(b' Version="4.0"', b' Version="3.3"').replace(b"cfd/4", b"cfd/3"),
    "with a DTD": STAMPED.replace(b"?>", b'?><!DOCTYPE a [<!ENTITY x "y">]>', 1),
    "cut": STAMPED[:-40],
    "wrapped foreign": json.dumps({"xml": FOREIGN.decode()}),
    "foreign with a refusal": json.dumps({"codigo": "CFDI40108", "mensaje": "SubTotal", "xml": FOREIGN.decode()}),
}


# unreadable beside 401, they are no CFDI: the credentials were refused
UNREADABLE = {"with a DTD", "cut"}


@pytest.mark.parametrize(
    "case,status",
    [(case, status) for case in NOT_OURS for status in (200, 400, 401, 500) if status != 401 or case not in UNREADABLE],
)
def test_any_other_cfdi_leaves_the_outcome_unknown(case, status):
    error = raised(UnknownOutcome, "stamp", pac_server.answer(NOT_OURS[case], status))
    assert error.http_status == status
    body = NOT_OURS[case]
    assert error.raw == (body if isinstance(body, bytes) else body.encode())


def test_the_difference_is_told():
    error = raised(UnknownOutcome, "stamp", pac_server.answer(FOREIGN))
    assert error.reason == "not_ours"
    assert "Folio" in error.text and "sent 1, got 2" in error.text


def test_a_quoted_unstamped_document_does_not_spoil_a_refusal():
    body = json.dumps({"codigo": "CFDI40108", "mensaje": "El SubTotal no suma", "enviado": XML.decode()})
    error = raised(Rejected, "stamp", pac_server.answer(body, 400))
    assert (error.code, error.detail) == ("CFDI40108", "El SubTotal no suma")


# -- refusals -------------------------------------------------------------------------------------

REFUSALS = {
    "XML": ("<error><codigo>CFDI40108</codigo><mensaje>Mal</mensaje></error>", "CFDI40108", "Mal"),
    "XML, upper case": (
        "<ERROR><CODIGO>CFDI40108</CODIGO><MENSAJE>Mal</MENSAJE></ERROR>",
        "CFDI40108",
        "Mal",
    ),
    "XML, attributes": ('<error codigo="CFDI40108" mensaje="Mal"/>', "CFDI40108", "Mal"),
    "XML, namespace": (
        '<e:error xmlns:e="urn:e"><e:Código>CFDI40108</e:Código><e:mensaje>Mal</e:mensaje></e:error>',
        "CFDI40108",
        "Mal",
    ),
    "XML, nested": (
        "<r><resultado><error><codigo> CFDI40108 </codigo><mensaje>\n Mal </mensaje></error></resultado></r>",
        "CFDI40108",
        "Mal",
    ),
    "JSON": ('{"codigo": "CFDI40108", "mensaje": "Mal"}', "CFDI40108", "Mal"),
    "JSON, nested": ('{"error": {"code": "CFDI40108", "message": "Mal"}}', "CFDI40108", "Mal"),
    "JSON, list": ('{"Errores": [{"Codigo": "CFDI40108", "Mensaje": "Mal"}]}', "CFDI40108", "Mal"),
    "JSON, bare list": ('[{"codigo": "CFDI40108", "mensaje": "Mal"}]', "CFDI40108", "Mal"),
    "JSON, number": ('{"codigo": 301, "mensaje": "XML mal formado"}', "301", "XML mal formado"),
    "SW": (
        '{"message": "301. XML mal formado", "messageDetail": "linea 1", "data": null, "status": "error"}',
        "301",
        "301. XML mal formado: linea 1",
    ),
    "successor": (
        '{"succeed": false, "code": 9002, "message": "Comprobante no procesado.", "error": "Petición errónea"}',
        "rejected",
        "Comprobante no procesado. Petición errónea",
    ),
    "code in the text": (
        '{"error": "CFDI40102 - El sello no es válido"}',
        "CFDI40102",
        "CFDI40102 - El sello no es válido",
    ),
    "Prodigia": (
        "<servicioTimbrado><timbradoOk>false</timbradoOk><codigo>402</codigo><mensaje>RFC fuera de LCO</mensaje>"
        "</servicioTimbrado>",
        "402",
        "RFC fuera de LCO",
    ),
    "plain text": (
        "CFDI40108 - El SubTotal no suma",
        "CFDI40108",
        "CFDI40108 - El SubTotal no suma",
    ),
    "out of credits": (
        "<error><codigo>718</codigo><mensaje>No hay créditos</mensaje></error>",
        "718",
        "No hay créditos",
    ),
}


@pytest.mark.parametrize("case", REFUSALS)
@pytest.mark.parametrize("status", [200, 400, 402, 404, 406, 422])
def test_a_readable_refusal_is_a_refusal_with_any_status(case, status):
    body, code, words = REFUSALS[case]
    error = raised(Rejected, "stamp", pac_server.answer(body, status))
    assert (error.code, error.detail, error.http_status) == (code, words, status)
    assert words in error.text
    assert error.reason == ("no_credits" if case == "out of credits" else "rejected")


@pytest.mark.parametrize(
    "words",
    [
        "No hay créditos disponibles para timbrar.",
        "Créditos insuficientes",
        "Sin timbres",
        "La cuenta no cuenta con folios",
        "Timbres agotados",
        "Insufficient credits",
    ],
)
def test_that_nothing_is_left_to_be_spent_is_recognised(words):
    error = raised(Rejected, "stamp", pac_server.answer(f"<error><mensaje>{words}</mensaje></error>", 400))
    assert error.reason == "no_credits"


@pytest.mark.parametrize(
    "words",
    ["El crédito fiscal no existe", "Folio repetido", "El timbre no es válido", "Notas de crédito sin relación"],
)
def test_a_refusal_that_speaks_of_credits_otherwise_is_one_of_the_document(words):
    error = raised(Rejected, "stamp", pac_server.answer(f"<error><mensaje>{words}</mensaje></error>", 400))
    assert error.reason == "rejected"


def test_a_refusal_in_windows_code_page():
    body = "<error><codigo>301</codigo><mensaje>Versión inválida</mensaje></error>".encode("cp1252")
    assert raised(Rejected, "stamp", pac_server.answer(body)).detail == "Versión inválida"


@pytest.mark.parametrize("case", REFUSALS)
@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_a_failing_server_proves_nothing_even_with_a_readable_refusal(case, status):
    body, code, words = REFUSALS[case]
    error = raised(UnknownOutcome, "stamp", pac_server.answer(body, status))
    assert error.reason == "server_error"
    assert error.code == (code if code != "rejected" else "server_error")
    assert error.detail == words


@pytest.mark.parametrize("status", [408, 409, 425])
def test_a_status_that_may_stand_for_work_in_progress_is_unknown(status):
    error = raised(UnknownOutcome, "stamp", pac_server.answer('{"codigo":"301","mensaje":"x y"}', status))
    assert (error.reason, error.code) == ("unclear_status", "301")


UNCLEAR = {
    "empty": "",
    "blank": " \n",
    "HTML": "<!DOCTYPE html><html><body>Error 404</body></html>",
    "XHTML": '<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><body><p>error</p></body></html>',
    "text": "Bad Request",
    "broken JSON": '{"codigo": "CFDI40108", "mens',
    "broken XML": "<error><codigo>CFDI40108",
    "fine, but no CFDI": '{"codigo": "200", "mensaje": "ok"}',
    "success flag": '{"succeed": true, "message": "Timbrado"}',
    "both": '{"succeed": true, "error": "No se pudo guardar"}',
    "number": "0",
    "null": "null",
    "binary": b"\x00\xff\x01" * 9,
    "billion laughs": '<!DOCTYPE a [<!ENTITY b "cc">]><error><codigo>CFDI40108</codigo><mensaje>&b;</mensaje></error>',
    "deep JSON": "[" * 50_000,
    "wide JSON": "[" + "1," * 300_000 + "1]",
    "deep XML": "<a>" * 300 + "</a>" * 300,
    "numbers twice": '{"codigo": "200", "codigo": "0"}',
}


@pytest.mark.parametrize("case", UNCLEAR)
@pytest.mark.parametrize("status", [200, 400, 404])
def test_what_can_not_be_read_leaves_the_outcome_unknown(case, status):
    body = UNCLEAR[case]
    error = raised(UnknownOutcome, "stamp", pac_server.answer(body, status))
    assert error.raw == (body if isinstance(body, bytes) else body.encode())[: 64 * 1024]


def test_no_content_leaves_the_outcome_unknown():
    script = pac_server.answer("", 204, content_length=None)
    assert raised(UnknownOutcome, "stamp", script).reason == "empty"


@pytest.mark.parametrize(
    "body",
    [
        '{"codigo": "500", "mensaje": "Error interno"}',
        '{"codigo":"S503","mensaje":"No disponible"}',
        "<error><codigo>301</codigo><mensaje>Tiempo de espera agotado con el PAC</mensaje></error>",
        '{"error": "Read timed out"}',
        '{"error": "El comprobante está en proceso"}',
    ],
)
@pytest.mark.parametrize("status", [200, 400])
def test_a_failure_inside_the_service_is_no_refusal(body, status):
    error = raised(UnknownOutcome, "stamp", pac_server.answer(body, status))
    assert error.reason == "service_unsure"


@pytest.mark.parametrize(
    "body,code",
    [
        ('{"codigo": "307", "mensaje": "El comprobante contiene un timbre previo."}', "307"),
        ("<error><codigo>307</codigo></error>", "307"),
        (
            '{"message": "307. El comprobante contiene un timbre previo.", "data": null, "status": "error"}',
            "307",
        ),
        ('{"code": "CFDI3307", "message": "Timbre previo"}', "CFDI3307"),
        ('{"error": "El comprobante ya fue timbrado"}', "307"),
        ('{"error": "Previamente timbrado", "codigo": "736"}', "736"),
        ("307 - timbre previo", "307"),
    ],
)
@pytest.mark.parametrize("status", [200, 400])
def test_an_earlier_stamp_without_its_xml_is_never_a_refusal(body, code, status):
    error = raised(UnknownOutcome, "stamp", pac_server.answer(body, status))
    assert (error.reason, error.code) == ("stamped_before", code)


def test_an_earlier_stamp_of_something_else_keeps_the_code():
    body = json.dumps({"codigo": "307", "mensaje": "timbre previo", "xml": FOREIGN.decode()})
    error = raised(UnknownOutcome, "stamp", pac_server.answer(body, 400))
    assert (error.reason, error.code) == ("not_ours", "307")


# -- nothing happened -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "status,reason",
    [(401, "credentials_refused"), (403, "credentials_refused"), (429, "too_many_requests")],
)
@pytest.mark.parametrize("body", ["", "<html>no", '{"codigo": "300", "mensaje": "Usuario no válido"}', STAMPED[:-9]])
def test_a_request_that_was_turned_away_changed_nothing(status, reason, body):
    error = raised(NotSent, "stamp", pac_server.answer(body, status))
    assert (error.reason, error.http_status) == (reason, status)


@pytest.mark.parametrize("payload", [b"", b"<a/>", b"not XML", XML[:-20], STAMPED, XML.replace(b"cfd/4", b"cfd/3")])
def test_what_could_not_be_compared_afterwards_is_not_sent(payload):
    outcome = call("stamp", pac_server.answer(STAMPED), args=(payload, "17"))
    assert type(outcome.error) is NotSent
    assert outcome.error.reason == "bad_payload"
    assert outcome.server.connections == 0


@pytest.mark.parametrize("operation", ["stamp", "stamp_many", "cancel"])
def test_a_bug_of_ours_does_not_lose_the_answer(operation, monkeypatch):
    def fail(*_args, **_kwargs):
        raise ZeroDivisionError

    monkeypatch.setattr(facture_rest.stamps, "find", fail)
    monkeypatch.setattr(facture_rest.bulk, "read_report", fail)
    monkeypatch.setattr(facture_rest.cancellation, "codes", fail)
    error = raised(UnknownOutcome, operation, pac_server.answer(STAMPED))
    assert (error.reason, error.raw, error.http_status) == ("not_judged", STAMPED, 200)
    assert isinstance(error.__cause__, ZeroDivisionError)
