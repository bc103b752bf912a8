"""The complement Pagos 2.0 of a CFDI, read: what is malformed is refused, and a changed number is noticed."""

import re
from decimal import Decimal as D

import pytest
from l10n_mx_facture.cfdi.comparison import differences
from l10n_mx_facture.cfdi.errors import CfdiError
from l10n_mx_facture.cfdi.read import read_cfdi
from l10n_mx_facture.cfdi.rules import Document, judge
from receipt_reading import read_printed_receipts, taxes_by_rate
from receipts import invoice as invoice_of
from receipts import line, payment, plain, receipt, settle, stamped, uuid_of
from test_payments_codes import full

XML = receipt(payment(settle(plain()))).payload
AMOUNTS = re.compile(r' (?P<name>(?!TasaOCuota|Version)\w+)="(?P<value>[0-9]+\.[0-9]+)"')


@pytest.mark.parametrize(
    ("old", "new", "code"),
    (
        (b'MontoTotalPagos="116.00"', b"", "missing"),
        (b"<pago20:Totales ", b"<pago20:Other ", "structure"),
        (b"</pago20:Pagos>", b'</pago20:Pagos><pago20:Pagos Version="2.0"/>', "structure"),
        (b'Monto="116.00"', b'Monto="116,00"', "bad_number"),
        (b'EquivalenciaDR="1"', b'EquivalenciaDR="0.12345678901"', "bad_number"),
        (b'NumParcialidad="1"', b'NumParcialidad="1.5"', "bad_number"),
        (b'FechaPago="2026-05-04T12:00:00"', b'FechaPago="2026-05-04"', "bad_date"),
        (b'ImporteDR="16.00"', b"", "missing"),
        (b'MonedaDR="MXN"', b"", "missing"),
    ),
)
def test_what_is_malformed_is_refused(old, new, code):
    assert old in XML
    with pytest.raises(CfdiError) as caught:
        read_cfdi(XML.replace(old, new, 1))
    assert caught.value.code == code


def test_ten_decimals_of_the_equivalence_are_read():
    xml = receipt(payment(settle(plain(moneda="USD"), applied="2030"))).payload
    assert read_cfdi(xml).comprobante.pagos.pagos[0].doctos[0].equivalencia == D("0.0571428572")


def test_an_invoice_has_no_pagos():
    xml = stamped(receipt(payment(settle(invoice_of(line("10.00"))))).payload, uuid_of(1))
    plain_cfdi = re.sub(rb"<pago20:Pagos.*</pago20:Pagos>", b"", xml)
    assert read_cfdi(plain_cfdi).comprobante.pagos is None
    with pytest.raises(CfdiError) as caught:
        read_printed_receipts(plain_cfdi)
    assert caught.value.code == "other_type"


def test_the_taxes_of_a_received_receipt_by_rate():
    found = taxes_by_rate(read_cfdi(full().payload))
    assert found[True, "001", None, None][0] is None
    assert {key[3] for key in found if key[1:3] == ("002", "Tasa")} == {D("0.16"), D("0.08"), D(0)}
    assert found == taxes_by_rate(full())


def test_every_changed_amount_is_noticed():
    """One cent, or one unit of what is written, on each amount of a full receipt."""
    text, missed, count = full().payload.decode(), [], 0
    for found in AMOUNTS.finditer(text):
        if text[: found.start()].endswith("<pago20:RetencionDR"):
            continue  # a base that no sum has, within SAT's limits of its tax
        value = D(found["value"])
        step = D(1).scaleb(value.as_tuple().exponent)
        if found["name"] == "EquivalenciaDR":
            step = round(value / 100, 10)
        changed = text[: found.start("value")] + f"{value + step}" + text[found.end("value") :]
        count += 1
        if not judge(Document.from_xml(changed.encode())):
            missed.append((found["name"], found["value"]))
    assert count > 60 and missed == []


def test_the_invoice_is_the_same_in_upper_and_lower_case():
    uuid = plain().uuid.encode()
    back = stamped(XML.replace(uuid, uuid.lower()), uuid_of(7))
    assert differences(XML, back) == []
