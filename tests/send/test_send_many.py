from odoo.tests import new_test_user

from ..support.send_case import SendCase


class TestSendMany(SendCase):
    """The Send dialog of many, the scheduled action, and code that sends."""

    def send_many(self, moves):
        """Press *Send* in the dialog of a batch, and let the scheduled action run."""
        self.press(self.wizard(moves), "action_send_and_print")
        self.send_cron()
        self.env.invalidate_all()

    def test_a_batch_is_one_call_and_a_mail_each(self):
        moves = self.create_invoices([{}, {}, {}])
        self.assertEqual(self.wizard(moves).summary_data["l10n_mx_facture"]["count"], 3)
        self.send_many(moves)
        self.assertEqual(moves.mapped("l10n_mx_facture_state"), ["stamped"] * 3)
        self.assertEqual(len(self.calls("bulk")), 1)
        for move in moves:
            [files] = self.mails(move)
            self.assertEqual(
                files, sorted([move.invoice_pdf_report_id.name, move.l10n_mx_facture_xml_attachment_id.name])
            )

    def test_a_mixed_batch_mails_what_is_stamped_and_notes_the_others(self):
        good, refused, stamped = self.create_invoice(), self.create_invoice(l10n_mx_facture_export="02"), None
        stamped, unknown = self.stamped_invoice(), self.unknown_invoice()
        moves = good + refused + stamped + unknown
        wizard = self.wizard(moves)
        alerts = self.alerts(wizard)
        self.assertEqual({alert["level"] for alert in alerts}, {"warning"})
        texts = " ".join(alert["message"] for alert in alerts)
        self.assertIn("1 of 2 would not be stamped", texts)
        self.assertIn("not known whether they were stamped", texts)
        self.send_many(moves)
        self.assertEqual([len(self.mails(move)) for move in moves], [1, 0, 1, 0])
        self.assertEqual(
            moves.mapped("l10n_mx_facture_state"), ["stamped", False, "stamped", "unknown"]
        )
        self.assertIn("Not mailed, because the CFDI was not stamped", self.chatter(refused))
        self.assertIn("Not mailed: it is not known whether it was stamped", self.chatter(unknown))
        self.assertFalse(any(moves.mapped("sending_data")))

    def test_causes_are_grouped(self):
        self.customer.zip = False
        moves = self.create_invoices([{}, {}, {}])
        alerts = self.alerts(self.wizard(moves))
        [cause] = [one for one in alerts if one.get("action", {}).get("res_id") == self.customer.id]
        self.assertIn("3 invoices: ", cause["message"])
        self.assertTrue([one for one in alerts if "3 of 3 would not be stamped" in one["message"]])

    def test_the_ledger_names_who_pressed_send(self):
        user = new_test_user(self.env, "sender-many", "account.group_account_invoice", company_id=self.company.id)
        moves = self.create_invoices([{}, {}])
        wizard = self.wizard(moves)
        self.press(wizard, "action_send_and_print", user=user)
        self.send_cron()
        self.assertEqual(moves.l10n_mx_facture_request_ids.user_id, user)

    def test_the_action_runs_again_after_a_crash_and_stamps_nothing_twice(self):
        moves = self.create_invoices([{}, {}])
        self.press(self.wizard(moves), "action_send_and_print")
        with self.dying("stamp_many"):
            self.send_cron()
        self.assertEqual(moves.mapped("l10n_mx_facture_state"), ["sending"] * 2)
        self.send_cron()
        self.assertFalse(self.mails(moves[0]))
        self.assertEqual(len(self.calls("bulk")), 1)
        self.assertIn("being stamped right now", self.chatter(moves[0]))

    def test_what_waits_for_the_service_is_mailed_when_it_is_stamped(self):
        move = self.create_invoice()
        self.press(self.env["l10n_mx_facture.run"], "_start", move, {})
        move.sending_data = {"author_user_id": self.env.uid, "author_partner_id": self.env.user.partner_id.id}
        self.sandbox.fail("stamp", "unauthorized_401")
        self.send_cron()
        self.env.invalidate_all()
        self.assertEqual(move.l10n_mx_facture_state, "draft")
        self.assertFalse(self.mails(move))
        self.assertIn("Stamping is tried again by itself", self.chatter(move))
        self.stamp(move)
        self.assertTrue(move.sending_data)
        self.send_cron()
        self.assertEqual(len(self.mails(move)), 1)
        self.assertFalse(move.sending_data)

    # -- code that sends ------------------------------------------------------------------------

    def test_code_that_sends_is_not_committed_in_the_middle(self):
        """As an online payment does: as the system, in the middle of its own work."""
        move = self.create_invoice()
        sender = self.env["account.move.send"].with_user(self.env.ref("base.user_root"))
        move.is_move_sent = True
        files = sender._generate_and_send_invoices(move, allow_raising=False, allow_fallback_pdf=True)
        self.assertFalse(files)
        self.assertFalse(self.calls("stamp"))
        self.assertFalse(move.is_move_sent)
        self.send_cron()
        self.assertEqual(move.l10n_mx_facture_state, "stamped")
        self.assertEqual(len(self.mails(move)), 1)
        self.assertTrue(move.is_move_sent)

    def test_the_settings_of_code_are_kept(self):
        move = self.create_invoice()
        move._generate_and_send(sending_methods=["email"])
        template = self.env.ref("account.email_template_edi_invoice").copy({"subject": "Su factura de hoy"})
        self.env["account.move.send"]._generate_and_send_invoices(move, mail_template=template)
        self.send_cron()
        self.assertIn("Su factura de hoy", move.message_ids.mapped("subject"))

    def test_no_proforma_goes_out_instead(self):
        move = self.create_invoice(l10n_mx_facture_export="02")
        move._generate_and_send()
        self.send_cron()
        self.assertFalse(self.mails(move))
        self.assertIn("Not mailed", self.chatter(move))

    def test_code_sends_a_stamped_invoice_at_once(self):
        move = self.stamped_invoice()
        self.press(move, "_generate_and_send")
        self.assertEqual(len(self.mails(move)), 1)
