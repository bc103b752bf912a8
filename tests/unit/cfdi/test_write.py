"""Comprobante -> XML: form of numbers and texts, order, refusals, round trip."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal as D

import pytest
from cfdi_values import comprobante, comprobantes, concepto, sample
from hypothesis import given
from l10n_mx_facture.cfdi.errors import CfdiError
from l10n_mx_facture.cfdi.read import read_cfdi
from l10n_mx_facture.cfdi.values import CfdiRelacionados, Emisor, InformacionGlobal, Retencion, Traslado
from l10n_mx_facture.cfdi.write import to_xml
from lxml import etree

NS = {"c": "http://www.sat.gob.mx/cfd/4"}


def root(**changes):
    return etree.fromstring(to_xml(comprobante(**changes)))


def line(**changes):
    return etree.fromstring(to_xml(comprobante(concepto(**changes)))).find("c:Conceptos/c:Concepto", NS)


def error(code, *conceptos, **changes):
    with pytest.raises(CfdiError) as caught:
        to_xml(comprobante(*conceptos, **changes))
    assert caught.value.code == code, caught.value
    return caught.value


def test_first_year_of_a_fecha():
    assert root(fecha=datetime.fromisoformat("2010-01-01T00:00:00")).get("Fecha") == ("2010-01-01T00:00:00")


def test_declaration_encoding_and_no_seal():
    xml = to_xml(comprobante(informacion_global=InformacionGlobal("01", "05", 2026)))
    assert xml.startswith(b"<?xml version='1.0' encoding='UTF-8'?>")
    assert 'Año="2026"'.encode() in xml and b"&#" not in xml
    tree = etree.fromstring(xml)
    assert not {"Sello", "NoCertificado", "Certificado"} & set(tree.attrib)
    assert tree.get("{http://www.w3.org/2001/XMLSchema-instance}schemaLocation") == (
        "http://www.sat.gob.mx/cfd/4 http://www.sat.gob.mx/sitio_internet/cfd/4/cfdv40.xsd"
    )


def test_complements_declare_their_namespace_on_the_root():
    xml = to_xml(read_cfdi(sample("global_local_taxes")).comprobante)
    tree = etree.fromstring(xml)
    assert tree.nsmap["implocal"] == "http://www.sat.gob.mx/implocal"
    assert "implocal.xsd" in tree.get("{http://www.w3.org/2001/XMLSchema-instance}schemaLocation")
    assert b"implocal" not in to_xml(comprobante())


def test_order_of_children():
    taxed = concepto(retenciones=(Retencion(D("100.00"), "001", "Tasa", D("0.1"), D("10.00")),))
    tree = etree.fromstring(
        to_xml(
            comprobante(
                taxed,
                relacionados=(CfdiRelacionados("04", ("11111111-2222-4333-8444-000000000001",)),),
                informacion_global=InformacionGlobal("01", "05", 2026),
            )
        )
    )

    def names(node):
        return [child.tag.rpartition("}")[2] for child in node]

    assert names(tree) == [
        "InformacionGlobal",
        "CfdiRelacionados",
        "Emisor",
        "Receptor",
        "Conceptos",
        "Impuestos",
    ]
    assert names(tree.find("c:Conceptos/c:Concepto/c:Impuestos", NS)) == [
        "Traslados",
        "Retenciones",
    ]
    assert names(tree.find("c:Impuestos", NS)) == ["Retenciones", "Traslados"]


@pytest.mark.parametrize(
    ("written", "value"),
    (
        ("1", "1.000000"),
        ("10", "1E+1"),
        ("0.5", "0.50"),
        ("1.234567", "1.234567"),
        ("0.000001", "1E-6"),
    ),
)
def test_cantidad_has_no_needless_zeros(written, value):
    assert line(cantidad=D(value)).get("Cantidad") == written


def test_amounts_keep_their_decimals_and_rates_have_six():
    node = line(
        importe=D("100.0"),
        valor_unitario=D("1E+2"),
        descuento=D("1.500"),
        traslados=(Traslado(D("98.5"), "002", "Tasa", D("0.16"), D("15.7600")),),
    )
    assert (node.get("Importe"), node.get("ValorUnitario"), node.get("Descuento")) == (
        "100.0",
        "100",
        "1.500",
    )
    tax = node.find("c:Impuestos/c:Traslados/c:Traslado", NS)
    assert dict(tax.attrib) == {
        "Base": "98.5",
        "Impuesto": "002",
        "TipoFactor": "Tasa",
        "TasaOCuota": "0.160000",
        "Importe": "15.7600",
    }


def test_exempt_has_neither_rate_nor_amount():
    node = line(traslados=(Traslado(D("100"), "002", "Exento"),))
    assert set(node.find("c:Impuestos/c:Traslados/c:Traslado", NS).attrib) == {
        "Base",
        "Impuesto",
        "TipoFactor",
    }


@pytest.mark.parametrize(
    ("moneda", "sub_total", "total"),
    (("MXN", "100.00", "116.00"), ("JPY", "100", "116"), ("KWD", "100.000", "116.000")),
)
def test_totals_have_the_decimals_of_the_currency(moneda, sub_total, total):
    tree = root(moneda=moneda, tipo_cambio=None if moneda == "MXN" else D("1.5"))
    assert (tree.get("SubTotal"), tree.get("Total")) == (sub_total, total)


@pytest.mark.parametrize(
    ("moneda", "rate", "written"),
    (
        ("MXN", None, None),
        ("MXN", D("1.000"), None),
        ("USD", D("18.9008000000"), "18.9008"),
        ("USD", D("18"), "18"),
        ("JPY", D("0.11543216"), "0.115432"),
    ),
)
def test_exchange_rate(moneda, rate, written):
    assert root(moneda=moneda, tipo_cambio=rate).get("TipoCambio") == written


@pytest.mark.parametrize(
    ("moneda", "rate"),
    (
        ("MXN", D("18")),
        ("USD", None),
        ("USD", D("0")),
        ("USD", D("0.0000001")),
        ("USD", D("NaN")),
        ("XXX", D("1")),
    ),
)
def test_exchange_rate_refused(moneda, rate):
    error("exchange_rate", moneda=moneda, tipo_cambio=rate)


def test_texts_are_folded_not_cut():
    node = line(descripcion="  Uno\n\tdos\u00a0 tres ", no_identificacion="  ", unidad=None)
    assert node.get("Descripcion") == "Uno dos tres"
    assert node.get("NoIdentificacion") is None and node.get("Unidad") is None
    assert line(descripcion="x" * 1000).get("Descripcion") == "x" * 1000


def test_texts_are_in_one_form():
    node = line(descripcion="Pin\u0303a\x07 Cafe\u200b\u0301\x00", no_identificacion="\u200b", unidad="N\u0303")
    assert node.get("Descripcion") == "Pi\u00f1a Caf\u00e9"
    assert node.get("NoIdentificacion") is None and node.get("Unidad") == "\u00d1"
    # what fits when it is composed is not too long
    assert line(descripcion="n\u0303" * 1000).get("Descripcion") == "\u00f1" * 1000


def test_a_forbidden_character_is_named_by_position_and_code_point():
    with pytest.raises(CfdiError) as caught:
        line(descripcion="\u200bab\ufffe")
    assert (caught.value.data["position"], caught.value.data["character"]) == (3, "U+FFFE")


def test_special_characters():
    text = 'Ñandú & Cía "uno" <dos> \'° ™ “x” 😀'
    assert line(descripcion=text).get("Descripcion") == text


@pytest.mark.parametrize(
    ("changes", "code"),
    (
        ({"descripcion": "x" * 1001}, "too_long"),
        ({"unidad": "x" * 21}, "too_long"),
        ({"no_identificacion": "x" * 101}, "too_long"),
        ({"descripcion": " \n "}, "missing"),
        ({"descripcion": "\u200b \u00ad\u00a0"}, "missing"),
        ({"descripcion": "a|b"}, "pipe"),
        ({"no_identificacion": "a|b"}, "pipe"),
        ({"descripcion": "a\ufffe"}, "invalid_character"),
        ({"clave_prod_serv": None}, "missing"),
        ({"clave_unidad": "E 48"}, "bad_format"),
        ({"cantidad": D(0)}, "bad_amount"),
        ({"cantidad": D("1.0000001")}, "bad_amount"),
        ({"cantidad": D("-1")}, "bad_amount"),
        ({"importe": D("100.1234567")}, "bad_amount"),
        ({"importe": D(10) ** 18}, "bad_amount"),
        ({"valor_unitario": D("NaN")}, "bad_amount"),
        ({"valor_unitario": 100.0}, "bad_amount"),
        ({"valor_unitario": None}, "missing"),
        ({"traslados": (Traslado(D(0), "002", "Tasa", D("0.16"), D(0)),)}, "bad_amount"),
        ({"traslados": (Traslado(D(1), "002", "Tasa", D("0.1666667"), D(0)),)}, "bad_amount"),
        ({"pedimentos": ("15 48 3009 0001234",)}, "bad_format"),
        ({"cuentas_prediales": ("12-3",)}, "bad_format"),
    ),
)
def test_line_refused_and_named(changes, code):
    with pytest.raises(CfdiError) as caught:
        to_xml(comprobante(concepto(), concepto(**changes)))
    assert (caught.value.code, caught.value.line) == (code, 1)


@pytest.mark.parametrize(
    ("changes", "code"),
    (
        ({"emisor": Emisor("EKU9003173C", "X", "601")}, "bad_format"),
        ({"emisor": Emisor("", "X", "601")}, "missing"),
        ({"emisor": Emisor("EKU9003173C9", "X" * 301, "601")}, "too_long"),
        ({"emisor": Emisor("EKU9003173C9", "X", None)}, "missing"),
        ({"lugar_expedicion": "6000"}, "bad_format"),
        ({"lugar_expedicion": "٠٦٠٠٠"}, "bad_format"),
        ({"serie": "x" * 26}, "too_long"),
        ({"folio": "a|1"}, "pipe"),
        ({"fecha": datetime(2026, 5, 5, tzinfo=UTC)}, "bad_date"),
        ({"fecha": datetime.fromisoformat("2009-05-05")}, "bad_date"),
        ({"relacionados": (CfdiRelacionados("04", ("not-a-uuid",)),)}, "bad_format"),
        ({"relacionados": (CfdiRelacionados("04", ()),)}, "missing"),
        ({"informacion_global": InformacionGlobal("01", "05", 26)}, "bad_format"),
        ({"conceptos": ()}, "no_lines"),
    ),
)
def test_header_refused(changes, code):
    values = comprobante()
    with pytest.raises(CfdiError) as caught:
        to_xml(replace(values, **changes))
    assert (caught.value.code, caught.value.line) == (code, None)
    assert caught.value.text and caught.value.data is not None


def test_negative_total_is_refused():
    error("negative_total", concepto(traslados=(), descuento=D("100.01")))
    error(
        "negative_total",
        concepto(retenciones=(Retencion(D("100"), "001", "Tasa", D("0.35"), D("200")),)),
    )


def test_white_space_does_not_break_a_round_trip():
    values = comprobante(condiciones_de_pago=" 15  días ")
    assert read_cfdi(to_xml(values)).comprobante == replace(values, condiciones_de_pago="15 días")


@pytest.mark.parametrize("kind", "TP")
def test_transfers_and_payments_are_written_with_a_literal_zero(kind):
    zero = concepto(valor_unitario=D(0), importe=D(0), traslados=(), objeto_imp="01")
    tree = etree.fromstring(
        to_xml(comprobante(zero, tipo_de_comprobante=kind, moneda="XXX", forma_pago=None, metodo_pago=None))
    )
    assert (tree.get("SubTotal"), tree.get("Total")) == ("0", "0")
    assert tree.find("c:Impuestos", NS) is None


@given(comprobantes())
def test_round_trip(values):
    try:
        xml = to_xml(values)
    except CfdiError as refused:  # random discounts and retentions may outweigh the lines
        assert refused.code == "negative_total"
        return
    parsed = read_cfdi(xml)
    assert parsed.comprobante == values
    assert parsed.timbre is None and parsed.unmapped == ()
    assert to_xml(parsed.comprobante) == xml
