"""A supplier's receipt of payment: what is read of it, and which of our payments it is of."""

from datetime import date
from decimal import Decimal as D

import pytest
from cfdi_values import sample
from l10n_mx_facture.cfdi.errors import CfdiError
from l10n_mx_facture.cfdi.received_receipt import match_payments, read_received_receipt
from lxml import etree

STAMPED = sample("stamped_invoice")
COMPLEMENT = "{http://www.sat.gob.mx/cfd/4}Complemento"
TFD = "{http://www.sat.gob.mx/TimbreFiscalDigital}TimbreFiscalDigital"


@pytest.fixture(scope="module")
def receipt(shared):
    """A golden REP with the seal and the stamp of another sample."""
    (path,) = (shared / "sat/samples/golden").glob("40*.xml")
    root, stamped = etree.fromstring(path.read_bytes()), etree.fromstring(STAMPED)
    root.set("Sello", stamped.get("Sello"))
    for old in root.findall(f"{COMPLEMENT}/{TFD}"):
        old.getparent().remove(old)
    root.find(COMPLEMENT).append(stamped.find(f"{COMPLEMENT}/{TFD}"))
    return etree.tostring(root)


def error(xml):
    with pytest.raises(CfdiError) as caught:
        read_received_receipt(xml)
    return caught.value


def test_what_is_read(receipt):
    read = read_received_receipt(receipt)
    (pago,) = read.pagos.pagos
    (docto,) = pago.doctos
    assert read.header.tipo_de_comprobante == "P"
    assert (docto.num_parcialidad, docto.imp_saldo_ant, docto.imp_pagado) == (1, D("116.00"), D("116.00"))


def test_other_types_and_no_payments(receipt):
    assert error(STAMPED).data["type"] == "I"
    assert error(receipt.replace(b"sat.gob.mx/Pagos20", b"sat.gob.mx/Pagos")).code == "no_payments"
    assert error(receipt.replace(b"TimbreFiscalDigital", b"Otro")).code == "not_stamped"


@pytest.mark.parametrize(
    ("receipts", "payments", "expected"),
    [
        ([], [(1, "5")], []),
        ([(1, "5")], [], [None]),
        ([(1, "5.00")], [(9, "5")], [0]),
        ([(1, "5.00")], [(1, "5.01")], [None]),
        # the nearest, whichever comes first
        ([(4, "5")], [(1, "5"), (3, "5"), (9, "5")], [1]),
        # as near: the older
        ([(2, "5")], [(1, "5"), (3, "5")], [0]),
        # each is of one receipt
        ([(3, "5"), (3, "5"), (3, "5")], [(3, "5"), (1, "5")], [0, 1, None]),
    ],
)
def test_match_payments(receipts, payments, expected):
    def dated(rows):
        return [(date(2026, 5, day), D(amount)) for day, amount in rows]

    assert match_payments(dated(receipts), dated(payments)) == expected
