"""The head of a CFDI of ours that another system stamped."""

from datetime import datetime
from decimal import Decimal as D

import pytest
from cfdi_values import sample
from l10n_mx_facture.cfdi.errors import CfdiError
from l10n_mx_facture.cfdi.issued import read_issued
from l10n_mx_facture.cfdi.read import read_cfdi
from test_received import TFD, changed, version_33

STAMPED = sample("stamped_invoice")


def error(xml):
    with pytest.raises(CfdiError) as caught:
        read_issued(xml)
    return caught.value.code


def test_it_says_what_our_own_reader_says():
    got, own = read_issued(STAMPED), read_cfdi(STAMPED)
    written = own.comprobante
    assert (got.version, got.tipo_de_comprobante, got.uuid) == ("4.0", "I", own.uuid)
    assert (got.serie, got.folio, got.fecha) == (written.serie, written.folio, written.fecha)
    assert (got.moneda, got.total, got.lugar_expedicion) == ("MXN", D("1469.82"), written.lugar_expedicion)
    assert (got.rfc_emisor, got.rfc_receptor) == (written.emisor.rfc, written.receptor.rfc)
    assert got.fecha_timbrado == own.timbre.fecha_timbrado
    assert isinstance(got.fecha_timbrado, datetime)
    assert (got.metodo_pago, got.forma_pago) == (written.metodo_pago, written.forma_pago)
    assert (got.exportacion, got.uso_cfdi) == (written.exportacion, written.receptor.uso_cfdi)
    pairs = [(one.tipo_relacion, uuid.upper()) for one in written.relacionados for uuid in one.uuids]
    assert got.relacionados == tuple(pairs)


def test_version_33():
    got = read_issued(version_33())
    assert (got.version, got.exportacion, got.uuid) == ("3.3", None, read_issued(STAMPED).uuid)


def test_relations():
    group = b'<cfdi:CfdiRelacionados TipoRelacion="04"><cfdi:CfdiRelacionado UUID="%s"/></cfdi:CfdiRelacionados>'
    uuid = b"5a2d6aff-2dd7-43d1-83d3-14c1aca396d9"
    xml = STAMPED.replace(b"<cfdi:Emisor", group % uuid + b"<cfdi:Emisor", 1)
    assert ("04", uuid.decode().upper()) in read_issued(xml).relacionados


def test_a_line_that_can_t_be_read_does_not_matter():
    assert read_issued(changed(' Cantidad="', ' Cantidad="x')).total == D("1469.82")


@pytest.mark.parametrize(
    ("xml", "code"),
    [
        (STAMPED.replace(TFD, b""), "not_stamped"),
        (STAMPED.replace(TFD, TFD + TFD), "two_stamps"),
        (changed(' SelloCFD="', ' SelloCFD="A'), "foreign_stamp"),
        (changed(' Version="4.0"', ' Version="3.2"'), "not_cfdi"),
        (b"<a/>", "not_cfdi"),
        (STAMPED[:-20], "truncated"),
        (changed(' Total="1469.82"', ' Total="much"'), "bad_number"),
        (b"", "empty"),
    ],
)
def test_what_is_refused(xml, code):
    assert error(xml) == code


@pytest.mark.parametrize(
    ("serie", "folio", "same"),
    [
        ("INV/2026", "12", True),
        ("INV/2026/", "00012", True),
        ("INV2026", "00012", True),
        ("inv-2026", "12", True),
        ("INV", "2026/00012", True),
        (None, "INV/2026/00012", True),
        (None, "12", True),
        (None, "00012", True),
        (None, None, None),
        ("INV/2026", None, None),
        ("INV/2026", "13", False),
        ("INV/2025", "12", False),
        ("A", "12", False),
        ("INV/2026", "120", False),
        ("INV/202", "612", False),
    ],
)
def test_the_number_however_it_is_split(serie, folio, same):
    xml = STAMPED
    own = read_issued(xml)
    for name, value, before in (("Serie", serie, own.serie), ("Folio", folio, own.folio)):
        written = f' {name}="{value}"' if value else ""
        xml = changed(f' {name}="{before}"', written, xml)
    assert read_issued(xml).has_number("INV/2026", "12", "INV/2026/00012") is same


def test_accents_in_either_form():
    xml = changed(f' Serie="{read_issued(STAMPED).serie}"', ' Serie="AN\u0303O"')
    xml = changed(f' Folio="{read_issued(xml).folio}"', ' Folio="1"', xml)
    assert read_issued(xml).has_number("A\u00d1O", "1", "A\u00d1O/001")
