from datetime import timedelta
from unittest.mock import patch

from odoo import SUPERUSER_ID, fields

from odoo.addons.base.models.ir_cron import IrCron
from odoo.addons.l10n_mx_facture.models.cancel.receipt import ATTEMPTS
from odoo.addons.l10n_mx_facture.models.discrepancy import discrepancy

from ..support.cancel_case import CancelCase


class TestSchedule(CancelCase):
    """The scheduled actions for receipts, divergences and ordered cancellations: one does not hold up another."""

    def setUp(self):
        super().setUp()
        # what is told to the company's people is compared in English
        self.company.partner_id.lang = "en_US"
        self.idle()
        self.gate = self.env["l10n_mx_facture.sat_gate"]._get()
        self.gate.write({"failures": 0, "hold_until": False})

    def run_cron(self, method, model="l10n_mx_facture.document"):
        with self.committing() as env:
            getattr(env[model].with_user(SUPERUSER_ID), method)()
        self.env.invalidate_all()

    # -- receipts ---------------------------------------------------------------------------------

    def requested(self, count):
        self.sandbox.settings(cancel_state="En proceso")
        documents = self.env["l10n_mx_facture.document"]
        for _number in range(count):
            documents |= self.document(self.cancel_requested_invoice())
        return documents

    def test_sat_s_round_asks_no_service_for_receipts(self):
        document = self.requested(1)
        self.due(document)
        self.run_cron("_cron_sat_status")
        self.assertEqual(self.calls("receipt"), [])
        self.assertTrue(document.sat_reading)
        cron = self.env.ref("l10n_mx_facture.cron_receipts")
        self.press(cron.ir_actions_server_id, "run", user=self.env.ref("base.user_root"))
        self.env.invalidate_all()
        self.assertTrue(document.receipt_attachment_id)

    def test_a_service_that_fails_at_a_receipt_is_left_in_peace(self):
        documents = self.requested(3)
        self.due(documents)
        self.sandbox.fail("receipt", "error_500_before", times=-1)
        self.run_cron("_cron_receipts")
        self.assertEqual(len(self.calls("receipt")), 1)
        self.assertEqual(self.account.failures, 1)
        self.run_cron("_cron_receipts")
        self.assertEqual(len(self.calls("receipt")), 1)
        # it goes on by itself, though nothing is stamped meanwhile
        self.sandbox.reset()
        self.account.sudo().hold_until = fields.Datetime.now() - timedelta(seconds=1)
        self.due(documents)
        self.run_cron("_cron_receipts")
        self.assertTrue(all(documents.mapped("receipt_attachment_id")))

    def test_a_receipt_that_never_comes_is_given_up_and_told(self):
        document = self.requested(1)
        self.sandbox.fail("receipt", "not_found_404", times=-1)
        for number in range(ATTEMPTS):
            self.assertEqual(document.receipt_attempts, number)
            self.assertNotIn("did not come", self.chatter(document))
            self.due(document)
            self.run_cron("_cron_receipts")
        self.assertIn(f"was requested {ATTEMPTS} times", self.chatter(document))
        asked = len(self.calls("receipt"))
        self.due(document)
        self.run_cron("_cron_receipts")
        self.assertEqual(len(self.calls("receipt")), asked)
        # refused, and asked for again: another receipt
        self.at_sat.says(document.uuid, "refused")
        self.ask(document.move_id)
        self.assertEqual(document.state, "stamped")
        self.cancel(document.move_id)
        self.assertEqual((document.state, document.receipt_attempts), ("cancel_requested", 0))

    # -- discrepancies ----------------------------------------------------------------------------

    def test_divergences_go_on_where_the_time_was_up(self):
        documents = self.document(self.stamped_invoice()) + self.document(self.stamped_invoice())
        for document in documents:
            self.env.cr.execute("UPDATE account_move SET amount_total = 1 WHERE id = %s", (document.move_id.id,))
        self.env.invalidate_all()
        found = []
        for _run in range(2):
            with (
                patch.object(discrepancy, "PART", 1),
                patch.object(IrCron, "_commit_progress", lambda cron, *args, **kwargs: 0),
            ):
                self.run_cron("_cron_divergences", "l10n_mx_facture.divergence")
            found.append(len(documents.divergence_ids))
        self.assertEqual(found, [1, 2])
        self.assertTrue(all(documents.mapped("divergence_date")))
        left = self.env["l10n_mx_facture.divergence"]._suspects(documents._name)
        self.assertFalse(set(left) & set(documents.ids), "until the next round")

    # -- ordered cancellations --------------------------------------------------------------------

    def test_orders_wait_while_sat_is_left_in_peace(self):
        move = self.stamped_invoice()
        document = self.document(move)
        self.at_sat.says(document.uuid, "not_yet_known")
        self.ask(move)
        self.press(move, "_l10n_mx_facture_order_cancel", "02")
        until = fields.Datetime.now() + timedelta(hours=1)
        self.gate.write({"failures": 3, "hold_until": until, "hold_reason": "Nobody is there."})
        asked = len(self.questions())
        self.cron()
        self.assertEqual(len(self.questions()), asked)
        self.assertEqual((document.cancel_order_due, document.cancel_order_tries), (until, 0))
        self.assertIn("Nobody is there", document.cancel_order_text)
        self.gate.write({"failures": 0, "hold_until": False})
        self.at_sat.truth()
        self.hours_pass(move)
        self.cron()
        self.assertEqual(document.state, "cancel_requested")
