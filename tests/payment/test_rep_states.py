from odoo.addons.l10n_mx_facture.pac.results import Stamped

from ..support.payment_case import PaymentCase
from ..support.sat_case import SatMixin


class TestRepStates(SatMixin, PaymentCase):
    """A receipt's CFDI goes the way of every CFDI: lost answers, cancellation, substitution, the queue."""

    def rep_of(self, payment):
        return self.env["l10n_mx_facture.rep"].search([("payment_ids", "in", payment.ids)], order="id desc", limit=1)

    def test_a_lost_answer(self):
        payment = self.pay(self.ppd_invoice())
        self.sandbox.fail("stamp", "reset_after")
        self.press(payment, "action_l10n_mx_facture_stamp")
        rep = self.rep_of(payment)
        self.assertEqual(rep.state, "unknown")
        self.assertTrue(rep.line_ids.counts)
        self.assertFalse(self.receipts_due(payment))
        document = rep.document_id
        (stamped,) = self.sandbox.book(user=self.login, serie=document.serie, folio=document.folio)
        self.press(rep, "resolve_unknown", stamped["uuid"], "portal")
        self.assertEqual((rep.state, rep.uuid), ("stamped", stamped["uuid"].upper()))

    def test_not_stamped_is_due_again(self):
        payment = self.pay(self.ppd_invoice())
        self.sandbox.fail("stamp", "reset_before")
        self.press(payment, "action_l10n_mx_facture_stamp")
        rep = self.rep_of(payment)
        self.assertEqual(rep.state, "unknown")
        self.env.cr.execute("UPDATE l10n_mx_facture_request SET date_start = date_start - interval '1 day'")
        self.env.cr.execute("UPDATE l10n_mx_facture_document SET date_sent = date_sent - interval '1 day'")
        self.env.invalidate_all()
        self.press(rep, "resolve_unknown", None, "portal")
        self.assertEqual(rep.state, "rejected")
        self.assertFalse(rep.line_ids.counts)
        self.assertTrue(self.receipts_due(payment))
        # the same receipt is stamped again
        self.assertEqual(self.stamp_payment(payment), rep)

    def test_the_next_waits_for_the_answer(self):
        invoice = self.ppd_invoice()
        first, second = self.pay(invoice, 50.0), self.pay(invoice, 66.0)
        self.sandbox.fail("stamp", "reset_after")
        self.press(first, "action_l10n_mx_facture_stamp")
        self.assertIn(self.rep_of(first).name, self.refusal(second, "action_l10n_mx_facture_stamp"))

    def test_cancelled_is_due_again(self):
        payment = self.pay(self.ppd_invoice())
        rep = self.stamp_payment(payment)
        self.press(rep, "cancel", "02")
        self.assertEqual(rep.state, "cancel_requested")
        self.assertTrue(rep.line_ids.counts)
        self.at_sat.says(rep.uuid, "cancelled")
        self.press(rep, "action_update_sat_status")
        self.assertEqual(rep.state, "cancelled")
        self.assertFalse(rep.line_ids.counts)
        self.assertTrue(self.receipts_due(payment))
        again = self.env["l10n_mx_facture.rep"].search([("payment_ids", "in", payment.ids), ("state", "=", "stamped")])
        self.assertFalse(again)
        self.press(payment, "action_l10n_mx_facture_stamp")
        self.assertEqual(self.rep_of(payment).line_ids.installment, 1)
        self.assertNotEqual(self.rep_of(payment), rep)

    def test_from_the_last_one_backwards(self):
        invoice = self.ppd_invoice()
        first = self.stamp_payment(self.pay(invoice, 50.0))
        second = self.stamp_payment(self.pay(invoice, 66.0))
        self.assertIn(second.name, self.refusal(first, "cancel", "02"))

    def test_a_substitute_takes_the_numbers(self):
        payment = self.pay(self.ppd_invoice())
        rep = self.stamp_payment(payment)
        payment.l10n_mx_facture_operation_number = "SPEI-1"
        action = self.press(rep, "action_substitute")
        substitute = self.env["l10n_mx_facture.rep"].browse(action["res_id"])
        self.press(substitute, "action_stamp")
        self.assertEqual(substitute.state, "stamped")
        self.assertEqual(self.pagos_of(substitute).pagos[0].num_operacion, "SPEI-1")
        self.assertEqual(substitute.line_ids.installment, 1)
        self.assertTrue(substitute.line_ids.counts)
        self.assertFalse(rep.line_ids.counts)
        self.assertFalse(self.receipts_due(payment))
        self.press(rep, "cancel", "01", substitute.uuid)
        self.assertEqual(rep.state, "cancel_requested")

    def test_a_credit_note_of_test_lowers_no_real_balance(self):
        invoice = self.ppd_invoice()
        note = invoice._reverse_moves([{"invoice_date": invoice.invoice_date, "name": f"{self.prefix}/NC9"}])
        note.invoice_line_ids.price_unit = 50.0
        note.action_post()
        if not note.line_ids.matched_debit_ids:
            lines = (invoice | note).line_ids
            lines.filtered(lambda one: one.account_type == "asset_receivable").reconcile()
        self.stamp(note)
        self.account.environment = "production"
        self.env.invalidate_all()
        self.assertTrue(note.l10n_mx_facture_test_only)
        self.stamp(invoice)
        line = self.stamp_payment(self.pay(invoice)).line_ids
        self.assertEqual((line.balance_before, line.amount, line.balance_after), (116.0, 58.0, 58.0))

    def test_stamped_late_when_another_one_has_its_number(self):
        """What the service has stamped is stored, whatever was made since."""
        invoice = self.ppd_invoice()
        first, second = self.pay(invoice, 50.0), self.pay(invoice, 66.0)
        self.sandbox.fail("stamp", "reset_after")
        self.press(first, "action_l10n_mx_facture_stamp")
        rep = self.rep_of(first)
        document = rep.document_id
        self.env.cr.execute("UPDATE l10n_mx_facture_request SET date_start = date_start - interval '1 day'")
        self.env.cr.execute("UPDATE l10n_mx_facture_document SET date_sent = date_sent - interval '1 day'")
        self.env.invalidate_all()
        self.press(rep, "resolve_unknown", None, "portal")
        other = self.stamp_payment(second)
        self.assertEqual(other.line_ids.installment, 1)
        (stamped,) = self.sandbox.book(user=self.login, serie=document.serie, folio=document.folio)
        xml = document._ask("fetch_xml", stamped["uuid"], None)
        self.press(document, "_adopt", Stamped(xml, stamped["uuid"], 200))
        self.env.invalidate_all()
        self.assertEqual((rep.state, rep.uuid), ("stamped", stamped["uuid"].upper()))
        self.assertFalse(self.receipts_due(first), "it has its receipt")
        self.assertTrue(rep.line_ids.counts and rep.line_ids.late)
        self.assertIn(other.name, self.chatter(rep))
        # when one of the two is cancelled, the other one has the number alone
        self.press(rep, "cancel", "02")
        self.at_sat.says(rep.uuid, "cancelled")
        self.press(rep, "action_update_sat_status")
        self.assertFalse(rep.line_ids.counts or rep.line_ids.late)
        self.press(first, "action_l10n_mx_facture_stamp")
        self.assertEqual((self.rep_of(first).state, self.rep_of(first).line_ids.installment), ("stamped", 2))

    def test_in_a_selection_one_of_which_nothing_is_left(self):
        """Its payment was undone: it has no date any more."""
        undone, payment = self.pay(self.ppd_invoice()), self.pay(self.ppd_invoice())
        reps = self.receipts_due(undone)._prepare_reps() | self.receipts_due(payment)._prepare_reps()
        undone.action_draft()
        self.press(reps, "action_check")
        self.env.invalidate_all()
        self.assertFalse(reps[0].date_payment)
        self.press(reps, "action_stamp")
        self.assertEqual(reps.mapped("state"), ["draft", "stamped"])

    def test_many_in_the_background(self):
        payments = self.env["account.payment"].union(*(self.pay(self.ppd_invoice()) for _n in range(3)))
        reps = self.receipts_due(payments)._prepare_reps()
        check = self.env["l10n_mx_facture.check"]._create_for(reps, to_stamp=True)
        self.assertEqual(check._ready(), reps)
        self.press(check, "action_stamp_ready")
        with self.committing() as env:
            env["l10n_mx_facture.document"]._cron_stamp()
        self.assertEqual(set(reps.mapped("state")), {"stamped"})
        self.assertEqual(set(reps.document_ids.request_ids.mapped("operation")), {"stamp_many"})

    def test_a_cfdi_of_test_makes_room_for_a_real_one(self):
        invoice = self.ppd_invoice()
        rep = self.stamp_payment(self.pay(invoice, 50.0))
        first = rep.document_id
        self.account.environment = "production"
        self.env.invalidate_all()
        self.assertTrue(rep.l10n_mx_facture_test_only)
        self.assertIn(f"Stamp {invoice.name} first", self.refusal(rep, "action_stamp"))
        self.stamp(invoice)
        self.press(rep, "action_stamp")
        self.env.invalidate_all()
        self.assertEqual((first.state, rep.state), ("cancelled", "stamped"))
        self.assertEqual(rep.document_id.environment, "production")
        line = rep.line_ids
        self.assertEqual((line.uuid, line.installment), (invoice.l10n_mx_facture_uuid, 1))
        # the next one goes on from it
        line = self.stamp_payment(self.pay(invoice, 66.0)).line_ids
        self.assertEqual((line.installment, line.balance_before, line.balance_after), (2, 66.0, 0.0))
