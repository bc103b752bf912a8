"""XML -> values, and everything that must be refused."""

from datetime import datetime
from decimal import Decimal as D

import pytest
from cfdi_values import comprobante, sample
from hypothesis import given
from hypothesis import strategies as st
from l10n_mx_facture.cfdi.errors import CfdiError
from l10n_mx_facture.cfdi.read import read_cfdi
from l10n_mx_facture.cfdi.values import Traslado
from l10n_mx_facture.cfdi.write import to_xml

STAMPED = sample("stamped_invoice")
TFD = STAMPED[STAMPED.index(b"    <tfd:") : STAMPED.index(b"  </cfdi:Complemento>")]


def error(xml):
    with pytest.raises(CfdiError) as caught:
        read_cfdi(xml)
    return caught.value


def changed(old, new, xml=STAMPED):
    old, new = (t.encode() if isinstance(t, str) else t for t in (old, new))
    assert old in xml
    return xml.replace(old, new, 1)


def test_stamped():
    parsed = read_cfdi(STAMPED)
    assert parsed.uuid == "0D1E6A52-7B3C-4F7E-9A64-3C1B2A5D9E10"
    assert parsed.timbre.uuid == "0d1e6a52-7b3c-4f7e-9a64-3c1b2a5d9e10"
    assert parsed.timbre.fecha_timbrado == datetime.fromisoformat("2026-05-05T10:00:07")
    assert parsed.timbre.rfc_prov_certif == "SPR190613I52"
    assert parsed.timbre.sello_cfd == parsed.sello == "c2VsbG8gZGUgcHJ1ZWJh"
    assert parsed.no_certificado == "30001000000500003416"
    assert (parsed.sub_total, parsed.descuento, parsed.total) == (
        D("1350.00"),
        D("10.50"),
        D("1469.82"),
    )
    values = parsed.comprobante
    assert values.receptor.rfc == "H&E951128469"
    assert values.conceptos[2].descripcion == 'Libro "usado" <ñ>'
    assert values.conceptos[2].traslados == (Traslado(D("50.00"), "002", "Exento"),)
    assert values.conceptos[2].cuentas_prediales == ("0123ABC",)
    assert [r.impuesto for r in values.conceptos[1].retenciones] == ["001", "002"]
    assert parsed.unmapped == ()


def test_unsigned_foreign():
    parsed = read_cfdi(sample("credit_note_usd"))
    values = parsed.comprobante
    assert parsed.uuid is parsed.timbre is parsed.sello is parsed.no_certificado is None
    assert (values.moneda, values.tipo_cambio, values.decimals) == ("USD", D("18.9008"), 2)
    assert [len(r.uuids) for r in values.relacionados] == [2, 1]
    assert values.receptor.num_reg_id_trib == "121585958"
    assert values.conceptos[0].pedimentos == ("15  48  3009  0001234",)


def test_local_taxes_and_global():
    values = read_cfdi(sample("global_local_taxes")).comprobante
    assert values.impuestos_locales.traslados[0].importe == D("3.60")
    assert values.informacion_global.anio == 2026
    assert values.conceptos[0].traslados[0].tipo_factor == "Cuota"


def test_what_has_no_place_in_the_values_is_told():
    xml = changed("</cfdi:Complemento>", '<x:Otro xmlns:x="urn:x"/></cfdi:Complemento>')
    xml = changed('Version="4.0"', 'Version="4.0" Confirmacion="ABC12"', xml)
    assert set(read_cfdi(xml).unmapped) == {"Otro", "@Confirmacion"}


def test_seal_with_line_breaks():
    xml = changed('Sello="c2VsbG8gZGUgcHJ1ZWJh"', 'Sello="c2VsbG8g&#10;ZGUgcHJ1ZWJh"')
    assert read_cfdi(xml).sello == "c2VsbG8gZGUgcHJ1ZWJh"


def test_a_stamp_in_the_addenda_is_not_a_stamp():
    addenda = b"<cfdi:Addenda>" + TFD + b"</cfdi:Addenda></cfdi:Comprobante>"
    assert read_cfdi(changed(b"</cfdi:Comprobante>", addenda)).uuid
    unsigned = changed(TFD, b"")
    assert read_cfdi(changed(b"</cfdi:Comprobante>", addenda, unsigned)).uuid is None


def test_two_stamps():
    assert error(changed(TFD, TFD + TFD)).code == "two_stamps"
    complement = b"<cfdi:Complemento>" + TFD + b"</cfdi:Complemento></cfdi:Comprobante>"
    assert error(changed(b"</cfdi:Comprobante>", complement)).code == "two_stamps"


@pytest.mark.parametrize("seal", ('SelloCFD="b3Rybw=="', 'SelloCFD="C2VsbG8gZGUgcHJ1ZWJh"'))
def test_stamp_of_another_cfdi(seal):
    found = error(changed('SelloCFD="c2VsbG8gZGUgcHJ1ZWJh"', seal))
    assert found.code == "foreign_stamp" and found.data["uuid"]


def test_stamp_without_a_seal_on_the_cfdi():
    assert error(changed(' Sello="c2VsbG8gZGUgcHJ1ZWJh"', "")).code == "foreign_stamp"


@pytest.mark.parametrize(
    ("old", "new", "code"),
    (
        ('Version="4.0"', 'Version="3.3"', "not_cfdi40"),
        ('Version="4.0"', "", "not_cfdi40"),
        (
            'xmlns:cfdi="http://www.sat.gob.mx/cfd/4"',
            'xmlns:cfdi="http://www.sat.gob.mx/cfd/3"',
            "not_cfdi40",
        ),
        ('SubTotal="1350.00"', 'SubTotal="1,350.00"', "bad_number"),
        ('SubTotal="1350.00"', 'SubTotal="-1350.00"', "bad_number"),
        ('SubTotal="1350.00"', 'SubTotal="1.35E3"', "bad_number"),
        ('SubTotal="1350.00"', 'SubTotal="NaN"', "bad_number"),
        ('SubTotal="1350.00"', 'SubTotal="1350.0000000"', "bad_number"),
        ('SubTotal="1350.00"', 'SubTotal="١٣٥٠"', "bad_number"),
        ('SubTotal="1350.00"', "", "missing"),
        ('Total="1469.82"', 'Total=""', "missing"),
        ('Fecha="2026-05-05T10:00:00"', 'Fecha="2026-05-05"', "bad_date"),
        ('Fecha="2026-05-05T10:00:00"', 'Fecha="2026-02-30T10:00:00"', "bad_date"),
        ('Fecha="2026-05-05T10:00:00"', 'Fecha="2026-05-05T10:00:00Z"', "bad_date"),
        ('FechaTimbrado="2026-05-05T10:00:07"', 'FechaTimbrado="ayer"', "bad_date"),
        ("0d1e6a52-7b3c", "0d1e6a52-7b3", "bad_uuid"),
        ('TasaOCuota="0.160000" Importe="46.32"', 'Importe="46.32"', "missing"),
        ('Cantidad="3"', 'Cantidad="tres"', "bad_number"),
        ("<cfdi:Emisor", "<cfdi:Emisorr", "structure"),
        ("<cfdi:Receptor", "<cfdi:Receptorr", "structure"),
        ('Moneda="MXN"', "", "missing"),
        ('Rfc="EKU9003173C9"', "", "missing"),
    ),
)
def test_malformed_content(old, new, code):
    found = error(changed(old, new))
    assert found.code == code
    assert found.text.endswith(".")


def test_bad_number_of_a_line_names_the_line():
    found = error(changed('Importe="1000.00" ObjetoImp', 'Importe="mil" ObjetoImp'))
    assert (found.line, found.data) == (1, {"attribute": "Concepto/@Importe", "value": "mil"})


@pytest.mark.parametrize("twice", ("Emisor", "Receptor"))
def test_elements_that_come_once(twice):
    start = STAMPED.index(f"<cfdi:{twice}".encode())
    element = STAMPED[start : STAMPED.index(b"/>", start) + 2]
    assert error(changed(element, element * 2)).code == "structure"


def test_no_lines():
    start, end = STAMPED.index(b"<cfdi:Conceptos>"), STAMPED.index(b"</cfdi:Conceptos>")
    assert error(STAMPED[: start + 16] + STAMPED[end:]).code == "structure"
    assert error(STAMPED[:start] + STAMPED[end + 17 :]).code == "structure"


def test_something_else():
    assert error(b"<html><body>Service Unavailable</body></html>").code == "not_cfdi40"
    assert error(b"<a/>").data == {"root": "a", "version": None}


def test_wrong_encodings():
    text = STAMPED.decode()
    assert error(text.encode("latin-1")).code == "encoding"
    assert error(text.replace("UTF-8", "ISO-8859-1").encode("latin-1")).code == "encoding"
    assert error(text.replace("UTF-8", "UTF-16").encode("utf-16")).code == "encoding"
    assert read_cfdi(b"\xef\xbb\xbf" + STAMPED).uuid


def test_dtd_and_entities():
    declaration, rest = STAMPED.split(b"?>", 1)
    for dtd in (
        b"<!DOCTYPE x>",
        b'<!DOCTYPE x [<!ENTITY e "v">]>',
        b'<!DOCTYPE x SYSTEM "http://127.0.0.1/x.dtd">',
    ):
        assert error(declaration + b"?>" + dtd + rest).code == "dtd"


def test_too_large():
    for megabytes in (25, 100):
        found = error(STAMPED + b" " * (megabytes * 1024 * 1024))
        assert found.code == "too_large"
        assert str(len(STAMPED) + megabytes * 1024 * 1024) in found.text


def test_year_attribute_written_as_ascii():
    xml = sample("global_local_taxes").decode()
    ascii_xml = xml.encode("ascii", "xmlcharrefreplace")
    for written in (ascii_xml, ascii_xml.replace(b"A&#241;o", b"A&#xF1;o")):
        found = error(written)
        assert found.code == "malformed"
        assert "Año" in found.text


@given(st.integers(0, len(STAMPED.rstrip()) - 1))
def test_truncated_anywhere(length):
    found = error(STAMPED[:length])
    # a cut through a letter of two bytes shows as an encoding error
    assert found.code in ("truncated", "empty", "encoding")
    if found.code == "encoding":
        with pytest.raises(UnicodeDecodeError):
            STAMPED[:length].decode()


@given(st.binary(max_size=200))
def test_garbage_is_a_clear_error(garbage):
    assert error(garbage).code


@given(st.integers(0, len(STAMPED) - 1), st.binary(min_size=1, max_size=3))
def test_a_damaged_cfdi_is_read_or_refused_clearly(position, damage):
    try:
        assert read_cfdi(STAMPED[:position] + damage + STAMPED[position + len(damage) :]).comprobante
    except CfdiError as refused:
        assert refused.code and refused.text


def test_unsigned_of_our_own_making():
    assert read_cfdi(to_xml(comprobante())).comprobante == comprobante()
