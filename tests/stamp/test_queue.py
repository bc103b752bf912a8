from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError
from odoo.sql_db import Cursor
from odoo.tests import mute_logger

from ..support.common import CANCUN
from ..support.stamp_case import StampCase

QUEUE = "odoo.addons.l10n_mx_facture.models.stamp.queue"


class TestQueue(StampCase):
    """Many invoices at once: judged in a dialog, stamped in the background, watched in a run."""

    def setUp(self):
        super().setUp()
        self.account.bulk_size = 3
        self.env.user.lang = "en_US"
        self.Document = self.env["l10n_mx_facture.document"]

    def selection(self, count):
        return self.create_invoices([{}] * count)

    def ask(self, moves):
        """Press the button on a selection that is large enough for the background."""
        at_once = patch("odoo.addons.l10n_mx_facture.models.stamp.button.AT_ONCE", 1)
        with at_once, self.committing() as env:
            buttons = moves.with_env(env).with_context(l10n_mx_facture_dialog=True)
            action = buttons.action_l10n_mx_facture_stamp()
        self.assertEqual(action["res_model"], "l10n_mx_facture.check")
        return self.env["l10n_mx_facture.check"].browse(action["res_id"])

    def start(self, moves):
        action = self.press(self.ask(moves), "action_stamp_ready")
        self.assertEqual(action["res_model"], "l10n_mx_facture.run")
        return self.env["l10n_mx_facture.run"].browse(action["res_id"])

    def work(self):
        self.press(self.Document, "_work_queue")
        self.env.invalidate_all()

    def counts(self, run):
        run.invalidate_recordset()
        return {
            name: run[f"count_{name}"]
            for name in ("waiting", "sending", "stamped", "refused", "unknown")
            if run[f"count_{name}"]
        }

    def book_of(self, moves):
        """:return: the number of stamps of these invoices at the service"""
        return sum(len(self.book(move)) for move in moves)

    def let_hold_pass(self):
        self.env.cr.execute(
            "UPDATE l10n_mx_facture_account SET hold_until = %s WHERE id = %s",
            (fields.Datetime.now() - timedelta(seconds=1), self.account.id),
        )
        self.env.invalidate_all()

    def test_a_dialog_tells_what_is_refused_and_what_it_costs_and_nothing_is_sent(self):
        self.sandbox.user(name=self.login, credits=2)
        moves = self.selection(4)
        moves[1].invoice_line_ids.l10n_mx_facture_tax_object = "01"
        check = self.ask(moves)
        self.sandbox.user(name=self.login, credits=1000)
        self.assertEqual(check.summary, "Ready to be stamped: 3; to be corrected: 1")
        self.assertEqual(check._ready(), moves - moves[1])
        self.assertEqual(check.line_ids.move_id, moves[1])
        self.assertIn("credits needed: 3, left: 2. The rest waits", check.credits_text)
        self.assertEqual(self.calls("bulk") + self.calls("stamp"), [])
        self.assertFalse(moves.l10n_mx_facture_document_ids)

    def test_what_is_ready_is_stamped_in_parts_and_the_rest_is_kept_by_cause(self):
        moves = self.selection(8)
        moves[2].invoice_line_ids.l10n_mx_facture_tax_object = "01"
        run = self.start(moves)
        self.assertEqual(self.counts(run), {"waiting": 7, "refused": 1})
        self.assertEqual(run.state, "running")
        self.assertAlmostEqual(run.progress, 12.5)
        self.work()
        self.assertEqual(self.counts(run), {"stamped": 7, "refused": 1})
        self.assertEqual((run.state, run.progress), ("done", 100))
        self.assertEqual(len(self.calls("bulk")), 2)
        # the last one alone is no ZIP
        self.assertEqual(len(self.calls("stamp")), 1)
        self.assertEqual(self.book_of(moves), 7)
        self.assertEqual(run.refusal_ids.move_id, moves[2])
        self.assertIn("CFDI40172", run.refusal_ids.text)
        action = run.refusal_ids.action_open()
        self.assertEqual((action["res_model"], action["res_id"]), ("account.move", moves[2].id))
        for move in moves - moves[2]:
            self.assertEqual(len(self.book(move)), 1)
            self.assertEqual(move.l10n_mx_facture_request_ids.user_id, self.env.user)

    def test_a_batch_does_not_search_the_invoice_of_each_document(self):
        run = self.start(self.selection(3))
        searches, execute = [], Cursor.execute

        def recorded(cursor, query, *arguments, **options):
            text = str(getattr(query, "code", query))
            if 'WHERE "account_move"."l10n_mx_facture_document_id" IN' in text:
                searches.append(text)
            return execute(cursor, query, *arguments, **options)

        with patch.object(Cursor, "execute", recorded):
            self.work()
        self.assertEqual(self.counts(run), {"stamped": 3})
        # one for the state of all that begin to be sent
        self.assertLessEqual(len(searches), 1)

    def test_what_was_corrupted_meanwhile_is_refused_and_holds_up_nobody(self):
        moves = self.selection(3)
        run = self.start(moves)
        moves[0].button_draft()
        moves[1].invoice_line_ids.l10n_mx_facture_tax_object = "01"
        self.work()
        self.assertEqual(self.counts(run), {"stamped": 1, "refused": 2})
        self.assertIn("Only a posted invoice", run.refusal_ids.filtered(lambda r: r.move_id == moves[0]).text)
        # mended, it can be stamped by the button as any other
        moves[0].action_post()
        self.stamp(moves[0])
        self.assertEqual(len(self.book(moves[0])), 1)

    def test_an_invoice_that_we_fail_at_ourselves_is_left_out_alone(self):
        moves = self.selection(3)
        run = self.start(moves)
        cls = type(self.env["l10n_mx_facture.cfdi"])
        build = cls._build

        def broken(cfdi, move):
            if move.id == moves[1].id:
                raise ZeroDivisionError("a defect of ours")
            return build(cfdi, move)

        with patch.object(cls, "_build", broken), mute_logger(QUEUE):
            self.work()
        self.assertEqual(self.counts(run), {"stamped": 2, "refused": 1})
        self.assertIn("a defect of ours", run.refusal_ids.text)

    def test_what_the_service_refuses_is_kept_by_cause(self):
        moves = self.selection(3)
        run = self.start(moves)
        self.sandbox.receiver(
            rfc=self.customer.vat, name="OTRO NOMBRE", zip=self.customer.zip, regime="601"
        )
        self.addCleanup(
            self.sandbox.receiver, rfc=self.customer.vat, name=None, zip=None, regime=None, listed=True
        )
        self.work()
        self.assertEqual(self.counts(run), {"refused": 3})
        self.assertEqual(len(set(run.refusal_ids.mapped("text"))), 1)
        self.assertEqual(moves.mapped("l10n_mx_facture_state"), ["rejected"] * 3)
        self.assertEqual(run.action_open_refusals()["context"], {"group_by": ["text"]})
        # on the page of the run it is one line
        self.assertEqual(run.cause_ids.invoices, "3 invoices")

    def test_a_service_that_is_down_is_left_in_peace_and_found_again(self):
        moves = self.selection(7)
        run = self.start(moves)
        # the first call is refused before anything is done there
        self.sandbox.fail("bulk", "unauthorized_401", times=-1)
        self.work()
        self.assertEqual(len(self.calls("bulk")), 1)
        self.assertEqual(self.counts(run), {"waiting": 7})
        self.assertEqual(run.state, "held")
        self.assertIn("user and password", run.hold_text)
        self.assertEqual(self.account.failures, 1)
        self.assertEqual(self.chatter(self.account).count("queue is paused"), 1)
        self.work()
        self.assertEqual(len(self.calls("bulk")), 1, "it waits")
        # not yet back: asked without cost, and held for longer
        self.let_hold_pass()
        self.sandbox.fail("user", "error_503")
        self.work()
        self.assertEqual(len(self.calls("bulk")), 1)
        self.assertEqual(self.account.failures, 2)
        self.assertGreater(self.account.hold_until, fields.Datetime.now() + timedelta(seconds=14))
        self.assertEqual(self.chatter(self.account).count("queue is paused"), 1)
        # back
        self.sandbox.reset()
        self.let_hold_pass()
        self.work()
        self.assertEqual(self.counts(run), {"stamped": 7})
        self.assertEqual((self.account.failures, self.account.hold_until), (0, False))

    def test_a_lost_answer_costs_one_batch_and_not_all_of_them(self):
        moves = self.selection(7)
        run = self.start(moves)
        self.sandbox.fail("bulk", "error_500_after", times=-1)
        self.work()
        self.assertEqual(self.counts(run), {"waiting": 4, "unknown": 3})
        self.sandbox.reset()
        self.let_hold_pass()
        self.work()
        self.assertEqual(self.counts(run), {"stamped": 4, "unknown": 3})
        self.assertEqual(self.book_of(moves), 7)
        unknown = self.env["account.move"].search(run.action_open_unknown()["domain"])
        self.assertEqual(unknown, moves.filtered(lambda move: move.l10n_mx_facture_state == "unknown"))

    def test_without_credits_it_waits_with_one_message_and_goes_on_by_itself(self):
        self.sandbox.user(name=self.login, credits=2)
        moves = self.selection(8)
        run = self.start(moves)
        self.work()
        self.assertEqual(self.counts(run), {"stamped": 2, "waiting": 6})
        self.assertEqual(run.state, "held")
        self.assertIn("credits", run.hold_text)
        self.assertEqual(len(run.refusal_ids), 0)
        self.assertEqual(self.chatter(self.account).count("queue is paused"), 1)
        # still none: nothing is sent
        self.sandbox.reset()
        self.let_hold_pass()
        self.work()
        self.assertEqual(self.calls("bulk"), [])
        self.sandbox.user(name=self.login, credits=1000)
        self.let_hold_pass()
        self.work()
        self.assertEqual(self.counts(run), {"stamped": 8})
        self.assertEqual(self.book_of(moves), 8)

    def test_resume_asks_for_credits_anew(self):
        self.sandbox.user(name=self.login, credits=2)
        moves = self.selection(4)
        run = self.start(moves)
        self.work()
        self.assertEqual((run.state, self.account.credits), ("held", 0))
        self.sandbox.user(name=self.login, credits=1000)
        self.press(run, "action_resume")
        self.work()
        self.assertEqual(self.counts(run), {"stamped": 4})

    def test_resume_asks_the_service_at_once(self):
        moves = self.selection(2)
        run = self.start(moves)
        self.sandbox.fail("bulk", "unauthorized_401")
        self.work()
        self.assertEqual(run.state, "held")
        self.press(run, "action_resume")
        self.work()
        self.assertEqual(self.counts(run), {"stamped": 2})

    def test_paused_and_resumed_and_taken_out(self):
        moves = self.selection(4)
        run = self.start(moves)
        self.press(run, "action_pause")
        self.work()
        self.assertEqual(self.counts(run), {"waiting": 4})
        self.assertEqual(run.state, "paused")
        self.press(run, "action_leave_queue")
        self.assertEqual(self.counts(run), {})
        self.assertEqual(run.state, "done")
        self.assertFalse(moves.l10n_mx_facture_document_ids)
        again = self.start(moves)
        self.press(again, "action_pause")
        self.press(again, "action_resume")
        self.work()
        self.assertEqual(self.counts(again), {"stamped": 4})

    def test_queued_twice_it_is_stamped_once(self):
        moves = self.selection(3)
        first = self.start(moves)
        second = self.start(moves)
        self.assertEqual(self.counts(second), {"refused": 3})
        self.assertIn(first.name, second.refusal_ids[0].text)
        self.assertEqual(second.refusal_ids[0].action_open()["res_id"], first.id)
        self.work()
        self.assertEqual(self.counts(first), {"stamped": 3})
        self.assertEqual(self.book_of(moves), 3)

    def test_what_was_mended_and_stamped_since_is_no_refusal_any_more(self):
        moves = self.selection(2)
        run = self.start(moves)
        moves[0].invoice_line_ids.l10n_mx_facture_tax_object = "01"
        self.work()
        self.assertEqual(self.counts(run), {"stamped": 1, "refused": 1})
        moves[0].invoice_line_ids.l10n_mx_facture_tax_object = "02"
        self.stamp(moves[0])
        self.assertEqual(self.counts(run), {"stamped": 2})
        self.assertEqual(run.count_all, 2)

    def test_an_invoice_that_goes_to_another_branch_takes_its_document_along(self):
        moves = self.selection(2)
        run = self.start(moves)
        there = self.branch_at(CANCUN)
        moves[0].l10n_mx_facture_branch_id = there
        self.work()
        self.work()
        self.assertEqual(self.counts(run), {"stamped": 2})
        document = moves[0].l10n_mx_facture_document_id
        self.assertEqual((document.branch_id, document.lugar_expedicion), (there, CANCUN))
        self.assertEqual(self.book_of(moves), 2)

    def test_one_branch_that_fails_does_not_hold_up_another(self):
        journal = self.create_journal("CUN", self.branch_at(CANCUN))
        here = self.selection(2)
        there = self.create_invoice(journal_id=journal.id) + self.create_invoice(journal_id=journal.id)
        run = self.start(here + there)
        # the first branch's certificate has lapsed, say; the account itself answers well
        self.sandbox.fail("bulk", "unauthorized_401")
        self.work()
        self.assertEqual(self.counts(run), {"waiting": 4})
        self.let_hold_pass()
        self.work()
        self.let_hold_pass()
        self.work()
        self.assertEqual(self.counts(run), {"stamped": 4})

    def test_unknown_ones_do_not_keep_a_service_that_is_back_from_the_others(self):
        moves = self.selection(5)
        run = self.start(moves)
        self.sandbox.fail("bulk", "error_500_after")
        self.work()
        self.assertEqual(self.counts(run), {"unknown": 3, "waiting": 2})
        self.let_hold_pass()
        self.press(self.Document, "_cron_stamp")
        self.assertEqual(self.counts(run), {"unknown": 3, "stamped": 2})

    def test_a_service_that_answers_but_does_not_stamp_is_held_longer_each_time(self):
        run = self.start(self.selection(2))
        # after the first failure one invoice is sent as a probe
        for operation in ("bulk", "stamp"):
            self.sandbox.fail(operation, "unauthorized_401", times=-1)
        for number in range(3):
            self.work()
            self.assertEqual(self.account.failures, number + 1)
            self.let_hold_pass()
        self.assertEqual(self.chatter(self.account).count("queue is paused"), 1)
        self.assertEqual(self.counts(run), {"waiting": 2})

    def test_credits_that_run_out_within_a_call_that_is_refused_whole_prove_nothing(self):
        moves = self.selection(3)
        run = self.start(moves)
        self.sandbox.fail("bulk", "no_credits")
        self.work()
        self.assertEqual(self.counts(run), {"unknown": 3})

    def test_what_is_taken_out_shows_its_former_cfdi_again(self):
        self.sandbox.fail("stamp", "refuse", code="CFDI40108", text="No.")
        moves = self.selection(2)
        move = moves[0]
        self.stamp(move)
        former = move.l10n_mx_facture_document_id
        self.assertEqual(former.state, "rejected")
        run = self.start(moves)
        self.assertNotEqual(move.l10n_mx_facture_document_id, former)
        self.press(run, "action_leave_queue")
        self.assertEqual(move.l10n_mx_facture_document_id, former)

    def test_an_invoice_with_a_cfdi_of_test_is_told_and_left_out(self):
        tested, fresh = self.stamped_invoice(), self.selection(1)
        self.account.environment = "production"
        run = self.start(tested + fresh)
        self.assertEqual(self.counts(run), {"waiting": 1, "refused": 1})
        self.assertIn("test CFDI", run.refusal_ids.text)

    def test_a_button_overtakes_the_queue(self):
        moves = self.selection(3)
        run = self.start(moves)
        self.stamp(moves[0])
        self.work()
        self.assertEqual(self.counts(run), {"stamped": 3})
        self.assertEqual(self.book_of(moves), 3)

    def test_what_somebody_works_on_stays_for_the_next_round(self):
        moves = self.selection(2)
        run = self.start(moves)
        cls = type(moves)
        with patch.object(cls, "try_lock_for_update", lambda records, **kwargs: records.browse()):
            self.press(self.Document, "_work_queue")
        self.assertEqual(self.counts(run), {"waiting": 2})
        self.work()
        self.assertEqual(self.counts(run), {"stamped": 2})

    def test_a_copy_of_the_database_sends_nothing_and_says_why_once(self):
        self.account.environment = "production"
        moves = self.selection(2)
        run = self.start(moves)
        self.env["l10n_mx_facture.account"].browse(self.account.id).sudo().database_uuid = "another database"
        self.work()
        self.assertEqual(self.counts(run), {"waiting": 2})
        self.assertIn("is a copy", run.hold_text)
        self.assertFalse(self.calls("bulk"))

    def test_a_deleted_invoice_leaves_the_queue(self):
        moves = self.selection(2)
        run = self.start(moves)
        moves[0].button_draft()
        moves[0].with_context(force_delete=True).unlink()
        self.work()
        self.assertEqual(self.counts(run), {"stamped": 1})

    def test_who_may_not_stamp_may_not_pause_either(self):
        run = self.start(self.selection(2))
        reader = self.create_user("queue_reader", "account.group_account_readonly")
        for method in ("action_pause", "action_resume", "action_leave_queue"):
            with self.subTest(method=method), self.assertRaises(AccessError):
                getattr(run.with_user(reader), method)()
