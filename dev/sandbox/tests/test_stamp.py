"""Stamping: what comes back, whether its seals are true, what is kept."""

import base64
import hashlib
import subprocess
import time

import pytest
from client import CANCUN, HERMOSILLO, MATRIZ, TIJUANA, Client, local_now
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from lxml import etree
from samples import CFDI, NS, cfdi, change, uuid_of


def _cadena(root):
    """The cadena original of the 16 % sample, put together by hand."""
    issuer, receiver = root.find("cfdi:Emisor", NS), root.find("cfdi:Receptor", NS)
    concept = root.find("cfdi:Conceptos/cfdi:Concepto", NS)
    parts = [root.get(name) for name in (
        "Version", "Serie", "Folio", "Fecha", "FormaPago", "NoCertificado", "SubTotal", "Moneda",
        "Total", "TipoDeComprobante", "Exportacion", "MetodoPago", "LugarExpedicion")]
    parts += [issuer.get(name) for name in ("Rfc", "Nombre", "RegimenFiscal")]
    parts += [receiver.get(name) for name in (
        "Rfc", "Nombre", "DomicilioFiscalReceptor", "RegimenFiscalReceptor", "UsoCFDI")]
    parts += [concept.get(name) for name in (
        "ClaveProdServ", "NoIdentificacion", "Cantidad", "ClaveUnidad", "Descripcion",
        "ValorUnitario", "Importe", "ObjetoImp")]
    tax = ["100.00", "002", "Tasa", "0.160000", "16.00"]
    return "||" + "|".join([*parts, *tax, *tax, "16.00"]) + "||"


def _key(root):
    certificate = x509.load_der_x509_certificate(base64.b64decode(root.get("Certificado")))
    digits = certificate.serial_number.to_bytes(20, "big").decode("ascii")
    assert digits == root.get("NoCertificado") and digits.isdigit() and len(digits) == 20
    subject = {attribute.oid.dotted_string: attribute.value for attribute in certificate.subject}
    assert subject["2.5.4.45"] == "EKU9003173C9"
    return certificate


def test_seal_verifies_with_cryptography(client):
    root = etree.fromstring(client.stamp(cfdi()).content)
    _key(root).public_key().verify(
        base64.b64decode(root.get("Sello")), _cadena(root).encode("utf-8"),
        padding.PKCS1v15(), hashes.SHA256())


def test_seal_verifies_with_openssl(client, tmp_path):
    root = etree.fromstring(client.stamp(cfdi()).content)
    (tmp_path / "cer").write_bytes(base64.b64decode(root.get("Certificado")))
    (tmp_path / "sello").write_bytes(base64.b64decode(root.get("Sello")))
    (tmp_path / "cadena").write_text(_cadena(root), encoding="utf-8")
    key = subprocess.run(
        ["openssl", "x509", "-inform", "DER", "-in", tmp_path / "cer", "-noout", "-pubkey"],
        capture_output=True, check=True).stdout
    (tmp_path / "key").write_bytes(key)
    shown = subprocess.run(
        ["openssl", "dgst", "-sha256", "-verify", tmp_path / "key",
         "-signature", tmp_path / "sello", tmp_path / "cadena"],
        capture_output=True, text=True, check=False)
    assert shown.stdout.strip() == "Verified OK"


def test_timbre(client):
    root = etree.fromstring(client.stamp(cfdi()).content)
    (tfd,) = root.findall("cfdi:Complemento/tfd:TimbreFiscalDigital", NS)
    assert tfd.get("Version") == "1.1"
    assert tfd.get("SelloCFD") == root.get("Sello")
    assert tfd.get("FechaTimbrado")[:13] == local_now()[:13]
    assert len(tfd.get("NoCertificadoSAT")) == 20
    assert len(base64.b64decode(tfd.get("SelloSAT"))) == 256


def test_nothing_else_changes(client):
    sent = cfdi("full")
    root = etree.fromstring(client.stamp(sent).content)
    for name in ("Sello", "Certificado", "NoCertificado"):
        del root.attrib[name]
    root.remove(root.find("cfdi:Complemento", NS))
    assert etree.tostring(root, method="c14n") == etree.tostring(
        etree.fromstring(sent), method="c14n")


def test_addenda_stays_behind_the_complement(client):
    sent = cfdi().replace(b"</cfdi:Comprobante>",
                          b'<cfdi:Addenda><x xmlns="urn:x"/></cfdi:Addenda></cfdi:Comprobante>')
    root = etree.fromstring(client.stamp(sent).content)
    assert [etree.QName(node).localname for node in root][-2:] == ["Complemento", "Addenda"]


@pytest.mark.parametrize("branch", [MATRIZ, TIJUANA, CANCUN, HERMOSILLO])
def test_every_branch_has_its_own_time(client, branch):
    response = client.stamp(cfdi(branch=branch), branch)
    assert response.status_code == 200, response.text
    assert client.book()[0]["branch"] == branch


def test_answer_is_xml_for_json_too(client):
    response = client.stamp(cfdi(), accept="application/json")
    assert response.headers["Content-Type"].startswith("application/xml")
    assert etree.fromstring(response.content).tag == f"{{{CFDI}}}Comprobante"


def test_book_and_credits(client):
    sent = cfdi(folio="77")
    uuid = uuid_of(client.stamp(sent).content)
    assert client.credits() == 999
    (row,) = client.book("?serie=A&folio=77")
    assert row["uuid"] == uuid
    assert row["sha256"] == hashlib.sha256(sent).hexdigest()
    assert (row["total"], row["estado"], row["user"]) == ("116.00", "Vigente", "demo")
    kept = client.control("GET", f"cfdi/{uuid.upper()}")
    assert kept["sent"].encode() == sent
    assert client.book("?folio=78") == []


def test_out_of_credits(client):
    few = Client(client.url, "pocos")
    for folio in "123":
        assert few.stamp(cfdi(folio=folio)).status_code == 200
    response = few.stamp(cfdi(folio="4"), accept="application/json")
    assert (response.status_code, response.json()["codigo"]) == (400, "718")
    assert Client(client.url, "cero").stamp(cfdi()).status_code == 400
    assert len(client.book()) == 3
    assert few.credits() == 0


def test_a_refusal_costs_nothing(client):
    assert client.stamp(cfdi(), HERMOSILLO).status_code == 400
    assert client.credits() == 1000


def test_twice_is_two_stamps_unless_detected(client):
    sent = cfdi()
    first, second = client.stamp(sent), client.stamp(sent)
    assert uuid_of(first.content) != uuid_of(second.content)
    client.settings(detect_duplicates=True)
    answer = client.stamp(sent, accept="application/json").json()
    assert answer["codigo"] == "307"
    assert base64.b64decode(answer["xml"]) == first.content
    assert client.stamp(cfdi(folio="2")).status_code == 200
    assert len(client.book()) == 3 and client.credits() == 997


def test_duplicate_answers(client):
    client.settings(detect_duplicates=True, duplicate_answer="embedded")
    sent = cfdi()
    uuid = uuid_of(client.stamp(sent).content)
    root = etree.fromstring(client.stamp(sent).content)
    assert root.findtext("codigo") == "307"
    assert root.find("xml/cfdi:Comprobante//tfd:TimbreFiscalDigital", NS).get("UUID") == uuid
    client.settings(duplicate_answer="none")
    bare = client.stamp(sent)
    assert uuid not in bare.text and "TimbreFiscal" not in bare.text


def test_change_fecha_and_upper_uuid(client):
    client.settings(change_fecha=True, uuid_case="upper")
    sent = cfdi(fecha=local_now(hours=-5))
    root = etree.fromstring(client.stamp(sent).content)
    assert root.get("Fecha") > local_now(minutes=-1)
    uuid = root.find(".//tfd:TimbreFiscalDigital", NS).get("UUID")
    assert uuid == uuid.upper()


def test_a_stamp_is_quick(client, process):
    busy = process.busy()
    for folio in range(12):
        assert client.stamp(cfdi(folio=str(folio))).status_code == 200
    assert process.busy() - busy < 12 * 0.03


def test_latency(client):
    client.settings(latency={"stamp": 300})
    start = time.perf_counter()
    client.stamp(cfdi())
    assert time.perf_counter() - start > 0.3


def test_already_sealed_or_stamped_is_refused(client):
    stamped = client.stamp(cfdi()).content
    assert "<codigo>307</codigo>" in client.stamp(stamped).text
    sealed = change(cfdi(), ".", "Sello", "c2VsbG8=")
    assert "<codigo>302</codigo>" in client.stamp(sealed).text
