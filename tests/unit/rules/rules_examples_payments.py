"""Examples of the rules of receipts of payment: per rule a good receipt and a bad one, a small change of it."""

from dataclasses import replace
from datetime import datetime

from l10n_mx_facture.cfdi.payments.printed import PrintedReceipt
from l10n_mx_facture.cfdi.payments.receipt import make_receipt
from l10n_mx_facture.cfdi.rules import Document
from l10n_mx_facture.cfdi.values import RetencionTotal
from receipts import HEADER, exento, invoice, iva, line, note, payment, plain, settle, withheld
from rules_documents import D

PAID = invoice(
    line("100.00", iva("100.00", "16.00"), withheld("001", "100.00", "10.00", "0.100000")),
    line("50.00", iva("50.00", "4.00", "0.080000")),
    line("30.00", iva("30.00", "0.00", "0.000000")),
    line("20.00", exento("20.00"), withheld("002", "20.00", "2.13", "0.106667")),
    line("40.00", withheld("003", "40.00", "3.20", "0.080000")),
)
DOLLARS = plain(moneda="USD")
BANK = {
    "rfc_emisor_cta_ord": "BBA830831LJ2",
    "cta_ordenante": "012345678901234567",
    "rfc_emisor_cta_ben": "BNM840515VB1",
    "cta_beneficiario": "002345678901234567",
}


def made(*payments, header=HEADER):
    """The Document of a receipt, as `build_receipt` judges it."""
    comprobante, settled = make_receipt(header, payments)
    return Document.from_comprobante(comprobante, settled=settled)


def paid(*settlements, **changes):
    return made(payment(*(settlements or (settle(plain()),)), **changes))


GOOD = made(payment(settle(PAID), **BANK))


def pagos(document=GOOD, **changes):
    """The same receipt with other payments or Totales."""
    doc = document.comprobante
    return Document.from_comprobante(replace(doc, pagos=replace(doc.pagos, **changes)))


def pago(document=GOOD, **changes):
    return pagos(document, pagos=(replace(document.comprobante.pagos.pagos[0], **changes),))


def docto(document=GOOD, **changes):
    one = document.comprobante.pagos.pagos[0]
    return pago(document, doctos=(replace(one.doctos[0], **changes), *one.doctos[1:]))


def total(field, value):
    return pagos(totales=replace(GOOD.comprobante.pagos.totales, **{field: value}))


def row(kind, **changes):
    """The first tax of the first invoice changed, and the payment's taxes left as they are."""
    rows = getattr(GOOD.comprobante.pagos.pagos[0].doctos[0], kind)
    return docto(**{kind: (replace(rows[0], **changes), *rows[1:])})


ONE = GOOD.comprobante.pagos.pagos[0]
MIXED = paid(settle(DOLLARS, applied="2030"))
FREE = paid(settle(invoice(line("10.00"))))
WHOLE = {"imp_saldo_ant": D(10), "imp_pagado": D(10), "imp_saldo_insoluto": D(0)}
FOREIGN = {"rfc_emisor_cta_ord": "XEXX010101000"}
EARLIER = PrintedReceipt(plain().uuid, 1, D("116.00"), D("100.00"), D("16.00"), ())
LINES = invoice(line("100.00", iva("100.00", "16.00")), line("100.00", iva("100.00", "0.00", "0.000000")))
OTHER = note(line("10.00", iva("10.00", "0.80", "0.080000")))

# name of the rule: (good, bad, codes that the bad one must give, exactly)
EXAMPLES = {
    "receipt_has_payments": (GOOD, made(), {"REP-VACIO"}),
    "pago_has_invoices": (GOOD, made(payment(monto="10")), {"REP-VACIO"}),
    **{
        f"{field} is the sum": (
            GOOD,
            total(field, getattr(GOOD.comprobante.pagos.totales, field) + D("0.01")),
            {f"CRP{number}"},
        )
        for number, field in enumerate(GOOD.comprobante.pagos.totales.__slots__, 20201)
    },
    "totals_of_retentions": (GOOD, total("retenciones_isr", None), {"CRP20264"}),
    "totals_of_bases": (GOOD, total("base_iva_exento", None), {"CRP20267"}),
    "totals_of_transfers": (GOOD, total("impuesto_iva0", None), {"CRP20273"}),
    "retencion_p_once": (
        GOOD,
        pago(retenciones=(*ONE.retenciones, RetencionTotal("001", D("0.00")))),
        {"CRP20263", "CRP20265"},
    ),
    "traslado_p_once": (
        GOOD,
        pago(traslados=(*ONE.traslados, replace(ONE.traslados[-1], base=D("0.00")))),
        {"CRP20271", "CRP20268"},
    ),
    "retencion_p_is_the_sum": (
        GOOD,
        pago(retenciones=(RetencionTotal("001", D("10.01")), *ONE.retenciones[1:])),
        {"CRP20265", "CRP20202"},
    ),
    "base_p_is_the_sum": (
        GOOD,
        pago(traslados=(replace(ONE.traslados[0], base=D("100.01")), *ONE.traslados[1:])),
        {"CRP20268", "CRP20204"},
    ),
    "importe_p_is_the_sum": (
        GOOD,
        pago(traslados=(replace(ONE.traslados[0], importe=D("15.99")), *ONE.traslados[1:])),
        {"CRP20274", "CRP20205"},
    ),
    "Pago/@FormaDePagoP in c_FormaPago": (GOOD, paid(forma="77"), {"CRP20999"}),
    "forma_de_pago_is_known": (GOOD, paid(forma="99"), {"CRP20212"}),
    "Pago/@MonedaP in c_Moneda": (
        GOOD,
        paid(settle(plain(moneda="ABC")), moneda="ABC", tipo_cambio=D(1)),
        {"CRP20999"},
    ),
    "moneda_p_not_xxx": (
        GOOD,
        paid(settle(DOLLARS, applied="116"), moneda="XXX", tipo_cambio=D(1)),
        {"CRP20213"},
    ),
    "tipo_cambio_p_required": (MIXED, paid(settle(DOLLARS), moneda="USD"), {"CRP20214"}),
    "tipo_cambio_p_of_mxn": (GOOD, paid(tipo_cambio=D("1.01")), {"CRP20215"}),
    "monto_positive": (GOOD, paid(monto="0"), {"CRP20217", "CRP20218"}),
    "monto_decimals": (GOOD, paid(monto="116.001"), {"CRP20219"}),
    "monto_covers_what_is_paid": (GOOD, paid(monto="115.99"), {"CRP20217"}),
    "monto_covers_what_is_paid_in_other_currencies": (
        MIXED,
        paid(settle(DOLLARS, applied="2030"), monto="2029.82"),
        {"CRP20276"},
    ),
    "fecha_pago_not_ahead": (
        paid(fecha=HEADER.fecha),
        paid(fecha=datetime(2026, 5, 5, 10, 0, 1)),
        {"GUIA-REP-FECHA"},
    ),
    "payer_bank_allowed": (GOOD, paid(forma="01", rfc_emisor_cta_ord="BBA830831LJ2"), {"CRP20221"}),
    "payer_account_allowed": (GOOD, paid(forma="17", cta_ordenante="0123456789"), {"CRP20224"}),
    "payee_bank_allowed": (GOOD, paid(forma="06", rfc_emisor_cta_ben="BNM840515VB1"), {"CRP20227"}),
    "payee_account_allowed": (GOOD, paid(forma="06", cta_beneficiario="0123456789"), {"CRP20228"}),
    "foreign_bank_has_a_name": (paid(**FOREIGN, nom_banco_ord_ext="BANK"), paid(**FOREIGN), {"CRP20223"}),
    "payer_account_form": (
        paid(forma="04", cta_ordenante="0123456789012345"),
        paid(forma="03", cta_ordenante="012345678901"),
        {"CRP20225"},
    ),
    "payee_account_form": (
        paid(forma="02", cta_beneficiario="ABC_4567890"),
        paid(forma="03", cta_beneficiario="0123456789012345"),
        {"CRP20226"},
    ),
    "payer_bank_is_a_company": (GOOD, paid(rfc_emisor_cta_ord="CACX7605101P8"), {"REP-RFC-BANCO"}),
    "payee_bank_is_a_company": (GOOD, paid(rfc_emisor_cta_ben="XEXX010101000"), {"REP-RFC-BANCO"}),
    "moneda_dr_not_xxx": (GOOD, docto(FREE, moneda="XXX", **WHOLE), {"CRP20236"}),
    "equivalencia_required": (MIXED, paid(settle(DOLLARS), monto="2030"), {"CRP20237"}),
    "saldo_anterior_positive": (
        GOOD,
        paid(settle(plain(), "10", notes=(note(line("100.00", iva("100.00", "16.00"))),))),
        {"CRP20239"},
    ),
    "pagado_positive": (GOOD, paid(settle(plain(), "0"), monto="1"), {"CRP20241"}),
    "saldo_anterior_decimals": (
        GOOD,
        paid(settle(plain(), "10", installment=2, balance_before=D("50.001"))),
        {"CRP20240", "CRP20243"},
    ),
    "pagado_decimals": (GOOD, paid(settle(plain(), "10.001"), monto="11"), {"CRP20242", "CRP20243"}),
    "saldo_insoluto_decimals": (GOOD, paid(settle(plain(), "10.001"), monto="11"), {"CRP20242", "CRP20243"}),
    "saldo_insoluto_not_negative": (GOOD, paid(settle(plain(), "17", printed=(EARLIER,))), {"CRP20244"}),
    "saldo_insoluto_is_the_difference": (GOOD, docto(imp_saldo_insoluto=D("0.01")), {"CRP20244"}),
    "num_parcialidad_in_range": (
        GOOD,
        paid(settle(plain(), "10", installment=1000, balance_before=D("50.00"))),
        {"REP-PARCIALIDAD"},
    ),
    "DoctoRelacionado/@ObjetoImpDR in c_ObjetoImp": (GOOD, docto(objeto_imp="09"), {"CRP20245"}),
    "objeto_imp_02_with_taxes": (GOOD, docto(FREE, objeto_imp="02"), {"CRP20246"}),
    "objeto_imp_without_taxes": (FREE, docto(objeto_imp="01"), {"CRP20247"}),
    "objeto_imp_dr_06_and_08": (GOOD, docto(objeto_imp="06"), {"CRP20278"}),
    "objeto_imp_dr_07": (GOOD, docto(objeto_imp="07"), {"CRP20279"}),
    "retencion_dr_base_positive": (GOOD, row("retenciones", base=D("0.00")), {"CRP20249", "CRP20254"}),
    "retencion_dr_within_limits": (GOOD, row("retenciones", importe=D("10.02")), {"CRP20254", "CRP20265"}),
    "traslado_dr_base_positive": (GOOD, row("traslados", base=D("0.00")), {"CRP20255", "CRP20261", "CRP20268"}),
    "traslado_dr_within_limits": (GOOD, row("traslados", importe=D("16.02")), {"CRP20261", "CRP20274"}),
    "receipt_is_for_the_invoices_receiver": (
        made(payment(settle(replace(plain(), rfc_receptor="XEXX010101000"))), header=replace(HEADER, factoring=True)),
        paid(settle(replace(plain(), rfc_receptor="XEXX010101000"))),
        {"REP-RFC"},
    ),
    "first_receipt_of_an_invoice_stamped_elsewhere": (
        paid(settle(plain(), "10", installment=2, balance_before=D("50.00"))),
        paid(settle(plain(), "10", installment=2)),
        {"REP-SALDO"},
    ),
    "notes_fit_the_invoice": (GOOD, paid(settle(LINES, "50", notes=(OTHER,))), {"REP-NOTA"}),
}
