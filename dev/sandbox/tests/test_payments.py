"""The judge on receipts of payment: one change for each code of SAT's, and no other code."""

import base64
import importlib
import sys

import pytest
from json_clients import invoice
from lxml import etree
from process import SANDBOX
from receipts import ANYONE, FULL, PART, receipt
from samples import NS, change, uuid_of, zipped

sys.path.append(str(SANDBOX.parent))
TEXTS = importlib.import_module("sandbox.judge.payment_texts").TEXTS

CONCEPT = "cfdi:Conceptos/cfdi:Concepto"
PAGOS = "cfdi:Complemento/pago20:Pagos"
TOTALS = PAGOS + "/pago20:Totales"
PAID, SECOND = PAGOS + "/pago20:Pago[1]", PAGOS + "/pago20:Pago[2]"
DR = PAID + "/pago20:DoctoRelacionado"
OTHER = PAID + "/pago20:DoctoRelacionado[2]"
HELD = DR + "/pago20:ImpuestosDR/pago20:RetencionesDR/pago20:RetencionDR"
MOVED = DR + "/pago20:ImpuestosDR/pago20:TrasladosDR/pago20:TrasladoDR"
HELD_P = PAID + "/pago20:ImpuestosP/pago20:RetencionesP/pago20:RetencionP"
MOVED_P = PAID + "/pago20:ImpuestosP/pago20:TrasladosP/pago20:TrasladoP"
# (path, attribute, value or None, code) on the sample FULL
CHANGES = [
    (".", "TipoDeComprobante", "I", "CRP20101"),
    (".", "Exportacion", "02", "CRP20102"),
    (".", "SubTotal", "0.00", "CRP20103"),
    (".", "Moneda", "MXN", "CRP20104"),
    (".", "FormaPago", "03", "CRP20105"),
    (".", "MetodoPago", "PUE", "CRP20106"),
    (".", "CondicionesDePago", "30", "CRP20107"),
    (".", "Descuento", "0", "CRP20108"),
    (".", "TipoCambio", "1", "CRP20109"),
    (".", "Total", "3808.00", "CRP20110"),
    (CONCEPT, "ClaveProdServ", "84111500", "CRP20113"),
    (CONCEPT, "NoIdentificacion", "1", "CRP20114"),
    (CONCEPT, "Cantidad", "1.0", "CRP20115"),
    (CONCEPT, "ClaveUnidad", "E48", "CRP20116"),
    (CONCEPT, "Unidad", "Actividad", "CRP20117"),
    (CONCEPT, "Descripcion", "Pagos", "CRP20118"),
    (CONCEPT, "ValorUnitario", "0.0", "CRP20119"),
    (CONCEPT, "Importe", "0.0", "CRP20120"),
    (CONCEPT, "Descuento", "0", "CRP20121"),
    (CONCEPT, "ObjetoImp", "02", "CRP20122"),
    (TOTALS, "TotalRetencionesIVA", "95.93", "CRP20201"),
    (TOTALS, "TotalRetencionesISR", "90.01", "CRP20202"),
    (TOTALS, "TotalRetencionesIEPS", "14.41", "CRP20203"),
    (TOTALS, "TotalTrasladosBaseIVA16", "1350.01", "CRP20204"),
    (TOTALS, "TotalTrasladosImpuestoIVA16", "216.01", "CRP20205"),
    (TOTALS, "TotalTrasladosBaseIVA8", "90.01", "CRP20206"),
    (TOTALS, "TotalTrasladosImpuestoIVA8", "7.21", "CRP20207"),
    (TOTALS, "TotalTrasladosBaseIVA0", "36.01", "CRP20208"),
    (TOTALS, "TotalTrasladosImpuestoIVA0", "0.01", "CRP20209"),
    (TOTALS, "TotalTrasladosBaseIVAExento", "18.01", "CRP20210"),
    (TOTALS, "MontoTotalPagos", "3808.01", "CRP20211"),
    (PAID, "FormaDePagoP", "99", "CRP20212"),
    (PAID, "MonedaP", "XXX", "CRP20213"),
    (PAID, "TipoCambioP", None, "CRP20214"),
    (SECOND, "TipoCambioP", "1.0", "CRP20215"),
    (SECOND, "Monto", "1107.99", "CRP20217"),
    (SECOND, "Monto", "0.00", "CRP20218"),
    (PAID, "Monto", "150.000", "CRP20219"),
    (SECOND, "RfcEmisorCtaOrd", "BBA830831LJ2", "CRP20221"),
    (PAID, "RfcEmisorCtaOrd", "BNM840515VB1", "CRP20222"),
    (PAID, "RfcEmisorCtaOrd", "XEXX010101000", "CRP20223"),
    (SECOND, "CtaOrdenante", "0123456789", "CRP20224"),
    (PAID, "CtaOrdenante", "01234567890", "CRP20225"),
    (PAID, "CtaBeneficiario", "0023456789012345", "CRP20226"),
    (SECOND, "RfcEmisorCtaBen", "BNM840515VB1", "CRP20227"),
    (SECOND, "CtaBeneficiario", "0123456789", "CRP20228"),
    (SECOND, "TipoCadPago", "01", "CRP20229"),
    (PAID, "TipoCadPago", "01", "CRP20230"),
    (PAID, "CertPago", "AAAA", "CRP20231"),
    (PAID, "CadPago", "a", "CRP20233"),
    (PAID, "SelloPago", "AAAA", "CRP20235"),
    (OTHER, "MonedaDR", "XXX", "CRP20236"),
    (OTHER, "EquivalenciaDR", None, "CRP20237"),
    (DR, "ImpSaldoAnt", "0.00", "CRP20239"),
    (DR, "ImpSaldoAnt", "1000.000", "CRP20240"),
    (DR, "ImpPagado", "0.00", "CRP20241"),
    (DR, "ImpPagado", "100.000", "CRP20242"),
    (DR, "ImpSaldoInsoluto", "900.000", "CRP20243"),
    (DR, "ImpSaldoInsoluto", "900.01", "CRP20244"),
    (DR, "ObjetoImpDR", "09", "CRP20245"),
    (SECOND + "/pago20:DoctoRelacionado", "ObjetoImpDR", "02", "CRP20246"),
    (DR, "ObjetoImpDR", "01", "CRP20247"),
    (DR, "ObjetoImpDR", "05", "CRP20247"),
    (HELD, "BaseDR", "0.00", "CRP20249"),
    (HELD, "ImpuestoDR", "009", "CRP20250"),
    (HELD, "TipoFactorDR", "Otro", "CRP20251"),
    (HELD, "TipoFactorDR", "Exento", "CRP20252"),
    (HELD, "TasaOCuotaDR", "0.360000", "CRP20253"),
    (HELD, "ImporteDR", "5.02", "CRP20254"),
    (MOVED, "BaseDR", "0", "CRP20255"),
    (MOVED, "ImpuestoDR", "009", "CRP20256"),
    (MOVED, "TipoFactorDR", "Otro", "CRP20257"),
    (MOVED, "TipoFactorDR", "Exento", "CRP20258"),
    (MOVED, "TasaOCuotaDR", None, "CRP20259"),
    (MOVED, "ImporteDR", None, "CRP20259"),
    (MOVED, "TasaOCuotaDR", "0.150000", "CRP20260"),
    (MOVED, "TasaOCuotaDR", "-0.160000", "CRP20260"),
    (MOVED, "ImporteDR", "8.02", "CRP20261"),
    (HELD_P, "ImpuestoP", "009", "CRP20262"),
    (TOTALS, "TotalRetencionesISR", None, "CRP20264"),
    (HELD_P, "ImporteP", "5.01", "CRP20265"),
    (MOVED_P + "[4]", "ImporteP", "0.00", "CRP20266"),
    (TOTALS, "TotalTrasladosBaseIVA16", None, "CRP20267"),
    (TOTALS, "TotalTrasladosBaseIVAExento", None, "CRP20267"),
    (MOVED_P, "BaseP", "74.999999", "CRP20268"),
    (MOVED_P + "[4]", "BaseP", "1.000001", "CRP20269"),
    (MOVED_P, "ImpuestoP", "009", "CRP20270"),
    (MOVED_P, "TasaOCuotaP", "0.150000", "CRP20272"),
    (MOVED_P, "TasaOCuotaP", None, "CRP20272"),
    (TOTALS, "TotalTrasladosImpuestoIVA0", None, "CRP20273"),
    (MOVED_P, "ImporteP", "12.000001", "CRP20274"),
    (MOVED_P, "ImporteP", None, "CRP20274"),
    (OTHER, "EquivalenciaDR", "5", "CRP20275"),
    (PAID, "Monto", "140.00", "CRP20276"),
    (DR, "EquivalenciaDR", "1.1", "CRP20277"),
    (DR, "ObjetoImpDR", "06", "CRP20278"),
    (DR, "ObjetoImpDR", "08", "CRP20278"),
    (DR, "ObjetoImpDR", "07", "CRP20279"),
    ("cfdi:Receptor", "UsoCFDI", "G03", "CFDI40161"),
    ("cfdi:Receptor", "RegimenFiscalReceptor", "612", "CFDI40158"),
    ("cfdi:Receptor", "DomicilioFiscalReceptor", "00001", "CFDI40147"),
    ("cfdi:Emisor", "Nombre", "OTRA", "CFDI40139"),
    (".", "Fecha", "2026-01-01T00:00:00", "401"),
    (PAGOS, "Version", "1.0", "301"),
    (DR, "IdDocumento", "1", "301"),
]
IEPS_ONLY = SECOND + "/pago20:DoctoRelacionado[2]"


def _doubled(path):
    """Double the first node of a path."""
    def act(root):
        node = root.find(path, NS)
        node.addnext(etree.fromstring(etree.tostring(node)))
    return act


def _without(path):
    """Remove the first node of a path."""
    def act(root):
        node = root.find(path, NS)
        node.getparent().remove(node)
    return act


def _concept_with_a_part(root):
    part = etree.SubElement(root.find(CONCEPT, NS), f"{{{NS['cfdi']}}}CuentaPredial")
    part.set("Numero", "1")


def _summary(root):
    node = etree.Element(f"{{{NS['cfdi']}}}Impuestos")
    node.set("TotalImpuestosTrasladados", "0")
    root.find("cfdi:Conceptos", NS).addnext(node)


def _empty_taxes(root):
    for child in root.find(DR + "/pago20:ImpuestosDR", NS):
        child.getparent().remove(child)


def _payment_string(*present):
    def act(root):
        for name in present:
            root.find(PAID, NS).set(name, "01" if name == "TipoCadPago" else "AAAA")
    return act


# (what is done to the document, code)
ACTIONS = [
    (_doubled(CONCEPT), "CRP20111"),
    (_concept_with_a_part, "CRP20112"),
    (_summary, "CRP20123"),
    (_payment_string("TipoCadPago", "CertPago"), "CRP20232"),
    (_payment_string("TipoCadPago", "CertPago", "CadPago"), "CRP20234"),
    (_payment_string("TipoCadPago", "CertPago", "CadPago", "SelloPago"), None),
    (_without(DR + "/pago20:ImpuestosDR"), "CRP20246"),
    (_without(IEPS_ONLY + "/pago20:ImpuestosDR"), "CRP20279"),
    (_empty_taxes, "CRP20248"),
    (_doubled(HELD_P), "CRP20263"),
    (_without(HELD_P), "CRP20265"),
    (_doubled(MOVED_P), "CRP20271"),
    (_without(MOVED_P), "CRP20268"),
    (_without(MOVED_P + "[4]"), "CRP20269"),
    # several rows of a key are one row of the payment
    (_without(SECOND + "/pago20:ImpuestosP"), "CRP20268"),
    (_without(PAGOS), "CRP20999"),
]


def _code(client, xml):
    response = client.stamp(xml, accept="application/json")
    return None if response.status_code == 200 else response.json()["codigo"]


def _after(act, pagos=FULL):
    root = etree.fromstring(receipt(pagos))
    act(root)
    return etree.tostring(root, encoding="UTF-8")


@pytest.mark.parametrize("pagos", [PART, FULL], ids=["part", "full"])
def test_clean_ones_are_stamped(client, pagos):
    assert _code(client, receipt(pagos)) is None
    (row,) = client.book()
    assert (row["tipo"], row["total"], row["moneda"]) == ("P", "0", "XXX")
    pdf = client.get(f"/rest/consulta/pdf/?uuid={row['uuid']}", "application/pdf")
    assert pdf.content.startswith(b"%PDF-")


@pytest.mark.parametrize("path, name, value, code", CHANGES)
def test_one_change_answers_its_code(client, path, name, value, code):
    client.control("POST", "receivers", {"rfc": "BNM840515VB1", "listed": 0})
    assert _code(client, change(receipt(FULL), path, name, value)) == code
    assert client.book() == []


@pytest.mark.parametrize("act, code", ACTIONS, ids=[f"{n}-{code}" for n, (_act, code)
                                                   in enumerate(ACTIONS)])
def test_one_node_answers_its_code(client, act, code):
    assert _code(client, _after(act)) == code


def test_every_code_of_the_matrix_is_tried():
    tried = {row[-1] for row in CHANGES + ACTIONS} | {"CRP20238"}
    assert set(TEXTS) <= tried


def test_in_one_currency_the_equivalence_is_1(client):
    assert _code(client, change(receipt(PART), DR, "EquivalenciaDR", "1.0000000000")) == "CRP20238"
    assert _code(client, change(receipt(FULL), DR, "EquivalenciaDR", "1.0000000000")) is None


def test_the_plain_sum_is_a_setting(client):
    """900.00 at 18 may be 48.64 to 51.46: 149.00 is within SAT's margin, the plain sum is 150."""
    xml = change(receipt(FULL), PAID, "Monto", "149.00")
    xml = change(xml, TOTALS, "MontoTotalPagos", "3790.00")
    assert _code(client, xml) == "CRP20276"
    client.settings(naive_payment_sum=False)
    assert _code(client, xml) is None


def test_more_may_be_received_than_is_applied(client):
    xml = change(receipt(PART), PAID, "Monto", "60.00")
    assert _code(client, change(xml, TOTALS, "MontoTotalPagos", "60.00")) is None


def test_written_decimals_are_judged(client):
    """Zeros beyond the cents claim a precision that 8.00 has not: 50.01 x 0.16 is 8.0016."""
    xml = change(receipt(PART), MOVED, "BaseDR", "50.010000")
    xml = change(xml, MOVED_P, "BaseP", "50.01")
    xml = change(xml, TOTALS, "TotalTrasladosBaseIVA16", "50.01")
    assert _code(client, xml) is None
    assert _code(client, change(xml, MOVED, "ImporteDR", "8.000000")) == "CRP20261"


def test_a_quota_is_of_a_quantity(client):
    """50 litres at 3.0818."""
    text = PART.replace('="002"', '="003"').replace("Tasa\"", "Cuota\"").replace(
        "0.160000", "3.081800").replace("8.00\"", "154.09\"").replace("5154.09", "58.00")
    text = text.replace('TotalTrasladosBaseIVA16="50.00" TotalTrasladosImpuestoIVA16="154.09" ', "")
    assert _code(client, receipt(text)) is None
    assert _code(client, receipt(text.replace("3.081800", "73.000000"))) == "CRP20260"


def test_to_the_public(client):
    assert _code(client, receipt(receiver=ANYONE)) is None
    assert _code(client, receipt(receiver=ANYONE.replace("616", "601"))) == "CFDI40159"


def test_many_in_a_zip(client):
    wrong = change(receipt(), PAID, "FormaDePagoP", "99")
    answer = client.bulk(zipped({"a.xml": receipt(), "b.xml": wrong, "c.xml": receipt(FULL)}))
    root = etree.fromstring(answer.content)
    assert [node.text for node in root.iter("codigo")] == ["0", "CRP20212", "0"]


def test_facture_api_takes_it_as_any_xml(api):
    uuid = api.stamped(receipt())
    detail = api.ask("facturacion", id=uuid).json()["entity"]["data"]
    assert detail["uuid"] == uuid and detail["total"] == 0
    (found,) = api.items("facturacion/recuperar", [{"requestUuid": uuid}])
    assert found["succeed"] and base64.b64decode(found["pdf"]).startswith(b"%PDF-")
    wrong = change(receipt(), PAID, "FormaDePagoP", "99")
    (refused,) = api.stamp(wrong).json()["result"]["items"]
    assert not refused["succeed"] and refused["error"].startswith("CRP20212")


def test_sello_digital_has_no_key_for_it(sello):
    for number in (3, 4, "P"):
        response = sello.create(invoice(receipt_type_id=number))
        assert response.status_code == 422 and "receipt_type_id" in response.text
    assert sello.book() == []


def test_the_stamp_keeps_the_complement(client):
    response = client.stamp(receipt(FULL))
    root = etree.fromstring(response.content)
    assert [etree.QName(node).localname for node in root.find("cfdi:Complemento", NS)] == [
        "Pagos", "TimbreFiscalDigital"]
    assert uuid_of(response.content) == client.book()[0]["uuid"]
