import time
from unittest.mock import patch

from odoo.exceptions import AccessError

from odoo.addons.l10n_mx_facture.pac.errors import Rejected

from ..support.stamp_case import StampCase

# seconds after which no call can be under way, with the time-out of the tests' account
OVER = 4 * 10 + 121


class TestLostAnswers(StampCase):
    """Lost answers that are settled without a person: by sending the same bytes again, or by the count of credits."""

    def cron(self):
        self.press(self.env["l10n_mx_facture.document"], "_cron_stamp")
        self.env.invalidate_all()

    def lost(self, fault="reset_after", age=OVER + 600):
        move = self.create_invoice()
        self.sandbox.fail("stamp", fault)
        self.stamp(move)
        self.assertEqual(move.l10n_mx_facture_state, "unknown")
        self.age(move, age)
        # as after Resume: the service is asked at once, not when the hold has passed
        self.account.sudo()._release()
        return move

    def stamp_calls(self):
        return len(self.calls("stamp"))

    # -- the same bytes again -------------------------------------------------------------------

    def test_without_the_switch_nothing_is_sent_again(self):
        self.sandbox.settings(detect_duplicates=True)
        move = self.lost()
        self.cron()
        self.assertEqual((move.l10n_mx_facture_state, self.stamp_calls()), ("unknown", 1))

    def test_the_former_stamp_is_adopted(self):
        self.account.detects_duplicates = True
        for answer in ("base64", "embedded"):
            with self.subTest(answer=answer):
                self.sandbox.reset()
                self.sandbox.settings(detect_duplicates=True, duplicate_answer=answer)
                move = self.lost()
                self.cron()
                [entry] = self.book(move)
                self.assertEqual(move.l10n_mx_facture_uuid, entry["uuid"].upper())
                document = move.l10n_mx_facture_document_id
                self.assertEqual(document.state, "stamped")
                self.assertIn("same document was sent again", document.resolution)
                self.assertTrue(document.resolved_date)
                self.assertEqual(self.ledger(move), [("stamp", "unknown"), ("resend", "done")])
                self.assertEqual(self.sandbox.stamped(entry["uuid"])["xml"], document.xml_attachment_id.raw.decode())

    def test_what_was_never_stamped_is_stamped_by_it_once(self):
        self.account.detects_duplicates = True
        self.sandbox.settings(detect_duplicates=True)
        move = self.lost("reset_before")
        self.assertEqual(self.book(move), [])
        self.cron()
        self.assertEqual(move.l10n_mx_facture_state, "stamped")
        self.assertEqual(len(self.book(move)), 1)

    def test_a_call_that_may_still_be_in_work_is_not_repeated(self):
        self.account.detects_duplicates = True
        self.sandbox.settings(detect_duplicates=True)
        move = self.lost(age=OVER - 60)
        self.cron()
        self.assertEqual((move.l10n_mx_facture_state, self.stamp_calls()), ("unknown", 1))

    def test_whatever_else_comes_decides_nothing_and_is_kept(self):
        self.account.detects_duplicates = True
        for fault, outcome in (
            ("code_307_without", "unknown"),
            ("refuse", "rejected"),
            ("garbage_xml", "unknown"),
        ):
            with self.subTest(fault=fault):
                self.sandbox.reset()
                self.sandbox.settings(detect_duplicates=True)
                move = self.lost()
                self.sandbox.fail("stamp", fault)
                self.cron()
                self.assertEqual(move.l10n_mx_facture_state, "unknown")
                self.assertEqual(self.ledger(move), [("stamp", "unknown"), ("resend", outcome)])
                # and not again at once
                self.cron()
                self.assertEqual(len(self.ledger(move)), 2)
                self.assertEqual(len(self.book(move)), 1)
                self.press(move, "l10n_mx_facture_resolve_unknown", self.book(move)[0]["uuid"], "Portal")

    def test_it_gives_up_after_some_attempts(self):
        self.account.detects_duplicates = True
        self.sandbox.settings(detect_duplicates=True, duplicate_answer="none")
        move = self.lost()
        for _number in range(8):
            self.cron()
            self.age(move, 100000)
        self.assertEqual(len(self.ledger(move)), 7)
        self.assertEqual(move.l10n_mx_facture_state, "unknown")

    def test_nobody_decides_while_it_is_asked(self):
        self.account.detects_duplicates = True
        self.sandbox.settings(detect_duplicates=True)
        move = self.lost()
        with self.dying():
            self.cron()
        self.assertEqual(self.ledger(move)[-1], ("resend", "pending"))
        self.assertIn("being asked", self.refusal(move, "l10n_mx_facture_resolve_unknown", None, "Portal"))
        # the process died: after a while it is a person's turn, or the next attempt's
        self.age(move, 100000)
        self.cron()
        self.assertEqual(self.ledger(move)[1], ("resend", "unknown"))
        self.assertEqual(move.l10n_mx_facture_state, "stamped")
        self.assertEqual(len(self.book(move)), 1)

    def test_a_late_no_to_the_first_call_frees_nothing_that_was_sent_again(self):
        self.account.detects_duplicates = True
        self.sandbox.settings(detect_duplicates=True)
        move = self.lost()
        with self.dying():
            self.cron()
        document = move.l10n_mx_facture_document_id
        self.press(document, "_store_failure", Rejected("CFDI40108", "No."))
        self.assertEqual(move.l10n_mx_facture_state, "unknown")
        self.assertEqual(self.ledger(move), [("stamp", "rejected"), ("resend", "pending")])

    def test_not_stamped_is_not_stated_while_the_service_may_still_work_on_it(self):
        self.account.timeout = 1
        move = self.create_invoice()
        self.sandbox.fail("stamp", "slow_before", seconds=2)
        self.stamp(move)
        self.assertEqual(move.l10n_mx_facture_state, "unknown")
        self.assertEqual(self.book(move), [])
        self.assertIn("may still be working", self.refusal(move, "l10n_mx_facture_resolve_unknown", None, "Portal"))
        deadline = time.monotonic() + 10
        while not self.book(move) and time.monotonic() < deadline:
            time.sleep(0.1)
        # it was stamped after all
        self.press(move, "l10n_mx_facture_resolve_unknown", self.book(move)[0]["uuid"], "Portal")
        self.assertEqual(move.l10n_mx_facture_state, "stamped")
        other = self.create_invoice()
        self.sandbox.fail("stamp", "slow_before", seconds=1.5)
        self.stamp(other)
        self.age(other, OVER)
        self.press(other, "l10n_mx_facture_resolve_unknown", None, "Portal")
        self.assertEqual(other.l10n_mx_facture_state, "rejected")

    # -- credits --------------------------------------------------------------------------------

    def test_an_unchanged_count_releases_by_itself(self):
        self.account.exclusive = True
        self.cron()
        stamped = self.stamped_invoice()
        moves = self.lost("reset_before") + self.lost("reset_before")
        self.cron()
        self.assertEqual(moves.mapped("l10n_mx_facture_state"), ["rejected"] * 2)
        document = moves[0].l10n_mx_facture_document_id
        self.assertIn("credits", document.resolution)
        self.assertIn("known since then: 1.", document.resolution)
        self.stamp(moves)
        for move in moves + stamped:
            self.assertEqual(len(self.book(move)), 1)

    def test_credits_that_were_bought_meanwhile_prove_nothing(self):
        self.account.exclusive = True
        self.sandbox.user(name=self.login, credits=10)
        self.cron()
        self.stamped_invoice()
        # as many as will be lost
        self.sandbox.user(name=self.login, credits=11)
        self.stamped_invoice()
        self.sandbox.user(name=self.login, credits=1000)
        moves = self.lost() + self.lost()
        self.cron()
        self.assertEqual(moves.mapped("l10n_mx_facture_state"), ["unknown"] * 2)

    def test_a_person_who_decides_first_stops_the_second_call(self):
        self.account.detects_duplicates = True
        self.sandbox.settings(detect_duplicates=True)
        moves = self.lost("reset_before") + self.lost("reset_before")
        cls = type(self.env["l10n_mx_facture.document"])
        resend, asked = cls._resend, []

        def decided_meanwhile(document):
            if asked:
                # a user has resolved this one during the call for the one before
                document._resolve(None, "Portal")
            asked.append(document)
            return resend(document)

        with patch.object(cls, "_resend", decided_meanwhile):
            self.cron()
        states = sorted(moves.mapped("l10n_mx_facture_state"))
        self.assertEqual(states, ["rejected", "stamped"])
        self.assertEqual(sum(len(self.book(move)) for move in moves), 1)

    def test_the_proof_is_nobody_s_to_write(self):
        configurer = self.create_user("witness_writer", "l10n_mx_facture.group_configure")
        account = self.account.with_user(configurer)
        for name, value in (("witness_credits", 1), ("failures", 3), ("hold_reason", "x")):
            with self.subTest(field=name), self.assertRaises(AccessError):
                account.write({name: value})
            with self.subTest(field=name, new=True), self.assertRaises(AccessError):
                self.env["l10n_mx_facture.account"].with_user(configurer).create({"name": "x", name: value})

    def test_a_lower_count_is_a_hint_and_no_more(self):
        self.account.exclusive = True
        self.cron()
        moves = self.lost("reset_before") + self.lost("reset_after")
        self.cron()
        self.assertEqual(moves.mapped("l10n_mx_facture_state"), ["unknown"] * 2)
        self.assertIn("Of the 2 unknown ones, probably 1", moves[0].l10n_mx_facture_message)

    def test_without_the_switch_credits_prove_nothing(self):
        self.account.exclusive = True
        self.cron()
        self.account.exclusive = False
        move = self.lost("reset_before")
        self.cron()
        self.assertEqual(move.l10n_mx_facture_state, "unknown")

    def test_what_was_lost_before_the_first_reading_is_not_covered(self):
        move = self.lost("reset_before")
        self.account.exclusive = True
        self.cron()
        self.assertEqual(move.l10n_mx_facture_state, "unknown")
        self.assertFalse(self.account.witness_date)

    def test_credits_that_are_read_while_something_is_sent_prove_nothing(self):
        self.account.exclusive = True
        self.cron()
        move = self.lost("reset_before")
        other = self.create_invoice()
        with self.dying(done=False):
            self.stamp(other)
        self.cron()
        self.assertEqual(move.l10n_mx_facture_state, "unknown")

    def test_one_that_could_still_arrive_keeps_all_from_being_settled(self):
        self.account.exclusive = True
        self.cron()
        old, young = self.lost("reset_before"), self.lost("reset_before", age=1)
        self.cron()
        self.assertEqual((old + young).mapped("l10n_mx_facture_state"), ["unknown"] * 2)
