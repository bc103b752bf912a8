from datetime import timedelta

from odoo import Command, fields

from ..support.cancel_case import CancelCase

ALERT = "l10n_mx_facture_cancel_order"


class TestCancelNotices(CancelCase):
    """Messages on the invoice about a lost cancellation request and about a waiting one."""

    def ordered(self, move):
        """:return: how often the chatter says that the cancellation was ordered"""
        return self.chatter(move).count("asked to cancel this CFDI")

    def alert(self, move):
        return move._get_alerts().get(ALERT, {}).get("message")

    # -- lost -----------------------------------------------------------------------------------------

    def test_a_lost_request_is_in_the_chatter_and_sat_is_asked_soon(self):
        move = self.stamped_invoice()
        self.ask(move)
        self.idle()
        self.sandbox.fail("cancel", "reset_after")
        self.cancel(move, "03")
        self.assertIn("(reason 03) was sent, and its answer was lost", self.chatter(move))
        self.assertIn("not known whether the request arrived", self.chatter(move))
        self.assertLess(self.document(move).sat_next_date, fields.Datetime.now() + timedelta(hours=1))

    def test_a_request_that_never_left_is_not_told_as_lost(self):
        move = self.stamped_invoice()
        self.sandbox.fail("cancel", "unauthorized_401")
        self.cancel(move)
        self.assertNotIn("was lost", self.chatter(move))

    # -- until SAT knows it -----------------------------------------------------------------------------

    def test_who_ordered_it_and_why_it_waits(self):
        move = self.stamped_invoice()
        self.assertFalse(self.alert(move))
        self.sandbox.settings(sat_lag=3600)
        self.press(self.wizard(move, "02").save(), "action_cancel")
        text = self.alert(move)
        self.assertIn(f"{self.env.user.name} asked to cancel this CFDI", text)
        self.assertIn("SAT doesn't have the CFDI yet", text)
        self.assertEqual(move._get_alerts()[ALERT]["level"], "info")
        self.assertIn(text, self.chatter(move).replace("&#39;", "'"))
        # once, however long it waits
        for _time in range(2):
            self.hours_pass(move)
            self.cron()
        self.assertEqual((self.calls("cancel"), self.ordered(move)), ([], 1))

    def test_as_soon_as_sat_knows_it_it_is_requested(self):
        move = self.stamped_invoice()
        self.sandbox.settings(sat_lag=3600)
        self.press(self.wizard(move, "02").save(), "action_cancel")
        self.cron()
        document = self.document(move)
        self.assertGreater(document.cancel_order_due, fields.Datetime.now())
        self.sandbox.settings(sat_lag=0)
        self.confirm(move)
        self.assertEqual((document.sat_reading, document.cancel_order_due), ("live", False))
        self.cron()
        self.assertEqual(document.state, "cancel_requested")
        self.assertFalse(self.alert(move))

    # -- until the substitute is stamped ----------------------------------------------------------------

    def test_one_that_waits_for_its_substitute(self):
        move = self.stamped_invoice()
        self.press(move, "_l10n_mx_facture_order_substitution")
        self.assertIn("until the substitute is stamped", self.alert(move))
        self.assertIn("until the substitute is stamped", self.chatter(move))
        self.press(move, "action_l10n_mx_facture_withdraw_cancel")
        self.assertIn(f"{self.env.user.name} withdrew the cancellation of the CFDI", self.chatter(move))
        self.assertFalse(self.alert(move))
        # what is not ordered any more can't be withdrawn again
        self.press(move, "action_l10n_mx_facture_withdraw_cancel")
        self.assertEqual(self.chatter(move).count("withdrew the cancellation of the CFDI"), 1)

    def test_one_that_comes_after_others_is_told_when_it_is_put_off(self):
        move = self.stamped_invoice()
        note = self.credit_note(move)
        self.press(move, "_l10n_mx_facture_order_cancel", "02")
        self.assertEqual(self.ordered(move), 0, "it may be requested at once")
        for _time in range(2):
            self.cron()
            self.hours_pass(move)
        self.assertEqual(self.ordered(move), 1)
        self.assertIn(note.name, self.alert(move))
        self.assertIn(note.name, self.chatter(move))

    # -- refused ----------------------------------------------------------------------------------------

    def refused_order(self, user):
        """:return: an invoice whose cancellation this user ordered, and the service refused later"""
        move = self.stamped_invoice()
        self.press(move, "_l10n_mx_facture_order_cancel", "02", user=user)
        self.sandbox.fail("cancel", "refuse", code="203", status=200)
        return move

    def test_who_ordered_it_is_told_that_it_was_refused(self):
        user = self.create_user("orders", "account.group_account_manager")
        move = self.refused_order(user)
        self.cron()
        self.assertFalse(self.document(move).cancel_order)
        self.assertEqual(move.activity_ids.user_id, user)
        self.assertIn("203", self.chatter(move))

    def test_where_who_ordered_it_has_left_somebody_else_is_told(self):
        user = self.create_user("leaves", "account.group_account_manager")
        seller = self.create_user("sells", "account.group_account_manager")
        for left in ("no user", "no group"):
            with self.subTest(left):
                move = self.refused_order(user)
                move.invoice_user_id = seller
                if left == "no user":
                    user.active = False
                else:
                    user.write({"active": True, "group_ids": [Command.set(self.env.ref("base.group_user").ids)]})
                self.cron()
                self.assertEqual(move.activity_ids.user_id, seller)
                user.write(
                    {"active": True, "group_ids": [Command.link(self.env.ref("account.group_account_manager").id)]}
                )

    def test_where_nobody_is_left_the_invoice_tells(self):
        user = self.create_user("last", "account.group_account_manager")
        move = self.refused_order(user)
        user.active = False
        move.invoice_user_id = False
        self.env.cr.execute("UPDATE account_move SET create_uid = NULL WHERE id = %s", [move.id])
        self.env.invalidate_all()
        self.cron()
        self.assertFalse(move.activity_ids)
        self.assertIn("203", self.chatter(move))
