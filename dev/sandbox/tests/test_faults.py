"""Every failure that can be ordered happens as it was ordered, once, and is in the book or not."""

import base64
import io
import threading
import time
import zipfile

import pytest
import requests
from client import Client
from lxml import etree
from samples import NS, cfdi, uuid_of, zipped

LOST = (requests.exceptions.ConnectionError, requests.exceptions.ChunkedEncodingError)


def _then_well(client, expected):
    """The next stamp goes well, and the book has so many."""
    assert client.control("GET", "faults") == []
    assert client.stamp(cfdi(folio="9")).status_code == 200
    assert len(client.book()) == expected + 1
    assert client.credits() == 999 - expected


@pytest.mark.parametrize("fault, stamped", [
    ("no_answer_after", 1), ("reset_after", 1), ("reset_before", 0), ("cut", 1)])
def test_no_or_half_an_answer(client, fault, stamped):
    client.fault("stamp", fault)
    with pytest.raises(LOST):
        client.stamp(cfdi())
    _then_well(client, stamped)


@pytest.mark.parametrize("fault, status, stamped", [
    ("error_500_before", 500, 0), ("error_500_after", 500, 1), ("error_502", 502, 1),
    ("error_503", 503, 0), ("html", 200, 1), ("html_before", 200, 0), ("error_200", 200, 0),
    ("error_text", 400, 0), ("refuse", 400, 0), ("unauthorized_401", 401, 0),
    ("not_found_404", 404, 0), ("no_credits", 400, 0), ("empty", 200, 1),
    ("garbage_json", 200, 1), ("garbage_xml", 200, 1)])
def test_wrong_answers(client, fault, status, stamped):
    client.fault("stamp", fault)
    response = client.stamp(cfdi())
    assert response.status_code == status
    assert b"TimbreFiscalDigital" not in response.content
    if fault.startswith("html"):
        assert response.headers["Content-Type"].startswith("text/html")
    if fault == "error_text":
        assert response.headers["Content-Type"].startswith("text/plain")
    if fault == "no_credits":
        assert b"718" in response.content
    _then_well(client, stamped)


def test_gateway_errors_at_the_other_moment(client):
    client.fault("stamp", "error_502", when="before")
    client.fault("stamp", "error_503", when="after")
    assert [client.stamp(cfdi()).status_code for _n in range(2)] == [502, 503]
    _then_well(client, 1)


@pytest.mark.parametrize("fault", ["slow", "slow_before"])
def test_slow(client, fault):
    client.fault("stamp", fault, seconds=0.8)
    with pytest.raises(requests.exceptions.ReadTimeout):
        client.stamp(cfdi(), timeout=0.3)
    client.fault("stamp", fault, seconds=0.3)
    assert client.stamp(cfdi(folio="2")).status_code == 200
    # The first call goes on at the service after its client gave up: wait for its stamp.
    deadline = time.monotonic() + 5
    while len(client.book()) < 2 and time.monotonic() < deadline:
        time.sleep(0.05)
    assert len(client.book()) == 2


def test_refusal_of_ones_choice(client):
    client.fault("stamp", "refuse", code="402", text="Sin LCO", status=422)
    response = client.stamp(cfdi(), accept="application/json")
    assert (response.status_code, response.json()["codigo"], response.json()["mensaje"]) \
        == (422, "402", "Sin LCO")


def test_foreign_cfdi(client):
    client.fault("stamp", "foreign_cfdi")
    root = etree.fromstring(client.stamp(cfdi(folio="1")).content)
    assert root.find("cfdi:Emisor", NS).get("Rfc") == "XIA190128J61"
    foreign = uuid_of(etree.tostring(root))
    assert len(client.book("?user=demo")) == 1
    assert client.get(f"/rest/consulta/xml/?uuid={foreign}").status_code == 404
    assert client.cancel(foreign).json()["codigo"] == "203"
    assert client.credits() == 999


def test_changed_total(client):
    client.fault("stamp", "changed_total", add="0.01")
    root = etree.fromstring(client.stamp(cfdi()).content)
    assert root.get("Total") == "116.01"
    tfd = root.find(".//tfd:TimbreFiscalDigital", NS)
    assert tfd.get("SelloCFD") == root.get("Sello")
    assert client.book()[0]["total"] == "116.01"
    kept = client.get(f"/rest/consulta/xml/?uuid={tfd.get('UUID')}").content
    assert etree.fromstring(kept).get("Total") == "116.01"


def test_no_tfd_and_two(client):
    client.fault("stamp", "no_tfd")
    client.fault("stamp", "two_tfds")
    root = etree.fromstring(client.stamp(cfdi()).content)
    assert root.get("Sello") and root.find(".//tfd:TimbreFiscalDigital", NS) is None
    root = etree.fromstring(client.stamp(cfdi()).content)
    assert len({tfd.get("UUID") for tfd in root.findall(".//tfd:TimbreFiscalDigital", NS)}) == 2
    _then_well(client, 2)


def test_307_with_and_without(client):
    client.fault("stamp", "code_307_with")
    client.fault("stamp", "code_307_without")
    data = client.stamp(cfdi(), accept="application/json").json()
    assert data["codigo"] == "307"
    assert uuid_of(base64.b64decode(data["xml"])) == client.book()[0]["uuid"]
    data = client.stamp(cfdi(), accept="application/json").json()
    assert data == {"codigo": "307", "mensaje": "El comprobante contiene un timbre previo."}


def test_307_does_not_stamp_twice(client):
    sent = cfdi()
    client.fault("stamp", "no_answer_after")
    with pytest.raises(LOST):
        client.stamp(sent)
    client.fault("stamp", "code_307_with")
    data = client.stamp(sent, accept="application/json").json()
    (row,) = client.book()
    assert uuid_of(base64.b64decode(data["xml"])) == row["uuid"]


def test_a_twist_keeps_to_its_operations(client):
    with pytest.raises(requests.exceptions.HTTPError):
        client.fault("user", "two_tfds")
    client.fault("*", "zip_truncated")
    assert client.stamp(cfdi()).status_code == 200
    assert len(client.control("GET", "faults")) == 1


def test_a_spoiled_answer_to_fetching_the_xml(client):
    uuid = uuid_of(client.stamp(cfdi()).content)
    client.fault("xml", "foreign_cfdi")
    path = f"/rest/consulta/xml/?uuid={uuid}"
    assert uuid_of(client.get(path).content) != uuid
    client.fault("find", "other_uuid")
    path = f"/rest/consulta/cfdi/?cfdi={uuid}"
    assert client.get(path, "application/json").json()["uuid"] != uuid


@pytest.mark.parametrize("declared", [True, False])
def test_huge(client, declared):
    client.fault("stamp", "huge", megabytes=30, declared=declared)
    response = client.stamp(cfdi(), stream=True)
    assert ("Content-Length" in response.headers) == declared
    size = sum(len(chunk) for chunk in response.iter_content(1 << 20))
    assert size == 30 * 1024 * 1024
    _then_well(client, 1)


def test_huge_is_left_in_the_middle(client):
    client.fault("stamp", "huge")
    response = client.stamp(cfdi(), stream=True)
    next(response.iter_content(1 << 16))
    response.close()
    _then_well(client, 1)


def test_times_after_and_contains(client):
    client.fault("stamp", "error_500_before", times=2, after=1)
    client.fault("*", "error_503", contains='Folio="7"', times=-1)
    assert [client.stamp(cfdi()).status_code for _n in range(4)] == [200, 500, 500, 200]
    assert [client.stamp(cfdi(folio="7")).status_code for _n in range(2)] == [503, 503]
    assert len(client.control("GET", "faults")) == 1
    client.control("DELETE", "faults")
    assert client.stamp(cfdi(folio="7")).status_code == 200


@pytest.mark.parametrize("operation, path", [
    ("user", "/rest/administracion/usuario/"), ("branches", "/rest/administracion/sucursales/"),
    ("find", "/rest/consulta/cfdi/?cfdi={}"), ("xml", "/rest/consulta/xml/?uuid={}"),
    ("pdf", "/rest/consulta/pdf/?uuid={}"), ("receipt", "/rest/cancelacion/acuse/?uuid={}"),
    ("cancel", "/rest/cancelacion/produccion/?uuid={}&motivo=02")])
def test_each_operation_can_fail(client, operation, path):
    uuid = uuid_of(client.stamp(cfdi()).content)
    client.cancel(uuid)
    path = path.format(uuid)
    client.fault(operation, "error_500_before")
    client.fault(operation, "html")
    client.fault(operation, "no_answer_after")
    accept = "application/pdf" if operation == "pdf" else "application/json"
    assert client.get(path, accept, Sucursal="17694").status_code == 500
    assert client.get(path, accept, Sucursal="17694").text.startswith("<!DOCTYPE html>")
    with pytest.raises(LOST):
        client.get(path, accept, Sucursal="17694")
    assert client.get(path, accept, Sucursal="17694").status_code == 200


def test_cancellation_without_code_of_another_and_foreign_receipt(client):
    uuid = uuid_of(client.stamp(cfdi()).content)
    for fault, parameters in (("wrong_code", {}), ("wrong_code", {"code": "999"}),
                              ("other_uuid", {}), ("foreign_acuse", {})):
        client.fault("receipt" if fault == "foreign_acuse" else "cancel", fault, **parameters)
    data = client.cancel(uuid).json()
    assert set(data) == {"uuid", "mensaje"}
    assert client.cancel(uuid).json()["codigo"] == "999"
    assert client.cancel(uuid).json()["uuid"] != uuid
    receipt = client.get(f"/rest/cancelacion/acuse/?uuid={uuid}").text
    assert "<Acuse" in receipt and uuid.upper() not in receipt
    assert uuid.upper() in client.get(f"/rest/cancelacion/acuse/?uuid={uuid}").text
    assert client.book()[0]["estado"] == "Cancelado"


def _bulk(client):
    sent = {f"{name}.xml": cfdi(folio=name) for name in "abc"}
    return etree.fromstring(client.bulk(zipped(sent)).content)


def _names(root):
    return [node.findtext("archivo") for node in root.iter("archivo") if len(node)]


@pytest.mark.parametrize("fault, names", [
    ("report_missing_entry", ["b.xml", "c.xml"]),
    ("report_extra_entry", ["a.xml", "b.xml", "c.xml", "ajeno.xml"]),
    ("report_reordered", ["c.xml", "b.xml", "a.xml"])])
def test_reports(client, fault, names):
    client.fault("bulk", fault)
    assert _names(_bulk(client)) == names
    assert _names(_bulk(client)) == ["a.xml", "b.xml", "c.xml"]


def _download(client, link):
    return client.session.get(link, timeout=30).content


def test_zip_contents(client):
    root = _bulk(client)
    link = root.findtext("enlace")
    uuids = [node.findtext("uuid") for node in root.iter("archivo") if len(node)]

    def opened(fault, **parameters):
        client.fault("bulk_zip", fault, **parameters)
        archive = zipfile.ZipFile(io.BytesIO(_download(client, link)))
        return [(info.filename, archive.read(info)) for info in archive.infolist()]

    assert [name for name, _xml in opened("zip_missing_entry")] == ["b.xml", "c.xml"]
    foreign = opened("zip_foreign_entry")
    assert foreign[0][0] == "a.xml" and uuid_of(foreign[0][1]) not in uuids
    swapped = opened("zip_swapped_entries")
    assert [uuid_of(xml) for _name, xml in swapped] == [uuids[1], uuids[0], uuids[2]]
    assert [name for name, _xml in opened("zip_duplicate_entry")] \
        == ["a.xml", "b.xml", "c.xml", "a.xml"]
    assert "../../fuera.xml" in dict(opened("zip_path_tricks"))
    assert len(dict(opened("zip_bomb", megabytes=20))["bomba.xml"]) == 20 * 1024 * 1024
    client.fault("bulk_zip", "zip_truncated")
    with pytest.raises(zipfile.BadZipFile):
        zipfile.ZipFile(io.BytesIO(_download(client, link)))
    client.fault("bulk_zip", "not_found_404")
    assert client.session.get(link, timeout=20).status_code == 404
    client.fault("bulk_zip", "cut")
    with pytest.raises(LOST):
        _download(client, link)
    assert zipfile.ZipFile(io.BytesIO(_download(client, link))).testzip() is None


def test_a_twist_leaves_a_refusal_alone(client):
    client.fault("stamp", "two_tfds")
    assert client.stamp(b"<a/>").status_code == 400


def test_two_at_once_take_one_credit_each(client):
    few = Client(client.url, "pocos")
    statuses = []

    def press(n):
        statuses.append(Client(client.url, "pocos").stamp(cfdi(folio=str(n))).status_code)

    threads = [threading.Thread(target=press, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [200] * 3 + [400] * 5
    assert few.credits() == 0


def test_duplicates_at_once_are_one_stamp(client):
    client.settings(detect_duplicates=True)
    sent, statuses = cfdi(), []
    threads = [threading.Thread(
        target=lambda: statuses.append(Client(client.url).stamp(sent).status_code))
        for _n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [200] + [400] * 5
    assert len(client.book()) == 1
