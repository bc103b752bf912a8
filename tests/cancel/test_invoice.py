from datetime import timedelta

from odoo.exceptions import UserError

from ..support.sat_case import SatCase


class TestCancelInvoice(SatCase):
    """What becomes of the invoice once SAT has cancelled its CFDI: the setting, a locked month, payments."""

    def way(self, way):
        self.company.l10n_mx_facture_on_cancel = way

    def confirmed(self, move):
        """SAT confirms the cancellation of this invoice's CFDI. :return: what a person is given to do"""
        self.ask(move)
        self.assertEqual(move.l10n_mx_facture_state, "cancelled")
        return " ".join(move.activity_ids.mapped("note"))

    def followed(self, move):
        """SAT confirms and the invoice is updated. :return: the message"""
        self.assertEqual(self.confirmed(move), "")
        return self.chatter(move)

    def pay(self, move, amount=None):
        values = {"amount": amount} if amount else {}
        wizard = self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=move.ids
        ).create(values)
        wizard.action_create_payments()
        self.assertNotEqual(move.payment_state, "not_paid")

    def lock(self, name, date):
        """Odoo wants a locked month to be without drafts and to be locked for good: neither matters here."""
        self.env.flush_all()
        self.env.cr.execute(f"UPDATE res_company SET {name} = %s WHERE id = %s", (date, self.company.id))
        self.env.invalidate_all()

    def test_the_default_is_to_cancel_it(self):
        self.assertEqual(self.env["res.company"].new({}).l10n_mx_facture_on_cancel, "cancel")
        move = self.cancel_requested_invoice()
        self.assertIn("The invoice is cancelled too", self.followed(move))
        self.assertEqual(move.state, "cancel")

    def test_reversed_with_a_date_of_today_and_without_a_cfdi_of_its_own(self):
        self.way("reverse")
        move = self.cancel_requested_invoice()
        text = self.followed(move)
        reversal = move.l10n_mx_facture_undone_by_id
        self.assertEqual((move.state, reversal.state), ("posted", "posted"))
        self.assertEqual(reversal.date, self.today())
        self.assertEqual(reversal.amount_total, move.amount_total)
        self.assertEqual(move.payment_state, "reversed")
        self.assertIn(reversal.name, text)
        # it reverses an invoice with a cancelled CFDI: nothing is to be stamped
        self.assertFalse(reversal.l10n_mx_facture_applies)
        self.assertFalse(reversal.l10n_mx_facture_relation_ids)
        self.refusal(reversal, "action_l10n_mx_facture_stamp")
        # once
        self.press(self.document(move), "_sat_update_invoice")
        self.assertEqual(len(move.reversal_move_ids), 1)

    def test_nobody_can_say_that_a_credit_note_needs_no_cfdi(self):
        move = self.cancel_requested_invoice()
        document = self.document(move)
        note = self.create_invoice(move_type="out_refund", post=False)
        self.refusal(note, "write", {"l10n_mx_facture_undoes_id": document.id})
        self.assertTrue(note.l10n_mx_facture_applies)

    def test_left_to_the_user(self):
        self.way("nothing")
        move = self.cancel_requested_invoice()
        self.assertIn("setting leaves the invoice to the user", self.confirmed(move))
        self.assertEqual(move.state, "posted")
        self.press(move, "button_cancel")
        self.assertEqual(move.state, "cancel")

    def test_a_locked_month_is_not_touched(self):
        for name in ("fiscalyear_lock_date", "sale_lock_date", "tax_lock_date", "hard_lock_date"):
            with self.subTest(lock=name):
                move = self.cancel_requested_invoice()
                self.lock(name, move.date)
                text = self.confirmed(move)
                self.assertIn("is locked", text)
                self.assertIn("Reverse it", text)
                self.assertEqual(move.state, "posted")
                self.lock(name, None)

    def test_a_locked_month_is_reversed_with_a_date_of_today(self):
        self.way("reverse")
        yesterday = self.today() - timedelta(days=1)
        move = self.cancel_requested_invoice(invoice_date=yesterday, invoice_date_due=yesterday)
        self.lock("fiscalyear_lock_date", yesterday)
        self.confirmed(move)
        self.assertEqual(move.state, "posted")
        self.assertEqual(move.l10n_mx_facture_undone_by_id.date, self.today())

    def test_an_invoice_with_payments_is_not_touched(self):
        for way in ("cancel", "reverse"):
            with self.subTest(way=way):
                self.way(way)
                move = self.cancel_requested_invoice()
                self.pay(move, 10.0)
                self.assertIn("Unmatch them first", self.confirmed(move))
                self.assertEqual((move.state, len(move.reversal_move_ids)), ("posted", 0))
                self.assertEqual(move.payment_state, "partial")

    def test_what_odoo_refuses_is_told_and_sat_s_word_stands(self):
        move = self.cancel_requested_invoice()
        self.patch(
            self.env.registry["account.move"], "button_cancel", self.refuse_once("The auditor holds this invoice.")
        )
        self.assertIn("The auditor holds this invoice.", self.confirmed(move))
        self.assertEqual((move.state, move.l10n_mx_facture_state), ("posted", "cancelled"))

    def test_what_fails_in_any_other_way_is_told_too(self):
        move = self.cancel_requested_invoice()
        self.patch(self.env.registry["account.move"], "button_cancel", self.refuse_once("?", ZeroDivisionError))
        with self.assertLogs("odoo.addons.l10n_mx_facture", "ERROR"):
            self.assertIn("server's log", self.confirmed(move))
        self.assertEqual((move.state, move.l10n_mx_facture_state), ("posted", "cancelled"))

    def refuse_once(self, text, error=UserError):
        def button_cancel(_moves):
            raise error(text)

        return button_cancel

    def test_an_invoice_that_a_person_has_reset_stays_a_draft(self):
        move = self.cancel_requested_invoice()
        document = self.document(move)
        self.press(document, "_record_sat_answer", True, "Seen in SAT's portal")
        self.press(move, "button_draft")
        self.ask(move)
        self.assertEqual((document.state, move.state), ("cancelled", "draft"))

    def test_somebody_who_left_is_not_told_but_the_seller_is(self):
        self.way("nothing")
        move = self.cancel_requested_invoice()
        seller = self.create_user("seller", "account.group_account_invoice")
        gone = self.create_user("gone", "account.group_account_user")
        move.invoice_user_id = seller
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE l10n_mx_facture_document SET cancel_user_id = %s WHERE id = %s",
            (gone.id, self.document(move).id),
        )
        self.env.cr.execute("UPDATE l10n_mx_facture_request SET user_id = %s", (gone.id,))
        gone.active = False
        self.env.flush_all()
        self.env.invalidate_all()
        self.confirmed(move)
        self.assertEqual(move.activity_ids.user_id, seller)

    def test_a_selection_with_an_invoice_without_a_cfdi(self):
        moves = self.stamped_invoice() | self.create_invoice() | self.stamped_invoice()
        params = self.ask(moves)
        self.assertEqual(len(self.questions()), 2)
        lines = params["message"].split("\n")
        self.assertEqual(len(lines), 3)
        self.assertIn("as they have no CFDI", lines[2])
        self.assertIn(moves[1].name, lines[2])
        self.assertNotIn(moves[0].name, lines[2])
        # alone it is refused
        self.assertIn("has no CFDI", self.refusal(moves[1], "action_l10n_mx_facture_update_sat_status"))

    def test_the_setting_is_in_the_settings(self):
        settings = self.env["res.config.settings"].create({"l10n_mx_facture_on_cancel": "reverse"})
        settings.execute()
        self.assertEqual(self.env.company.l10n_mx_facture_on_cancel, "reverse")
