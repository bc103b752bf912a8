from decimal import Decimal

from odoo.exceptions import UserError

from ..support.payment_case import PaymentCase


class TestStampPayment(PaymentCase):
    """A payment of PPD invoices, its receipt, and what is due before and after."""

    def test_a_whole_payment(self):
        invoice = self.ppd_invoice()
        payment = self.pay(invoice)
        due = self.receipts_due(payment)
        self.assertEqual((due.move_id, due.amount, due.partner_id), (invoice, 116.0, self.customer))
        self.assertEqual(due.date_due.day, 5)
        self.assertEqual(payment.l10n_mx_facture_due_date, due.date_due)
        self.assertIn("l10n_mx_facture_rep_due", invoice.alerts)
        rep = self.stamp_payment(payment)
        self.assertEqual(rep.document_id.tipo_de_comprobante, "P")
        self.assertEqual(rep.payment_ids, payment)
        self.assertEqual(payment.l10n_mx_facture_rep_ids, rep)
        self.assertEqual(invoice.l10n_mx_facture_rep_ids, rep)
        line = rep.line_ids
        self.assertEqual(
            (line.installment, line.balance_before, line.amount, line.balance_after, line.uuid),
            (1, 116.0, 116.0, 0.0, invoice.l10n_mx_facture_uuid),
        )
        self.assertTrue(line.counts)
        self.assertFalse(self.receipts_due(payment))
        self.assertNotIn("l10n_mx_facture_rep_due", invoice.alerts or {})
        pagos = self.pagos_of(rep)
        self.assertEqual(pagos.totales.monto_total_pagos, Decimal("116.00"))
        self.assertEqual(pagos.pagos[0].forma_de_pago, "03")
        self.assertEqual(pagos.pagos[0].doctos[0].id_documento, invoice.l10n_mx_facture_uuid)

    def test_two_partial_payments(self):
        invoice = self.ppd_invoice()
        first = self.stamp_payment(self.pay(invoice, 50.0))
        second = self.stamp_payment(self.pay(invoice, 66.0))
        self.assertEqual(first.line_ids.balance_after, 66.0)
        line = second.line_ids
        self.assertEqual((line.installment, line.balance_before, line.balance_after), (2, 66.0, 0.0))

    def test_both_at_once_go_one_after_the_other(self):
        invoice = self.ppd_invoice()
        payments = self.pay(invoice, 50.0) | self.pay(invoice, 66.0)
        reps = self.stamp_payment(payments)
        self.assertEqual(reps.line_ids.sorted("installment").mapped("installment"), [1, 2])
        self.assertEqual(len({request.id for request in reps.document_ids.request_ids}), 2)

    def test_several_invoices_in_one_payment(self):
        invoices = self.ppd_invoice() | self.ppd_invoice(lines=[{"price_unit": 200.0}])
        rep = self.stamp_payment(self.pay(invoices))
        self.assertEqual(len(rep), 1)
        self.assertEqual(rep.amount_total, 348.0)
        (pago,) = self.pagos_of(rep).pagos
        self.assertEqual({docto.id_documento for docto in pago.doctos}, set(invoices.mapped("l10n_mx_facture_uuid")))

    def test_a_line_of_the_statement(self):
        invoice = self.ppd_invoice()
        entry = self.pay_by_statement(invoice, 116.0)
        self.assertEqual(self.receipts_due(entry).amount, 116.0)
        # the button is shown on both
        self.assertTrue(entry.l10n_mx_facture_receipt_due)
        self.assertTrue(invoice.l10n_mx_facture_receipt_due)
        self.press(entry, "action_l10n_mx_facture_stamp_receipts")
        self.assertEqual(entry.l10n_mx_facture_rep_ids.state, "stamped")
        self.assertFalse((entry | invoice).filtered("l10n_mx_facture_receipt_due"))

    def test_who_owes_nothing_is_not_asked_of(self):
        """Most invoices are opened without a query for it."""
        invoice = self.stamped_invoice()
        self.pay(invoice)
        invoice.read(["payment_state", "move_type", "l10n_mx_facture_payment_policy"])
        with self.assertQueryCount(0):
            self.assertFalse(invoice.l10n_mx_facture_receipt_due)

    def test_the_form_is_asked(self):
        self.bank.l10n_mx_facture_payment_form_id = False
        invoice = self.ppd_invoice()
        payment = self.pay(invoice)
        text = self.refusal(payment, "action_l10n_mx_facture_stamp")
        self.assertIn("CRP20212", text)
        payment.l10n_mx_facture_payment_form_id = self.transfer
        self.stamp_payment(payment)

    def test_a_pue_invoice_needs_none(self):
        invoice = self.stamped_invoice()
        payment = self.pay(invoice)
        self.assertFalse(self.receipts_due(payment))
        self.assertIn("No receipt of payment is due", self.refusal(payment, "action_l10n_mx_facture_stamp"))

    def test_paid_before_it_was_stamped(self):
        invoice = self.create_invoice(l10n_mx_facture_payment_policy="PPD")
        payment = self.pay(invoice)
        self.assertFalse(self.receipts_due(payment))
        self.stamp(invoice)
        self.assertEqual(self.receipts_due(payment).move_id, invoice)

    def test_a_live_receipt_keeps_its_payment(self):
        invoice = self.ppd_invoice()
        payment = self.pay(invoice)
        rep = self.stamp_payment(payment)
        for undo in (payment.action_draft, payment.action_cancel, payment.move_id.line_ids.remove_move_reconcile):
            with self.assertRaisesRegex(UserError, rep.name), self.env.cr.savepoint():
                undo()
        with self.assertRaisesRegex(UserError, rep.name):
            invoice._l10n_mx_facture_check_reason("02", None)

    def test_one_for_each_customer_and_month(self):
        self.company.l10n_mx_facture_rep_mode = "month"
        payments = self.pay(self.ppd_invoice()) | self.pay(self.ppd_invoice())
        rep = self.stamp_payment(payments)
        self.assertEqual(len(rep), 1)
        self.assertEqual(len(self.pagos_of(rep).pagos), 2)
