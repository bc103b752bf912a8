"""Cancellation, its codes and states, and the acuse."""

import base64
import hashlib
import re

import pytest
from client import MATRIZ, Client
from lxml import etree
from samples import PUBLIC, cfdi, large, uuid_of

CANCEL = "http://cancelacfd.sat.gob.mx"
DSIG = "http://www.w3.org/2000/09/xmldsig#"
RECEIPT = "/rest/cancelacion/acuse/"


def _stamped(client, xml=None):
    return uuid_of(client.stamp(xml or cfdi()).content)


def _estado(client, uuid):
    return client.get(f"/rest/consulta/cfdi/?cfdi={uuid}", "application/json").json()["estado"]


def test_received_then_previously_cancelled(client):
    uuid = _stamped(client)
    first = client.cancel(uuid)
    assert first.json() == {"uuid": uuid, "codigo": "201",
                            "mensaje": "Solicitud de cancelación recibida."}
    assert _estado(client, uuid) == "Cancelado"
    again = etree.fromstring(client.cancel(uuid.upper(), accept="application/xml").content)
    assert (again.tag, again.findtext("codigo")) == ("cancelacion", "202")


@pytest.mark.parametrize("xml, state", [
    (large, "En proceso"), (cfdi, "Cancelado"),
    (lambda: cfdi(receiver=PUBLIC), "Cancelado")])
def test_state_depends_on_who_must_accept(client, xml, state):
    uuid = _stamped(client, xml())
    assert client.cancel(uuid, "03").json()["codigo"] == "201"
    assert _estado(client, uuid) == state


def test_receiver_refuses_and_later_accepts(client):
    uuid = _stamped(client, large())
    client.cancel(uuid)
    row = client.control("POST", f"cfdi/{uuid}", {"estado": "Vigente"})
    assert row["estatus_cancelacion"] == "Solicitud rechazada"
    assert client.cancel(uuid).json()["codigo"] == "201"
    assert client.cancel(uuid).json()["codigo"] == "202"
    row = client.control("POST", f"cfdi/{uuid}", {"estado": "Cancelado"})
    assert row["estatus_cancelacion"] == "Cancelado con aceptación"


def test_another_issuers_not_cancellable_unknown(client):
    theirs = _stamped(Client(client.url, "otro"))
    assert client.cancel(theirs).json()["codigo"] == "203"
    uuid = _stamped(client)
    client.control("POST", f"cfdi/{uuid}", {"cancelable": False})
    assert client.cancel(uuid).json()["codigo"] == "204"
    assert _estado(client, uuid) == "Vigente"
    unknown = client.cancel("00000000-0000-4000-8000-000000000000")
    assert (unknown.status_code, unknown.json()["codigo"]) == (200, "205")


@pytest.mark.parametrize("motivo", [None, "", "1", "05"])
def test_reason_is_required(client, motivo):
    uuid = _stamped(client)
    response = client.cancel(uuid, motivo)
    assert (response.status_code, response.json()["codigo"]) == (400, "207")
    assert _estado(client, uuid) == "Vigente"


def test_substitute(client):
    uuid, substitute = _stamped(client), _stamped(client, cfdi(folio="2"))
    for wrong in (None, "x", uuid, "00000000-0000-4000-8000-000000000000"):
        parameters = {} if wrong is None else {"folioSustitucion": wrong}
        assert client.cancel(uuid, "01", **parameters).json()["codigo"] == "208"
    assert client.cancel(uuid, "02", folioSustitucion=substitute).json()["codigo"] == "209"
    assert client.cancel(uuid, "01", folioSustitucion=substitute).json()["codigo"] == "201"
    (row,) = client.book("?folio=1")
    assert (row["motivo"], row["folio_sustitucion"]) == ("01", substitute)


def test_wants_a_branch(client):
    assert client.cancel(_stamped(client), branch=None).json()["codigo"] == "S420"


def test_receipt(client):
    uuid = _stamped(client)
    early = client.get(RECEIPT + f"?uuid={uuid}", "application/json")
    assert (early.status_code, early.json()["codigo"]) == (404, "S409")
    client.cancel(uuid)
    response = client.get(RECEIPT + f"?uuid={uuid}", "application/json")
    assert response.headers["Content-Type"].startswith("application/xml")
    root = etree.fromstring(response.content)
    assert root.tag == "Acuse" and root.get("RfcEmisor") == "EKU9003173C9"
    folios = root.find(f"{{{CANCEL}}}Folios")
    assert folios.findtext(f"{{{CANCEL}}}UUID") == uuid.upper()
    assert folios.findtext(f"{{{CANCEL}}}EstatusUUID") == "201"
    signature = root.find(f"{{{DSIG}}}Signature")
    assert signature.get("Id") == "SelloSAT"
    assert re.fullmatch(r"\d{20}", signature.findtext(f".//{{{DSIG}}}KeyName"))
    digest = base64.b64decode(signature.findtext(f".//{{{DSIG}}}DigestValue"))
    root.remove(signature)
    assert digest == hashlib.sha512(etree.tostring(root, method="c14n")).digest()
    assert client.get(RECEIPT + f"?uuid={uuid}").content == response.content


@pytest.mark.parametrize("form, there", [
    ("both", {"query", "printed"}), ("query", {"query"}), ("printed", {"printed"})])
def test_addresses_of_the_receipt(client, form, there):
    uuid = _stamped(client)
    client.cancel(uuid)
    client.settings(acuse_form=form)
    for kind, tail in (("query", f"?uuid={uuid}"), ("printed", f"uuid?{uuid}"),
                       ("printed", f"uuid?uuid={uuid}"), ("printed", uuid)):
        status = client.get(RECEIPT + tail).status_code
        assert status == (200 if kind in there else 404), tail


def test_cancel_state_setting(client):
    client.settings(cancel_state="En proceso")
    uuid = _stamped(client)
    client.cancel(uuid, branch=MATRIZ)
    assert _estado(client, uuid) == "En proceso"
