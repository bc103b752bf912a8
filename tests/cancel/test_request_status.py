import time

from odoo import SUPERUSER_ID

from ..support.cancel_case import CancelCase


class TestRequestStatus(CancelCase):
    """A request whose answer was lost is recognized as ours, with its reason, once SAT shows it."""

    def lost(self, reason="02"):
        """:return: an invoice whose request to cancel arrived, and waits for the customer; its answer was lost"""
        self.sandbox.settings(cancel_state="En proceso")
        move = self.stamped_invoice()
        replacement = self.stamped_substitute(move) if reason == "01" else None
        self.sandbox.fail("cancel", "reset_after")
        self.cancel(move, reason, replacement and replacement.l10n_mx_facture_uuid)
        self.assertEqual((move.l10n_mx_facture_state, self.ledger(move)[-1]), ("stamped", ("cancel", "unknown")))
        return move

    def test_it_is_recognized_and_its_refusal_is_told(self):
        move = self.lost("01")
        document = self.document(move)
        row = document.request_ids[0]
        substitute = row.cancel_replacement_uuid
        self.assertEqual((row.cancel_reason, len(substitute)), ("01", 36))
        self.assertFalse(document.cancel_reason, "nobody knows yet whether it was asked for")
        self.ask(move)
        self.assertEqual(document.state, "cancel_requested")
        self.assertEqual((document.cancel_reason, document.cancel_replacement_uuid), ("01", substitute))
        self.assertEqual(document.cancel_user_id, row.user_id)
        self.assertEqual(self.ledger(move)[-1], ("cancel", "done"))
        self.assertIn("was lost, but the request arrived", self.chatter(move))
        self.at_sat.receiver(document.uuid, "refuse")
        self.ask(move)
        self.assertEqual(document.state, "stamped")
        self.assertIn("The customer refused the cancellation", self.chatter(move))
        # the row is settled: what somebody else asks for later is not ours
        self.at_sat.elsewhere(document.uuid, "Vigente", "En proceso")
        self.ask(move)
        self.assertEqual(document.state, "stamped")

    def test_what_sat_cancelled_has_its_reason(self):
        move = self.lost("03")
        document = self.document(move)
        self.at_sat.receiver(document.uuid, "accept")
        self.ask(move)
        self.assertEqual((document.state, document.cancel_reason, move.state), ("cancelled", "03", "cancel"))
        self.assertNotIn("this Odoo did not request it", self.chatter(move))

    def test_one_of_a_process_that_died_is_ours_too(self):
        self.sandbox.settings(cancel_state="En proceso")
        move = self.stamped_invoice()
        with self.dying("cancel"):
            self.press(move, "l10n_mx_facture_cancel", "02")
        self.ask(move)
        document = self.document(move)
        self.assertEqual((document.state, document.cancel_reason), ("cancel_requested", "02"))

    def test_sat_may_show_it_before_the_service_answers(self):
        self.sandbox.settings(cancel_state="En proceso")
        move = self.stamped_invoice()
        document = self.document(move)
        self.at_sat.says(document.uuid, "cancel_in_process")

        def meanwhile():
            with self.registry.cursor() as cr:
                document.with_env(self.env(cr=cr))._sat_ask()

        self.watch("cancel", meanwhile)
        self.assertEqual(self.cancel(move)["type"], "success")
        self.assertEqual((document.state, document.cancel_reason), ("cancel_requested", "02"))
        self.assertEqual((document.cancel_code, self.ledger(move)[-1]), ("201", ("cancel", "done")))
        self.assertNotIn("was lost", self.chatter(move))

    def test_a_later_request_that_was_rejected_takes_it_back_not(self):
        for reading, state in (("cancel_in_process", "cancel_requested"), ("cancelled", "cancelled")):
            with self.subTest(reading=reading):
                move = self.lost("03")
                document = self.document(move)
                self.sandbox.fail("cancel", "refuse", code="203", text="No procede.", status=200)
                self.cancel(move)
                self.assertEqual(self.ledger(move)[-1], ("cancel", "rejected"))
                self.at_sat.says(document.uuid, reading)
                self.ask(move)
                self.assertEqual((document.state, document.cancel_reason), (state, "03"))
                self.assertNotIn("this Odoo did not request it", self.chatter(move))
                self.at_sat.truth()

    # -- a user records that it is valid -------------------------------------------------------------

    def stated_valid(self):
        """:return: an invoice whose accepted request a person took for refused"""
        self.sandbox.settings(cancel_state="En proceso")
        move = self.cancel_requested_invoice()
        self.press(self.document(move), "_record_sat_answer", False, "Seen in SAT's portal")
        self.assertEqual((move.l10n_mx_facture_state, self.ledger(move)[-1]), ("stamped", ("cancel", "done")))
        return move

    def test_what_sat_cancels_after_all_was_asked_for_from_here(self):
        move = self.stated_valid()
        document = self.document(move)
        self.at_sat.receiver(document.uuid, "accept")
        self.ask(move)
        self.assertEqual((document.state, document.cancel_reason, move.state), ("cancelled", "02", "cancel"))
        self.assertNotIn("this Odoo did not request it", self.chatter(move))

    def test_what_sat_shows_under_way_after_all_waits_again(self):
        move = self.stated_valid()
        document = self.document(move)
        self.ask(move)
        self.assertEqual((document.state, document.cancel_code), ("cancel_requested", "201"))
        self.assertIn("(reason 02) is in process", self.chatter(move))
        self.assertNotIn("was lost", self.chatter(move))

    def test_once_sat_showed_it_refused_it_claims_nothing_more(self):
        move = self.stated_valid()
        document = self.document(move)
        self.at_sat.receiver(document.uuid, "refuse")
        self.ask(move)
        self.assertEqual(document.state, "stamped")
        self.assertTrue(document.request_ids[0].refused_date)
        self.at_sat.elsewhere(document.uuid)
        self.ask(move)
        self.assertEqual((document.state, move.state), ("cancelled", "posted"))
        self.assertIn("this Odoo did not request it", self.chatter(move))

    # -- refused between two questions ---------------------------------------------------------------

    def test_a_refusal_between_two_questions_is_told_to_who_asked(self):
        asker = self.create_user("asker", "account.group_account_manager", lang="en_US")
        self.sandbox.settings(cancel_state="En proceso")
        move = self.stamped_invoice()
        document = self.document(move)
        self.sandbox.fail("cancel", "reset_after")
        self.cancel(move, "03", user=asker)
        self.at_sat.receiver(document.uuid, "refuse")
        for _time in range(2):
            self.ask(move)
            self.assertEqual((document.state, document.sat_reading), ("stamped", "refused"))
            [activity] = move.activity_ids
            self.assertEqual(activity.user_id, asker)
            self.assertIn("refused", activity.summary)
            self.assertEqual(self.chatter(move).count("The customer refused the cancellation"), 1)
        row = document.request_ids[0]
        self.assertEqual((row.outcome, row.refused_date, row.cancel_reason), ("done", row.refused_date, "03"))
        self.assertTrue(row.refused_date)
        self.assertIn("SAT shows it refused", row.message)
        self.assertIn("SAT shows it as refused", self.chatter(move))
        # asked for again: nothing is left to do about the refusal
        self.cancel(move)
        self.assertEqual(document.state, "cancel_requested")
        self.assertFalse(move.activity_ids)

    def test_a_refusal_ends_the_order_that_asked_whoever_hears_it(self):
        for hears in ("round", "cron"):
            with self.subTest(hears=hears):
                self.sandbox.reset()
                self.sandbox.settings(cancel_state="En proceso")
                move = self.stamped_invoice()
                document = self.document(move)
                self.press(move, "_l10n_mx_facture_order_cancel", "02")
                self.sandbox.fail("cancel", "reset_after")
                self.cron()
                self.assertEqual(self.ledger(move)[-1], ("cancel", "unknown"))
                self.at_sat.receiver(document.uuid, "refuse")
                self.hours_pass(move)
                if hears == "round":
                    self.due(document)
                getattr(self, hears)()
                self.assertEqual((document.state, document.cancel_order), ("stamped", False))
                self.assertEqual(len(move.activity_ids), 1)
                self.hours_pass(move)
                self.cron()
                self.assertEqual(len(self.calls("cancel")), 1)

    def test_while_it_may_still_be_answered_no_refusal_answers_it(self):
        self.sandbox.settings(cancel_state="En proceso")
        move = self.stamped_invoice()
        document = self.document(move)

        def meanwhile():
            self.at_sat.says(document.uuid, "refused")
            with self.registry.cursor() as cr:
                document.with_env(self.env(cr=cr))._sat_ask()
            # the service takes its time
            time.sleep(1)

        self.watch("cancel", meanwhile)
        self.cancel(move)
        self.assertEqual((document.state, self.ledger(move)[-1]), ("cancel_requested", ("cancel", "done")))
        self.assertNotIn("The customer refused", self.chatter(move))
        self.ask(move)
        self.assertEqual(document.state, "stamped")
        self.assertEqual(self.chatter(move).count("The customer refused"), 1)

    def test_that_it_arrived_is_told_in_the_language_of_who_asked(self):
        move = self.lost()
        document = self.document(move)
        self.env.user.lang = "es_MX"
        self.idle()
        self.due(document)
        with self.committing() as env:
            env["l10n_mx_facture.document"].with_user(SUPERUSER_ID).with_context(lang="en_US")._cron_sat_status()
        self.env.invalidate_all()
        self.assertEqual(document.state, "cancel_requested")
        self.assertIn("Se perdió la respuesta", self.chatter(move))

    def test_its_receipt_is_fetched(self):
        move = self.lost()
        document = self.document(move)
        self.ask(move)
        self.assertFalse(document.cancel_code)
        self.due(document)
        with self.committing() as env:
            env["l10n_mx_facture.document"]._cron_receipts()
        self.env.invalidate_all()
        self.assertTrue(document.receipt_attachment_id)

    def test_an_order_is_not_withdrawn_while_its_request_may_have_arrived(self):
        move = self.stamped_invoice()
        self.press(move, "_l10n_mx_facture_order_cancel", "02")
        self.sandbox.fail("cancel", "reset_before")
        self.cron()
        self.assertEqual(self.ledger(move)[-1], ("cancel", "unknown"))
        self.assertIn("cancellation request was sent", self.refusal(move, "action_l10n_mx_facture_withdraw_cancel"))
        self.assertEqual(self.document(move).cancel_order, "02")
        # it never arrived: it is requested again
        self.hours_pass(move)
        self.cron()
        self.assertEqual(move.l10n_mx_facture_state, "cancel_requested")

    def test_an_order_is_withdrawn_where_the_request_never_left(self):
        move = self.stamped_invoice()
        self.press(move, "_l10n_mx_facture_order_cancel", "02")
        self.sandbox.fail("cancel", "unauthorized_401")
        self.cron()
        self.assertEqual(self.ledger(move)[-1], ("cancel", "not_sent"))
        self.press(move, "action_l10n_mx_facture_withdraw_cancel")
        self.assertFalse(self.document(move).cancel_order)
