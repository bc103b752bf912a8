"""From a Comprobante to the JSON of create_full, with the account's table of ids."""

import json
from datetime import datetime
from decimal import Decimal as D

import pytest
from cfdi_values import comprobante, comprobantes, concepto
from hypothesis import given
from l10n_mx_facture.cfdi.amounts.totals import compute_totals
from l10n_mx_facture.cfdi.values import (
    ACuentaTerceros,
    CfdiRelacionados,
    ImpuestoLocal,
    ImpuestosLocales,
    InformacionGlobal,
    Retencion,
    Traslado,
)
from l10n_mx_facture.pac import service_codes
from l10n_mx_facture.pac.errors import NotSent
from l10n_mx_facture.pac.results import IssuingBranch
from l10n_mx_facture.pac.sello_digital import invoice as sello_invoice

IVA, EXEMPT, WITHHELD = "tax:Traslado:002:Tasa:0.160000", "tax:Traslado:002:Exento", "tax:Retencion:001:Tasa:0.100000"
IDS = {"receipt_type:I": 1, "payment_method:03": "3", "money:MXN": 1, IVA: 1, EXEMPT: "4", WITHHELD: 8}
PLACE = IssuingBranch("CENTRO", "17694", {"street": "Calle"})


def made(doc=None, ids=IDS, place=PLACE, **more):
    doc = doc or comprobante()
    return sello_invoice.create_full(doc, compute_totals(doc), ids, place, **more)["invoice"]


def refused(doc, ids=IDS):
    with pytest.raises(NotSent) as caught:
        sello_invoice.create_full(doc, compute_totals(doc), ids, PLACE)
    return caught.value


def test_an_invoice():
    assert made() == {
        "date": "2026-05-05T10:00:00",
        "serie": "A",
        "folio": 1,
        "issuer_rfc": "EKU9003173C9",
        "issuer_regime": "601",
        "receptor_rfc": "URE180429TM6",
        "branch_name": "CENTRO",
        "receipt_type_id": 1,
        "payment_method_id": 3,
        "payment_form": "PUE",
        "money_id": 1,
        "export": "01",
        "is_test": 0,
        "subtotal": "100.00",
        "total": "116.00",
        "branch_attributes": [
            {
                "id": "17694",
                "name": "CENTRO",
                "serie": "A",
                "folio": 1,
                "address_attributes": {"street": "Calle", "cp": "26015"},
            }
        ],
        "receptor_attributes": [
            {
                "name": "UNIVERSIDAD ROBOTICA ESPAÑOLA",
                "social_reason": "UNIVERSIDAD ROBOTICA ESPAÑOLA",
                "rfc": "URE180429TM6",
                "tax_regime": "601",
                "cfdi_use": "G03",
                "address_attributes": {"cp": "86991"},
            }
        ],
        "concepts_attributes": {
            "0": {
                "quantity": "1",
                "unit": "E48",
                "unit_key": "E48",
                "product_key": "84111506",
                "description": "Servicio",
                "price": "100.00",
                "amount": "100.00",
                "tax_object": "02",
                "iva_type_id": 1,
            }
        },
    }


@pytest.mark.parametrize(
    "changes",
    [
        {"traslados": (Traslado(D("90.00"), "002", "Tasa", D("0.16"), D("14.40")),)},
        {
            "traslados": (
                Traslado(D("100.00"), "003", "Tasa", D("0.08"), D("8.00")),
                Traslado(D("108.00"), "002", "Tasa", D("0.16"), D("17.28")),
            )
        },
        {"retenciones": (Retencion(D("100.00"), "001", "Tasa", D("0.1"), D("10.00")),)},
        {"traslados": (), "retenciones": (Retencion(D("100.00"), "001", "Tasa", D("0.1"), D("10.00")),)},
    ],
)
def test_taxes_of_which_one_iva_says_too_little(changes):
    ids = {**IDS, "tax:Traslado:003:Tasa:0.080000": 10}
    doc = comprobante(concepto(**changes))
    [line] = made(doc, ids)["concepts_attributes"].values()
    assert "iva_type_id" not in line
    assert len(line["taxes"]) == len(service_codes.taxes_of(doc.conceptos[0]))


@pytest.mark.parametrize("discount,base", [(None, "100.00"), ("10.00", "90.00")])
def test_an_exempt_line_has_one_iva(discount, base):
    line = concepto(descuento=discount and D(discount), traslados=(Traslado(D(base), "002", "Exento"),))
    [line] = made(comprobante(line))["concepts_attributes"].values()
    assert (line["iva_type_id"], line.get("taxes")) == (4, None)


def test_lines_taxes_discounts_and_relations():
    line = concepto(
        descuento=D("10.00"),
        unidad="Pieza",
        no_identificacion="SKU",
        cantidad=D("2.5"),
        traslados=(Traslado(D("90.00"), "002", "Exento"),),
        retenciones=(Retencion(D("90.00"), "001", "Tasa", D("0.1"), D("9.00")),),
    )
    doc = comprobante(
        concepto(),
        line,
        relacionados=(CfdiRelacionados("04", ("5B2F7A1C-0D3E-4F6A-9B8C-7D6E5F4A3B2C",)),),
        informacion_global=InformacionGlobal("01", "05", 2026),
        tipo_cambio=D("1"),
        condiciones_de_pago="30 días",
    )
    got = made(doc)
    assert list(got["concepts_attributes"]) == ["0", "1"]
    second = got["concepts_attributes"]["1"]
    assert second["taxes"] == [
        {"tax_type_id": 4, "base": "90.00"},
        {"tax_type_id": 8, "base": "90.00", "amount": "9.00"},
    ]
    assert (second["discount"], second["unit"], second["code"], second["quantity"]) == ("10.00", "Pieza", "SKU", "2.5")
    assert got["relations"] == [{"type": "04", "uuids": ["5B2F7A1C-0D3E-4F6A-9B8C-7D6E5F4A3B2C"]}]
    assert got["global"] == {"periodicity": "01", "months": "05", "year": 2026}
    sums = compute_totals(doc)
    assert (got["subtotal"], got["discount_amount"], got["total"]) == ("200.00", "10.00", f"{sums.total:f}")
    assert (got["exchange_rate"], got["payment_conditions"]) == ("1", "30 días")


@pytest.mark.parametrize("code", ["receipt_type:I", "payment_method:03", "money:MXN", IVA])
@pytest.mark.parametrize("value", [None, "", " "])
def test_a_row_that_is_not_filled_is_told(code, value):
    ids = {**IDS, code: value}
    assert service_codes.missing_codes(comprobante(), ids) == [code]
    error = refused(comprobante(), ids)
    assert (error.reason, error.detail) == ("missing_ids", code)
    assert code in error.text


def test_all_rows_that_are_missing_are_told_once_each():
    doc = comprobante(concepto(), concepto(), moneda="USD", tipo_cambio=D("18.5"))
    assert service_codes.missing_codes(doc, {}) == ["receipt_type:I", "payment_method:03", "money:USD", IVA]
    assert refused(doc, {}).detail == f"receipt_type:I, payment_method:03, money:USD, {IVA}"


def test_a_rate_is_one_row_however_it_is_written():
    assert {service_codes.tax_code(Traslado(D(1), "002", "Tasa", D(rate), D(1))) for rate in ("0.16", "0.160000")} == {
        IVA
    }


ODD = {
    "Folio": comprobante(folio="A-1"),
    "Serie": comprobante(serie=None),
    "ImpuestosLocales": comprobante(
        impuestos_locales=ImpuestosLocales((), (ImpuestoLocal("ISH", D("3.00"), D("3.00")),))
    ),
    "Conceptos[2]/ACuentaTerceros": comprobante(
        concepto(), concepto(a_cuenta_terceros=ACuentaTerceros("URE180429TM6", "X", "601", "86991"))
    ),
    "Conceptos[1]/InformacionAduanera": comprobante(concepto(pedimentos=("15  48  3009  0001234",))),
    "Conceptos[1]/CuentaPredial": comprobante(concepto(cuentas_prediales=("15956011002",))),
}


@pytest.mark.parametrize("where", ODD)
def test_what_the_service_has_no_key_for_is_refused(where):
    error = refused(ODD[where])
    assert (error.reason, error.detail) == ("not_expressible", where)


def test_without_a_form_of_payment_it_can_not_be_told():
    assert "FormaPago" in refused(comprobante(forma_pago=None)).detail


def test_a_branch_without_a_number_is_known_by_its_name():
    assert "id" not in made(place=IssuingBranch("CENTRO"))["branch_attributes"]


def test_the_folio_is_a_number():
    assert made(comprobante(folio="00012"))["folio"] == 12


@given(comprobantes())
def test_no_amount_is_a_float_and_none_is_lost(doc):
    ids = dict.fromkeys(service_codes.codes(doc), 1)
    if sello_invoice.not_expressible(doc):
        assert refused(doc, ids).reason == "not_expressible"
        return
    got = made(doc, ids)
    assert json.loads(json.dumps(got), parse_float=_no_float) == got
    lines = got["concepts_attributes"].values()
    assert [D(one["amount"]) for one in lines] == [one.importe for one in doc.conceptos]
    assert [len(one.get("taxes", ())) for one in lines] == [
        len(c.traslados) + len(c.retenciones) for c in doc.conceptos
    ]
    assert D(got["total"]) == compute_totals(doc).total
    assert datetime.fromisoformat(got["date"]) == doc.fecha.replace(microsecond=0)


def _no_float(text):
    raise AssertionError(f"a float: {text}")
