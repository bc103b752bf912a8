from ..support.stamp_case import StampCase


class TestAutoStamp(StampCase):
    """Confirm with the company's setting: stamped after the commit, and never before."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.l10n_mx_facture_auto_stamp = True

    def confirm(self, moves, rolled_back=False):
        """Press *Confirm*: what waits for the commit is done after it, as a request does."""
        with self.committing() as env:
            mine = moves.with_env(env).with_context(validate_analytic=True)
            mine.action_post()
            self.assertFalse(self.calls("stamp") + self.calls("bulk"), "sent before the commit")
            if rolled_back:
                env.cr.rollback()
                return
            env.flush_all()
            env.cr.postcommit.run()

    def test_confirm_stamps(self):
        move = self.create_invoice(post=False)
        self.confirm(move)
        self.assertEqual((move.state, move.l10n_mx_facture_state), ("posted", "stamped"))
        self.assertEqual(self.ledger(move), [("stamp", "done")])
        self.assertTrue(move.l10n_mx_facture_pdf_attachment_id)

    def test_without_the_setting_it_does_not(self):
        self.company.l10n_mx_facture_auto_stamp = False
        move = self.create_invoice(post=False)
        self.confirm(move)
        self.assertFalse(move.l10n_mx_facture_document_ids)

    def test_what_is_missing_is_told_and_stops_no_confirm(self):
        self.customer.zip = False
        move = self.create_invoice(post=False)
        self.confirm(move)
        self.assertEqual((move.state, move.l10n_mx_facture_state), ("posted", False))
        self.assertTrue(move.l10n_mx_facture_findings["found"])
        self.assertTrue(move._l10n_mx_facture_finding_alerts())
        self.assertFalse(self.calls("stamp"))

    def test_a_confirm_that_is_rolled_back_sends_nothing(self):
        move = self.create_invoice(post=False)
        self.confirm(move, rolled_back=True)
        self.assertEqual(move.state, "draft")
        self.assertFalse(self.calls("stamp"))

    def test_a_process_that_ends_after_the_commit_leaves_it_to_the_queue(self):
        move = self.create_invoice(post=False)
        self.press(move.with_context(validate_analytic=True), "action_post")
        self.assertEqual(move.l10n_mx_facture_state, "draft")
        with self.committing() as env:
            env["l10n_mx_facture.document"]._cron_stamp()
        self.assertEqual(move.l10n_mx_facture_state, "stamped")
        self.assertEqual(len(self.calls("stamp")), 1)

    def test_a_lost_answer_is_unknown_and_confirmed(self):
        move = self.create_invoice(post=False)
        self.sandbox.fail("stamp", "reset_after")
        self.confirm(move)
        self.assertEqual((move.state, move.l10n_mx_facture_state), ("posted", "unknown"))

    def test_many_are_stamped_by_a_run(self):
        moves = self.create_invoices([{}, {}, {"l10n_mx_facture_export": "02"}], post=False)
        self.confirm(moves)
        run = moves.l10n_mx_facture_document_ids.run_id
        self.assertEqual((run.count_waiting, run.count_refused), (2, 1))
        with self.committing() as env:
            env["l10n_mx_facture.document"]._cron_stamp()
        self.assertEqual(moves.mapped("l10n_mx_facture_state"), ["stamped", "stamped", False])
        self.assertEqual(set(moves.mapped("state")), {"posted"})

    def test_the_scheduled_posting_leaves_it_to_the_queue(self):
        move = self.create_invoice(post=False, auto_post="at_date", date=self.today())
        with self.committing() as env:
            env["account.move"].with_user(env.ref("base.user_root"))._autopost_draft_entries()
        self.assertEqual((move.state, move.l10n_mx_facture_state), ("posted", "draft"))
        with self.committing() as env:
            env["l10n_mx_facture.document"]._cron_stamp()
        self.assertEqual(move.l10n_mx_facture_state, "stamped")

    def test_other_code_that_posts_stamps_nothing(self):
        move = self.create_invoice(post=False)
        with self.committing() as env:
            move.with_env(env)._post()
        self.assertFalse(move.l10n_mx_facture_document_ids)
