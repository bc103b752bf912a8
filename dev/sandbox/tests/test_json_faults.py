"""The failures of the two JSON services: those of all services, and those of their own."""

import base64
import uuid as uuids

import pytest
import requests
from lxml import etree
from samples import NS, cfdi, uuid_of

LOST = (requests.exceptions.ConnectionError, requests.exceptions.ChunkedEncodingError)
COMMON = [
    ("error_500_before", 500, 0), ("error_500_after", 500, 1), ("error_502", 502, 1),
    ("error_503", 503, 0), ("html", 200, 1), ("html_before", 200, 0), ("error_200", 200, 0),
    ("error_text", 400, 0), ("unauthorized_401", 401, 0), ("not_found_404", 404, 0),
    ("empty", 200, 1), ("garbage_json", 200, 1), ("garbage_xml", 200, 1)]
WIRE = [("no_answer_after", 1), ("reset_after", 1), ("reset_before", 0), ("cut", 1)]


def _stamped(item):
    return base64.b64decode(item["encode"])


@pytest.mark.parametrize("fault, status, stamped", COMMON)
def test_sello_answers(sello, fault, status, stamped):
    number = sello.created()
    sello.fault("sello_stamp", fault)
    response = sello.call(number, "stamp")
    assert response.status_code == status and b"TimbreFiscalDigital" not in response.content
    assert len(sello.book()) == stamped
    if fault == "error_500_before":
        assert response.json() == {"status": 500, "message": "Server crashed"}
    if fault == "error_200":
        assert response.json()["invoice_status"]["name"] == "No timbrada"
    assert sello.call(number).json()["invoice_status"]["name"] == (
        "Timbrada" if stamped else "No timbrada")
    assert sello.call(number, "stamp").json()["invoice_status"]["name"] == "Timbrada"
    assert len(sello.book()) == 1 and sello.left() == 999


@pytest.mark.parametrize("fault, stamped", WIRE)
def test_sello_wire(sello, fault, stamped):
    number = sello.created()
    sello.fault("sello_stamp", fault)
    with pytest.raises(LOST):
        sello.call(number, "stamp")
    assert len(sello.book()) == stamped


@pytest.mark.parametrize("fault, created", WIRE)
def test_a_lost_create_leaves_nothing_fiscal(sello, fault, created):
    sello.fault("sello_create", fault)
    with pytest.raises(LOST):
        sello.create()
    assert len(sello.control("GET", "drafts")) == created
    assert sello.book() == [] and sello.left() == 1000


@pytest.mark.parametrize("fault, status", [
    ("refuse", 422), ("error_200", 422), ("unauthorized_401", 401), ("error_500_before", 500)])
def test_create_is_refused(sello, fault, status):
    sello.fault("sello_create", fault)
    response = sello.create()
    assert response.status_code == status
    assert set(response.json()) == ({"errors"} if status == 422 else {"status", "message"})
    assert sello.control("GET", "drafts") == []


def test_pending(sello):
    number = sello.created()
    sello.fault("sello_stamp", "pending", times=2)
    for _n in range(2):
        data = sello.call(number, "stamp").json()
        assert data == {
            "id": number, "invoice_status": {"id": 1, "name": "Pendiente"},
            "action_recommended": 1, "paid_status": "false",
            "message": "No se logró timbrar la factura",
            "error": "Ocurrió un problema, intente nuevamente en unos minutos."
                     " Contacte al administrador si persiste el problema"}
        assert sello.call(number).json()["invoice_status"]["name"] == "Pendiente"
    assert sello.book() == []
    assert sello.call(number, "stamp").json()["invoice_status"]["name"] == "Timbrada"


def test_pending_though_stamped(sello):
    number = sello.created()
    sello.fault("sello_stamp", "pending_after")
    data = sello.call(number, "stamp").json()
    assert data["invoice_status"]["name"] == "Pendiente" and "xml" not in data
    assert len(sello.book()) == 1
    assert sello.call(number).json()["invoice_status"]["name"] == "Timbrada"


def test_pending_of_ones_choice(sello):
    sello.settings(sello_status="plain")
    number = sello.created()
    sello.fault("sello_stamp", "pending", error="El RFC no existe", action_recommended=7)
    data = sello.call(number, "stamp").json()
    assert (data["invoice_status"], data["error"], data["action_recommended"]) == (
        "Pendiente", "El RFC no existe", 7)


@pytest.mark.parametrize("operation", ["sello_stamp", "sello_read", "sello_cancel"])
@pytest.mark.parametrize("fault", ["foreign_cfdi", "changed_total", "no_tfd", "two_tfds"])
def test_sello_documents(sello, operation, fault):
    number = sello.created()
    if operation != "sello_stamp":
        sello.call(number, "stamp")
    sello.fault(operation, fault)
    data = sello.call(number, {"sello_read": ""}.get(operation, operation[6:])).json()
    root = etree.fromstring(data["xml"].encode())
    tfds = root.findall(".//tfd:TimbreFiscalDigital", NS)
    assert len(tfds) == {"no_tfd": 0, "two_tfds": 2}.get(fault, 1)
    if fault == "foreign_cfdi":
        assert root.find("cfdi:Emisor", NS).get("Rfc") == "XIA190128J61"
    if fault == "changed_total":
        assert root.get("Total") == "117.00"
    assert len(sello.book("?user=demo")) == 1 and sello.control("GET", "faults") == []


@pytest.mark.parametrize("operation", ["sello_create", "sello_stamp", "sello_read"])
def test_sello_fields(sello, operation):
    number = sello.created()

    def call():
        if operation == "sello_create":
            return sello.create().json()
        return sello.call(number, {"sello_read": ""}.get(operation, "stamp")).json()
    sello.fault(operation, "odd_status")
    assert call()["invoice_status"]["name"] == "En revisión"
    sello.fault(operation, "other_id")
    true, twisted = call()["id"], call()["id"]
    assert true != twisted
    sello.fault(operation, "fields", set={"paid_status": "quizá", "id": "x"}, drop=["message"])
    data = call()
    assert (data["paid_status"], data["id"], "message" in data) == ("quizá", "x", False)


def test_another_version(sello):
    number = sello.created()
    sello.fault("sello_stamp", "version_33")
    root = etree.fromstring(sello.call(number, "stamp").json()["xml"].encode())
    assert (root.tag, root.get("Version")) == ("{http://www.sat.gob.mx/cfd/3}Comprobante", "3.3")
    assert root.get("Total") == "116.00" and root.find(".//tfd:TimbreFiscalDigital", NS).get("UUID")


def test_sello_cancel_without_a_known_status(sello):
    number = sello.created()
    sello.call(number, "stamp")
    sello.fault("sello_cancel", "wrong_code")
    assert sello.call(number, "cancel").json()["invoice_status"]["name"] == "Operación realizada."
    assert sello.book()[0]["estado"] == "Cancelado"


@pytest.mark.parametrize("fault, status, stamped", COMMON)
def test_api_answers(api, fault, status, stamped):
    api.fault("api_stamp", fault)
    response = api.stamp(cfdi())
    assert response.status_code == status and b"encode" not in response.content
    if fault == "error_200":
        assert response.json()["succeed"] is False
    assert len(api.book()) == stamped
    assert api.stamp(cfdi(folio="9")).json()["result"]["items"][0]["succeed"]


@pytest.mark.parametrize("fault, stamped", WIRE)
def test_api_wire(api, fault, stamped):
    api.fault("api_stamp", fault)
    with pytest.raises(LOST):
        api.stamp(cfdi())
    assert len(api.book()) == stamped


def test_token_faults(api):
    for fault, status in (("error_500_before", 500), ("unauthorized_401", 401), ("error_503", 503),
                          ("garbage_json", 200)):
        api.fault("api_token", fault)
        response = api.token()
        assert response.status_code == status and "access_token" not in response.text
    # done, and the token that nobody got counts
    assert len(api.control("GET", "tokens")) == 2
    api.fault("api_token", "fields", drop=["refresh_token"], set={"expires_in": "3600"})
    data = api.token().json()
    assert data["expires_in"] == "3600" and set(data) == {
        "access_token", "token_type", "expires_in", "scope"}


@pytest.mark.parametrize("fault", ["foreign_cfdi", "changed_total", "no_tfd", "two_tfds"])
@pytest.mark.parametrize("operation", ["api_stamp", "api_fetch"])
def test_api_documents(api, operation, fault):
    if operation == "api_stamp":
        api.fault(operation, fault)
        item = api.stamp(cfdi()).json()["result"]["items"][0]
    else:
        uuid = api.stamped(cfdi())
        api.fault(operation, fault)
        item = api.items("facturacion/recuperar", [{"requestUuid": uuid}])[0]
    root = etree.fromstring(base64.b64decode(item.get("encode") or item["xml"]))
    tfds = root.findall(".//tfd:TimbreFiscalDigital", NS)
    assert len(tfds) == {"no_tfd": 0, "two_tfds": 2}.get(fault, 1)
    if fault == "foreign_cfdi":
        assert root.find("cfdi:Emisor", NS).get("Rfc") == "XIA190128J61"
    if "uuid" in item and tfds:
        assert item["uuid"] == tfds[0].get("UUID")
    assert len(api.book("?user=demo")) == 1


@pytest.mark.parametrize("fault, check", [
    ("item_missing", lambda ids, items: [i["requestUuid"] for i in items] == ids[1:]),
    ("item_doubled", lambda ids, items: [i["requestUuid"] for i in items] == [*ids, ids[0]]),
    ("item_foreign", lambda ids, items: items[0]["requestUuid"] not in ids and len(items) == 3),
    ("item_extra", lambda ids, items: len(items) == 4 and items[3]["requestUuid"] not in ids),
    ("item_empty", lambda ids, items: items[0]["succeed"] and "encode" not in items[0]
     and items[0]["error"]),
    ("item_denied", lambda ids, items: not items[0]["succeed"] and "encode" not in items[0]),
    ("item_garbage", lambda ids, items: items[0]["encode"].startswith("%%%")),
    ("items_swapped", lambda ids, items: [i["requestUuid"] for i in items]
     == [ids[1], ids[0], ids[2]]),
    ("items_reordered", lambda ids, items: [i["requestUuid"] for i in items] == ids[::-1]),
    ("other_uuid", lambda ids, items: uuid_of(_stamped(items[0])) != items[0]["uuid"]),
    ("fields", lambda ids, items: items[0]["succeed"] == "true" and "uuid" not in items[0])])
def test_items(api, fault, check):
    ids = [str(uuids.uuid4()) for _n in range(3)]
    api.fault("api_stamp", fault, set={"succeed": "true"}, drop=["uuid"])
    data = api.post("timbrado", [
        {"requestUuid": key, "encode": base64.b64encode(cfdi(folio=str(n))).decode()}
        for n, key in enumerate(ids)], 17694).json()
    assert data["succeed"] is True and check(ids, data["result"]["items"])
    assert len(api.book()) == 3


def test_a_failed_item_in_an_envelope_that_succeeds(api):
    api.fault("api_stamp", "item_failed", text="CFDI40147 - El código postal no existe")
    data = api.stamp(cfdi(folio="1"), cfdi(folio="2")).json()
    first, second = data["result"]["items"]
    assert data["succeed"] is True and (first["succeed"], second["succeed"]) == (False, True)
    assert first["error"].startswith("CFDI40147")
    assert [row["folio"] for row in api.book()] == ["2"]


def test_the_envelope_lies(api):
    api.fault("api_stamp", "envelope_false")
    data = api.stamp(cfdi()).json()
    assert data["succeed"] is False and data["result"]["items"][0]["succeed"] is True


def test_odd_cancellations_and_receipts(api):
    uuid = api.stamped(cfdi())
    api.fault("api_cancel", "wrong_code", text="Listo.")
    item = api.items("cancelacion", [{"uuid": uuid, "motivo": "02"}])[0]
    assert (item["error"], item["succeed"], "message" in item) == ("Listo.", True, False)
    api.fault("api_cancel", "other_uuid")
    assert api.items("cancelacion", [{"uuid": uuid, "motivo": "02"}])[0]["uuid"] != uuid
    api.fault("api_receipt", "foreign_acuse")
    item = api.items("cancelacion/acuse", [{"uuid": uuid}])[0]
    acuse = etree.fromstring(base64.b64decode(item["encode"]))
    assert acuse.findtext(".//{*}UUID").lower() != uuid and item["uuid"] == uuid


def test_details_of_another(api):
    uuid = api.stamped(cfdi())
    api.fault("api_detail", "other_uuid")
    assert api.ask("facturacion", id=uuid).json()["entity"]["data"]["uuid"] != uuid


def test_only_for_one_invoice(sello):
    first, second = sello.created(), sello.created()
    sello.fault("sello_stamp", "no_credits", contains=f"/{second}/")
    assert sello.call(first, "stamp").json()["invoice_status"]["name"] == "Timbrada"
    data = sello.call(second, "stamp").json()
    assert (data["invoice_status"]["name"], data["action_recommended"]) == ("Pendiente", 2)
    assert [row["stamped"] for row in sello.control("GET", "drafts")] == [1, 0]


@pytest.mark.parametrize("operation, fault", [
    ("stamp", "pending"), ("sello_stamp", "item_missing"), ("api_stamp", "zip_bomb"),
    ("api_token", "item_missing"), ("api_find", "item_garbage"), ("api_stempel", "empty")])
def test_faults_that_make_no_sense(api, operation, fault):
    with pytest.raises(requests.HTTPError):
        api.fault(operation, fault)


def test_latency_and_log_know_the_operations(api):
    api.settings(latency={"api_stamp": 1})
    api.stamped(cfdi())
    assert api.control("GET", "requests?operation=api_stamp")[0]["outcome"] == "stamped 1"
    guide = api.control("GET", "help")["services"]
    assert "POST /api/timbrado" in guide["facture_api"]["paths"]
    assert guide["sello_digital"]["paths"]["GET /invoices/:id/stamp"] == "sello_stamp"
