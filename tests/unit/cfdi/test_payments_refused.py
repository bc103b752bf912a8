"""What a receipt is refused for: which code, which payment and invoice, and where a person corrects it."""

import pickle
from dataclasses import replace
from decimal import Decimal as D

import pytest
from l10n_mx_facture.cfdi.errors import CfdiError
from l10n_mx_facture.cfdi.payments.receipt import ReceiptRefused
from l10n_mx_facture.cfdi.payments.write import pagos_element
from receipts import DAY, HEADER, invoice, iva, line, note, payment, plain, receipt, settle, withheld

DOLLARS = plain(number=2, moneda="USD")
WHOLE = note(line("100.00", iva("100.00", "16.00")))


def refused(*payments, header=HEADER):
    with pytest.raises(ReceiptRefused) as caught:
        receipt(*payments, header=header)
    return caught.value


CASES = {
    "more than the balance": ([payment(settle(plain(), "116.01"))], "CRP20244", "settlement.amount"),
    "nothing is open": ([payment(settle(plain(), "1", notes=(WHOLE,)))], "CRP20239", "settlement.amount"),
    "nothing is paid": ([payment(settle(plain(), "0"), monto="1")], "CRP20241", "settlement.amount"),
    "less than nothing": ([payment(settle(plain(), "-5"), monto="1")], "CRP20241", "settlement.amount"),
    "wrong decimals": ([payment(settle(plain(), "10.005"), monto="11")], "CRP20242", "settlement.amount"),
    "decimals of yen": (
        [payment(settle(plain("116", "100", "16", moneda="JPY"), "10.5"), monto="11", moneda="JPY", tipo_cambio=D(1))],
        "CRP20242",
        "settlement.amount",
    ),
    "what was applied isn't known": ([payment(settle(DOLLARS), monto="2030")], "CRP20237", "settlement.applied"),
    "nothing was applied": ([payment(settle(DOLLARS, applied="0"), monto="2030")], "CRP20237", "settlement.applied"),
    "a balance without an installment": (
        [payment(settle(plain(), "10", balance_before=D("50.00")))],
        "REP-SALDO",
        "settlement.balance_before",
    ),
    "an installment without a balance": (
        [payment(settle(plain(), "10", installment=4))],
        "REP-SALDO",
        "settlement.balance_before",
    ),
    "a balance above the total": (
        [payment(settle(plain(), "10", installment=4, balance_before=D("116.01")))],
        "REP-SALDO",
        "settlement.balance_before",
    ),
    "another customer's": ([payment(settle(replace(plain(), rfc_receptor="XEXX010101000")))], "REP-RFC", "partner.rfc"),
}


@pytest.mark.parametrize("name", CASES)
def test_an_invoice_is_named(name):
    payments, code, fix_in = CASES[name]
    error = refused(payment(settle(plain(number=7))), *payments)
    found = next(one for one in error.findings if one.code == code)
    assert (found.fix_in, found.pago, found.docto) == (fix_in, 1, 0)
    paid = payments[0].settlements[0].invoice
    assert found.text().startswith(f"Payment 2, invoice A {paid.folio} ({paid.uuid}): ")
    assert found.text("es_MX").startswith(f"Pago 2, factura A {paid.folio} ({paid.uuid}): ")
    assert error.code == "receipt_refused" and code in error.data["codes"] and f"{code}: " in error.text


OF_A_PAYMENT = {
    "to be defined": ({"forma": "99"}, "CRP20212", "payment.form"),
    "no rate": ({"moneda": "USD"}, "CRP20214", "payment.currency_rate"),
    "too little": ({"monto": "115.99"}, "CRP20217", "payment.amount"),
    "decimals": ({"monto": "116.005"}, "CRP20219", "payment.amount"),
    "cash has no bank": ({"forma": "01", "cta_ordenante": "012345678901234567"}, "CRP20224", "payment.payer_account"),
    "a foreign bank": ({"rfc_emisor_cta_ord": "XEXX010101000"}, "CRP20223", "payment.payer_bank_name"),
    "digits": ({"cta_beneficiario": "0123456789012"}, "CRP20226", "payment.payee_account"),
}


@pytest.mark.parametrize("name", OF_A_PAYMENT)
def test_a_payment_is_named(name):
    changes, code, fix_in = OF_A_PAYMENT[name]
    paid = plain(moneda=changes.get("moneda", "MXN"))
    found = next(one for one in refused(payment(settle(paid), **changes)).findings if one.code == code)
    assert (found.fix_in, found.pago, found.docto) == (fix_in, 0, None)
    assert found.text().startswith(f"Payment 1 ({DAY.date()}): ")
    assert found.text("es_MX").startswith(f"Pago 1 ({DAY.date()}): ")


def test_the_same_invoice_is_paid_too_often_in_one_receipt():
    paid = plain()
    found = refused(payment(settle(paid, "100"), settle(paid, "17"))).findings
    assert [(one.code, one.docto) for one in found] == [("CRP20244", 1)]
    assert "only 16.00 are open" in found[0].text()


def test_wrong_amounts_are_one_finding_and_no_trail_of_others():
    assert [one.code for one in refused(payment(settle(plain(), "200"))).findings] == ["CRP20244"]


def test_all_that_is_wrong_is_told_at_once():
    customer = replace(HEADER.receptor, domicilio_fiscal="ABCDE", regimen_fiscal="605")
    error = refused(
        payment(settle(plain(), "200"), forma="99"),
        payment(settle(DOLLARS), monto="2030"),
        header=replace(HEADER, receptor=customer),
    )
    assert error.data["codes"] == ["CFDI40147", "CFDI40158", "CRP20212", "CRP20244", "CRP20237"]


def test_an_invoice_with_taxes_that_its_tax_object_has_not():
    six = invoice(line("100.00", withheld("001", "100.00", "10.00", "0.100000"), objeto_imp="06"))
    assert receipt(payment(settle(six))).comprobante.pagos.pagos[0].doctos[0].objeto_imp == "06"
    wrong = replace(plain(), objeto_imp="08")
    assert [one.code for one in refused(payment(settle(wrong))).findings] == ["CRP20278"]


def test_a_factor_may_be_the_receiver():
    paid = replace(plain(), rfc_receptor="XEXX010101000")
    assert receipt(payment(settle(paid)), header=replace(HEADER, factoring=True)).findings == ()


def test_public_in_general_and_foreigners_are_receivers():
    for rfc, name in (("XAXX010101000", "PUBLICO EN GENERAL"), ("XEXX010101000", "ACME INC")):
        customer = replace(HEADER.receptor, rfc=rfc, nombre=name, domicilio_fiscal="26015", regimen_fiscal="616")
        paid = replace(plain(), rfc_receptor=rfc)
        assert receipt(payment(settle(paid)), header=replace(HEADER, receptor=customer)).findings == ()


def test_a_refusal_survives_pickling():
    error = pickle.loads(pickle.dumps(refused(payment(settle(plain(), "200")))))
    assert (error.code, error.data, len(error.findings)) == ("receipt_refused", {"codes": ["CRP20244"]}, 1)


def test_texts_that_can_not_be_written():
    for changes, code in (({"num_operacion": "A|B"}, "pipe"), ({"num_operacion": "9" * 101}, "too_long")):
        with pytest.raises(CfdiError) as caught:
            receipt(payment(settle(plain()), **changes))
        assert caught.value.code == code and caught.value.data["attribute"] == "Pago/@NumOperacion"
        assert caught.value.data["pago"] == 0


def test_what_can_not_be_written_is_said_where():
    good, bad = (payment(settle(plain(), "50"), num_operacion=number) for number in ("A", "A|B"))
    with pytest.raises(CfdiError) as caught:
        receipt(good, bad)
    assert caught.value.data["pago"] == 1 and "docto" not in caught.value.data
    pagos = receipt(payment(settle(plain(), "50"), settle(plain(), "50"))).comprobante.pagos
    pago = pagos.pagos[0]
    doctos = (pago.doctos[0], replace(pago.doctos[1], num_parcialidad=1000))
    with pytest.raises(CfdiError) as caught:
        pagos_element(replace(pagos, pagos=(replace(pago, doctos=doctos),)))
    assert (caught.value.data["pago"], caught.value.data["docto"]) == (0, 1)


def _docto(**changes):
    pagos = receipt(payment(settle(DOLLARS, applied="2030"))).comprobante.pagos
    pago = pagos.pagos[0]
    return replace(pagos, pagos=(replace(pago, doctos=(replace(pago.doctos[0], **changes),)),))


@pytest.mark.parametrize(
    ("pagos", "code"),
    (
        (_docto(equivalencia=D("0.05714285711")), "bad_amount"),
        (_docto(equivalencia=D(0)), "bad_amount"),
        (_docto(num_parcialidad=1000), "bad_format"),
        (_docto(id_documento=None), "missing"),
        (_docto(id_documento="X"), "bad_format"),
        (replace(_docto(), totales=replace(_docto().totales, base_iva16=D("1.001"))), "bad_amount"),
    ),
)
def test_what_the_schema_forbids_is_not_written(pagos, code):
    with pytest.raises(CfdiError) as caught:
        pagos_element(pagos)
    assert caught.value.code == code


def test_the_number_of_an_invoice_of_before_2011():
    assert "000-00-000000001" in str(pagos_element(_docto(id_documento="000-00-000000001")))
