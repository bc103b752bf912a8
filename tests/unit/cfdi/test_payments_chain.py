"""Receipts one after another: earlier ones, credit notes before and between, invoices of other systems."""

import json
from dataclasses import replace
from decimal import Decimal as D

import pytest
from l10n_mx_facture.cfdi.errors import CfdiError
from l10n_mx_facture.cfdi.payments.printed import PrintedReceipt
from l10n_mx_facture.cfdi.payments.standing import standing
from receipt_reading import read_printed_receipts
from receipts import (
    exento,
    ieps,
    invoice,
    iva,
    life,
    line,
    note,
    payment,
    plain,
    receipt,
    rows,
    settle,
    stamped,
    uuid_of,
    withheld,
)

TWO_RATES = invoice(line("100.00", iva("100.00", "16.00")), line("100.00", iva("100.00", "0.00", "0.000000")))
CREDIT_16 = note(line("100.00", iva("100.00", "16.00")))


def docto(built, place=0):
    return built.comprobante.pagos.pagos[0].doctos[place]


def codes(built):
    return [finding.code for finding in built.findings]


def test_what_was_printed_is_stored_as_json():
    printed = receipt(
        payment(settle(invoice(line("100.00", iva("100.00", "16.00")), line("9.00", exento("9.00")))))
    ).printed
    stored = [json.loads(json.dumps(one.to_json())) for one in printed]
    assert tuple(map(PrintedReceipt.from_json, stored)) == printed
    assert stored[0]["amount"] == "125.00" and stored[0]["rows"][1]["importe"] is None


def test_the_next_receipt_goes_on_from_the_xml_of_the_last():
    paid = plain()
    first = receipt(payment(settle(paid, "33.33")))
    printed = read_printed_receipts(stamped(first.payload, uuid_of(9)))[paid.uuid]
    from_xml = receipt(payment(settle(paid, "82.67", printed=tuple(printed))))
    from_ledger = receipt(payment(settle(paid, "82.67", printed=first.printed)))
    assert from_xml.payload == from_ledger.payload
    assert rows(docto(from_xml)) == ["T002 71.27 11.40"]


def test_only_a_stamped_receipt_is_read():
    with pytest.raises(CfdiError) as caught:
        read_printed_receipts(receipt(payment(settle(plain()))).payload)
    assert caught.value.code == "not_stamped"


def test_a_credit_note_first_then_the_rest():
    built = receipt(payment(settle(plain(), "58.00", notes=(note(line("50.00", iva("50.00", "8.00"))),))))
    assert docto(built).imp_saldo_ant == D("58.00") and docto(built).num_parcialidad == 1
    assert rows(docto(built)) == ["T002 50.00 8.00"]


def test_a_note_on_one_line_takes_its_taxes_only():
    """Proration of what was credited gave negative bases (CRP20255)."""
    built = receipt(payment(settle(TWO_RATES, "100.00", notes=(CREDIT_16,))))
    assert rows(docto(built)) == ["T002 100.00 0.00"] and codes(built) == []


def test_a_note_between_two_receipts():
    paid = plain()
    first = receipt(payment(settle(paid, "58.00")))
    credit = note(line("25.00", iva("25.00", "4.00")))
    last = receipt(payment(settle(paid, "29.00", notes=(credit,), printed=first.printed)))
    assert (docto(last).imp_saldo_ant, docto(last).imp_saldo_insoluto) == (D("29.00"), D("0.00"))
    assert rows(docto(last)) == ["T002 25.00 4.00"] and codes(last) == []


def test_a_note_on_a_line_that_was_told_is_a_warning_and_no_refusal():
    first = receipt(payment(settle(TWO_RATES, "108.00")))
    assert rows(docto(first)) == ["T002 50.00 8.00", "T002 50.00 0.00"]
    last = receipt(payment(settle(TWO_RATES, "8.00", notes=(note(line("100.00", iva("100.00", "0.00", "0.000000"))),),
                                  printed=first.printed)))  # fmt: skip
    assert codes(last) == ["REP-NOTA"]
    assert last.findings[0].text().startswith(f"Payment 1, invoice A 1 ({TWO_RATES.uuid}): ")
    assert rows(docto(last)) == ["T002 50.00 8.00"]


def test_only_what_has_no_taxes_is_left():
    paid = invoice(line("100.00", iva("100.00", "16.00")), line("50.00"))
    built = receipt(payment(settle(paid, "50.00", notes=(CREDIT_16,))))
    assert docto(built).objeto_imp == "01" and rows(docto(built)) == []


def test_a_payment_of_a_cent_tells_a_base():
    paid = invoice(*(line("1000.00", iva("1000.00", "0.00", "0.000000")), line("1000.00", exento("1000.00"))),
                   line("1000.00", ieps("1000.00", "80.00", "0.080000")))  # fmt: skip
    first, last = life(paid, "0.01", "3079.99")
    assert len(rows(docto(first))) == 1 and docto(first).objeto_imp == "02"
    told = {}
    for key, base in ((row.split()[0], D(row.split()[1])) for one in (first, last) for row in rows(docto(one))):
        told[key] = told.get(key, 0) + base
    assert told == {"T002": D("2000.00"), "T003": D("1000.00")}


def test_a_payment_of_a_cent_tells_the_ieps_of_tax_object_07():
    withholding = withheld("001", "1000.00", "12.50", "0.012500")
    paid = invoice(line("1000.00", ieps("100.00", "8.00", "0.080000"), withholding, objeto_imp="07"))
    built = receipt(payment(settle(paid, "0.01")))
    assert docto(built).objeto_imp == "07" and rows(docto(built)) == ["R001 0.01 0.00", "T003 0.01 0.00"]


def test_an_invoice_of_another_system():
    paid = plain()
    first = receipt(payment(settle(paid, "29.00", installment=3, balance_before=D("58.00"))))
    assert docto(first).num_parcialidad == 3 and rows(docto(first)) == ["T002 25.00 4.00"]
    last = receipt(payment(settle(paid, "29.00", printed=first.printed)))
    assert docto(last).num_parcialidad == 4 and rows(docto(last)) == ["T002 25.00 4.00"]
    # both may be told every time: they count for the first receipt alone
    told = settle(paid, "29.00", printed=first.printed, installment=3, balance_before=D("58.00"))
    assert receipt(payment(told)).payload == last.payload


def test_a_note_after_the_first_receipt_of_an_invoice_of_another_system():
    paid = plain()
    first = receipt(payment(settle(paid, "11.60", installment=2, balance_before=D("58.00"))))
    credit = note(line("20.00", iva("20.00", "3.20")))
    last = settle(paid, "23.20", notes=(credit,), printed=first.printed)
    assert standing(last).balance == D("23.20")
    assert docto(receipt(payment(last))).imp_saldo_insoluto == 0


def test_a_substitute_takes_the_number_of_what_it_replaces():
    paid = plain()
    first, second = life(paid, "58", "58")
    again = receipt(payment(settle(paid, "58", printed=first.printed), forma="01"))
    assert docto(again) == docto(second)


def test_rows_that_another_system_printed_for_each_line():
    paid = plain("232.00", "200.00", "32.00")
    printed = receipt(payment(settle(paid, "116.00"))).printed[0]
    half = replace(printed.rows[0], base=D("50.00"), importe=D("8.00"), line=None)
    told = replace(printed, rows=(half, half), credited=None)
    assert rows(docto(receipt(payment(settle(paid, "116.00", printed=(told,)))))) == ["T002 100.00 16.00"]


def test_a_row_with_nothing_to_tell_yet_comes_later():
    off = [line(amount, iva(amount, tax)) for amount, tax in (("0.03", "0.01"), ("100.03", "16.01"), ("0.03", "0.01"))]
    paid = invoice(*off)
    assert len(paid.rows) == 3
    told = life(paid, "1.00", "115.12")
    assert [len(rows(docto(one))) for one in told] == [1, 3]
    # the XML doesn't say whose row it was: the one of which something was due
    printed = read_printed_receipts(stamped(told[0].payload, uuid_of(9)))[paid.uuid]
    assert receipt(payment(settle(paid, "115.12", printed=tuple(printed)))).payload == told[1].payload


def test_one_row_that_another_system_printed_for_many_lines():
    off = line("33.34", iva("33.34", "5.33"))
    paid = invoice(off, off, off)
    half = receipt(payment(settle(paid, "58.00"))).printed[0]
    told = replace(half.rows[0], base=D("50.01"), importe=D("8.00"), line=None)
    last = receipt(payment(settle(paid, "58.01", printed=(replace(half, rows=(told,), credited=None),))))
    bases, taxes = zip(*(row.split()[1:] for row in rows(docto(last))), strict=True)
    assert sum(map(D, bases)) == D("100.02") - D("50.01") and sum(map(D, taxes)) == D("15.99") - D("8.00")


def test_the_proof_says_what_each_amount_was_computed_from():
    built = receipt(payment(settle(plain(), "58.00", notes=(note(line("50.00", iva("50.00", "8.00"))),))))
    assert json.loads(json.dumps(built.proof)) == {
        "settlements": [
            {
                "uuid": plain().uuid,
                "installment": 1,
                "total": "58.00",
                "credited": "58.00",
                "elsewhere": "0",
                "balance": "58.00",
                "fits": True,
            }
        ]
    }
