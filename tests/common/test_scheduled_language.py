from ..support.cancel_case import CancelCase


class TestScheduledLanguage(CancelCase):
    """A scheduled action has no user: what it stores as a sentence is in the language of the company."""

    def setUp(self):
        super().setUp()
        self.env["res.lang"]._activate_lang("es_MX")
        self.company.partner_id.lang = "es_MX"
        self.env["res.users"].search([]).lang = "es_MX"

    def scheduled(self, *names):
        """Run methods of the CFDIs as the scheduler does, without a language."""
        with self.committing() as env:
            for name in names:
                getattr(env(context={})["l10n_mx_facture.document"], name)()
        self.env.invalidate_all()

    def test_why_sat_was_not_asked(self):
        document = self.document(self.stamped_invoice())
        for _time in range(3):
            self.sandbox.fail("sat_status", "error_500_before")
            self.due(document)
            self.scheduled("_cron_sat_status")
        self.assertIn("El servicio de consulta del SAT falló", document.sat_error)
        self.assertEqual(self.env["l10n_mx_facture.sat_gate"]._get().hold_reason, document.sat_error)
        self.assertIn("Las consultas al SAT están en pausa", self.chatter(self.account))

    def test_calls_that_died(self):
        move, asked = self.create_invoice(), self.stamped_invoice()
        with self.dying(done=False):
            self.stamp(move)
        with self.dying("cancel", done=False):
            self.cancel(asked)
        self.age(move, 10000)
        self.age(asked, 10000)
        self.scheduled("_mark_timed_out")
        requests = self.document(move).request_ids | self.document(asked).request_ids[0]
        for text in (self.document(move).message_text, *requests.mapped("message")):
            self.assertIn("proceso", text)
        self.assertEqual(requests.mapped("outcome"), ["unknown", "unknown"])

    def test_the_same_bytes_sent_again(self):
        move = self.unknown_invoice()
        self.account.detects_duplicates = True
        document = self.document(move)
        self.age(move, 10000)
        self.let_hold_pass()
        self.sandbox.fail("stamp", "error_500_before")
        self.scheduled("_cron_stamp")
        [again] = document.request_ids.filtered(lambda row: row.operation == "resend")
        self.assertIn("El servicio", again.message)
        self.assertIn("El servicio", self.account.hold_reason)
        self.age(move, 100000)
        self.let_hold_pass()
        self.scheduled("_cron_stamp")
        self.assertEqual(document.state, "stamped", document.message_text)
        self.assertIn("mismo documento", document.resolution)

    def test_a_held_account_that_is_asked_again(self):
        self.account._pause("-")
        self.let_hold_pass()
        self.sandbox.fail("user", "error_500_before")
        self.scheduled("_cron_stamp")
        self.assertIn("El servicio", self.account.hold_reason)

    def test_a_printed_form_that_did_not_come(self):
        self.sandbox.fail("pdf", "error_500_before", times=-1)
        document = self.document(self.stamped_invoice())
        self.env.cr.execute("UPDATE l10n_mx_facture_document SET pdf_error = NULL WHERE id = %s", [document.id])
        self.scheduled("_cron_stamp")
        self.assertIn("El servicio", document.pdf_error)

    def let_hold_pass(self):
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE l10n_mx_facture_account SET hold_until = hold_until - interval '1 day' WHERE id = %s",
            [self.account.id],
        )
        self.env.invalidate_all()
