"""Codes of SAT's matrix that hold by the way a receipt is made: each is looked at in the XML of a full receipt."""

from dataclasses import replace
from decimal import Decimal as D

import pytest
from l10n_mx_facture.cfdi.rules.matrix_pagos import CONSTRUCTED, ONLY_SAT
from lxml import etree
from receipts import (
    HEADER,
    exento,
    ieps,
    invoice,
    iva,
    line,
    payment,
    receipt,
    settle,
    uuid_of,
    withheld,
)

P, C = "{http://www.sat.gob.mx/Pagos20}", "{http://www.sat.gob.mx/cfd/4}"


def full():
    """Payments in pesos and in dollars of every kind of tax, with bank data and a receipt that it replaces."""
    mixed = invoice(
        line(
            "1000.00",
            ieps("1000.00", "80.00", "0.080000"),
            iva("1080.00", "172.80"),
            withheld("001", "1000.00", "100.00", "0.100000"),
            withheld("002", "1000.00", "106.67", "0.106667"),
            withheld("003", "1000.00", "80.00", "0.080000"),
        ),
        line("50.00", iva("50.00", "0.00", "0.000000")),
        line("70.00", iva("70.00", "5.60", "0.080000")),
        line("80.00", exento("80.00")),
    )
    dollars = invoice(line("100.00", iva("100.00", "16.00")), number=2, moneda="USD")
    free = invoice(line("10.00"), number=3)
    pesos = payment(
        settle(mixed, "500"),
        settle(dollars, "58", "1015"),
        settle(free),
        num_operacion="ABC 123",
        rfc_emisor_cta_ord="BBA830831LJ2",
        cta_ordenante="012345678901234567",
        rfc_emisor_cta_ben="BNM840515VB1",
        cta_beneficiario="002345678901234567",
    )
    abroad = payment(
        settle(dollars, "58"),
        settle(mixed, "100", "5.71"),
        moneda="USD",
        tipo_cambio=D("17.5"),
        rfc_emisor_cta_ord="XEXX010101000",
        nom_banco_ord_ext="BANK OF EXAMPLE",
    )
    header = replace(HEADER, replaces=(uuid_of(500),))
    return receipt(pesos, abroad, header=header)


@pytest.fixture(scope="module")
def root():
    return etree.fromstring(full().payload)


def absent(*names):
    return lambda root: not set(names) & set(root.attrib)


def has(name, value):
    return lambda root: root.get(name) == value


def in_concepto(check):
    return lambda root: check(root.find(f"{C}Conceptos/{C}Concepto"))


def every(path, check):
    def judged(root):
        found = root.findall(f".//{P}{path}")
        return bool(found) and all(check(one) for one in found)

    return judged


def same_currency_is_1(root):
    pairs = [
        (docto.get("MonedaDR") == pago.get("MonedaP"), docto.get("EquivalenciaDR"))
        for pago in root.iter(f"{P}Pago")
        for docto in pago.findall(f"{P}DoctoRelacionado")
    ]
    return len(pairs) == 5 and all(same == (equivalence == "1") for same, equivalence in pairs)


def keys(root, element, names):
    return {tuple(one.get(name) for name in names) for one in root.iter(f"{P}{element}")}


def keys_of_invoices(root):
    dr = keys(root, "TrasladoDR", ("ImpuestoDR", "TipoFactorDR", "TasaOCuotaDR"))
    p = keys(root, "TrasladoP", ("ImpuestoP", "TipoFactorP", "TasaOCuotaP"))
    withheld_keys = keys(root, "RetencionDR", ("ImpuestoDR",)), keys(root, "RetencionP", ("ImpuestoP",))
    return dr == p and withheld_keys[0] == withheld_keys[1] == {("001",), ("002",), ("003",)}


def exempt_alone(suffix):
    def check(one):
        taxed = {f"TasaOCuota{suffix}", f"Importe{suffix}"} & set(one.attrib)
        return bool(taxed) == (one.get(f"TipoFactor{suffix}") != "Exento")

    return check


CHECKS = {
    20101: has("TipoDeComprobante", "P"),
    20102: has("Exportacion", "01"),
    20103: has("SubTotal", "0"),
    20104: has("Moneda", "XXX"),
    20105: absent("FormaPago"),
    20106: absent("MetodoPago"),
    20107: absent("CondicionesDePago"),
    20108: absent("Descuento"),
    20109: absent("TipoCambio"),
    20110: has("Total", "0"),
    20111: lambda root: len(root.findall(f"{C}Conceptos/{C}Concepto")) == 1,
    20112: in_concepto(lambda one: len(one) == 0),
    20113: in_concepto(has("ClaveProdServ", "84111506")),
    20114: in_concepto(absent("NoIdentificacion")),
    20115: in_concepto(has("Cantidad", "1")),
    20116: in_concepto(has("ClaveUnidad", "ACT")),
    20117: in_concepto(absent("Unidad")),
    20118: in_concepto(has("Descripcion", "Pago")),
    20119: in_concepto(has("ValorUnitario", "0")),
    20120: in_concepto(has("Importe", "0")),
    20121: in_concepto(absent("Descuento")),
    20122: in_concepto(has("ObjetoImp", "01")),
    20123: lambda root: root.find(f"{C}Impuestos") is None,
    **dict.fromkeys(range(20229, 20236), every("Pago", absent("TipoCadPago", "CertPago", "CadPago", "SelloPago"))),
    20238: same_currency_is_1,
    20277: same_currency_is_1,
    **dict.fromkeys(
        (20250, 20251, 20253, 20256, 20257, 20260, 20262, 20270, 20272),
        # those of the invoice, none besides
        keys_of_invoices,
    ),
    20252: every("RetencionDR", lambda one: one.get("TipoFactorDR") == "Tasa"),
    20258: every("TrasladoDR", exempt_alone("DR")),
    20259: every("TrasladoDR", exempt_alone("DR")),
    20266: every("TrasladoP", exempt_alone("P")),
}


@pytest.mark.parametrize("number", CHECKS)
def test_it_holds_by_construction(number, root):
    assert CHECKS[number](root)


def test_each_of_them_is_looked_at():
    assert {f"CRP{number}" for number in CHECKS} == set(CONSTRUCTED)
    assert all(len(reason) > 20 for reason in (*CONSTRUCTED.values(), *ONLY_SAT.values()))


def test_usage_and_residence_are_those_of_a_receipt():
    foreigner = replace(
        HEADER.receptor,
        rfc="XEXX010101000",
        nombre="ACME INC",
        domicilio_fiscal="26015",
        regimen_fiscal="616",
        residencia_fiscal="USA",
        num_reg_id_trib="123456789",
    )
    paid = replace(invoice(line("10.00")), rfc_receptor="XEXX010101000")
    found = receipt(payment(settle(paid)), header=replace(HEADER, receptor=foreigner)).comprobante.receptor
    assert (found.uso_cfdi, found.residencia_fiscal, found.num_reg_id_trib) == ("CP01", None, None)


def test_a_receipt_replaces_by_relation_04(root):
    node = root.find(f"{C}CfdiRelacionados")
    assert node.get("TipoRelacion") == "04" and node[0].get("UUID") == uuid_of(500)
