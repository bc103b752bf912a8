"""What outlives the process, and how it starts."""

import subprocess
import sys
import time

import pytest
from client import Client
from json_clients import Api, Sello, invoice
from lxml import etree
from process import SANDBOX, Process
from samples import cfdi, uuid_of, zipped


def test_killed_and_started_again(tmp_path):
    process = Process(tmp_path)
    client = Client(process.url)
    stamped = client.stamp(cfdi()).content
    link = etree.fromstring(client.bulk(zipped({"a.xml": cfdi()})).content).findtext("enlace")
    client.cancel(uuid_of(stamped))
    client.control("POST", "branches", {"id": 17696, "active": False})
    process.kill()
    start = time.perf_counter()
    process = Process(tmp_path)
    assert time.perf_counter() - start < 5
    client = Client(process.url)
    try:
        uuid = uuid_of(stamped)
        assert client.get(f"/rest/consulta/xml/?uuid={uuid}", None).content == stamped
        assert client.get(f"/rest/cancelacion/acuse/?uuid={uuid}").status_code == 200
        assert client.cancel(uuid).json()["codigo"] == "202"
        assert client.credits() == 998
        again = etree.fromstring(client.stamp(cfdi(folio="2")).content)
        assert again.get("Certificado") == etree.fromstring(stamped).get("Certificado")
        token = link.rpartition("/")[2]
        assert client.get(f"/rest/descarga/{token}").content.startswith(b"PK")
        assert len(client.control("GET", "branches")) == 4
        assert "CANCUN" not in client.get("/rest/administracion/sucursales/").text
    finally:
        assert process.stop() == 0


def test_json_services_after_a_kill(tmp_path):
    process = Process(tmp_path)
    sello, api = Sello(process.url), Api(process.url)
    stamped, waiting = sello.created(), sello.created(invoice(2))
    xml = sello.call(stamped, "stamp").json()["xml"]
    sello.control("POST", "branches", {"id": 17695, "rfc": "XIA190128J61"})
    sello.control("POST", "applications", {"client_id": "mia", "client_secret": "s"})
    process.kill()
    process = Process(tmp_path)
    try:
        sello.url = api.url = process.url
        assert sello.call(stamped).json()["xml"] == xml
        assert sello.call(stamped, "stamp").json()["xml"] == xml
        assert sello.call(waiting, "stamp").json()["invoice_status"]["name"] == "Timbrada"
        assert len(sello.book()) == 2 and sello.left() == 998
        assert api.ask("sucursal/find").json()["pagination"]["count"] == 4
        wanted = {"filter": "empresa.rfc:eq!EKU9003173C9"}
        assert api.ask("sucursal/find", **wanted).json()["pagination"]["count"] == 3
        assert api.token(client_id="mia", client_secret="s").status_code == 200
        token = api.session.headers["Authorization"].removeprefix("Bearer ").encode()
        assert not any(token in path.read_bytes() for path in tmp_path.glob("book*"))
    finally:
        assert process.stop() == 0


def _run(*arguments, **options):
    return subprocess.run([sys.executable, *arguments], capture_output=True, text=True,
                          timeout=30, check=False, **options)


def test_port_taken_and_data_in_use_are_one_line(process, tmp_path):
    port = process.url.rpartition(":")[2]
    taken = _run(str(SANDBOX), "--port", port, "--data", str(tmp_path))
    assert taken.returncode == 1
    assert taken.stderr == f"sandbox: port {port} is taken; choose another with --port\n"
    used = _run(str(SANDBOX), "--port", "0", "--data", str(process.data))
    assert used.returncode == 1 and used.stderr.count("\n") == 1 and "in use" in used.stderr


@pytest.mark.parametrize("arguments, folder", [([str(SANDBOX)], "/"),
                                               (["-m", "sandbox"], SANDBOX.parent)])
def test_help(arguments, folder):
    shown = _run(*arguments, "--help", cwd=folder)
    assert shown.returncode == 0
    assert "What it imitates" in shown.stdout and "its own choice" in shown.stdout
