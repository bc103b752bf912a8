"""Cancelling and its receipt."""

import json

import pac_samples
import pac_server
import pytest
from l10n_mx_facture.pac.errors import NotFound, NotSent, UnknownOutcome
from l10n_mx_facture.pac.results import Receipt
from pac_calls import call, raised, returned
from pac_samples import OTHER_UUID, UUID

ACUSES = {
    "201": pac_samples.acuse().decode(),
}


def test_the_request_is_what_the_page_asks_for_plus_the_rule_of_2022():
    outcome = call("cancel", pac_server.answer("<c><codigo>201</codigo></c>"), args=(UUID, "17", "02"))
    request = outcome.request
    assert (request.method, request.path) == ("GET", "/rest/cancelacion/produccion/")
    assert request.query == {"uuid": UUID, "motivo": "02"}
    assert request.header("Sucursal") == "17"
    assert request.header("Accept") == "application/xml"
    assert request.header("Content-Type") is None
    assert request.body == b""


def test_reason_01_names_the_replacement():
    outcome = call(
        "cancel",
        pac_server.answer("<c><codigo>201</codigo></c>"),
        args=(UUID, "17", "01", OTHER_UUID),
    )
    assert outcome.request.query == {"uuid": UUID, "motivo": "01", "folioSustitucion": OTHER_UUID}


@pytest.mark.parametrize(
    "args,reason",
    [
        ((UUID, "17", "05"), "bad_motivo"),
        ((UUID, "17", ""), "bad_motivo"),
        ((UUID, "17", None), "bad_motivo"),
        ((UUID, "17", "01"), "bad_uuid"),
        ((UUID, "17", "01", "nonsense"), "bad_uuid"),
        ((UUID, "17", "02", OTHER_UUID), "bad_motivo"),
        (("", "17", "02"), "bad_uuid"),
        ((None, "17", "02"), "bad_uuid"),
        ((UUID + "&motivo=02", "17", "02"), "bad_uuid"),
        ((UUID + "\n", "17", "02"), "bad_uuid"),
    ],
)
def test_what_sat_would_refuse_is_not_sent(args, reason):
    outcome = call("cancel", pac_server.answer("<c><codigo>201</codigo></c>"), args=args)
    assert type(outcome.error) is NotSent
    assert outcome.error.reason == reason
    assert outcome.server.connections == 0


ANSWERS = {
    "XML": f"<cancelacion><uuid>{UUID}</uuid><codigo>%s</codigo><mensaje>algo</mensaje></cancelacion>",
    "XML, attributes": f'<cancelacion uuid="{UUID.lower()}" codigo="%s"/>',
    "XML, namespace": f'<c:C xmlns:c="urn:c"><c:UUID>{UUID}</c:UUID><c:Código>%s</c:Código></c:C>',
    "JSON": f'{{"uuid": "{UUID}", "codigo": "%s", "mensaje": "algo"}}',
    "JSON, number": '{"Codigo": %s}',
    "JSON, with text": '{"codigo": "%s - Solicitud"}',
    "JSON, nested": '{"respuesta": {"resultado": {"CODIGO": "%s"}}}',
    "JSON, list": f'{{"folios": [{{"uuid": "{UUID}", "estatusUUID": "%s"}}]}}',
    "envelope's own code": '{"codigo": 200, "status": "success", "data": {"EstatusUUID": "%s"}}',
    "envelope's own code, same name": '{"code": "200", "data": {"codigo": "%s"}}',
    "under the UUID": f'{{"data": {{"uuid": {{"{UUID}": "%s"}}}}, "status": "success"}}',
    "status": '{"status": "%s"}',
    "bare number": "%s",
    "bare text": '"%s"',
    "bare element": "<int>%s</int>",
    "in the error's text": '{"succeed": false, "error": "CA%s - El UUID"}',
    "in the text": '{"mensaje": "%s. Algo"}',
    "acuse": pac_samples.acuse(code="%s").decode(),
    "acuse inside": json.dumps({"status": "success", "data": {"acuse": pac_samples.acuse(code="%s").decode()}}),
}


@pytest.mark.parametrize("case", ANSWERS)
@pytest.mark.parametrize(
    "code,accepted",
    [
        ("201", True),
        ("202", True),
        ("203", False),
        ("204", False),
        ("205", False),
        ("301", False),
        ("708", False),
    ],
)
@pytest.mark.parametrize("status", [200, 400])
def test_a_code_is_read_from_wherever_it_stands(case, code, accepted, status):
    got = returned("cancel", pac_server.answer(ANSWERS[case].replace("%s", code), status))
    assert (got.code, got.accepted, got.http_status) == (code, accepted, status)
    assert got.text.startswith(code + ": ")


def test_a_codes_meaning_and_the_services_words_are_told():
    got = returned("cancel", pac_server.answer(ANSWERS["XML"] % "205"))
    assert "does not exist" in got.text
    assert got.detail == "algo"
    assert b"205" in got.raw
    assert returned("cancel", pac_server.answer(ANSWERS["XML"] % "799")).text == "799: algo."


@pytest.mark.parametrize("code", ["201", "204"])
def test_sats_codes_count_whatever_the_words_beside_them(code):
    body = f'{{"codigo": "{code}", "mensaje": "La cancelación está en proceso"}}'
    assert returned("cancel", pac_server.answer(body)).code == code


@pytest.mark.parametrize("code", ["S420", "CFDI40101"])
@pytest.mark.parametrize("status", [200, 400, 404])
def test_any_other_explicit_code_is_a_refusal(code, status):
    body = f"<error><codigo>{code}</codigo><mensaje>no va</mensaje></error>"
    got = returned("cancel", pac_server.answer(body, status))
    assert (got.code, got.accepted) == (code, False)


UNKNOWN = {
    "no code": "<cancelacion><mensaje>Operación realizada.</mensaje></cancelacion>",
    "no code in a refusal": "<error><mensaje>No se pudo</mensaje></error>",
    "envelope only": '{"codigo": 200, "mensaje": "ok"}',
    "envelope of four digits": '{"succeed": true, "code": 2000, "message": "Petición satisfactoria."}',
    "word": '{"codigo": "OK"}',
    "long number": '{"codigo": "20100"}',
    "two codes": '{"folios": [{"codigo": "201"}, {"codigo": "205"}]}',
    "same key twice": '{"codigo": "201", "codigo": "205"}',
    "another UUID": f"<c><uuid>{OTHER_UUID}</uuid><codigo>201</codigo></c>",
    "another UUID as a key": f'{{"{OTHER_UUID}": "201"}}',
    "another's acuse": pac_samples.acuse(OTHER_UUID).decode(),
    "failure inside": '{"codigo": "500", "mensaje": "Error interno"}',
    "time-out inside": '{"codigo": "708", "mensaje": "Tiempo de espera agotado con el SAT"}',
    "HTML": "<html><body>201</body></html>",
    "empty": "",
    "text": "201 Created by nginx",
    "broken": "<c><codigo>201",
}


@pytest.mark.parametrize("case", UNKNOWN)
def test_without_one_clear_code_nothing_is_concluded(case):
    error = raised(UnknownOutcome, "cancel", pac_server.answer(UNKNOWN[case]))
    assert error.raw == UNKNOWN[case].encode()


@pytest.mark.parametrize("status", [500, 502, 504])
@pytest.mark.parametrize("body", ["", ANSWERS["XML"] % "201", ANSWERS["XML"] % "205"])
def test_a_failing_server_proves_nothing(status, body):
    assert raised(UnknownOutcome, "cancel", pac_server.answer(body, status)).reason == "server_error"


@pytest.mark.parametrize("status", [401, 403, 429])
def test_a_request_that_was_turned_away_changed_nothing(status):
    raised(
        NotSent,
        "cancel",
        pac_server.answer('{"codigo":"300","mensaje":"usuario no válido"}', status),
    )


# -- receipt --------------------------------------------------------------------------------------

MISSING = pac_server.answer("<error><codigo>S410</codigo><mensaje>La dirección no existe.</mensaje></error>", 404)
NOT_CANCELLED = pac_server.answer('{"error": "Error al obtener acuse, el comprobante no esta cancelado."}')
SOAP = f"""<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><CancelaCFDResponse
xmlns="http://cancelacfd.sat.gob.mx"><CancelaCFDResult Fecha="2024-06-16T12:37:01" RfcEmisor="EKU9003173C9"><Folios>
<UUID>{UUID}</UUID><EstatusUUID>201</EstatusUUID></Folios></CancelaCFDResult></CancelaCFDResponse></s:Body></s:Envelope>"""


def test_the_receipt_is_asked_like_its_siblings():
    outcome = call("receipt", pac_server.answer(pac_samples.acuse()))
    assert outcome.value == Receipt(pac_samples.acuse(), UUID, "201", 200)
    assert outcome.request.target == f"/rest/cancelacion/acuse/?uuid={UUID}"
    assert outcome.request.header("Accept") == "application/xml"
    assert outcome.request.header("Sucursal") is None


@pytest.mark.parametrize("absent", [MISSING, NOT_CANCELLED, pac_server.answer("<html>404</html>", 404)])
@pytest.mark.parametrize(
    "before,form",
    [
        (1, f"/rest/cancelacion/acuse/uuid?uuid={UUID}"),
        (2, f"/rest/cancelacion/acuse/{UUID}"),
        (3, f"/rest/cancelacion/acuse/uuid?{UUID}"),
    ],
)
def test_then_in_each_way_in_which_the_printed_address_can_be_meant(absent, before, form):
    outcome = call("receipt", *[absent] * before, pac_server.answer(pac_samples.acuse()))
    assert outcome.value.code == "201"
    assert [one.target for one in outcome.server.received][-1] == form
    assert len(outcome.server.received) == before + 1


def test_no_receipt_anywhere_is_not_found_in_the_words_of_the_first_form():
    outcome = call("receipt", NOT_CANCELLED, MISSING)
    assert type(outcome.error) is NotFound
    assert "no esta cancelado" in outcome.error.text
    assert len(outcome.server.received) == 4


@pytest.mark.parametrize("behaviour", [pac_server.answer("", 400), pac_server.answer("<html>", 200)])
def test_what_an_odd_address_garbles_does_not_hide_the_first_not_found(behaviour):
    assert raised(NotFound, "receipt", NOT_CANCELLED, behaviour).detail.endswith("cancelado.")


@pytest.mark.parametrize("behaviour", [pac_server.answer("", 500), pac_server.close])
def test_a_failure_at_another_form_is_not_taken_for_not_found(behaviour):
    raised(UnknownOutcome, "receipt", MISSING, behaviour)


@pytest.mark.parametrize("behaviour", [pac_server.answer("", 500), pac_server.close, pac_server.answer("<html>")])
def test_only_not_found_leads_to_the_other_forms(behaviour):
    outcome = call("receipt", behaviour)
    assert type(outcome.error) is UnknownOutcome
    assert outcome.server.connections == 1


def test_the_credentials_are_asked_once():
    outcome = call("receipt", pac_server.answer("", 401))
    assert type(outcome.error) is NotSent
    assert outcome.server.connections == 1


@pytest.mark.parametrize(
    "body,code",
    [
        (pac_samples.acuse(UUID.lower(), "202"), "202"),
        (SOAP, "201"),
        (
            json.dumps(
                {
                    "encode": __import__("base64").b64encode(pac_samples.acuse()).decode(),
                    "succeed": True,
                }
            ),
            "201",
        ),
        (pac_samples.acuse().replace(b"<EstatusUUID>201</EstatusUUID>", b""), None),
        (pac_samples.acuse().replace(b' xmlns="http://cancelacfd.sat.gob.mx"', b""), "201"),
        (
            pac_samples.acuse().replace(
                b"<Folios",
                b"<Folios><UUID>" + OTHER_UUID.encode() + b"</UUID><EstatusUUID>205</EstatusUUID></Folios><Folios",
                1,
            ),
            "201",
        ),
        (b"\xef\xbb\xbf" + pac_samples.acuse(), "201"),
        # an envelope that comes as text itself
        (json.dumps({"acuse": SOAP if isinstance(SOAP, str) else SOAP.decode()}), "201"),
    ],
)
def test_shapes_of_a_receipt(body, code):
    got = returned("receipt", pac_server.answer(body), args=(UUID,))
    assert (got.code, got.uuid) == (code, UUID)
    assert b"Folios" in got.xml


def test_a_receipt_is_found_whatever_the_case_of_the_uuid():
    assert returned("receipt", pac_server.answer(pac_samples.acuse()), args=(UUID.lower(),)).code == "201"


@pytest.mark.parametrize(
    "body",
    [
        pac_samples.acuse(OTHER_UUID),
        pac_samples.acuse().replace(b"<Folios", b"<Otros").replace(b"/Folios", b"/Otros"),
    ],
)
def test_a_receipt_of_another_is_not_ours(body):
    assert raised(UnknownOutcome, "receipt", pac_server.answer(body)).reason == "not_ours"


@pytest.mark.parametrize(
    "body",
    [
        "<AcuseAceptacionRechazo/>",
        "<acuse/>",
        pac_samples.stamped(pac_samples.cfdi()),
        '{"uuid": "' + UUID + '"}',
    ],
)
def test_what_is_no_acuse_is_not_understood(body):
    raised(UnknownOutcome, "receipt", pac_server.answer(body))


def test_receipts_of_real_services(shared):
    for path in sorted((shared / "sat/samples/acuses").glob("*cancel*.xml")):
        body = path.read_bytes()
        uuid = body.partition(b"<UUID>")[2][:36].decode()
        got = returned("receipt", pac_server.answer(body), args=(uuid.lower(),))
        assert got.code in ("201", "202"), path.name
