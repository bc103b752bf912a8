"""facture_api: branches, stamping, finding, fetching, cancelling, receipts."""

import base64
import datetime
import uuid as uuids

import pytest
from client import HERMOSILLO, MATRIZ, TIJUANA, Client
from lxml import etree
from samples import NS, cfdi, change, large, uuid_of


def _found(api, **parameters):
    return api.ask("facturacion/find", **parameters).json()["pagination"]


def _one(api, path, **order):
    return api.items(path, [order])[0]


def test_envelope_and_branches(api):
    data = api.ask("sucursal/find", offset=0, size=2).json()
    assert (data["succeed"], data["code"], data["message"]) == (
        True, 2000, "Petición satisfactoria.")
    page = data["pagination"]
    assert (page["count"], page["offset"], len(page["items"])) == (4, 0, 2)
    assert page["items"][0]["id"] == MATRIZ
    assert page["items"][0]["direccion"]["codigopostal"] == "06000"


def test_branches_of_an_issuer(api):
    api.control("POST", "branches", {"id": TIJUANA, "rfc": "IIA040805DZ4"})

    def ids(rfc):
        page = api.ask("sucursal/find", size=100, filter=f"empresa.rfc:eq!{rfc}").json()
        return [row["id"] for row in page["pagination"]["items"]]
    assert TIJUANA in ids("IIA040805DZ4") and len(ids("IIA040805DZ4")) == 4
    assert TIJUANA not in ids("EKU9003173C9") and len(ids("H&E951128469".replace("&", "%26"))) == 0
    assert len(ids("H&E951128469")) == 3 and ids("AAA010101AAA") == []
    item = api.stamp(cfdi(branch=TIJUANA), branch=TIJUANA).json()["result"]["items"][0]
    assert not item["succeed"] and item["error"].startswith("303")
    api.control("POST", "branches", {"id": TIJUANA, "rfc": None})
    assert api.stamp(cfdi(branch=TIJUANA), branch=TIJUANA).json()["result"]["items"][0]["succeed"]


def test_stamp_seals_with_a_date_of_its_own(api):
    sent = cfdi(fecha="2017-10-26T20:23:47")
    data = api.stamp(sent).json()
    item = data["result"]["items"][0]
    assert data["succeed"] and set(item) == {"requestUuid", "encode", "succeed", "uuid", "message"}
    assert item["message"] == "Comprobante procesado correctamente."
    stamped = base64.b64decode(item["encode"])
    assert uuid_of(stamped) == item["uuid"]
    assert etree.fromstring(stamped).get("Fecha") > "2026"
    row = api.control("GET", f"cfdi/{item['uuid']}")
    assert (row["operation"], row["sent"]) == ("api_stamp", sent.decode())
    assert api.left() == 999


def test_local_time_of_the_branch(api):
    item = api.stamp(cfdi(branch=HERMOSILLO), branch=HERMOSILLO).json()["result"]["items"][0]
    row = _found(api, filter=f"uuid:eq!{item['uuid']}")["items"][0]
    assert row["sucursal"] == "HERMOSILLO"
    book = api.book()[0]
    created = datetime.datetime.fromisoformat(book["created"]).timestamp()
    assert abs(row["fecha"] / 1000 - created) < 30


def test_failed_items_in_an_envelope_that_succeeds(api):
    key = str(uuids.uuid4())
    good = base64.b64encode(cfdi()).decode()
    wrong = base64.b64encode(change(cfdi(), ".", "Total", "1.00")).decode()
    items = api.items("timbrado", [
        {"requestUuid": key, "encode": good}, {"requestUuid": key, "encode": good},
        {"requestUuid": str(uuids.uuid4()), "encode": "%%%"},
        {"requestUuid": str(uuids.uuid4()), "encode": wrong},
        {"requestUuid": "1", "encode": good}, {"requestUuid": ["x"], "encode": good},
        {"requestUuid": str(uuids.uuid4())}], MATRIZ)
    assert [item["succeed"] for item in items] == [True] + [False] * 6
    assert items[1]["requestUuid"] == key and "está repetido" in items[1]["error"]
    assert items[2]["error"] == "Petición errónea, el atributo 'encode' no es válido."
    assert items[3]["error"].startswith("CFDI40119")
    assert items[3]["message"] == "Comprobante no procesado."
    assert "requestUuid" in items[4]["error"] and "requestUuid" in items[5]["error"]
    assert len(api.book()) == 1


def test_the_same_document_later_is_stamped_again(api):
    key, encoded = str(uuids.uuid4()), base64.b64encode(cfdi()).decode()
    first, second = (api.items("timbrado", [{"requestUuid": key, "encode": encoded}], MATRIZ)[0]
                     for _n in range(2))
    assert first["uuid"] != second["uuid"] and len(api.book()) == 2
    api.settings(detect_duplicates=True)
    third = api.items("timbrado", [{"requestUuid": key, "encode": encoded}], MATRIZ)[0]
    assert not third["succeed"] and third["error"].startswith("307")


@pytest.mark.parametrize("count, status", [(0, 400), (25, 200), (26, 400)])
def test_how_many(api, count, status):
    response = api.stamp(*[b"<a/>"] * count)
    assert response.status_code == status
    assert response.json()["succeed"] is (status == 200)


@pytest.mark.parametrize("branch", [None, 1, "x"])
def test_unknown_branch(api, branch):
    response = api.stamp(cfdi(), branch=branch)
    assert response.status_code == 400 and response.json()["succeed"] is False
    assert api.book() == []


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"entity": 1}', b'{"entity": {"data": []}}',
                                  b'{"entity": {"data": {"comprobantes": [1]}}}'])
def test_bodies_that_are_none(api, body):
    response = api.session.post(f"{api.url}/api/timbrado", data=body, timeout=20,
                                headers={"Content-Type": "application/json"})
    assert (response.status_code, response.json()["code"]) == (400, 4000)


@pytest.mark.parametrize("method, path, status", [
    ("GET", "timbrado", 405), ("POST", "facturacion/find", 405), ("GET", "otra", 404)])
def test_wrong_addresses(api, method, path, status):
    response = api.session.request(method, f"{api.url}/api/{path}", timeout=20)
    assert response.status_code == status and response.json()["succeed"] is False


def test_xml_is_not_spoken(api):
    response = api.session.get(f"{api.url}/api/sucursal/find", timeout=20,
                               headers={"Accept": "application/xml"})
    assert response.status_code == 406


def test_credits_run_out_within_a_call(api):
    api.control("POST", "users", {"name": "demo", "credits": 2})
    items = api.stamp(*[cfdi(folio=str(n)) for n in range(4)]).json()["result"]["items"]
    assert [item["succeed"] for item in items] == [True, True, False, False]
    assert items[3]["error"].startswith("718")


def test_find(api):
    uuids_ = {folio: api.stamped(cfdi(folio=folio)) for folio in ("7", "8")}
    page = _found(api, size=100)
    assert page["count"] == 2
    row = next(row for row in page["items"] if row["folio"] == 7)
    assert (row["serie"], row["total"], row["rfcEmisor"], row["rfcReceptor"]) == (
        "A[185]", 116.0, "EKU9003173C9", "URE180429TM6")
    assert row["uuid"] == uuids_["7"] and row["cancelada"] is False
    for condition in ("folio:eq!8", "serie:eq!A", "serie:eq!A[185]", "total:eq!116.00",
                      "rfcReceptor:eq!URE180429TM6", "cancelada:eq!false"):
        assert _found(api, filter=[condition, "folio:eq!8"])["items"][0]["folio"] == 8, condition
    assert _found(api, filter=["folio:eq!8", "total:gt!116"])["count"] == 0
    assert [row["folio"] for row in _found(api, orderby="folio:desc")["items"]] == [8, 7]
    assert [row["folio"] for row in _found(api, offset=1, size=1)["items"]] == [8]


@pytest.mark.parametrize("parameters", [
    {"filter": "folio=7"}, {"filter": "nada:eq!7"}, {"filter": "folio:like!7"}, {"size": 101},
    {"offset": "-1"}, {"orderby": "folio"}])
def test_find_refuses(api, parameters):
    api.stamped(cfdi())
    assert api.ask("facturacion/find", **parameters).status_code == 400


def test_find_as_set(api):
    api.settings(serie_suffix=False)
    api.stamped(cfdi())
    assert _found(api)["items"][0]["serie"] == "A"
    api.settings(find_lag=60)
    assert _found(api)["count"] == 0


def test_detail(api):
    uuid = api.stamped(cfdi("full"))
    data = api.ask("facturacion", id=uuid).json()["entity"]["data"]
    assert (data["uuid"], data["mifolio"], data["miserie"]) == (uuid, 1, "A[185]")
    assert (data["subtotal"], data["descuento"], data["total"]) == (2069.12, 100.0, 2115.9)
    assert (data["totalimpuestostrasladados"], data["totalimpuestosretenidos"]) == (171.06, 24.28)
    assert data["tipocomprobante"] == "INGRESO" and uuid in data["cbb"]
    response = api.ask("facturacion", id=str(uuids.uuid4()))
    assert response.status_code == 404 and response.json()["succeed"] is False


def test_fetch(api):
    uuid, unknown = api.stamped(cfdi()), str(uuids.uuid4())
    good, bad = api.items("facturacion/recuperar",
                          [{"requestUuid": uuid}, {"requestUuid": unknown}])
    assert base64.b64decode(good["xml"]).startswith(b"\xef\xbb\xbf<?xml")
    assert uuid_of(base64.b64decode(good["xml"])) == uuid
    assert base64.b64decode(good["pdf"]).startswith(b"%PDF-")
    assert bad == {"requestUuid": unknown, "succeed": False, "message": "Comprobante no existe.",
                   "error": f"Item '{unknown}' no existe o no pertenece al usuario."}
    api.settings(fetch_bom=False)
    item = _one(api, "facturacion/recuperar", requestUuid=uuid)
    assert base64.b64decode(item["xml"]).startswith(b"<?xml")


def test_others_see_nothing(api):
    uuid = api.stamped(cfdi())
    other = type(api)(api.url, "otro")
    assert other.ask("facturacion/find").json()["pagination"]["count"] == 0
    assert not _one(other, "facturacion/recuperar", requestUuid=uuid)["succeed"]
    assert _one(other, "cancelacion", uuid=uuid, motivo="02")["error"].startswith("CA205")
    assert not _one(other, "cancelacion/acuse", uuid=uuid)["succeed"]


def test_cancelled_and_again(api):
    uuid = api.stamped(cfdi())
    assert _one(api, "cancelacion/acuse", uuid=uuid)["error"] == (
        "Error al obtener acuse, el comprobante no esta cancelado.")
    item = _one(api, "cancelacion", uuid=uuid, motivo="02")
    assert item["succeed"] and "fue cancelado, pero su estado no ha cambiado" in item["error"]
    assert api.book()[0]["estado"] == "Cancelado"
    item = _one(api, "cancelacion", uuid=uuid, motivo="02")
    assert item["succeed"] and item["error"].endswith("previamente cancelado")
    item = _one(api, "cancelacion/acuse", uuid=uuid)
    acuse = etree.fromstring(base64.b64decode(item["encode"]))
    assert acuse.findtext(".//{*}UUID") == uuid.upper()
    assert _found(api, filter="cancelada:eq!true")["count"] == 1


def test_the_receiver_decides(api):
    uuid = api.stamped(large())
    item = _one(api, "cancelacion", uuid=uuid, motivo="02")
    assert item["succeed"] and "debe ser autorizado por el receptor" in item["error"]
    assert "https://" in item["message"]
    item = _one(api, "cancelacion", uuid=uuid, motivo="02")
    assert not item["succeed"] and "ya se encuetra en proceso" in item["error"]
    assert not _one(api, "cancelacion/acuse", uuid=uuid)["succeed"]
    api.control("POST", f"cfdi/{uuid}", {"estado": "Cancelado"})
    assert _one(api, "cancelacion/acuse", uuid=uuid)["succeed"]


def test_not_cancelled(api):
    uuid = api.stamped(cfdi())
    api.settings(sat_lag=60)
    item = _one(api, "cancelacion", uuid=uuid, motivo="02")
    assert not item["succeed"] and "no se encontró en la base de datos del SAT" in item["error"]
    api.settings(sat_lag=0)
    api.control("POST", f"cfdi/{uuid}", {"cancelable": False})
    item = _one(api, "cancelacion", uuid=uuid, motivo="02")
    assert not item["succeed"] and item["message"].startswith("Primero debes cancelar")
    for order in ({}, {"uuid": uuid, "motivo": "09"}, {"uuid": uuid, "motivo": "01"},
                  {"uuid": uuid, "motivo": "02", "uuidRelacionado": uuid}):
        assert not _one(api, "cancelacion", **order)["succeed"]
    assert _one(api, "cancelacion", uuid=str(uuids.uuid4()), motivo="02")["error"].startswith(
        "CA205")
    assert api.book()[0]["estado"] == "Vigente"


def test_replaced(api):
    old, new = api.stamped(cfdi(folio="1")), api.stamped(cfdi(folio="2"))
    assert _one(api, "cancelacion", uuid=old, motivo="01", uuidRelacionado=new)["succeed"]
    assert api.book("?folio=1")[0]["folio_sustitucion"] == new


def test_one_book_for_all_services(api):
    uuid = api.stamped(cfdi())
    assert Client(api.url).get(f"/rest/consulta/xml/?uuid={uuid}").status_code == 200


def test_namespace_of_the_stamp(api):
    item = api.stamp(cfdi()).json()["result"]["items"][0]
    root = etree.fromstring(base64.b64decode(item["encode"]))
    assert root.find("cfdi:Complemento/tfd:TimbreFiscalDigital", NS).get("SelloCFD") \
        == root.get("Sello")
