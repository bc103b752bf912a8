"""sello_digital: create, stamp, read, cancel; the seed's forms; what the JSON must have."""

import base64
import threading
import time

import pytest
from client import Client, local_now
from json_clients import Sello, concept, invoice
from lxml import etree
from samples import NS

STAMPED = {"id", "invoice_status", "paid_status", "message", "xml", "pdf_file"}


def _root(data):
    return etree.fromstring(data["xml"].encode())


def _amounts(root):
    return [root.get(name) for name in ("SubTotal", "Descuento", "Total")]


def test_create_stamps_nothing(sello):
    response = sello.create()
    data = response.json()
    assert response.status_code == 201 and isinstance(data.pop("id"), int)
    assert data == {"invoice_status": {"id": 1, "name": "No timbrada"}, "paid_status": "false",
                    "message": "La factura fue creada exitósamente"}
    assert sello.book() == [] and sello.left() == 1000


def test_stamp_is_the_seeds_answer(sello):
    number = sello.created()
    data = sello.call(number, "stamp").json()
    assert set(data) == STAMPED and data["id"] == number
    assert data["invoice_status"] == {"id": 2, "name": "Timbrada"}
    assert data["paid_status"] == "false"
    assert data["message"] == "La factura fue timbrada exitósamente"
    assert base64.b64decode(data["pdf_file"]).startswith(b"%PDF-")
    root = _root(data)
    assert (root.get("Serie"), root.get("Folio"), root.get("FormaPago")) == ("S", "1", "03")
    assert _amounts(root) == ["100.00", None, "116.00"]
    row = sello.book()[0]
    assert (row["operation"], row["uuid"], row["branch"]) == (
        "sello_stamp", root.find(".//tfd:TimbreFiscalDigital", NS).get("UUID"), 17694)
    assert sello.left() == 999
    again = sello.call(number, "stamp").json()
    assert again["xml"] == data["xml"] and len(sello.book()) == 1 and sello.left() == 999


def test_read_before_and_after(sello):
    number = sello.created()
    data = sello.call(number).json()
    assert data["invoice_status"]["name"] == "No timbrada" and "xml" not in data
    stamped = sello.call(number, "stamp").json()
    data = sello.call(number).json()
    assert data["invoice_status"]["name"] == "Timbrada" and data["xml"] == stamped["xml"]
    assert data["invoice"]["uuid"] in data["xml"] and data["invoice"]["folio"] == 1
    assert data["invoice"]["total"] == "116.00"


def test_plain_status_and_strings(sello):
    sello.settings(sello_status="plain", sello_numbers="string")
    number = sello.created()
    assert isinstance(number, str)
    data = sello.call(number, "stamp").json()
    assert (data["id"], data["invoice_status"]) == (number, "Timbrada")


def test_paid(sello):
    number = sello.created()
    sello.call(number, "stamp")
    assert sello.control("POST", f"drafts/{number}", {"paid": True}) == {"id": number, "paid": 1}
    assert sello.call(number).json()["paid_status"] == "true"


@pytest.mark.parametrize("authorization", [None, "Bearer no", "Basic ZGVtbzpkZW1v", "raw-demo"])
def test_401(sello, authorization):
    sello.session.headers["Authorization"] = authorization
    response = sello.call(1)
    assert (response.status_code, response.json()) == (
        401, {"status": 401, "message": "Unauthorized"})


@pytest.mark.parametrize("path, method, status", [
    ("/invoices/999999", "GET", 404), ("/invoices/1x", "GET", 404), ("/invoices", "GET", 404),
    ("/invoices/1/other", "GET", 404), ("/invoices/create_full", "GET", 405),
    ("/invoices/1/stamp", "POST", 405)])
def test_no_such_thing(sello, path, method, status):
    response = sello.session.request(method, sello.url + path, timeout=20)
    assert response.status_code == response.json()["status"] == status
    if status == 404:
        assert response.json()["message"] == "Not Found"


def test_anothers_invoice_is_not_found(sello):
    number = sello.created()
    for action in ("", "stamp", "cancel"):
        assert Sello(sello.url, "otro").call(number, action).status_code == 404


@pytest.mark.parametrize("changes, text", [
    ({"issuer_rfc": "AAA010101AAA"}, "issuer_rfc no es un emisor"),
    ({"payment_method_id": 77}, "payment_method_id no existe: 77"),
    ({"payment_method_id": None}, "payment_method_id no puede estar en blanco"),
    ({"money_id": "x"}, "money_id debe ser un número"),
    ({"receptor_attributes": None}, "receptor_attributes no puede estar en blanco"),
    ({"receptor_attributes": 3}, "receptor_attributes debe ser un objeto"),
    ({"branch_attributes": {"name": "NADA"}}, "branch_attributes.name no es una sucursal activa"),
    ({"concepts_attributes": []}, "concepts_attributes no puede estar en blanco"),
    ({"concepts_attributes": [{"quantity": "NaN"}]}, "concepts_attributes[0].quantity debe ser"),
    ({"concepts_attributes": [concept(taxes=[99])]},
     "concepts_attributes[0].taxes[0].tax_type_id no existe: 99"),
    ({"date": None}, "date no puede estar en blanco"),
    ({"serie": {}, "branch_attributes": {"name": "MATRIZ"}},
     "branch_attributes.serie no puede estar en blanco")])
def test_422(sello, changes, text):
    response = sello.create(invoice(**changes))
    assert response.status_code == 422 and set(response.json()) == {"errors"}
    assert any(error.startswith(text) for error in response.json()["errors"]), response.text
    assert sello.control("GET", "drafts") == []


def test_all_errors_at_once_and_no_json(sello):
    assert len(sello.create({}).json()["errors"]) > 5
    headers = {"Content-Type": "application/json"}
    response = sello.session.post(f"{sello.url}/invoices/create_full", data=b'{"a"',
                                  headers=headers, timeout=20)
    assert response.status_code == 422
    response = sello.session.post(f"{sello.url}/invoices/create_full", data=b"a=1", timeout=20)
    assert response.status_code == 415


def test_the_keys_of_2016(sello):
    """Objects in a list, concepts by number, serie and folio of the branch, ids as strings."""
    data = invoice()["invoice"]
    data["branch_attributes"] = [data["branch_attributes"]]
    data["receptor_attributes"] = [data["receptor_attributes"]]
    data["concepts_attributes"] = {"0": concept(), "1": concept("50.00", taxes=["4"])}
    data["money_id"] = "1"
    del data["serie"], data["folio"]
    root = _root(sello.call(sello.created({"invoice": data}), "stamp").json())
    assert _amounts(root) == ["150.00", None, "166.00"] and root.get("Serie") == "S"


@pytest.mark.parametrize("concepts, amounts", [
    ([concept("33.33", quantity="3", discount="9.99")], ["99.99", "9.99", "104.40"]),
    ([concept(taxes=[1, 5, 8])], ["100.00", None, "95.33"]),
    ([concept("0.99", taxes=[10, 1])] * 3, ["2.97", None, "3.69"]),
    ([concept(taxes=[])], ["100.00", None, "100.00"]),
    ([concept(taxes=[3]), concept(taxes=[4])], ["200.00", None, "200.00"])])
def test_sums_pass_the_judge(sello, concepts, amounts):
    data = sello.call(sello.created(invoice(concepts=concepts)), "stamp").json()
    assert data["invoice_status"]["name"] == "Timbrada", data
    assert _amounts(_root(data)) == amounts


def test_given_amounts_are_written_as_they_are(sello):
    line = concept("10.005", quantity="1.000", amount="10.01",
                   taxes=(), tax_object="02")
    line["taxes"] = [{"tax_type_id": 1, "base": "10.01", "amount": "1.60"}]
    given = invoice(concepts=[line], subtotal="10.01", total="11.61", taxes=line["taxes"])
    root = _root(sello.call(sello.created(given), "stamp").json())
    assert _amounts(root) == ["10.01", None, "11.61"]
    assert root.find(".//cfdi:Concepto", NS).get("ValorUnitario") == "10.005"


def test_wrong_sums_are_the_judges(sello):
    number = sello.created(invoice(total="116.01"))
    data = sello.call(number, "stamp").json()
    assert data["invoice_status"] == {"id": 1, "name": "No timbrada"}
    assert data["message"] == "No se logró timbrar la factura"
    assert data["error"].startswith("CFDI40119") and "action_recommended" not in data
    assert sello.book() == [] and sello.left() == 1000
    assert sello.call(number).json()["error"] == data["error"]


def test_currency_relation_and_global(sello):
    former = sello.call(sello.created(invoice(7)), "stamp").json()
    uuid = _root(former).find(".//tfd:TimbreFiscalDigital", NS).get("UUID")
    data = invoice(8, money_id=2, exchange_rate="17.1234", receipt_type_id=2,
                   relations=[{"type": "01", "uuids": [uuid]}], payment_conditions="30 días")
    root = _root(sello.call(sello.created(data), "stamp").json())
    assert [root.get(name) for name in ("Moneda", "TipoCambio", "TipoDeComprobante")] \
        == ["USD", "17.1234", "E"]
    assert root.find(".//cfdi:CfdiRelacionado", NS).get("UUID") == uuid
    public = invoice(9, **{"global": {"periodicity": "01", "months": "11",
                                      "year": int(local_now()[:4])}})
    public["invoice"]["receptor_attributes"] = {
        "name": "PUBLICO EN GENERAL", "rfc": "XAXX010101000", "tax_regime": "616",
        "cfdi_use": "S01", "address_attributes": {"cp": "06000"}}
    root = _root(sello.call(sello.created(public), "stamp").json())
    assert root.find("cfdi:InformacionGlobal", NS).get("Periodicidad") == "01"


def test_further_ids(sello):
    sello.settings(sello_ids={"taxes": {"41": ["Traslado", "003", "Cuota", "0.592200"]}})
    root = _root(sello.call(sello.created(invoice(concepts=[concept(taxes=[41])])), "stamp").json())
    assert root.find(".//cfdi:Traslado", NS).get("TipoFactor") == "Cuota"


def test_place_of_the_branch(sello):
    data = invoice()
    data["invoice"]["branch_attributes"]["address_attributes"]["cp"] = "22000"
    assert "S126" in sello.call(sello.created(data), "stamp").json()["error"]


def test_no_credits_is_pending(sello):
    sello.control("POST", "users", {"name": "demo", "credits": 0})
    number = sello.created()
    data = sello.call(number, "stamp").json()
    assert data["invoice_status"]["name"] == "Pendiente" and data["action_recommended"] == 2
    assert "718" in data["error"]
    sello.control("POST", "users", {"name": "demo", "credits": 1})
    assert sello.call(number, "stamp").json()["invoice_status"]["name"] == "Timbrada"


def test_many_at_once_stamp_one(sello):
    number, names = sello.created(), []

    def stamp():
        client = Sello(sello.url)
        names.append(client.call(number, "stamp").json()["invoice_status"]["name"])
    threads = [threading.Thread(target=stamp) for _n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert names == ["Timbrada"] * 8 and len(sello.book()) == 1 and sello.left() == 999


def test_cancel(sello):
    number = sello.created()
    assert sello.call(number, "cancel").status_code == 422
    sello.call(number, "stamp")
    data = sello.call(number, "cancel").json()
    assert set(data) == STAMPED and data["invoice_status"] == {"id": 3, "name": "Cancelada"}
    assert sello.book()[0]["estado"] == "Cancelado" and sello.book()[0]["motivo"] == "02"
    assert sello.call(number, "cancel").json()["invoice_status"]["name"] == "Cancelada"
    assert sello.call(number).json()["invoice_status"]["name"] == "Cancelada"


def test_cancel_waits_is_refused_or_is_too_early(sello):
    number = sello.created(invoice(concepts=[concept("5000.00")]))
    sello.call(number, "stamp")
    uuid = sello.book()[0]["uuid"]
    sello.settings(sat_lag=60)
    assert sello.call(number, "cancel").json()["error"] == "UUID No encontrado"
    sello.settings(sat_lag=0)
    sello.control("POST", f"cfdi/{uuid}", {"cancelable": False})
    data = sello.call(number, "cancel").json()
    assert data["invoice_status"]["name"] == "Timbrada" and data["error"].startswith("204")
    sello.control("POST", f"cfdi/{uuid}", {"cancelable": True})
    data = sello.call(number, "cancel").json()
    assert data["invoice_status"]["name"] == "Timbrada" and "error" not in data
    assert "en proceso" in data["message"]
    sello.control("POST", f"cfdi/{uuid}", {"estado": "Cancelado"})
    assert sello.call(number).json()["invoice_status"]["name"] == "Cancelada"


def test_cancel_with_a_reason(sello):
    first, second = sello.created(invoice(1)), sello.created(invoice(2))
    sello.call(first, "stamp"), sello.call(second, "stamp")
    uuid = sello.book("?folio=2")[0]["uuid"]
    data = sello.call(first, "cancel", params={"motivo": "01"}).json()
    assert data["error"].startswith("208") and sello.book()[0]["estado"] == "Vigente"
    sello.call(first, "cancel", params={"motivo": "01", "folioSustitucion": uuid})
    row = sello.book("?folio=1")[0]
    assert (row["estado"], row["motivo"], row["folio_sustitucion"]) == ("Cancelado", "01", uuid)


def test_one_book_for_all_services(sello):
    sello.call(sello.created(), "stamp")
    uuid = sello.book()[0]["uuid"]
    response = Client(sello.url).get(f"/rest/consulta/xml/?uuid={uuid}")
    assert response.status_code == 200 and uuid.encode() in response.content


def test_asked_twice_it_may_issue_twice(sello):
    sello.settings(sello_anew=True)
    number = sello.created()
    first, second = (_root(sello.call(number, "stamp").json()) for _call in range(2))
    uuids = {root.find(".//tfd:TimbreFiscalDigital", NS).get("UUID") for root in (first, second)}
    assert len(uuids) == 2 == len(sello.book()) and sello.left() == 998


def test_pending_it_may_stamp_by_itself(sello):
    number = sello.created()
    sello.control("POST", "faults", {"operation": "sello_stamp", "fault": "pending", "stamps_after": 0.1})
    data = sello.call(number, "stamp").json()
    assert data["invoice_status"]["name"] == "Pendiente" and data["action_recommended"] == 1
    until = time.monotonic() + 10
    while not sello.book() and time.monotonic() < until:
        time.sleep(0.02)
    assert sello.call(number).json()["invoice_status"]["name"] == "Timbrada" and len(sello.book()) == 1


@pytest.mark.parametrize("discount, total", [(None, "116.00"), ("10.00", "104.40")])
def test_one_iva_as_the_public_client_names_it(sello, discount, total):
    line = {**concept(taxes=[], discount=discount), "iva_type_id": 1}
    line = {key: value for key, value in line.items() if value is not None and key != "taxes"}
    data = sello.call(sello.created(invoice(concepts=[line])), "stamp").json()
    assert data["invoice_status"]["name"] == "Timbrada", data
    assert _root(data).get("Total") == total
