"""How a Document comes about, and in which order things are judged."""

from dataclasses import replace
from datetime import UTC, datetime
from time import perf_counter

import pytest
from cfdi_values import sample
from l10n_mx_facture.cfdi.read import read_cfdi
from l10n_mx_facture.cfdi.rules import DEFAULT, Catalogues, Document, judge
from l10n_mx_facture.cfdi.rules.document import Parte
from l10n_mx_facture.cfdi.values import CfdiRelacionados, InformacionGlobal
from l10n_mx_facture.cfdi.write import to_xml
from rules_documents import BASE, BOOK, GOOD, GOODS, SERVICE, UUID, D, header, line, lines, sums, tax


def codes(document, catalogues=DEFAULT):
    return [finding.code for finding in judge(document, catalogues)]


def as_xml(comprobante=BASE):
    return to_xml(comprobante).decode()


def test_values_and_their_xml_are_judged_alike():
    xml = as_xml().encode()
    for document in (Document.from_xml(xml), Document.from_parsed(read_cfdi(xml)), Document.from_comprobante(BASE)):
        assert document.totals == GOOD.totals
        assert document.decimals == 2
        assert codes(document) == []


def test_quantity_and_rate_are_judged_as_they_are_written():
    """1.000000 is written as 1, which leaves half a unit of tolerance, not half a millionth."""
    concepto = line(cantidad=D("1.000000"), valor_unitario=D("99.40"))
    built = lines(concepto, moneda="USD", tipo_cambio=D("17.4615000001"))
    assert str(built.comprobante.conceptos[0].cantidad) == "1"
    assert str(built.comprobante.tipo_cambio) == "17.4615"
    assert codes(built) == []
    written = as_xml(built.comprobante).replace('Cantidad="1"', 'Cantidad="1.000000"')
    assert codes(Document.from_xml(written.encode())) == ["CFDI40167"]


def test_given_totals_are_taken():
    totals = replace(GOOD.totals, total=D("1.00"))
    assert codes(Document.from_comprobante(BASE, totals)) == ["CFDI40119"]


def test_decimals_are_sats_not_the_callers():
    wrong = replace(BASE, moneda="JPY", tipo_cambio=D("0.11"), decimals=2)
    found = codes(Document.from_comprobante(wrong))
    assert {"CFDI40107", "CFDI40202", "CFDI40204", "CFDI40210", "CFDI40214", "CFDI40220"} <= set(found)


def test_an_empty_node_of_taxes_is_seen_in_an_xml():
    xml = as_xml(lines(BOOK, line(objeto_imp="01", traslados=(), retenciones=())).comprobante)
    empty = xml.replace('ObjetoImp="01"/>', 'ObjetoImp="02"><cfdi:Impuestos/></cfdi:Concepto>')
    document = Document.from_xml(empty.encode())
    assert document.empty_impuestos == {1}
    assert [(h.code, h.line) for h in judge(document)] == [("CFDI40173", 1)]
    without = empty.replace('ObjetoImp="02"><cfdi:Impuestos/>', 'ObjetoImp="01"><cfdi:Impuestos/>')
    assert codes(Document.from_xml(without.encode())) == ["CFDI40172", "CFDI40173"]


def test_parts_are_read_from_an_xml():
    part = (
        '<cfdi:Parte ClaveProdServ="84111506" Cantidad="2" Descripcion="Pieza" ValorUnitario="5.00" '
        'Importe="19.00"><cfdi:InformacionAduanera NumeroPedimento="24  03  3807  4000123"/>'
        "</cfdi:Parte></cfdi:Concepto>"
    )
    xml = as_xml(replace(BASE, conceptos=(SERVICE, BOOK)))
    document = Document.from_xml(xml.replace("</cfdi:Concepto>", part, 1).encode())
    assert document.partes == (
        (Parte("84111506", D("2"), D("5.00"), D("19.00"), ("24  03  3807  4000123",)),),
        (),
    )
    found = judge(document)
    assert [(h.code, h.line, h.row) for h in found] == [("CFDI40198", 0, 0), ("CFDI40199", 0, 0)]


def test_totals_of_local_taxes_are_read_from_an_xml():
    xml = sample("global_local_taxes").decode()
    document = Document.from_xml(xml.encode())
    assert sum(document.local_taxes) > 0
    changed = xml.replace('TotaldeTraslados="', 'TotaldeTraslados="1')
    assert {"CFDI40119", "IMPLOCAL-TOTAL"} <= set(codes(Document.from_xml(changed.encode())))


def test_complements_are_known_by_name():
    xml = as_xml().replace(
        "</cfdi:Comprobante>",
        "<cfdi:Complemento><cce20:ComercioExterior xmlns:cce20='http://www.sat.gob.mx/ComercioExterior20'/>"
        "</cfdi:Complemento></cfdi:Comprobante>",
    )
    assert codes(Document.from_xml(xml.encode())) == ["CFDI40222", "CFDI40195"]


def test_findings_are_in_the_order_of_the_document():
    bad = lines(
        replace(GOODS, clave_prod_serv="1"),
        replace(SERVICE, clave_unidad="1", cantidad=D("30")),
        forma_pago="07",
        lugar_expedicion="17500",
    )
    bad = sums(bad, total=D("1.00"), total_impuestos_retenidos=D("1.00"))
    found = judge(bad)
    assert [(h.code, h.line) for h in found] == [
        ("CFDI40104", None),
        ("CFDI40126", None),
        ("CFDI40119", None),
        ("CFDI40162", 0),
        ("CFDI40165", 1),
        ("CFDI40167", 1),
        ("CFDI40203", None),
    ]


def test_a_finding_tells_line_and_row():
    first = tax(importe=D("17.00"))
    finding = judge(replace(first, comprobante=replace(first.comprobante)))[0]
    assert (finding.code, finding.line, finding.row) == ("CFDI40180", 0, 0)
    assert finding.fix_in == "line.tax"
    assert finding.severity == "error"
    assert "16.01" in finding.text("en")
    assert finding.text("es_MX").startswith("Partida 1 (Servicio): el impuesto 002")
    assert finding.rule.sat.startswith("El valor del campo Importe o que corresponde a Traslado")


def test_a_long_or_odd_description_does_no_harm():
    finding = judge(lines(line(descripcion="{0} " + "x" * 500, clave_unidad="?")))[0]
    assert "{0} " + "x" * 56 + ")" in finding.text("en")


def test_a_catalogue_of_the_caller_decides():
    class Mine(Catalogues):
        def has(self, catalogue, key, fecha):
            return key != "84111506" and super().has(catalogue, key, fecha)

    assert codes(GOOD, Mine()) == ["CFDI40162"] * 3


@pytest.mark.parametrize(
    ("place", "fecha", "expected"),
    (
        # 15:30 UTC in May: 9:30 in Mexico City, 8:30 in Tijuana (summer time), 10:30 in Cancún
        ("06000", datetime(2026, 5, 5, 9, 35), []),
        ("06000", datetime(2026, 5, 5, 9, 36), ["CFDI40101"]),
        ("22000", datetime(2026, 5, 5, 9, 30), ["CFDI40101"]),
        ("22000", datetime(2026, 5, 5, 8, 30), []),
        ("77500", datetime(2026, 5, 5, 10, 30), []),
        ("83000", datetime(2026, 5, 5, 8, 36), ["CFDI40101"]),
        ("06000", datetime(2026, 5, 2, 9, 30), []),
        ("06000", datetime(2026, 5, 2, 9, 29, 59), ["PAC-401"]),
        ("17500", datetime(2026, 5, 2, 9, 29), ["CFDI40126"]),
    ),
)
def test_the_clock_of_the_place(place, fecha, expected):
    now = datetime(2026, 5, 5, 15, 30, tzinfo=UTC)
    document = header(lugar_expedicion=place, fecha=fecha)
    assert codes(replace(document, now=now)) == expected
    assert codes(document) == [code for code in expected if code == "CFDI40126"]


def test_a_zone_in_the_date_is_not_written():
    assert codes(replace(header(fecha=datetime(2026, 5, 5, tzinfo=UTC)), now=datetime(2026, 5, 5, tzinfo=UTC))) == [
        "CFDI40101"
    ]


@pytest.mark.parametrize(
    ("kind", "own", "other", "warned"),
    (
        ("01", "E", "I", False),
        ("01", "E", "E", False),
        ("01", "E", "P", True),
        ("02", "I", "T", True),
        ("03", "E", "I", False),
        ("03", "E", "T", False),
        ("03", "E", "E", True),
        ("04", "I", "E", False),
        ("04", "E", "I", False),
        ("04", "I", "P", True),
        ("05", "T", "I", False),
        ("06", "I", "T", False),
        ("06", "I", "I", True),
        ("07", "I", "I", False),
        ("07", "E", "N", True),
    ),
)
def test_relations(kind, own, other, warned):
    comprobante = replace(BASE, tipo_de_comprobante=own, relacionados=(CfdiRelacionados(kind, (UUID,)),))
    document = replace(header(comprobante), related_types={UUID.upper(): other})
    found = [h for h in judge(document) if h.code == "GUIA-RELACION"]
    assert bool(found) == warned
    assert all(h.severity == "warning" for h in found)
    assert not [h for h in judge(replace(document, related_types={})) if h.code == "GUIA-RELACION"]


@pytest.mark.parametrize(
    ("amount", "faults"),
    (
        # SAT's limits at the currency's decimals: 333.33 to 333.34
        ("333.33", []),
        ("333.34", []),
        ("333.35", ["CFDI40167"]),
        # more decimals, and limits at as many: 333.333499 to 333.333834
        ("333.333498", ["CFDI40167"]),
        ("333.333499", []),
        ("333.333666", []),
        ("333.333834", []),
        ("333.333835", ["CFDI40167"]),
        ("333.33384", []),
        ("333.34000", ["CFDI40167"]),
        # fewer decimals than the currency has give no more room
        ("333.3", ["CFDI40167"]),
    ),
)
def test_both_readings_of_the_decimals(amount, faults):
    concepto = line(
        cantidad=D("1.000001"),
        valor_unitario=D("333.333333"),
        importe=D(amount),
        objeto_imp="01",
        traslados=(),
        retenciones=(),
    )
    assert codes(lines(concepto)) == faults


def test_what_is_missing_is_told_not_stumbled_over():
    nothing = dict.fromkeys(("rfc", "nombre", "regimen_fiscal"))
    document = header(
        lugar_expedicion=None,
        moneda=None,
        tipo_de_comprobante=None,
        exportacion=None,
        metodo_pago=None,
        forma_pago=None,
        emisor=replace(BASE.emisor, **nothing),
        receptor=replace(BASE.receptor, domicilio_fiscal="", uso_cfdi=None, **nothing),
        conceptos=(
            line(
                clave_prod_serv=None,
                clave_unidad="",
                descripcion=None,
                objeto_imp=None,
                traslados=(replace(SERVICE.traslados[0], tasa_o_cuota=D("0.080000"), importe=D("8.00")),),
            ),
        ),
    )
    found = judge(document)
    expected = "113 115 121 123 126 140 147 157 160 162 165 170 179".split()
    assert [h.code for h in found if h.code.startswith("CFDI")] == [f"CFDI40{n}" for n in expected]
    for finding in found:
        for language in ("en", "es"):
            assert "None" not in finding.text(language)
            assert " ." not in finding.text(language)


def test_everything_may_be_given_away():
    """Discounts of 100 %: Descuento equals Importe and SubTotal, the total is zero."""
    gift = line(descuento=D("100.00"), objeto_imp="01", traslados=(), retenciones=())
    document = lines(gift, gift)
    assert document.totals.total == 0
    assert codes(document) == []


@pytest.mark.parametrize(
    ("usage", "rfc", "regime", "expected"),
    (
        ("G03", "URE180429TM6", "601", []),
        ("G02", "CACX7605101P8", "616", []),
        ("G03", "CACX7605101P8", "616", ["CFDI40161"]),
        ("G03", "CACX7605101P8", "605", ["CFDI40161"]),
        ("D01", "CACX7605101P8", "605", []),
        ("D10", "CACX7605101P8", "621", ["CFDI40161"]),
        ("D01", "URE180429TM6", "626", ["CFDI40161"]),
        ("G01", "URE180429TM6", "626", []),
        ("S01", "H&E951128469", "603", []),
        ("CN01", "CACX7605101P8", "605", ["GUIA-USO"]),
        ("P01", "CACX7605101P8", "605", ["CFDI40160"]),
        # an unknown regime is told once
        ("G03", "CACX7605101P8", "699", ["CFDI40157"]),
    ),
)
def test_usages(usage, rfc, regime, expected):
    receiver = replace(BASE.receptor, rfc=rfc, regimen_fiscal=regime, uso_cfdi=usage)
    assert codes(header(receptor=receiver, conceptos=(SERVICE,))) == expected


def test_a_year_of_a_global_invoice_counts_from_the_date():
    for anio, expected in ((2020, ["CFDI40136"]), (2024, ["GUIA-ANIO"]), (2025, []), (2027, ["CFDI40136"])):
        comprobante = replace(
            BASE,
            receptor=replace(
                BASE.receptor,
                rfc="XAXX010101000",
                nombre="PUBLICO EN GENERAL",
                domicilio_fiscal="26015",
                regimen_fiscal="616",
                uso_cfdi="S01",
            ),
            informacion_global=InformacionGlobal("01", "05", anio),
        )
        assert [c for c in codes(header(comprobante)) if c != "GUIA-GLOBAL"] == expected


def test_a_document_is_not_changed_by_being_judged():
    before = Document.from_comprobante(BASE)
    judge(before)
    assert before == GOOD


def test_rules_are_fast():
    """0.06 ms a document on an idle machine; the budget is for a busy one."""
    five = lines(*[SERVICE] * 5)
    start = perf_counter()
    for _ in range(100):
        judge(five)
    assert perf_counter() - start < 0.3
