# ruff: noqa: E501 - a document is read more easily in one line
"""Account, branches, what the service has, XML and PDF: the calls that change nothing."""

import base64
import json
from decimal import Decimal

import pac_samples
import pac_server
import pytest
from l10n_mx_facture.pac.errors import NotFound, NotSent, Rejected, UnknownOutcome
from l10n_mx_facture.pac.results import BranchInfo
from pac_calls import XML, call, raised, returned
from pac_samples import OTHER_UUID, PDF, UUID

STAMPED = pac_samples.stamped(XML)
NOT_FOUND = "<error><codigo>S404</codigo><mensaje>El comprobante no existe o no pertenece al usuario.</mensaje></error>"


@pytest.mark.parametrize(
    "operation,target,accept",
    [
        ("account_status", "/rest/administracion/usuario/", "application/xml"),
        ("branches", "/rest/administracion/sucursales/", "application/xml"),
        ("find", f"/rest/consulta/cfdi/?cfdi={UUID}", "application/xml"),
        ("fetch_xml", f"/rest/consulta/xml/?uuid={UUID}", None),
        ("fetch_pdf", f"/rest/consulta/pdf/?uuid={UUID}", "application/pdf"),
    ],
)
def test_headers_exactly_where_the_page_asks_for_them(operation, target, accept):
    request = call(operation, pac_server.answer("x", 500)).request
    assert (request.method, request.target, request.body) == ("GET", target, b"")
    assert request.header("Authorization").startswith("Basic ")
    assert request.header("Accept") == accept
    assert request.header("Content-Type") is None
    assert request.header("Sucursal") is None


@pytest.mark.parametrize("operation", ["account_status", "branches", "find", "fetch_xml", "fetch_pdf"])
@pytest.mark.parametrize(
    "script,kind,reason",
    [
        (pac_server.answer("", 401), NotSent, "credentials_refused"),
        (pac_server.answer("<html>", 403), NotSent, "credentials_refused"),
        (pac_server.answer("", 500), UnknownOutcome, "server_error"),
        (pac_server.answer(NOT_FOUND, 503), UnknownOutcome, "server_error"),
        (pac_server.answer("<html><body>hola</body></html>"), UnknownOutcome, "html"),
        (pac_server.answer(""), UnknownOutcome, "empty"),
        (pac_server.answer("<a>b</a>"), UnknownOutcome, "not_understood"),
        (
            pac_server.answer('{"codigo": "718", "mensaje": "No hay"}', 400),
            Rejected,
            "rejected",
        ),
        (pac_server.answer('{"codigo": "300", "mensaje": "Usuario"}'), Rejected, "rejected"),
        (pac_server.answer("", 404), NotFound, "not_found"),
        (pac_server.answer("<html>404</html>", 404), NotFound, "not_found"),
        (pac_server.answer(NOT_FOUND, 404), NotFound, "not_found"),
        (pac_server.close, UnknownOutcome, "connection_lost"),
    ],
)
def test_failures_of_reading_calls(operation, script, kind, reason):
    assert raised(kind, operation, script).reason == reason


@pytest.mark.parametrize("operation", ["find", "fetch_xml", "fetch_pdf", "receipt"])
def test_not_found_may_come_with_status_200(operation):
    error = raised(NotFound, operation, pac_server.answer(NOT_FOUND, 200))
    assert (error.code, error.reason) == ("S404", "not_found")
    assert "no existe" in error.text


@pytest.mark.parametrize("operation", ["find", "fetch_xml", "fetch_pdf", "receipt"])
@pytest.mark.parametrize("uuid", ["", None, "x", UUID + "x", UUID[:-1] + "/", UUID + "\r\n"])
def test_what_is_no_uuid_is_not_asked(operation, uuid):
    outcome = call(operation, pac_server.answer(STAMPED), args=(uuid,))
    assert outcome.error.reason == "bad_uuid"
    assert outcome.server.connections == 0


# -- account --------------------------------------------------------------------------------------

ACCOUNTS = {
    "XML": "<usuario><nombres>Ana Ruiz</nombres><usuario>ana</usuario><creditos>42</creditos></usuario>",
    "XML, upper": "<R><NOMBRES>Ana Ruiz</NOMBRES><USUARIO>ana</USUARIO><CREDITOS> 42 </CREDITOS></R>",
    "XML, attributes": '<usuario nombre="Ana Ruiz" login="ana" creditosDisponibles="42"/>',
    "XML, namespace": '<a:u xmlns:a="urn:a"><a:Nombre>Ana Ruiz</a:Nombre><a:user>ana</a:user><a:credits>42.00</a:credits></a:u>',
    "JSON": '{"estatus": "Activo", "nombres": "Ana Ruiz", "usuario": "ana", "creditos": 42}',
    "JSON, strings": '{"Nombres": "Ana Ruiz", "Usuario": "ana", "CreditosDisponibles": "42"}',
    "JSON, nested": '{"usuario": {"nombre": "Ana", "apellidos": "Ruiz", "usuario": "ana", "creditos": {"usados": 8, "disponibles": 42}}}',
    "JSON, list": '[{"razon_social": "Ana Ruiz", "correo": "ana", "timbres_disponibles": "42"}]',
}


@pytest.mark.parametrize("case", ACCOUNTS)
def test_dialects_of_an_account(case):
    got = returned("account_status", pac_server.answer(ACCOUNTS[case]))
    assert (got.holder, got.user, got.credits, got.http_status) == ("Ana Ruiz", "ana", 42, 200)
    assert got.raw == ACCOUNTS[case].encode()


@pytest.mark.parametrize(
    "written,credits_left",
    [
        ("0", 0),
        ("1,234", 1234),
        ("-3", -3),
        ("Ilimitados", None),
        ("sin límite", None),
    ],
)
def test_ways_to_write_credits(written, credits_left):
    body = json.dumps({"nombre": "Ana", "creditos": written})
    assert returned("account_status", pac_server.answer(body)).credits == credits_left


@pytest.mark.parametrize(
    "body",
    [
        '{"nombre": "Ana"}',
        '{"creditos": 5}',
        '{"nombre": "Ana", "creditos": "muchos"}',
        '{"nombre": "Ana", "creditos": "4.5"}',
        '{"nombre": "Ana", "creditos": ""}',
        '{"nombre": "Ana", "creditos": null}',
        "[]",
        "{}",
        "5",
        '{"nombre": "Ana", "creditos": "99999999999999999999"}',
        '{"nombre": "Ana", "creditos": 1e5}',
    ],
)
def test_an_account_that_can_not_be_read_shows_the_answer(body):
    error = raised(UnknownOutcome, "account_status", pac_server.answer(body))
    assert error.raw == body.encode()


# -- branches -------------------------------------------------------------------------------------

TWO = [BranchInfo("17694", "MATRIZ", "06000"), BranchInfo("17695", "TIJUANA", "22000")]
BRANCHES = {
    "XML": "<sucursales><sucursal><id>17694</id><nombre>MATRIZ</nombre><cp>06000</cp></sucursal>"
    "<sucursal><id>17695</id><nombre>TIJUANA</nombre><cp>22000</cp></sucursal></sucursales>",
    "XML, attributes": '<Sucursales><Sucursal ID="17694" Nombre="MATRIZ" CodigoPostal="06000"/>'
    '<Sucursal ID="17695" Nombre="TIJUANA" CodigoPostal="22000"/></Sucursales>',
    "XML, namespace": '<s:sucursales xmlns:s="urn:s"><s:sucursal><s:idSucursal>17694</s:idSucursal><s:nombre>MATRIZ</s:nombre>'
    "<s:direccion><s:id>5</s:id><s:codigoPostal>06000</s:codigoPostal></s:direccion></s:sucursal>"
    "<s:sucursal><s:idSucursal>17695</s:idSucursal><s:nombre>TIJUANA</s:nombre>"
    "<s:direccion><s:id>6</s:id><s:codigoPostal>22000</s:codigoPostal></s:direccion></s:sucursal></s:sucursales>",
    "XML, items": "<lista><item><id>17694</id><nombre>MATRIZ</nombre><zip>06000</zip></item>"
    "<item><id>17695</id><nombre>TIJUANA</nombre><zip>22000</zip></item></lista>",
    "XML in an envelope": "<respuesta id='1'><resultado><sucursales total='2'><sucursal id=' 17694 '><nombre>MATRIZ</nombre><cp>06000</cp>"
    "</sucursal><sucursal id='17695'><nombre>TIJUANA</nombre><cp>22000</cp></sucursal></sucursales>"
    "</resultado></respuesta>",
    "JSON": '{"sucursales": [{"id": 17694, "nombre": "MATRIZ", "codigoPostal": "06000"},'
    '{"id": 17695, "nombre": "TIJUANA", "codigoPostal": "22000"}]}',
    "JSON, bare": '[{"ID": "17694", "NOMBRE": "MATRIZ", "CP": "06000"}, {"ID": "17695", "NOMBRE": "TIJUANA", "CP": "22000"}]',
    "JSON, wrapped twice": '{"sucursales": {"sucursal": [{"id": 17694, "nombre": "MATRIZ", "cp": "06000"},'
    '{"id": 17695, "nombre": "TIJUANA", "cp": "22000"}]}}',
    "successor": '{"succeed": true, "code": 2000, "pagination": {"items": [{"id": 17694, "nombre": "MATRIZ", "direccion":'
    '{"id": 9, "codigopostal": "06000"}}, {"id": 17695, "nombre": "TIJUANA", "direccion":'
    '{"id": 10, "codigopostal": "22000"}}], "count": 2}, "message": "Petición satisfactoria."}',
    "company around it": '{"empresa": {"id": 3, "nombre": "ACME", "sucursales": [{"id": 17694, "nombre": "MATRIZ", "cp": "06000"},'
    '{"id": 17695, "nombre": "TIJUANA", "cp": "22000"}]}}',
    "with an inactive one": '[{"id": 17694, "nombre": "MATRIZ", "cp": "06000", "activa": true}, {"id": 17695, "nombre": "TIJUANA",'
    '"cp": "22000", "activa": "1"}, {"id": 3, "nombre": "VIEJA", "cp": "22000", "activa": false}]',
}


@pytest.mark.parametrize("case", BRANCHES)
def test_dialects_of_branches(case):
    assert returned("branches", pac_server.answer(BRANCHES[case])) == TWO


@pytest.mark.parametrize(
    "body",
    [
        '{"sucursal": {"id": 17694, "nombre": "MATRIZ", "cp": "06000"}}',
        "<sucursales><sucursal><id>17694</id><nombre>MATRIZ</nombre><cp>06000</cp></sucursal></sucursales>",
        '{"id": "17694", "nombre": "MATRIZ", "cp": "06000"}',
        '[{"id": "17694", "nombre": "MATRIZ", "cp": "06000"}]',
        "<sucursal><id>17694</id><nombre>MATRIZ</nombre><cp>06000</cp></sucursal>",
    ],
)
def test_a_list_of_one_may_be_the_one(body):
    assert returned("branches", pac_server.answer(body)) == TWO[:1]


@pytest.mark.parametrize("body", ["[]", '{"sucursales": []}', "<sucursales/>", '{"sucursales": null}'])
def test_there_may_be_no_branch(body):
    assert returned("branches", pac_server.answer(body)) == []


def test_no_branch_beside_a_refusal_is_a_refusal():
    body = '{"succeed": false, "error": "La cuenta está suspendida", "sucursales": []}'
    raised(Rejected, "branches", pac_server.answer(body))


def test_name_and_postal_code_may_lack():
    assert returned("branches", pac_server.answer('{"sucursales": [{"id": 1}]}')) == [BranchInfo("1", "", None)]


@pytest.mark.parametrize(
    "body,why",
    [
        ('{"sucursales": [{"id": 1, "nombre": "A"}, {"nombre": "B"}]}', "has no id"),
        ('{"sucursales": [{"id": 1, "nombre": "A"}, {"id": "", "nombre": "B"}]}', "has no id"),
        ('{"sucursales": [{"id": 1, "nombre": "A"}, {"id": "1", "nombre": "B"}]}', "twice"),
        ('{"sucursales": [{"id": 1, "nombre": "A", "cp": "6000"}]}', "five digits"),
        ('{"sucursales": [{"id": 1, "nombre": "A", "cp": "0600A"}]}', "five digits"),
        ('{"sucursales": [{"id": 1, "nombre": "A", "cp": "٠٦٠٠٠"}]}', "five digits"),
        ("{}", "branches"),
        ('{"algo": 1}', "branches"),
        ('{"total": 3}', "branches"),
    ],
)
def test_a_list_that_can_not_be_read_whole_is_an_error(body, why):
    error = raised(UnknownOutcome, "branches", pac_server.answer(body))
    assert why in error.text
    assert error.raw == body.encode()


# -- find -----------------------------------------------------------------------------------------

FACTS = {
    "JSON": {
        "uuid": UUID,
        "rfcEmisor": "EKU9003173C9",
        "rfcReceptor": "URE180429TM6",
        "total": 116.0,
        "estado": "Vigente",
    },
    "flag": {
        "UUID": UUID.lower(),
        "RFC_EMISOR": "EKU9003173C9",
        "rfcreceptor": "URE180429TM6",
        "Total": "116.00",
        "cancelada": False,
    },
    "nested": {
        "succeed": True,
        "status": "success",
        "entity": {
            "data": {
                "uuid": UUID,
                "emisor": {"rfc": "EKU9003173C9"},
                "receptor": {"rfc": "URE180429TM6"},
                "total": "116",
                "estatus": "Vigente",
            }
        },
    },
    "CFDI as JSON": {
        "Comprobante": {
            "Total": "116.00",
            "Emisor": {"Rfc": "EKU9003173C9"},
            "Receptor": {"Rfc": "URE180429TM6"},
            "CfdiRelacionados": {"UUID": OTHER_UUID},
            "Complemento": {"TimbreFiscalDigital": {"UUID": UUID}},
        },
        "estado": "Vigente",
    },
}


@pytest.mark.parametrize("case", FACTS)
def test_dialects_of_facts(case):
    got = returned("find", pac_server.answer(json.dumps(FACTS[case])))
    assert got.uuid.upper() == UUID
    assert (got.rfc_emisor, got.rfc_receptor, got.estado) == (
        "EKU9003173C9",
        "URE180429TM6",
        "Vigente",
    )
    assert got.total == Decimal("116") and isinstance(got.total, Decimal)
    assert got.xml is None


def test_a_cancelled_one():
    assert returned("find", pac_server.answer(json.dumps({**FACTS["flag"], "cancelada": "true"}))).estado == "Cancelado"


def test_what_is_not_told_is_none():
    got = returned("find", pac_server.answer(f"<c><uuid>{UUID}</uuid><total>1,116.00</total></c>"))
    assert (got.rfc_emisor, got.rfc_receptor, got.total, got.estado) == (
        None,
        None,
        Decimal("1116.00"),
        None,
    )


def test_the_cfdi_itself_may_be_the_answer():
    got = returned("find", pac_server.answer(STAMPED))
    assert (got.uuid, got.rfc_emisor, got.rfc_receptor, got.total) == (
        UUID,
        "EKU9003173C9",
        "URE180429TM6",
        Decimal("116.00"),
    )
    assert (got.xml, got.estado) == (STAMPED, None)


def test_the_cfdi_and_its_state_may_both_be_told():
    body = json.dumps({**FACTS["JSON"], "estado": "Cancelado", "xml": base64.b64encode(STAMPED).decode()})
    got = returned("find", pac_server.answer(body))
    assert (got.xml, got.estado) == (STAMPED, "Cancelado")


@pytest.mark.parametrize(
    "body",
    [
        json.dumps({**FACTS["JSON"], "uuid": OTHER_UUID}),
        json.dumps({**FACTS["JSON"], "uuid": None}),
        json.dumps({"uuid": UUID}),
        pac_samples.stamped(XML, OTHER_UUID),
        XML,
        "[]",
        json.dumps({"uuid": UUID, "total": "NaN"}),
    ],
)
def test_facts_about_something_else_are_not_taken(body):
    raised(UnknownOutcome, "find", pac_server.answer(body))


# -- XML and PDF ----------------------------------------------------------------------------------


@pytest.mark.parametrize("body", [STAMPED, b"\xef\xbb\xbf" + STAMPED, json.dumps({"xml": STAMPED.decode()})])
def test_the_xml_is_fetched(body):
    script = pac_server.answer(body, content_disposition='attachment; filename="../../x"')
    assert returned("fetch_xml", script, args=(UUID.lower(),)) == STAMPED


@pytest.mark.parametrize(
    "body",
    [
        pac_samples.stamped(XML, OTHER_UUID),
        XML,
        STAMPED.replace(b'Version="4.0"', b'Version="3.3"'),
        STAMPED[:-10],
    ],
)
def test_another_xml_is_not_taken(body):
    raised(UnknownOutcome, "fetch_xml", pac_server.answer(body))


@pytest.mark.parametrize("body", [PDF, PDF + b"\r\n\0\0", json.dumps({"pdf": base64.b64encode(PDF).decode()})])
def test_the_pdf_is_fetched(body):
    got = returned("fetch_pdf", pac_server.answer(body, content_type="application/pdf"))
    assert got.startswith(PDF)


@pytest.mark.parametrize("body", [PDF[:-8], b"x" + PDF, b"%PDF", b"PK\x03\x04", STAMPED, b"%%EOF"])
def test_what_is_no_whole_pdf_is_not_taken(body):
    raised(UnknownOutcome, "fetch_pdf", pac_server.answer(body, content_type="application/pdf"))


@pytest.mark.parametrize(
    "operation,body",
    [
        ("fetch_pdf", PDF),
        ("fetch_xml", STAMPED),
        ("find", STAMPED),
        ("receipt", pac_samples.acuse()),
    ],
)
@pytest.mark.parametrize("status", [206, 400, 500])
def test_reading_calls_believe_only_a_plain_200(operation, body, status):
    assert call(operation, pac_server.answer(body, status)).error is not None
