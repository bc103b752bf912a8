"""SAT's acuse in the forms in which services give it: read whatever its namespaces, and never a cancellation."""

import base64
import json

import pac_samples
import pac_server
import pytest
from l10n_mx_facture.pac.errors import UnknownOutcome
from l10n_mx_facture.pac.reading import cancellation
from pac_calls import raised, returned
from pac_samples import OTHER_UUID, UUID

CANCEL = "http://cancelacfd.sat.gob.mx"
FOLIOS = "<{0}Folios{1}><{0}UUID>%s</{0}UUID><{0}EstatusUUID>201</{0}EstatusUUID></{0}Folios>"
PLAIN, OWN = FOLIOS.format("", ""), FOLIOS.format("", f' xmlns="{CANCEL}"')
SIGNATURE = '<Signature xmlns="http://www.w3.org/2000/09/xmldsig#" Id="SelloSAT"><KeyName>x</KeyName></Signature>'
SOAP = (
    '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>'
    f'<CancelaCFDResponse xmlns="{CANCEL}"><CancelaCFDResult Fecha="2026-05-06T12:37:01" RfcEmisor="EKU9003173C9">'
    f"{PLAIN}{SIGNATURE}</CancelaCFDResult></CancelaCFDResponse></s:Body></s:Envelope>"
)
BARE = f'<Acuse Fecha="2026-05-06T11:02:56.2475804" RfcEmisor="EKU9003173C9">{OWN}{SIGNATURE}</Acuse>'
FORMS = {
    "bare, only Folios in SAT's namespace": BARE,
    "bare, no namespace at all": BARE.replace(f' xmlns="{CANCEL}"', ""),
    "bare, prefixed": f'<c:Acuse xmlns:c="{CANCEL}" Fecha="x" RfcEmisor="y">{FOLIOS.format("c:", "")}</c:Acuse>',
    "bare, another namespace": BARE.replace(CANCEL, "urn:otro"),
    "with a declaration and a BOM": "\ufeff<?xml version='1.0' encoding='UTF-8'?>\n" + BARE,
    "in SOAP": SOAP,
    "in SOAP, with further namespaces": SOAP.replace("<s:Body>", '<s:Body xmlns:xsd="urn:x">'),
    "inside another document": f"<respuesta><datos>{BARE}</datos></respuesta>",
    "as text in JSON": json.dumps({"data": {"acuse": BARE}}),
    "in base64 in JSON": BARE,
}
ACCEPTANCE = (
    '<AcuseAceptacionRechazo RfcReceptor="EKU9003173C9" RfcPac="SPR190613I52" CodEstatus="1000" Fecha="x">'
    f'<Folios Respuesta="Aceptacion" xmlns="{CANCEL}"><UUID>%s</UUID><EstatusUUID>1001</EstatusUUID></Folios>'
    "</AcuseAceptacionRechazo>"
)


def made(form, uuid):
    """The answer's bytes in one of FORMS."""
    body = FORMS[form].replace("%s", uuid)
    if "base64" in form:
        body = json.dumps({"acuse": base64.b64encode(body.encode()).decode()})
    return body.encode()


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("written", [UUID, UUID.lower()])
def test_an_acuse_is_read_in_every_form(form, written):
    body = made(form, written)
    (acuse,) = cancellation.acuses(body)
    assert acuse.codes == {UUID: "201"}
    receipt = returned("receipt", pac_server.answer(body))
    assert (receipt.uuid, receipt.code) == (UUID, "201")
    assert cancellation.acuses(receipt.xml)[0].codes == {UUID: "201"}


@pytest.mark.parametrize("form", FORMS)
def test_another_ones_acuse_is_refused(form):
    body = made(form, OTHER_UUID)
    error = raised(UnknownOutcome, "receipt", pac_server.answer(body))
    assert error.reason == "not_ours"
    assert error.raw == body


def test_of_several_folios_ours_counts():
    two = OWN.replace("%s", OTHER_UUID) + OWN.replace("%s", UUID).replace("201", "202")
    body = BARE.replace(OWN, two)
    assert cancellation.acuses(body.encode())[0].codes == {OTHER_UUID: "201", UUID: "202"}
    assert returned("receipt", pac_server.answer(body)).code == "202"


@pytest.mark.parametrize("body", [ACCEPTANCE % UUID, BARE.replace(OWN, ""), "<Acuse/>", "<a/>"])
def test_what_is_no_acuse_of_a_cancellation_is_none(body):
    raised(UnknownOutcome, "receipt", pac_server.answer(body))


@pytest.mark.parametrize("code", ["201", "202"])
def test_a_receipt_says_received_and_no_more(code):
    got = returned("cancel", pac_server.answer(pac_samples.acuse(code=code)))
    assert (got.code, got.accepted) == (code, True)
    # neither result has anything that could be taken for "cancelled"
    receipt = returned("receipt", pac_server.answer(pac_samples.acuse(code=code)))
    for result in (got, receipt):
        assert not {"state", "estado", "cancelled", "cancelada"} & set(vars(result))
    assert "cancelled" not in cancellation.MEANINGS["201"]
