from datetime import date, timedelta
from unittest.mock import patch

from odoo import fields

from odoo.addons.l10n_mx_facture.cfdi.deadlines import last_day_for_receipt

from ..support.payment_case import PaymentCase


class TestDue(PaymentCase):
    """What is due, and what is made of it by itself."""

    def test_until_the_fifth_of_the_next_month(self):
        self.assertEqual(last_day_for_receipt(date(2026, 1, 31)), date(2026, 2, 5))
        self.assertEqual(last_day_for_receipt(date(2026, 12, 1)), date(2027, 1, 5))

    def test_undone_payments_are_not_due(self):
        payment = self.pay(self.ppd_invoice())
        self.assertTrue(self.receipts_due(payment))
        payment.move_id.line_ids.remove_move_reconcile()
        self.assertFalse(self.receipts_due(payment))

    def test_a_payment_that_is_a_draft_again_is_not_due(self):
        """Odoo keeps it reconciled."""
        payment = self.pay(self.ppd_invoice())
        payment.action_draft()
        self.assertTrue(payment.move_id.line_ids.matched_debit_ids)
        self.assertFalse(self.receipts_due(payment))
        payment.action_post()
        self.assertEqual(self.receipts_due(payment).amount, 116.0)

    def test_a_credit_note_is_no_payment(self):
        invoice = self.ppd_invoice()
        note = invoice._reverse_moves([{"invoice_date": invoice.invoice_date, "name": f"{self.prefix}/NC1"}])
        note.action_post()
        if invoice.payment_state == "not_paid":
            (invoice + note).line_ids.filtered(lambda one: one.account_type == "asset_receivable").reconcile()
        self.assertFalse(self.receipts_due(invoice))

    def test_by_itself_each_payment(self):
        self.company.l10n_mx_facture_rep_auto = True
        payment = self.pay(self.ppd_invoice(), payment_date=self.today_of(self.journal))
        # the second round comes before the first one's receipt is sent
        for _round in range(2):
            with self.committing() as env:
                env["l10n_mx_facture.rep.due"]._stamp_due()
        rep = payment.l10n_mx_facture_rep_ids
        self.assertEqual((len(rep), len(rep.document_ids)), (1, 1))
        with self.committing() as env:
            env["l10n_mx_facture.document"]._cron_stamp()
        self.assertEqual(payment.l10n_mx_facture_rep_ids.state, "stamped")
        with self.committing() as env:
            env["l10n_mx_facture.rep.due"]._stamp_due()
        self.assertEqual(payment.l10n_mx_facture_rep_ids, rep)

    def test_by_itself_not_before_the_day_of_the_payment(self):
        """A cheque of next week is no money yet (SAT's guide: FechaPago)."""
        self.company.l10n_mx_facture_rep_auto = True
        today = self.today_of(self.journal)
        payment = self.pay(self.ppd_invoice(), payment_date=today + timedelta(days=7))
        self.stamp_due()
        self.assertFalse(payment.l10n_mx_facture_rep_ids.document_ids)
        with patch.object(fields.Date, "context_today", lambda *args: today + timedelta(days=7)):
            self.assertTrue(self.receipts_due(payment)._is_time())

    def test_by_itself_not_again_where_the_service_has_refused(self):
        """Sent again each hour, it would be refused each hour."""
        self.company.l10n_mx_facture_rep_auto = True
        payment = self.pay(self.ppd_invoice(), payment_date=self.today_of(self.journal))
        self.sandbox.fail("stamp", "refuse", code="CFDI40999", text="no")
        for _round in range(2):
            self.stamp_due()
            with self.committing() as env:
                env["l10n_mx_facture.document"]._cron_stamp()
        rep = payment.l10n_mx_facture_rep_ids
        self.assertEqual((rep.state, len(rep.document_ids)), ("rejected", 1))
        self.env.cr.execute("UPDATE l10n_mx_facture_document SET date_sent = date_sent - interval '25 hours'")
        self.env.invalidate_all()
        self.stamp_due()
        with self.committing() as env:
            env["l10n_mx_facture.document"]._cron_stamp()
        self.assertEqual(rep.state, "stamped")

    def stamp_due(self):
        with self.committing() as env:
            env["l10n_mx_facture.rep.due"]._stamp_due()
        self.env.invalidate_all()

    def test_a_factor_that_is_told_later_gets_the_receipt(self):
        factor = self.env["res.partner"].create({"name": "FACTORAJE SA", "is_company": True})
        payment = self.pay(self.ppd_invoice())
        payment.partner_id = factor
        payment.l10n_mx_facture_factoring = True
        due = self.receipts_due(payment)
        self.assertEqual(due.partner_id, factor)
        self.assertEqual(due._prepare_reps().partner_id, factor)

    def test_by_itself_when_the_month_is_over(self):
        self.company.write({"l10n_mx_facture_rep_auto": True, "l10n_mx_facture_rep_mode": "month"})
        payments = self.pay(self.ppd_invoice()) | self.pay(self.ppd_invoice())
        due = self.receipts_due(payments)
        self.assertFalse(any(row._is_time() for row in due))
        later = due[0].date_payment + timedelta(days=31)
        with patch.object(fields.Date, "context_today", lambda *args: later):
            self.assertTrue(all(row._is_time() for row in due))

    def test_what_is_incomplete_stays_due(self):
        self.company.l10n_mx_facture_rep_auto = True
        self.bank.l10n_mx_facture_payment_form_id = False
        payment = self.pay(self.ppd_invoice())
        with self.committing() as env:
            env["l10n_mx_facture.rep.due"]._stamp_due()
        self.assertTrue(self.receipts_due(payment))
        self.assertFalse(payment.l10n_mx_facture_rep_ids.document_ids)

    def test_a_payment_that_is_gone_is_a_discrepancy(self):
        payment = self.pay(self.ppd_invoice())
        rep = self.stamp_payment(payment)
        self.env.cr.execute(
            "DELETE FROM account_partial_reconcile WHERE credit_move_id = %s", (rep.line_ids.entry_line_id.id,)
        )
        self.env.invalidate_all()
        Divergence = self.env["l10n_mx_facture.divergence"]
        self.assertIn(rep.document_id.id, Divergence._suspects("l10n_mx_facture.document"))
        Divergence._find_discrepancies(rep.document_id)
        found = Divergence.search([("rep_id", "=", rep.id), ("state", "=", "open")])
        self.assertEqual(found.kind, "payment_gone")
        self.assertIn("116.00", found.text)

    def test_the_daily_round_finds_what_was_missed(self):
        payment = self.pay(self.ppd_invoice())
        self.receipts_due(payment).sudo().unlink()
        with self.committing() as env:
            env["l10n_mx_facture.rep.due"]._cron_due()
        self.assertTrue(self.receipts_due(payment))

    def test_dashboard(self):
        self.pay(self.ppd_invoice())
        counts = self.journal._l10n_mx_facture_counts()
        self.assertEqual(counts[self.journal]["receipts_due"], 1)

    def test_late_pue(self):
        invoice = self.stamped_invoice()
        self.env.cr.execute(
            "UPDATE account_move SET invoice_date = date_trunc('month', CURRENT_DATE) - interval '9 days' "
            "WHERE id = %s",
            (invoice.id,),
        )
        self.env.invalidate_all()
        action = self.env["account.move"].action_l10n_mx_facture_open_late_pue()
        self.assertIn(invoice.id, action["domain"][0][2])
