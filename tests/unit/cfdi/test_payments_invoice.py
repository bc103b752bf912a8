"""What a receipt of payment reads of the stamped XML of an invoice and of its credit notes."""

from decimal import Decimal as D

import pytest
from cfdi_values import comprobante
from l10n_mx_facture.cfdi.errors import CfdiError
from l10n_mx_facture.cfdi.payments.invoice import read_credit_note, read_paid_invoice
from l10n_mx_facture.cfdi.payments.netting import net_rows
from l10n_mx_facture.cfdi.read import read_cfdi, read_line_taxes
from l10n_mx_facture.cfdi.values import ImpuestoLocal, ImpuestosLocales
from l10n_mx_facture.cfdi.write import to_xml
from receipts import RFC, exento, ieps, invoice, iva, line, note, stamped, uuid_of, withheld


def open_rows(paid, notes):
    return net_rows(paid.rows, [row for one in notes for row in one.rows], paid.decimals)


def test_its_head():
    paid = invoice(line("100.00", iva("100.00", "16.00")), number=7, moneda="USD")
    head = (paid.uuid, paid.serie, paid.folio, paid.moneda, paid.total, paid.rfc_receptor)
    assert head == (uuid_of(7), "A", "7", "USD", D("116.00"), RFC)


def test_a_key_is_one_row_where_the_sum_is_base_by_rate():
    paid = invoice(
        *[line("10.00", iva("10.00", "1.60"))] * 3, line("5.00", exento("5.00")), line("5.00", exento("5.00"))
    )
    assert [(str(row.base), str(row.importe)) for row in paid.rows] == [("30.00", "4.80"), ("10.00", "None")]


def test_a_key_is_the_lines_where_it_is_not():
    off = line("33.34", iva("33.34", "5.33"))
    assert len(invoice(off, off).rows) == 2  # 10.66 of 10.6688: 0.88 of a cent
    assert len(invoice(off).rows) == 1


def test_the_same_rate_withheld_is_another_key():
    paid = invoice(line("100.00", iva("100.00", "16.00"), withheld("002", "100.00", "16.00", "0.160000")))
    assert [row.withheld for row in paid.rows] == [True, False]


def test_rows_of_six_decimals_have_the_invoices_sums():
    lines = [line("10.333333", iva("10.333333", "1.653333"))] * 3
    assert [(str(row.base), str(row.importe)) for row in invoice(*lines).rows] == [("31.00", "4.96")]


@pytest.mark.parametrize(
    ("lines", "objeto_imp"),
    (
        ([line("10.00", iva("10.00", "1.60")), line("5.00")], "02"),
        ([line("5.00")], "01"),
        ([line("5.00", objeto_imp="03")], "03"),
        ([line("5.00", objeto_imp="04"), line("5.00", objeto_imp="05")], "01"),
        ([line("5.00", objeto_imp="08")], "08"),
        ([line("10.00", withheld("001", "10.00", "1.00", "0.100000"), objeto_imp="06"), line("5.00")], "06"),
        ([line("10.00", ieps("10.00", "0.80", "0.080000"), objeto_imp="07")], "07"),
        ([line("9.00", ieps("9.00", "0.72", "0.080000"), objeto_imp="07"), line("1.00", iva("1.00", "0.16"))], "02"),
    ),
)
def test_objeto_imp(lines, objeto_imp):
    assert invoice(*lines).objeto_imp == objeto_imp


def test_local_taxes_are_in_the_total_and_in_no_row():
    local = ImpuestosLocales((), (ImpuestoLocal("ISH", D("3.00"), D("3.00")),))
    xml = to_xml(comprobante(line("100.00", iva("100.00", "16.00")), impuestos_locales=local))
    paid = read_paid_invoice(stamped(xml, uuid_of(1)))
    assert paid.total == D("119.00") and len(paid.rows) == 1


def test_of_its_lines_the_taxes_alone_are_read():
    lines = (line("10.00", iva("10.00", "1.60"), withheld("001", "10.00", "1.00", "0.100000")), line("5.00"))
    xml = to_xml(comprobante(*lines))
    whole = read_cfdi(xml).comprobante.conceptos
    assert read_line_taxes(xml) == tuple((one.objeto_imp, one.traslados, one.retenciones) for one in whole)
    assert [one.traslados for one in whole] == [one.traslados for one in lines]


def test_white_space_around_a_value_is_none_of_it():
    xml = stamped(to_xml(comprobante(line("10.00", iva("10.00", "1.60")))), uuid_of(1))
    other = xml.replace(b'Base="10.00"', b'Base=" 10.00 "').replace(b'ObjetoImp="02"', b'ObjetoImp=" 02"')
    assert other != xml and read_paid_invoice(other) == read_paid_invoice(xml)


def test_what_is_refused():
    xml = to_xml(comprobante())
    cases = ((read_paid_invoice, xml, "not_stamped"), (read_credit_note, stamped(xml, uuid_of(1)), "other_type"))
    for read, data, code in cases:
        with pytest.raises(CfdiError) as caught:
            read(data)
        assert caught.value.code == code


def test_a_part_of_a_note():
    credit = note(line("30.00", iva("30.00", "4.80")), line("10.00", exento("10.00")))
    half = credit.part(D("22.40"))
    assert half.total == D("22.40")
    assert [(str(row.base), row.importe and str(row.importe)) for row in half.rows] == [
        ("15.00", "2.40"),
        ("5.00", None),
    ]
    assert credit.part(credit.total) is credit


def test_a_note_of_one_line_leaves_the_others():
    paid = invoice(line("100.00", iva("100.00", "16.00")), line("50.00", iva("50.00", "4.00", "0.080000")))
    rows, fits = open_rows(paid, [note(line("50.00", iva("50.00", "4.00", "0.080000")))])
    assert fits and [(str(row.base), str(row.importe)) for row in rows] == [("100.00", "16.00")]


def test_a_note_of_a_line_that_is_a_row_of_its_own():
    off = line("33.34", iva("33.34", "5.33"))
    rows, fits = open_rows(invoice(*[off] * 5), [note(off)])
    assert fits and [(str(row.base), str(row.importe)) for row in rows] == [("33.34", "5.33")] * 4


def test_what_a_note_rounded_is_cut_into_rows_within_limits():
    """270018.36 × 0.16 is 43202.94: as one row 43202.92 would be outside of SAT's limits."""
    paid = invoice(line("271018.36", iva("271018.36", "43362.94")))
    rows, fits = open_rows(paid, [note(line("1000.00", iva("1000.00", "160.02")))])
    assert fits and len(rows) > 1
    assert sum(row.base for row in rows) == D("270018.36") and sum(row.importe for row in rows) == D("43202.92")
    assert all(abs(row.importe - row.base * D("0.16")) <= D("0.005") for row in rows)


@pytest.mark.parametrize("credited", (line("200.00", iva("200.00", "32.00")), line("10.00", exento("10.00"))))
def test_a_note_of_what_the_invoice_does_not_have(credited):
    rows, fits = open_rows(invoice(line("100.00", iva("100.00", "16.00"))), [note(credited)])
    assert not fits and len(rows) in (0, 1)


def test_a_base_too_small_for_its_tax_is_the_least_that_has_it():
    """0.01 has 0.01 of IVA at most."""
    paid = invoice(line("0.06", iva("0.06", "0.02")))
    rows, fits = open_rows(paid, [note(line("0.05", iva("0.05", "0.00")))])
    assert fits and [(str(row.base), str(row.importe)) for row in rows] == [("0.01", "0.01")] * 2


def test_what_is_no_rounding_stays_one_row():
    paid = invoice(line("1000.00", iva("1000.00", "160.00")))
    rows, fits = open_rows(paid, [note(line("500.00", iva("500.00", "0.00")))])
    assert not fits
    assert [(str(row.base), str(row.importe)) for row in rows] == [("500.00", "160.00")]
