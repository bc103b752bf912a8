"""Somebody else's CFDI, of either version -> what a vendor bill needs of it."""

import re
from datetime import datetime
from decimal import Decimal as D

import pytest
from cfdi_values import sample
from hypothesis import given
from hypothesis import strategies as st
from l10n_mx_facture.cfdi.errors import CfdiError
from l10n_mx_facture.cfdi.read import read_cfdi
from l10n_mx_facture.cfdi.received import MAX_BYTES, ReceivedTax, is_cfdi, read_received
from l10n_mx_facture.cfdi.values import ImpuestoLocal
from l10n_mx_facture.cfdi.xml import parse

STAMPED = sample("stamped_invoice")
TFD = STAMPED[STAMPED.index(b"    <tfd:") : STAMPED.index(b"  </cfdi:Complemento>")]
LOCALES = (
    b'    <implocal:ImpuestosLocales xmlns:implocal="http://www.sat.gob.mx/implocal" version="1.0"'
    b' TotaldeRetenciones="5.00" TotaldeTraslados="30.00">'
    b'<implocal:RetencionesLocales ImpLocRetenido="5 al millar" TasadeRetencion="0.50" Importe="5.00"/>'
    b'<implocal:TrasladosLocales ImpLocTrasladado="ISH" TasadeTraslado="3.00" Importe="30.00"/>'
    b"</implocal:ImpuestosLocales>\n"
)
_NEW_IN_40 = re.compile(
    rb' (?:ObjetoImp|Exportacion|DomicilioFiscalReceptor|RegimenFiscalReceptor)="[^"]*"'
)


def version_33(xml=STAMPED):
    """The same CFDI as 3.3 wrote it: namespace in 3, without what 4.0 added."""
    return _NEW_IN_40.sub(b"", xml).replace(b"/cfd/4", b"/cfd/3").replace(b' Version="4.0"', b' Version="3.3"', 1)


def changed(old, new, xml=STAMPED):
    old, new = (t.encode() if isinstance(t, str) else t for t in (old, new))
    assert old in xml
    return xml.replace(old, new, 1)


def error(xml):
    with pytest.raises(CfdiError) as caught:
        read_received(xml)
    return caught.value


def test_the_header():
    got, own = read_received(STAMPED), read_cfdi(STAMPED)
    assert (got.version, got.tipo_de_comprobante, got.uuid) == ("4.0", "I", own.uuid)
    assert (got.rfc_emisor, got.rfc_receptor) == (own.comprobante.emisor.rfc, "H&E951128469")
    assert (got.nombre_emisor, got.regimen_emisor) == (own.comprobante.emisor.nombre, "601")
    assert (got.total, got.moneda, got.fecha) == (D("1469.82"), "MXN", own.comprobante.fecha)
    assert isinstance(got.fecha, datetime)
    assert got.reference == f"{own.comprobante.serie}{own.comprobante.folio}"
    assert got.lugar_expedicion == own.comprobante.lugar_expedicion
    assert got.impuestos_locales == ()


def test_the_lines_are_those_that_our_own_reader_finds():
    got, own = read_received(STAMPED), read_cfdi(STAMPED).comprobante.conceptos
    assert len(got.lines) == len(own) == 3
    for line, concepto in zip(got.lines, own, strict=True):
        assert (line.descripcion, line.cantidad, line.valor_unitario, line.importe) == (
            concepto.descripcion, concepto.cantidad, concepto.valor_unitario, concepto.importe)  # fmt: skip
        assert line.descuento == (concepto.descuento or 0)
        assert len(line.impuestos) == len(concepto.traslados) + len(concepto.retenciones)
    assert got.lines[2].impuestos == (ReceivedTax("002", "Exento", False, D("50.00"), None, None),)
    withheld = [tax.impuesto for tax in got.lines[1].impuestos if tax.withheld]
    assert withheld == ["001", "002"]


def test_the_taxes_of_the_lines_sum_up_to_the_summary():
    rows = [tax for line in read_received(STAMPED).lines for tax in line.impuestos]
    sums = {}
    for row in rows:
        sums[row.key] = sums.get(row.key, D()) + (row.importe or D())
    totals = read_cfdi(STAMPED).totals
    added = {(t.impuesto, t.tipo_factor, False, t.tasa_o_cuota): t.importe or D() for t in totals.traslados}
    assert {key: amount for key, amount in sums.items() if not key[2]} == added
    withheld = [(key[0], amount) for key, amount in sums.items() if key[2]]
    assert sorted(withheld) == sorted(totals.retenciones)


def test_what_the_lines_add_is_the_subtotal_without_the_discount():
    got = read_received(STAMPED)
    assert got.net_amounts() == [D("289.50"), D("1000.00"), D("50.00")]
    assert sum(got.net_amounts()) == got.sub_total - got.descuento == D("1339.50")


@pytest.mark.parametrize(
    "amounts, sub_total, expected",
    [
        (("300.003", "1000.004", "50.003"), "1350.01", ["289.50", "1000.01", "50.00"]),
        (("300.004", "1000.005", "50.004"), "1350.01", ["289.50", "1000.01", "50.00"]),
        (("299.996", "999.995", "49.996"), "1349.99", ["289.50", "999.99", "50.00"]),
        # it doesn't add up: nothing is hidden
        (("300.00", "1000.00", "50.00"), "1351.00", ["289.50", "1000.00", "50.00"]),
    ],
)
def test_rounding_goes_to_the_lines_that_lost_most(amounts, sub_total, expected):
    xml = changed('SubTotal="1350.00"', f'SubTotal="{sub_total}"')
    for old, new in zip(("300.00", "1000.00", "50.00"), amounts, strict=True):
        xml = changed(f' Importe="{old}"', f' Importe="{new}"', xml)
    assert read_received(xml).net_amounts() == [D(amount) for amount in expected]


def test_version_33_is_read_alike():
    new, old = read_received(STAMPED), read_received(version_33())
    assert old.version == "3.3"
    assert {name: getattr(old, name) for name in old.__slots__ if name != "version"} == {
        name: getattr(new, name) for name in new.__slots__ if name != "version"
    }


def test_what_sat_s_own_program_writes_is_read_alike():
    odd = changed("xmlns:xsi=", 'xmlns:schemaLocation="http://www.sat.gob.mx/cfd/4 http://a.mx/b.xsd" xmlns:xsi=')
    assert read_received(odd) == read_received(STAMPED)
    addenda = changed("</cfdi:Comprobante>", "<cfdi:Addenda><our:own our:x='1'/></cfdi:Addenda></cfdi:Comprobante>")
    assert read_received(addenda) == read_received(STAMPED)
    undeclared = STAMPED.replace(b"xmlns:cfdi=", b"xmlns:other=")
    assert error(undeclared).data["kind"] == "comprobante"


def test_local_taxes():
    got = read_received(changed(TFD, LOCALES + TFD))
    assert got.impuestos_locales == (
        ImpuestoLocal("ISH", D("3.00"), D("30.00")),
        ImpuestoLocal("5 al millar", D("0.50"), D("-5.00")),
    )


def test_without_serie_and_folio_the_reference_is_the_uuid():
    got = read_received(re.sub(rb' (?:Serie|Folio)="[^"]*"', b"", STAMPED))
    assert got.reference == got.uuid


@pytest.mark.parametrize(
    "xml, code",
    [
        (changed(' Version="4.0"', ' Version="3.3"'), "not_cfdi"),
        (changed(' Version="3.3"', ' version="3.2"', version_33()), "not_cfdi"),
        (b"<Invoice/>", "not_cfdi"),
        (STAMPED.replace(TFD, b""), "not_stamped"),
        (changed(TFD, TFD + TFD), "two_stamps"),
        (changed('SelloCFD="c', 'SelloCFD="d'), "foreign_stamp"),
        (changed(' Sello="c2VsbG8gZGUgcHJ1ZWJh"', ""), "foreign_stamp"),
        (changed('UUID="0d1e6a52', 'UUID="0d1e6a5'), "bad_uuid"),
        (changed(' Total="1469.82"', ' Total="1,469.82"'), "bad_number"),
        (changed(' Total="1469.82"', ""), "missing"),
        (changed("<cfdi:Emisor", "<cfdi:Otro"), "structure"),
        (STAMPED[:-20], "truncated"),
        (b"", "empty"),
        (changed("<cfdi:Comprobante", "<!DOCTYPE x><cfdi:Comprobante"), "dtd"),
        (STAMPED + b" " * MAX_BYTES, "too_large"),
    ],
)
def test_refused(xml, code):
    assert error(xml).code == code


@pytest.mark.parametrize("kind", ["N", "P", "T", "X"])
def test_other_types_are_told(kind):
    found = error(changed('TipoDeComprobante="I"', f'TipoDeComprobante="{kind}"'))
    assert (found.code, found.data) == ("other_type", {"type": kind})


def test_a_stamp_in_the_addenda_does_not_count():
    xml = changed("</cfdi:Comprobante>", b"<cfdi:Addenda>" + TFD + b"</cfdi:Addenda></cfdi:Comprobante>")
    assert read_received(xml) == read_received(STAMPED)


def test_what_is_a_cfdi():
    assert is_cfdi(parse(STAMPED)) and is_cfdi(parse(version_33()))
    assert not is_cfdi(parse(b"<Comprobante/>")) and not is_cfdi(None)


@given(st.integers(0, len(STAMPED) - 1), st.binary(max_size=3))
def test_no_damage_raises_anything_else(position, bytes_):
    damaged = STAMPED[:position] + bytes_ + STAMPED[position + 1 :]
    try:
        read_received(damaged)
    except CfdiError as found:
        assert found.code and found.text
