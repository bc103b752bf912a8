"""The ten operations: addresses, headers, formats, errors."""

import base64
import re
import zlib

import pytest
from client import MATRIZ, Client
from lxml import etree
from samples import PARTS, cfdi, uuid_of, zipped

USER = "/rest/administracion/usuario/"
BRANCHES = "/rest/administracion/sucursales/"


def _code(response):
    if "json" in response.headers["Content-Type"]:
        return response.json()["codigo"]
    return etree.fromstring(response.content).findtext("codigo")


def test_user(client):
    assert client.get(USER, "application/json").json() == {
        "estatus": "Activo", "nombres": "ESCUELA KEMPER URGATE", "usuario": "demo",
        "creditos": 1000}
    response = client.get(USER)
    assert response.headers["Content-Type"].startswith("application/xml")
    root = etree.fromstring(response.content)
    assert (root.tag, root.findtext("creditos")) == ("estatusUsuario", "1000")


@pytest.mark.parametrize("authorization", [
    "Bearer token-demo", "raw-demo", "Basic " + base64.b64encode(b"demo:demo").decode()])
def test_ways_to_authorize(client, authorization):
    client.session.auth = None
    assert client.get(USER, Authorization=authorization).status_code == 200


@pytest.mark.parametrize("authorization", [
    None, "", "Bearer demo", "Bearer", "demo", "Basic ???", "Digest token-demo",
    "Basic " + base64.b64encode(b"demo:wrong").decode()])
@pytest.mark.parametrize("path", [USER, "/rest/consulta/xml/?uuid=x"])
def test_wrong_credentials(client, path, authorization):
    client.session.auth = None
    response = client.get(path, "application/json", Authorization=authorization)
    assert (response.status_code, _code(response)) == (401, "300")
    assert "WWW-Authenticate" in response.headers


def test_branches(client):
    rows = client.get(BRANCHES, "application/json").json()["sucursales"]
    zips = {row["id"]: row["direccion"]["codigoPostal"] for row in rows}
    assert zips == {17694: "06000", 17695: "22000", 17696: "77500", 17697: "83000"}
    root = etree.fromstring(client.get(BRANCHES).content)
    assert [node.findtext("id") for node in root.findall("sucursal")] == [str(n) for n in zips]


def test_branches_change(client):
    client.control("POST", "branches", {"id": 17695, "active": False})
    client.control("POST", "branches", {"id": 17694, "zip": "01000", "name": "OTRA"})
    new = client.control("POST", "branches", {"name": "NUEVA", "zip": "44100"})
    rows = client.get(BRANCHES, "application/json").json()["sucursales"]
    assert [row["id"] for row in rows] == [17694, 17696, 17697, new["id"]]
    assert rows[0]["direccion"]["codigoPostal"] == "01000" and rows[0]["nombre"] == "OTRA"
    assert _code(client.stamp(cfdi(), 17695)) == "S421"
    assert _code(client.stamp(cfdi(), MATRIZ)) == "S126"


@pytest.mark.parametrize("branch", [None, "", "1", "x", "17694 ", "٣"])
def test_unknown_branch(client, branch):
    headers = {"Accept": "application/json", "Content-Type": "application/xml"}
    if branch is not None:
        headers["Sucursal"] = branch.encode("utf-8")
    response = client.session.post(client.url + "/rest/timbrado/produccion/", data=cfdi(),
                                   headers=headers, timeout=20)
    if branch == "17694 ":
        assert response.status_code == 200
    else:
        assert _code(response) == "S420"


@pytest.mark.parametrize("path", [
    USER, BRANCHES, "/rest/consulta/cfdi/?cfdi=x", "/rest/consulta/pdf/?uuid=x",
    "/rest/cancelacion/produccion/?uuid=x", "/rest/cancelacion/acuse/?uuid=x"])
def test_accept_is_required(client, path):
    assert client.get(path, None).status_code == 406
    assert _code(client.get(path, "text/csv")) == "S406"


def test_stamp_wants_its_headers(client):
    assert client.stamp(cfdi(), accept=None).status_code == 406
    assert client.stamp(cfdi(), content_type=None).status_code == 415
    assert client.stamp(cfdi(), content_type="application/json").status_code == 415
    assert client.stamp(cfdi(), content_type="text/xml; charset=utf-8").status_code == 200


@pytest.mark.parametrize("accept, kind", [
    ("*/*", "xml"), ("text/html, application/json;q=0.9, application/xml;q=0.8", "json"),
    ("application/json;q=0.1, application/xml", "xml"), ("text/xml", "xml")])
def test_accept_is_negotiated(client, accept, kind):
    assert kind in client.get(USER, accept).headers["Content-Type"]


def test_find(client):
    stamped = client.stamp(cfdi(folio="5")).content
    uuid = uuid_of(stamped)
    data = client.get(f"/rest/consulta/cfdi/?cfdi={uuid.upper()}", "application/json").json()
    assert base64.b64decode(data.pop("xml")) == stamped
    assert data.pop("fechaTimbrado") and data.pop("fecha")
    assert data == {
        "uuid": uuid, "serie": "A", "folio": "5", "tipoComprobante": "I",
        "rfcEmisor": "EKU9003173C9", "rfcReceptor": "URE180429TM6",
        "nombreReceptor": "UNIVERSIDAD ROBOTICA ESPAÑOLA", "moneda": "MXN", "total": 116.0,
        "cancelada": False, "estado": "Vigente"}
    root = etree.fromstring(client.get(f"/rest/consulta/cfdi/?cfdi={uuid}").content)
    assert root.findtext("total") == "116.00"


def test_fetch_xml(client):
    stamped = client.stamp(cfdi()).content
    uuid = uuid_of(stamped)
    response = client.get(f"/rest/consulta/xml/?uuid={uuid}", None)
    assert response.content == stamped
    assert response.headers["Content-Disposition"] == f'attachment; filename="{uuid}.xml"'


@pytest.mark.parametrize("path", [
    "/rest/consulta/cfdi/?cfdi=", "/rest/consulta/xml/?uuid=", "/rest/consulta/pdf/?uuid=",
    "/rest/cancelacion/acuse/?uuid="])
def test_not_ones_own(client, path):
    other = Client(client.url, "otro")
    uuid = uuid_of(other.stamp(cfdi()).content)
    for asked in (uuid, "00000000-0000-0000-0000-000000000000", ""):
        response = client.get(path + asked, "application/json, application/pdf")
        assert (response.status_code, _code(response)) == (404, "S404")


def test_addresses_are_exact(client):
    assert client.get("/rest/administracion/usuario").status_code == 404
    assert client.get("/rest/otra/cosa/", "application/json").json()["codigo"] == "S410"
    assert client.get("/rest/timbrado/produccion/").status_code == 405
    assert client.get("/otra").status_code == 404


def test_status_for_refusals(client):
    client.settings(status_for_refusals=200)
    response = client.stamp(cfdi(), 17697)
    assert (response.status_code, _code(response)) == (200, "S126")


def test_too_large(client):
    response = client.stamp(b" " * (25 * 1024 * 1024 + 1))
    assert (response.status_code, _code(response)) == (413, "S413")
    response = client.stamp(iter([b" " * (1 << 20)] * 26))
    assert response.status_code == 413


def test_chunked_body(client):
    sent = cfdi()
    assert client.stamp(iter([sent[:100], sent[100:]])).status_code == 200
    assert client.control("GET", "requests")[-1]["body_length"] == len(sent)


@pytest.mark.parametrize("body", [
    b"", b"hello", b"<a/>", b"<?xml version='1.0'?><cfdi:Comprobante/>", b"\x00\xff",
    b'<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>'])
def test_not_a_cfdi(client, body):
    assert _code(client.stamp(body)) == "301"


def test_dtd_is_refused(client):
    sent = cfdi().replace(b"?>", b'?><!DOCTYPE a [<!ENTITY x "y">]>', 1)
    assert _code(client.stamp(sent)) == "301"


def test_dialects(client):
    def branches(dialect, accept):
        client.settings(dialect=dialect)
        return client.get(BRANCHES, accept)

    json, xml = "application/json", "application/xml"
    assert branches("upper", json).json()["SUCURSALES"][0]["ID"] == 17694
    nested = branches("nested", json).json()["respuesta"]["resultado"]
    assert nested["sucursales"]["sucursal"][0]["id"] == 17694
    assert branches("bare", json).json()[0]["id"] == 17694
    assert branches("strings", json).json()["sucursales"][0]["id"] == "17694"
    assert branches("other_names", json).json()["sucursales"][0]["idSucursal"] == 17694
    for dialect, path in (
        ("upper", "SUCURSAL/ID"), ("nested", "resultado/sucursales/sucursal/id"),
        ("namespaced", "{*}sucursal/{*}id"), ("strings", "sucursal/id"),
        ("other_names", "sucursal/idSucursal"),
    ):
        root = etree.fromstring(branches(dialect, xml).content)
        assert root.find(path).text.strip() == "17694", dialect
    root = etree.fromstring(branches("bare", xml).content)
    assert root[0].get("id") == "17694"
    client.settings(dialect="upper")
    assert client.stamp(cfdi(), 17697, accept=json).json()["CODIGO"] == "S126"


def test_request_log(client):
    client.stamp(cfdi())
    client.get(USER, "application/json")
    first, second = client.control("GET", "requests")
    assert (first["operation"], first["status"]) == ("stamp", 200)
    assert first["outcome"].startswith("stamped ")
    assert first["headers"]["Sucursal"] == "17694"
    assert first["headers"]["Authorization"].startswith("Basic sha256:")
    assert "ZGVtbzpkZW1v" not in str(first)
    assert second["path"] == USER
    assert [row["operation"] for row in client.control("GET", "requests?operation=user")] \
        == ["user"]
    client.control("DELETE", "requests")
    assert client.control("GET", "requests") == []


def test_control_refuses_nonsense(client):
    import requests

    for path, data in (
        ("settings", {"dialekt": "upper"}), ("settings", {"dialect": "klingon"}),
        ("faults", {"operation": "stamp", "fault": "nothing"}),
        ("faults", {"operation": "stamps", "fault": "cut"}), ("branches", {"cp": "06000"}),
        ("cfdi/x", {"estado": "Perdido"}),
    ):
        response = requests.post(f"{client.url}/_sandbox/{path}", json=data, timeout=20)
        assert response.status_code == 400 and response.json()["error"], path
    assert requests.get(f"{client.url}/_sandbox/none", timeout=20).status_code == 404


def test_issuers(client):
    sent = cfdi().replace(b"EKU9003173C9", b"AAA010101AAA")
    assert _code(client.stamp(sent)) == "303"
    client.control("POST", "issuers", {
        "rfc": "AAA010101AAA", "name": "ESCUELA KEMPER URGATE", "regime": "601"})
    assert client.stamp(sent).status_code == 200


def test_receivers_list(client):
    client.control("POST", "receivers", {"rfc": "URE180429TM6", "zip": "65000"})
    assert _code(client.stamp(cfdi())) == "CFDI40148"
    client.control("POST", "receivers", {"rfc": "URE180429TM6", "listed": False})
    assert _code(client.stamp(cfdi())) == "CFDI40143"


def test_users_can_be_added(client):
    client.control("POST", "users", {"name": "nuevo", "credits": 7, "holder": "NUEVA SA"})
    assert Client(client.url, "nuevo").credits() == 7


def test_pdf(client):
    uuid = uuid_of(client.stamp(cfdi("full")).content)
    path = f"/rest/consulta/pdf/?uuid={uuid}"
    response = client.get(path, "application/pdf")
    assert response.content.startswith(b"%PDF-") and response.content.endswith(b"%%EOF\n")
    assert response.headers["Content-Type"] == "application/pdf"
    assert response.headers["Content-Disposition"] == f'attachment; filename="{uuid}.pdf"'
    assert response.content.count(b"/Type /Page\n") == 1
    assert client.get(path, "application/xml").status_code == 406


def _words(pdf):
    """The text operators of a PDF's pages, as one Latin-1 text."""
    streams = re.findall(rb"stream\r?\n(.*?)endstream", pdf, re.DOTALL)
    pages = [zlib.decompress(base64.a85decode(found.strip(), adobe=False))
             for found in (stream.strip().removesuffix(b"~>") for stream in streams)]
    text = b" ".join(pages).decode("latin-1")
    text = re.sub(r"\\(\d{3})", lambda found: chr(int(found[1], 8)), text)
    return " ".join(re.findall(r"\((.*?)\) Tj", text))


def test_pdf_says_what_the_xml_says(client, process):
    stamped = client.stamp(cfdi("full")).content
    uuid = uuid_of(stamped)
    path = f"/rest/consulta/pdf/?uuid={uuid}"
    words = _words(client.get(path, "*/*").content)
    for expected in (uuid, "UNIVERSIDAD ROBOTICA ESPAÑOLA", "EKU9003173C9", "Consultoría",
                     "334.0357", "2,115.90", "1,169.12", "171.06", "USD",
                     "representación impresa de un CFDI"):
        assert expected in words, expected
    busy = process.busy()
    for _n in range(4):
        client.get(path, "application/pdf")
    assert process.busy() - busy < 4 * 0.1


def test_pdf_of_many_lines(client):
    concept = PARTS["iva16"]["concepts"]
    sent = cfdi(concepts=concept * 150, root=PARTS["iva16"]["root"].replace(
        "100.00", "15000.00").replace("116.00", "17400.00"), taxes=PARTS["iva16"]["taxes"].replace(
        "100.00", "15000.00").replace('"16.00', '"2400.00'))
    uuid = uuid_of(client.stamp(sent).content)
    pdf = client.get(f"/rest/consulta/pdf/?uuid={uuid}", "application/pdf").content
    assert pdf.count(b"/Type /Page\n") > 2


def test_page_for_a_person(client):
    uuid = uuid_of(client.stamp(cfdi()).content)
    response = client.get("/", "text/html")
    assert response.headers["Content-Type"].startswith("text/html") and uuid in response.text


def test_bulk_needs_multipart(client):
    response = client.session.post(
        client.url + "/rest/timbrado/masivoProduccion/", data=zipped({"a.xml": cfdi()}), timeout=20,
        headers={"Accept": "application/xml", "Sucursal": "17694",
                 "Content-Type": "application/zip"})
    assert response.status_code == 415
