from unittest.mock import patch

from odoo.tests import mute_logger

from odoo.addons.l10n_mx_facture.pac.errors import UnknownOutcome
from odoo.addons.l10n_mx_facture.pac.facture_rest.client import FactureRest

from ..support.stamp_case import StampCase

DEAD = UnknownOutcome("process_died", "The process died.")


class TestRecovery(StampCase):
    """A crashed process leaves a document in state sending; the cron makes it unknown."""

    def cron(self):
        self.press(self.env["l10n_mx_facture.document"], "_cron_stamp")

    def killed(self, done=True):
        move = self.create_invoice()
        with self.dying(done=done):
            self.press(move, "action_l10n_mx_facture_stamp")
        return move

    def longest_call(self):
        """:return: seconds that upload and download together may take by the account's time-outs"""
        timeout = self.account.timeout
        return 2 * (min(10, timeout) + 2 * timeout)

    def test_a_killed_process_leaves_sending_which_blocks_everything(self):
        move = self.killed()
        self.assertEqual(move.l10n_mx_facture_state, "sending")
        self.assertIn("has been in stamping", self.refusal(move, "action_l10n_mx_facture_stamp"))
        for method in ("button_draft", "button_cancel", "unlink"):
            self.refusal(move, method)
        self.refusal(move, "l10n_mx_facture_resolve_unknown", None, "x")
        self.assertEqual(len(self.book(move)), 1)

    def test_a_call_that_may_still_run_is_left_alone(self):
        move = self.killed()
        self.age(move, self.longest_call() + 60)
        self.cron()
        self.assertEqual(move.l10n_mx_facture_state, "sending")
        self.assertEqual(self.ledger(move), [("stamp", "pending")])

    def test_a_dead_call_becomes_unknown_and_can_be_resolved(self):
        for done in (True, False):
            with self.subTest(done=done):
                move = self.killed(done)
                self.age(move, self.longest_call() + 180)
                self.cron()
                self.assertEqual(move.l10n_mx_facture_state, "unknown")
                self.assertEqual(self.ledger(move), [("stamp", "unknown")])
                self.assertIn("process", move.l10n_mx_facture_message)
                entries = self.book(move)
                self.assertEqual(len(entries), int(done))
                uuid = entries[0]["uuid"] if done else None
                self.press(move, "l10n_mx_facture_resolve_unknown", uuid, "Portal")
                self.assertEqual(
                    move.l10n_mx_facture_state, "stamped" if done else "rejected"
                )

    def test_a_bulk_that_dies_leaves_unknown_what_left_and_free_what_did_not(self):
        journal = self.create_journal("CUN", self.branch_at("77500"))
        moves = self.create_invoice() + self.create_invoice()
        later = self.create_invoice(journal_id=journal.id)
        with self.dying("stamp_many"):
            self.press(moves + later, "action_l10n_mx_facture_stamp")
        self.assertEqual(moves.mapped("l10n_mx_facture_state"), ["sending"] * 2)
        self.assertFalse(later.l10n_mx_facture_document_ids)
        for move in moves:
            self.age(move, self.longest_call() + 180)
        self.cron()
        self.assertEqual(moves.mapped("l10n_mx_facture_state"), ["unknown"] * 2)
        self.stamp(later)
        self.assertEqual(later.l10n_mx_facture_state, "stamped")

    def test_what_another_process_stamped_meanwhile_is_left_alone(self):
        journal = self.create_journal("CUN", self.branch_at("77500"))
        moves = self.create_invoice() + self.create_invoice()
        late, last = (self.create_invoice(journal_id=journal.id) for _number in range(2))

        def another_process(env):
            if not self.book(late):
                late.with_env(env).action_l10n_mx_facture_stamp()

        with self.committing() as env:
            self.watch("stamp_many", lambda: another_process(env))
            answer = (moves + late + last).with_env(env).action_l10n_mx_facture_stamp()
        self.assertEqual(answer["params"]["type"], "success")
        for move in moves + late + last:
            self.assertEqual(move.l10n_mx_facture_state, "stamped")
            self.assertEqual(len(self.book(move)), 1)
            self.assertEqual(len(move.l10n_mx_facture_document_ids), 1)

    def test_an_answer_that_comes_too_late_is_never_lost(self):
        move = self.create_invoice()

        def settle(env):
            document = env["l10n_mx_facture.document"].search([("move_id", "=", move.id)])
            document._store_failure(DEAD)
            self.age(move, 900)
            env.invalidate_all()
            document._resolve(None, "Portal")
            env.cr.commit()

        with self.committing() as env:
            self.watch("stamp", lambda: settle(env))
            move.with_env(env).action_l10n_mx_facture_stamp()
        [entry] = self.book(move)
        raws = move.l10n_mx_facture_document_ids.request_ids.mapped("raw")
        self.assertIn(
            entry["uuid"].upper(),
            " ".join([move.l10n_mx_facture_uuid or "", *(raw or "" for raw in raws)]).upper(),
        )
        # and the invoice is not free to be stamped a second time
        self.assertIn(move.l10n_mx_facture_state, ("stamped", "unknown"))

    def test_a_late_answer_beside_a_second_stamp_is_kept_and_shouted(self):
        # a wrong statement, a second stamp, and then the first one's answer: SAT has two, a person must know
        move = self.create_invoice()
        seen = []

        def state_and_stamp_again(env):
            if seen.append(True) or len(seen) > 1:
                return
            document = env["l10n_mx_facture.document"].search([("move_id", "=", move.id)])
            document._store_failure(DEAD)
            self.age(move, 900)
            env.invalidate_all()
            document._resolve(None, "Portal")
            env.cr.commit()
            move.with_env(env).action_l10n_mx_facture_stamp()

        with (
            self.committing() as env,
            mute_logger("odoo.sql_db"),
            self.assertLogs("odoo.addons.l10n_mx_facture", "ERROR"),
        ):
            self.watch("stamp", lambda: state_and_stamp_again(env))
            move.with_env(env).action_l10n_mx_facture_stamp()
        second, first = self.book(move)[0]["uuid"], self.book(move)[1]["uuid"]
        self.assertEqual(move.l10n_mx_facture_uuid, second.upper())
        old, live = move.l10n_mx_facture_document_ids.sorted("id")
        self.assertEqual((old.state, live.state), ("rejected", "stamped"))
        self.assertEqual(move.l10n_mx_facture_document_id, live)
        self.assertIn(first.upper(), old.request_ids.raw.upper())
        self.assertEqual(old.request_ids.outcome, "unknown")
        self.assertIn("was stamped, but the CFDI could not be stored", self.chatter(move))

    def test_a_person_may_be_faster_than_the_answer(self):
        move = self.create_invoice()

        def resolve(env, uuid):
            document = env["l10n_mx_facture.document"].search([("move_id", "=", move.id)])
            document._store_failure(DEAD)
            document._resolve(uuid, "Portal")
            env.cr.commit()

        call = FactureRest.stamp

        def stamp_and_resolve(client, *args):
            answer = call(client, *args)
            resolve(env, answer.uuid)
            return answer

        with self.committing() as env, patch.object(FactureRest, "stamp", stamp_and_resolve):
            move.with_env(env).action_l10n_mx_facture_stamp()
        self.assertEqual(move.l10n_mx_facture_state, "stamped")
        self.assertEqual(move.l10n_mx_facture_document_id.resolution, "Portal")
        self.assertEqual(self.ledger(move), [("stamp", "done")])
        self.assertEqual(len(self.book(move)), 1)

    def test_a_dead_cancellation_is_closed_as_unknown_and_can_be_asked_again(self):
        move = self.stamped_invoice()
        with self.dying("cancel"):
            self.press(move, "l10n_mx_facture_cancel", "02")
        self.assertEqual(self.ledger(move)[-1], ("cancel", "pending"))
        self.age(move, self.longest_call() + 180)
        self.cron()
        self.assertEqual(self.ledger(move)[-1], ("cancel", "unknown"))
        self.assertEqual(move.l10n_mx_facture_state, "stamped")
        self.cancel(move)
        self.assertEqual(move.l10n_mx_facture_document_id.cancel_code, "202")
        self.assertEqual(move.l10n_mx_facture_state, "cancel_requested")

    def test_the_cron_is_there_and_runs_what_is_tested_here(self):
        cron = self.env.ref("l10n_mx_facture.cron_stamp")
        self.assertEqual(cron.code, "model._cron_stamp()")
        self.assertTrue(cron.active)
