from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.service.model import retrying
from odoo.tools import mute_logger

from odoo.addons.mail.models.mail_thread import MailThread

from ..support.stamp_case import StampCase


def conflict(env):
    """Let the database say what it says when two transactions collide."""
    env.cr.execute("DO $$ BEGIN RAISE EXCEPTION 'conflict' USING ERRCODE = '40001'; END $$")


class TestTransactionRetry(StampCase):
    """What Odoo repeats after a conflict, and what fails after the answer, sends nothing twice and undoes no stamp."""

    def setUp(self):
        super().setUp()
        # the pause between two tries is for real conflicts
        patcher = patch("odoo.service.model.time.sleep")
        patcher.start()
        self.addCleanup(patcher.stop)

    def retried(self, records, method, *args, times=1):
        """Do what Odoo's RPC does when the database refuses to commit: roll back and call again."""
        failures = iter(range(times))
        with self.committing() as env, mute_logger("odoo.sql_db"):

            def call():
                answer = getattr(records.with_env(env), method)(*args)
                if next(failures, None) is not None:
                    conflict(env)
                return answer

            return retrying(call, env)

    def test_a_retried_stamp_is_one_stamp(self):
        move = self.create_invoice()
        answer = self.retried(move, "action_l10n_mx_facture_stamp", times=2)
        self.assertEqual(move.l10n_mx_facture_state, "stamped")
        self.assertEqual(answer["params"]["type"], "success")
        self.assertEqual(len(self.calls("stamp")), 1)
        self.assertEqual(len(self.book(move)), 1)
        self.assertEqual(self.ledger(move), [("stamp", "done")])
        self.assertTrue(move.l10n_mx_facture_document_id.xml_attachment_id.raw)

    def test_a_retried_bulk_is_one_bulk(self):
        moves = self.create_invoice() + self.create_invoice()
        self.retried(moves, "action_l10n_mx_facture_stamp")
        self.assertEqual(len(self.calls("bulk")), 1)
        self.assertEqual(moves.mapped("l10n_mx_facture_state"), ["stamped"] * 2)

    def test_a_retried_stamp_whose_answer_was_lost_is_not_sent_again(self):
        move = self.create_invoice()
        self.sandbox.fail("stamp", "no_answer_after")
        with self.committing() as env:
            move.with_env(env).action_l10n_mx_facture_stamp()
        try:
            self.retried(move, "action_l10n_mx_facture_stamp")
        except UserError as error:
            self.assertIn("Resolve", str(error))
        self.assertEqual(len(self.calls("stamp")), 1)
        self.assertEqual(len(self.book(move)), 1)

    def test_a_retried_cancellation_is_asked_once(self):
        move = self.stamped_invoice()
        text = ""
        try:
            self.retried(move, "l10n_mx_facture_cancel", "02")
        except UserError as error:
            text = str(error)
        self.assertIn("already", text)
        self.assertEqual(move.l10n_mx_facture_state, "cancel_requested")
        self.assertEqual(len(self.calls("cancel")), 1)

    def test_a_conflict_while_the_answer_is_stored_stores_it_all_the_same(self):
        move = self.create_invoice()
        document = type(self.env["l10n_mx_facture.document"])
        store, failures = document._attach, iter(range(2))

        def attach(record, *args):
            attachment = store(record, *args)
            if next(failures, None) is not None:
                conflict(record.env)
            return attachment

        with patch.object(document, "_attach", attach), mute_logger("odoo.sql_db"):
            self.stamp(move)
        self.assertEqual(move.l10n_mx_facture_state, "stamped")
        self.assertEqual(len(self.calls("stamp")), 1)
        self.assertEqual(self.ledger(move), [("stamp", "done")])

    def test_a_stamp_that_can_t_be_stored_is_kept_whole_in_the_ledger(self):
        # long enough that a bounded copy would lose the UUID, which stands at the end
        move = self.create_invoice(
            lines=[{"price_unit": 10.0, "name": "Larga " * 160} for _number in range(70)]
        )
        document = type(self.env["l10n_mx_facture.document"])

        def full(record, *args):
            record.env.flush_all()
            raise OSError("No space left on device")

        with (
            patch.object(document, "_attachment_vals", full),
            self.assertLogs("odoo.addons.l10n_mx_facture", "ERROR"),
        ):
            self.stamp(move)
        self.assertEqual(move.l10n_mx_facture_state, "unknown")
        [entry] = self.book(move)
        xml = self.sandbox.stamped(entry["uuid"])["xml"]
        self.assertGreater(len(xml), 64 * 1024)
        self.assertEqual(move.l10n_mx_facture_request_ids.raw, xml)
        self.press(move, "l10n_mx_facture_resolve_unknown", entry["uuid"])
        self.assertEqual(move.l10n_mx_facture_state, "stamped")
        self.assertEqual(len(self.book(move)), 1)

    def test_chatter_that_fails_undoes_no_stamp(self):
        moves = self.create_invoice() + self.create_invoice()
        with (
            patch.object(MailThread, "_message_log_batch", side_effect=ValueError("mail")),
            self.assertLogs("odoo.addons.l10n_mx_facture", "ERROR"),
        ):
            self.stamp(moves)
        single = self.create_invoice()
        with (
            patch.object(MailThread, "_message_log", side_effect=ValueError("mail")),
            self.assertLogs("odoo.addons.l10n_mx_facture", "ERROR"),
        ):
            self.stamp(single)
        self.assertEqual((moves + single).mapped("l10n_mx_facture_state"), ["stamped"] * 3)
        self.assertTrue(single.l10n_mx_facture_document_id.pdf_attachment_id)

    def test_chatter_that_fails_does_not_forget_a_requested_cancellation(self):
        move = self.stamped_invoice()
        with (
            patch.object(MailThread, "message_post", side_effect=ValueError("mail")),
            self.assertLogs("odoo.addons.l10n_mx_facture", "ERROR"),
        ):
            self.cancel(move)
        self.assertEqual(move.l10n_mx_facture_state, "cancel_requested")
        self.assertEqual(self.ledger(move)[-1], ("cancel", "done"))
