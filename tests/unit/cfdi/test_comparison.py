"""What was sent against what came back."""

import pytest
from cfdi_values import sample
from l10n_mx_facture.cfdi.comparison import Difference, differences
from l10n_mx_facture.cfdi.errors import CfdiError
from l10n_mx_facture.cfdi.read import read_cfdi
from l10n_mx_facture.cfdi.write import to_xml

STAMPED = sample("stamped_invoice")
SENT = to_xml(read_cfdi(STAMPED).comprobante)
TFD = STAMPED[STAMPED.index(b"    <tfd:") : STAMPED.index(b"  </cfdi:Complemento>")]


def after(*changes, **options):
    xml = STAMPED
    for old, new in changes:
        assert old.encode() in xml
        xml = xml.replace(old.encode(), new.encode(), 1)
    return differences(SENT, xml, **options)


def test_nothing_but_the_additions():
    assert differences(SENT, STAMPED) == []


@pytest.mark.parametrize(
    ("old", "new", "where", "sent", "got"),
    (
        ('Total="1469.82"', 'Total="1469.83"', "@Total", "1469.82", "1469.83"),
        ('SubTotal="1350.00"', 'SubTotal="1350.01"', "@SubTotal", "1350", "1350.01"),
        ('Serie="INV" ', "", "@Serie", "INV", None),
        ('Folio="2026/00017"', 'Folio="2026/00018"', "@Folio", "2026/00017", "2026/00018"),
        ('Moneda="MXN"', 'Moneda="USD"', "@Moneda", "MXN", "USD"),
        (
            'Fecha="2026-05-05T10:00:00"',
            'Fecha="2026-05-05T10:00:01"',
            "@Fecha",
            "2026-05-05T10:00:00",
            "2026-05-05T10:00:01",
        ),
        (
            'LugarExpedicion="06000"',
            'LugarExpedicion="06001"',
            "@LugarExpedicion",
            "06000",
            "06001",
        ),
        ('Rfc="EKU9003173C9"', 'Rfc="URE180429TM6"', "Emisor/@Rfc", "EKU9003173C9", "URE180429TM6"),
        ('UsoCFDI="G03"', 'UsoCFDI="G01"', "Receptor/@UsoCFDI", "G03", "G01"),
        (
            'Descripcion="Honorarios"',
            'Descripcion="Honorario"',
            "Conceptos[2]/@Descripcion",
            "Honorarios",
            "Honorario",
        ),
        ('Cantidad="0.5"', 'Cantidad="0.6"', "Conceptos[3]/@Cantidad", "0.5", "0.6"),
        (
            'Importe="160.00"',
            'Importe="160.01"',
            "Conceptos[2]/Traslado[1]/@Importe",
            "160",
            "160.01",
        ),
        (
            'TotalImpuestosTrasladados="206.32"',
            'TotalImpuestosTrasladados="206.33"',
            "Impuestos/@TotalImpuestosTrasladados",
            "206.32",
            "206.33",
        ),
        ('Version="4.0"', 'Version="4.0" Confirmacion="ABC12"', "@Confirmacion", None, "ABC12"),
        (
            '<cfdi:CuentaPredial Numero="0123ABC"/>',
            "",
            "Conceptos[3]/CuentaPredial",
            "http://www.sat.gob.mx/cfd/4",
            None,
        ),
        (
            "</cfdi:Complemento>",
            '<x:Otro xmlns:x="urn:x" a="1"/></cfdi:Complemento>',
            "Otro",
            None,
            "urn:x",
        ),
    ),
)
def test_one_change_is_one_difference(old, new, where, sent, got):
    assert after((old, new)) == [Difference(where, sent, got)]


def test_a_line_more_or_less_is_named_once():
    start, end = (
        STAMPED.index(b'    <cfdi:Concepto ClaveProdServ="01010101"'),
        STAMPED.index(b"  </cfdi:Conceptos>"),
    )
    [found] = differences(SENT, STAMPED[:start] + STAMPED[end:])
    assert (found.where, found.got) == ("Conceptos[3]", None)
    [found] = differences(SENT, STAMPED[:end] + STAMPED[start:end] + STAMPED[end:])
    assert (found.where, found.sent) == ("Conceptos[4]", None)


@pytest.mark.parametrize(
    ("old", "new"),
    (
        ('Total="1469.82"', 'Total="1469.820000"'),
        ('Cantidad="0.5"', 'Cantidad="0.500"'),
        ('TasaOCuota="0.160000"', 'TasaOCuota="0.16"'),
        ('Descripcion="Honorarios"', 'Descripcion=" Honorarios&#10;"'),
        ('Moneda="MXN"', 'Moneda="MXN" TipoCambio="1"'),
        (
            'xsi:schemaLocation="http://www.sat.gob.mx/cfd/4 ',
            'xsi:schemaLocation="http://www.sat.gob.mx/cfd/4  ',
        ),
        ("</cfdi:Comprobante>", "<cfdi:Addenda><x>1</x></cfdi:Addenda></cfdi:Comprobante>"),
    ),
)
def test_other_ways_to_write_the_same(old, new):
    assert after((old, new)) == []


def test_rows_of_taxes_in_another_order():
    first = '<cfdi:Retencion Impuesto="001" Importe="20.00"/>'
    second = '<cfdi:Retencion Impuesto="002" Importe="56.00"/>'
    assert after((first, "@"), (second, first), ("@", second)) == []


def test_uuids_without_case_and_order():
    sent = sample("credit_note_usd")
    found = differences(sent, sent.replace(b"0d1e6a52", b"0D1E6A52"))
    assert [d.where for d in found] == ["TimbreFiscalDigital"]
    found = differences(sent, sent.replace(b"000000000003", b"000000000004"))
    assert [d.where for d in found] == [
        "CfdiRelacionados[2]/CfdiRelacionado[1]/@UUID",
        "TimbreFiscalDigital",
    ]


def test_what_the_service_may_change():
    change = ('Fecha="2026-05-05T10:00:00"', 'Fecha="2026-05-06T09:00:00"')
    assert after(change, may_change={"Fecha"}) == []
    assert len(after(change, ('Total="1469.82"', 'Total="1.00"'), may_change={"Fecha"})) == 1


def test_missing_double_and_foreign_stamps():
    [found] = after((TFD.decode(), ""))
    assert (found.where, found.got) == ("TimbreFiscalDigital", "0")
    [found] = after((TFD.decode(), TFD.decode() * 2))
    assert found.got == "2"
    [found] = after(('SelloCFD="c2VsbG8gZGUgcHJ1ZWJh"', 'SelloCFD="b3Rybw=="'))
    assert found.where == "TimbreFiscalDigital/@SelloCFD"
    [found] = after((' Sello="c2VsbG8gZGUgcHJ1ZWJh"', ""))
    assert (found.where, found.sent) == ("TimbreFiscalDigital/@SelloCFD", None)


def test_a_number_that_is_none_differs():
    [found] = after(('Total="1469.82"', 'Total="mucho"'))
    assert str(found) == "@Total: sent '1469.82', got 'mucho'"


def test_what_is_not_a_cfdi_is_an_error_not_a_difference():
    with pytest.raises(CfdiError) as caught:
        differences(SENT, b"<html/>")
    assert caught.value.code == "not_cfdi40"


def test_a_second_container_does_not_hide_the_first():
    start, end = (
        STAMPED.index(b"    <cfdi:Retenciones>\n      <"),
        STAMPED.index(b"    </cfdi:Retenciones>\n    <") + 24,
    )
    block = STAMPED[start:end]
    doubled = STAMPED[:start] + block.replace(b'"20.00"', b'"99.00"') + block + STAMPED[end:]
    assert "Impuestos/Retencion[1]/@Importe" in {d.where for d in differences(SENT, doubled)}
