from contextlib import contextmanager
from datetime import timedelta
from unittest.mock import patch

from odoo import fields

from odoo.addons.l10n_mx_facture.models.sat.round import LEASE
from odoo.addons.l10n_mx_facture.pac.errors import NotSent

from ..support.sat_case import SatCase
from ..support.stamp_case import ProcessDied


class TestSatRound(SatCase):
    """The scheduled action: which CFDIs are due, in which order, after a crash, and when SAT is down."""

    def setUp(self):
        super().setUp()
        self.idle()
        self.gate = self.env["l10n_mx_facture.sat_gate"]._get()
        self.gate.write({"failures": 0, "hold_until": False})

    def asked(self):
        """:return: how many questions SAT got since the last look"""
        count = len(self.questions())
        self.sandbox.reset()
        return count

    def test_only_who_is_due_is_asked_about(self):
        due, later = self.stamped_invoice(), self.stamped_invoice()
        self.due(self.document(due))
        self.asked()
        self.round()
        self.assertEqual(self.asked(), 1)
        self.assertEqual((self.document(due).sat_reading, self.document(later).sat_reading), ("live", False))
        self.assertGreater(self.document(due).sat_next_date, fields.Datetime.now() + timedelta(hours=20))
        self.round()
        self.assertEqual(self.asked(), 0)

    def test_a_stamp_is_asked_about_within_minutes_and_a_request_too(self):
        move = self.stamped_invoice()
        soon = fields.Datetime.now() + timedelta(minutes=3)
        self.assertLess(self.document(move).sat_next_date, soon)
        self.due(self.document(move))
        self.round()
        self.cancel(move)
        self.assertLess(self.document(move).sat_next_date, soon)

    def test_the_urgent_ones_come_first(self):
        swept, fresh = self.stamped_invoice(), self.stamped_invoice()
        self.ask(swept)
        requested = self.cancel_requested_invoice()
        documents = self.document(swept) + self.document(fresh) + self.document(requested)
        self.due(documents)
        # the oldest of all is the least urgent
        self.env.cr.execute(
            "UPDATE l10n_mx_facture_document SET sat_next_date = sat_next_date - interval '1 day' WHERE id = %s",
            (self.document(swept).id,),
        )
        self.env.invalidate_all()
        taken = []
        with self.committing() as env:
            while record := env["l10n_mx_facture.document"]._sat_claim():
                taken.append(record.id)
        self.assertEqual(taken, [self.document(requested).id, self.document(fresh).id, self.document(swept).id])

    def test_cfdis_of_test_are_not_asked_about_at_sat_s_own_service(self):
        move = self.stamped_invoice()
        self.due(self.document(move))
        self.env["ir.config_parameter"].sudo().set_param("l10n_mx_facture.sat_status_url", False)
        with self.committing() as env:
            self.assertFalse(env["l10n_mx_facture.document"]._sat_claim())
        self.env.invalidate_all()
        self.assertFalse(self.document(move).sat_asks)
        self.assertIn("test CFDI", self.refusal(move, "action_l10n_mx_facture_update_sat_status"))
        self.env.cr.execute("UPDATE l10n_mx_facture_document SET environment = 'production'")
        self.env.invalidate_all()
        self.assertTrue(self.document(move).sat_asks)
        with self.committing() as env:
            self.assertEqual(env["l10n_mx_facture.document"]._sat_claim().id, self.document(move).id)

    # -- a process that dies -----------------------------------------------------------------------

    def test_a_process_that_dies_with_sat_s_answer_loses_nothing(self):
        move = self.cancel_requested_invoice()
        document = self.document(move)
        self.due(document, receipts=False)
        with self.dying_at_sat():
            self.round()
        self.env.invalidate_all()
        self.assertEqual((document.state, document.sat_reading), ("cancel_requested", False))
        self.assertLess(document.sat_next_date, fields.Datetime.now() + LEASE + timedelta(seconds=1))
        self.due(document)
        self.round()
        self.assertEqual((document.state, move.state), ("cancelled", "cancel"))

    def test_a_process_that_dies_before_the_invoice_or_the_people_is_made_good(self):
        for method in ("_sat_update_invoice", "_sat_notify"):
            with self.subTest(method=method):
                move = self.cancel_requested_invoice()
                document = self.document(move)
                self.due(document, receipts=False)
                with self.dying_before(method):
                    self.round()
                self.env.invalidate_all()
                self.assertEqual((document.state, document.sat_news), ("cancelled", "cancelled"))
                self.assertEqual(move.state, "posted" if method == "_sat_update_invoice" else "cancel")
                self.asked()
                self.round()
                self.assertEqual((move.state, document.sat_news), ("cancel", False))
                self.assertEqual(self.chatter(move).count("SAT has cancelled"), 1)
                self.assertFalse(move.activity_ids)
                self.assertEqual(self.asked(), 0)

    @contextmanager
    def dying_before(self, method):
        with patch.object(self.env.registry["l10n_mx_facture.document"], method, side_effect=ProcessDied):
            try:
                yield
            except ProcessDied:
                return
        self.fail("the process did not die")

    def test_a_word_that_can_t_be_stored_does_not_hold_up_the_others(self):
        first, second = self.stamped_invoice(), self.stamped_invoice()
        self.due(self.document(first) + self.document(second))
        Answer = self.env.registry["l10n_mx_facture.sat_answer"]
        keep, broken = Answer._keep, self.document(first).id

        def fail(model, record, *args):
            if record.id == broken:
                raise ZeroDivisionError
            return keep(model, record, *args)

        with patch.object(Answer, "_keep", fail), self.assertLogs("odoo.addons.l10n_mx_facture", "ERROR"):
            self.round()
        self.assertEqual((self.document(first).sat_reading, self.document(second).sat_reading), (False, "live"))

    # -- SAT is down -------------------------------------------------------------------------------

    def failing(self, count):
        """Let SAT fail at a round for so many CFDIs. :return: the CFDIs"""
        documents = self.env["l10n_mx_facture.document"].union(
            *(self.document(self.stamped_invoice()) for _number in range(count))
        )
        self.idle()
        self.due(documents)
        self.asked()
        self.sandbox.fail("sat_status", "error_500_before", times=-1)
        self.round()
        return documents

    def told_of_sat(self):
        return self.chatter(self.account).count("Queries to SAT are paused")

    def test_sat_down_stops_the_round_and_is_told_once(self):
        documents = self.failing(4)
        self.assertEqual(self.asked(), 3)
        self.assertEqual((self.gate.failures, self.told_of_sat()), (3, 1))
        self.assertEqual(sorted(documents.mapped("sat_failures")), [0, 1, 1, 1])
        self.assertEqual(set(documents.mapped("state")), {"stamped"})
        # not asked until the pause is over
        self.due(documents)
        self.round()
        self.assertEqual(self.asked(), 0)
        self.gate.hold_until = fields.Datetime.now() - timedelta(seconds=1)
        self.sandbox.fail("sat_status", "no_answer_after", times=-1)
        self.round()
        self.assertEqual((self.gate.failures, self.told_of_sat()), (4, 1))
        self.assertGreater(self.gate.hold_until, fields.Datetime.now() + timedelta(seconds=100))
        # and goes on by itself
        self.sandbox.reset()
        self.gate.hold_until = fields.Datetime.now() - timedelta(seconds=1)
        self.due(documents)
        self.round()
        self.assertEqual(self.gate.failures, 0)
        self.assertEqual(set(documents.mapped("sat_reading")), {"live"})
        self.assertEqual(set(documents.mapped("sat_error")), {False})

    def test_two_failures_in_a_row_hold_nobody_back_and_are_not_told(self):
        documents = self.failing(2)
        self.assertEqual((self.asked(), self.gate.failures, self.told_of_sat()), (2, 2, 0))
        self.assertFalse(self.gate._is_paused())
        # one that is answered begins the count anew
        self.due(documents[0])
        self.round()
        self.assertEqual((documents[0].sat_reading, self.gate.failures), ("live", 0))
        self.due(documents[1])
        self.sandbox.fail("sat_status", "error_500_before", times=-1)
        self.round()
        self.assertEqual((self.gate.failures, self.gate._is_paused(), self.told_of_sat()), (1, False, 0))

    def test_each_kind_of_failure_changes_nothing_and_is_told_at_the_button(self):
        move = self.cancel_requested_invoice()
        document = self.document(move)
        for number, fault in enumerate(
            ("reset_before", "error_503", "html", "no_answer_after", "cut", "empty", "garbage_xml"), start=1
        ):
            with self.subTest(fault=fault):
                self.sandbox.reset()
                self.sandbox.fail("sat_status", fault, times=-1)
                text = self.refusal(move, "action_l10n_mx_facture_update_sat_status")
                self.assertIn("SAT", text)
                self.assertEqual((document.state, document.sat_reading), ("cancel_requested", False))
                self.assertEqual((document.sat_failures, document.sat_error), (number, text))
        # what came and was not understood is kept
        self.assertTrue(document.sat_answer_ids)
        self.assertEqual(set(document.sat_answer_ids.mapped("reading")), {"unknown"})
        self.assertIn("Mantenimiento", " ".join(filter(None, document.sat_answer_ids.mapped("raw"))))

    def test_none_is_returned_where_sat_can_t_be_asked(self):
        move = self.stamped_invoice()
        self.sandbox.fail("sat_status", "reset_before")
        self.assertIsNone(self.press(self.document(move), "_sat_ask"))
        self.assertEqual(self.press(self.document(move), "_sat_ask").reading.state, "live")

    def test_no_transaction_is_open_while_sat_answers(self):
        move = self.stamped_invoice()
        with self.committing() as env:
            seen = []
            with patch.object(
                self.env.registry["l10n_mx_facture.sat_gate"], "_client", lambda *_args: Watcher(env, seen)
            ):
                move.with_env(env).l10n_mx_facture_document_id._sat_ask()
        self.assertEqual(seen, [None])

    def test_many_are_asked_in_the_background(self):
        moves = self.env["account.move"].concat(*(self.stamped_invoice() for _number in range(3)))
        self.idle()
        with patch("odoo.addons.l10n_mx_facture.models.audit.buttons.AT_ONCE", 1):
            params = self.ask(moves)
        self.assertIn("2 more", params["message"])
        self.assertEqual(moves.l10n_mx_facture_document_id.filtered("sat_date").move_id, moves[0])
        self.round()
        self.assertEqual(set(moves.mapped("l10n_mx_facture_sat_reading")), {"live"})

    def test_who_stamps_may_ask_and_nobody_else(self):
        move = self.stamped_invoice()
        clerk = self.create_user("clerk", "account.group_account_invoice")
        self.assertIn("Vigente", self.ask(move, user=clerk)["message"])
        self.assertEqual(self.document(move).sat_answer_ids.with_user(clerk).reading, "live")
        reader = self.create_user("reader", "account.group_account_readonly")
        self.refusal(move, "action_l10n_mx_facture_update_sat_status", user=reader)
        self.assertEqual(len(self.questions()), 1)

    # -- receipts ------------------------------------------------------------------------------------

    def test_receipts_come_by_themselves(self):
        self.sandbox.settings(cancel_state="En proceso")
        move = self.cancel_requested_invoice()
        document = self.document(move)
        self.round()
        self.assertEqual(document.receipt_code, "201")
        self.assertEqual(document.state, "cancel_requested")
        self.assertTrue(document.receipt_attachment_id)
        self.due(document)
        self.asked()
        before = len(self.calls("receipt"))
        self.round()
        self.assertEqual(len(self.calls("receipt")), before)

    def test_a_receipt_that_is_not_there_is_asked_for_again_later_and_later(self):
        self.sandbox.settings(cancel_state="En proceso")
        move = self.cancel_requested_invoice()
        document = self.document(move)
        waits = []
        for fault in ("not_found_404", "error_500_before", "foreign_acuse"):
            self.sandbox.fail("receipt", fault, times=-1)
            self.due(document)
            self.round()
            self.assertFalse(document.receipt_attachment_id)
            waits.append(round((document.receipt_next_date - fields.Datetime.now()).total_seconds() / 60))
            asked = len(self.calls("receipt"))
            self.round()
            self.assertEqual(len(self.calls("receipt")), asked)
            self.sandbox.reset()
            # end the pause after a failure
            self.account._record_success()
        self.assertEqual(waits, [2, 4, 8])
        self.assertEqual(document.state, "cancel_requested")
        self.due(document)
        self.round()
        self.assertTrue(document.receipt_attachment_id)

    def test_no_receipt_is_asked_for_of_what_was_cancelled_elsewhere(self):
        move = self.stamped_invoice()
        self.at_sat.elsewhere(self.document(move).uuid)
        self.due(self.document(move))
        self.round()
        self.round()
        self.assertEqual((move.l10n_mx_facture_state, self.calls("receipt")), ("cancelled", []))


class Watcher:
    """In the place of the client: notes whether a savepoint of the test's transaction is open."""

    def __init__(self, env, seen):
        self._env, self._seen = env, seen

    def ask(self, _xml):
        self._seen.append(self._env.cr._savepoint)
        raise NotSent("sat_unreachable", "Nobody was asked.")
