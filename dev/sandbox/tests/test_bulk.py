"""Many CFDIs in a ZIP."""

import io
import zipfile

import pytest
from client import Client
from lxml import etree
from samples import cfdi, uuid_of, zipped


def _report(response):
    assert response.status_code == 200, response.text
    return etree.fromstring(response.content)


def _rows(root):
    return [{node.tag: node.text or "" for node in row} for row in root.findall("archivos/archivo")]


def _files(client, root):
    data = client.session.get(root.findtext("enlace"), timeout=20).content
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_each_is_judged_by_itself(client):
    sent = {"a.xml": cfdi(folio="1"), "b.xml": b"<a/>", "ñ c.xml": cfdi(folio="3"),
            "nota.txt": b"hola", "d.xml": cfdi(folio="4").replace(b"116.00", b"117.00")}
    root = _report(client.bulk(zipped(sent)))
    assert [root.findtext(name) for name in ("total", "timbrados", "rechazados")] == ["5", "2", "3"]
    rows = _rows(root)
    assert [row["archivo"] for row in rows] == list(sent)
    assert [row["codigo"] for row in rows] == ["0", "301", "0", "S400", "CFDI40119"]
    assert [row["estatus"] for row in rows][:2] == ["timbrado", "rechazado"]
    files = _files(client, root)
    assert {name: uuid_of(xml) for name, xml in files.items()} == {
        row["archivo"]: row["uuid"] for row in rows if row["uuid"]}
    assert client.credits() == 998


def test_report_is_xml_for_json_too(client):
    response = client.session.post(
        client.url + "/rest/timbrado/masivoProduccion/", timeout=20,
        files={"file": ("x.zip", zipped({"a.xml": cfdi()}))},
        headers={"Accept": "application/json", "Sucursal": "17694"})
    assert response.headers["Content-Type"].startswith("application/xml")


def test_link_is_the_users_own(client):
    link = _report(client.bulk(zipped({"a.xml": cfdi()}))).findtext("enlace")
    assert link.startswith(client.url + "/rest/descarga/") and link.endswith(".zip")
    other = Client(client.url, "otro")
    assert other.session.get(link, timeout=20).status_code == 404
    other.session.auth = None
    assert other.session.get(link, timeout=20).status_code == 401


def test_link_host(client):
    client.settings(link_host="http://otro.example:1")
    assert _report(client.bulk(zipped({"a.xml": cfdi()}))).findtext("enlace").startswith(
        "http://otro.example:1/rest/descarga/")


def test_credits_run_out_on_the_way(client):
    few = Client(client.url, "pocos")
    rows = _rows(_report(few.bulk(zipped({f"{n}.xml": cfdi(folio=str(n)) for n in range(5)}))))
    assert [row["codigo"] for row in rows] == ["0", "0", "0", "718", "718"]


@pytest.mark.parametrize("data, name, code", [
    (b"hello", "file", "728"), (b"", "file", "728"), (zipped({}), "file", "S400"),
    (zipped({"a.xml": b"<a/>"})[:-10], "file", "728"), (zipped({"a.xml": b"x"}), "zip", "S400")])
def test_whole_request_errors(client, data, name, code):
    response = client.bulk(data, name=name)
    assert (response.status_code, etree.fromstring(response.content).findtext("codigo")) \
        == (400, code)


def test_entries_that_were_stamped_before(client):
    client.settings(detect_duplicates=True)
    sent = {"a.xml": cfdi(folio="1")}
    uuid = _rows(_report(client.bulk(zipped(sent))))[0]["uuid"]
    root = _report(client.bulk(zipped({**sent, "b.xml": cfdi(folio="2")})))
    first, second = _rows(root)
    assert (first["codigo"], first["uuid"]) == ("307", uuid)
    assert second["codigo"] == "0" and root.findtext("timbrados") == "1"
    assert list(_files(client, root)) == ["b.xml"]


def test_a_bomb_is_refused(client):
    response = client.bulk(zipped({"a.xml": b" " * (11 * 1024 * 1024)}))
    assert etree.fromstring(response.content).findtext("codigo") == "S413"


def test_repeated_names_are_refused(client):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive, pytest.warns(UserWarning):
        archive.writestr("a.xml", cfdi())
        archive.writestr("a.xml", cfdi())
    assert "repite" in client.bulk(buffer.getvalue()).text
