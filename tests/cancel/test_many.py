from ast import literal_eval
from unittest.mock import patch

from lxml import etree

from odoo.addons.l10n_mx_facture.wizard import l10n_mx_facture_cancel_many

from ..support.cancel_case import CancelCase


class TestCancelMany(CancelCase):
    """Many at once from the list, and orders that wait for their time."""

    def lines(self, wizard):
        """:return: dict from an invoice to (what is said of it, whether it is left out)"""
        return {line.move_id: (line.text, line.refused) for line in wizard.line_ids}

    def test_what_to_expect_of_each_and_what_is_left_out(self):
        free = self.stamped_invoice()
        asked, unstamped, requested = self.stamped_invoice(), self.create_invoice(), self.cancel_requested_invoice()
        wizard = self.many(free + asked + unstamped + requested)
        lines = self.lines(wizard)
        self.assertIn("not known", lines[free][0])
        self.assertEqual([lines[move][1] for move in (free, asked, unstamped, requested)], [False, False, True, True])
        self.assertIn("no stamped CFDI", lines[unstamped][0])
        self.assertIn("already", lines[requested][0])
        # opening the form makes no query, the button does
        self.assertEqual(self.questions(), [])
        self.press(wizard, "action_ask_sat")
        self.assertEqual(len(self.questions()), 2)
        self.assertIn("without the customer's acceptance", self.lines(wizard)[free][0])
        self.assertIn("2 to cancel, 2 that can't be cancelled", wizard.summary)

    def test_each_is_requested_with_its_own_outcome(self):
        moves = self.stamped_invoice() + self.stamped_invoice() + self.stamped_invoice()
        wizard = self.many(moves)
        wizard.reason = "03"
        self.sandbox.fail("cancel", "refuse", code="203", status=200, contains=moves[1].l10n_mx_facture_uuid)
        params = self.press(wizard, "action_cancel")["params"]
        self.assertEqual(params["type"], "danger")
        self.assertIn("2 of 3", params["message"])
        self.assertIn(moves[1].name, params["message"])
        self.assertNotIn(moves[0].name, params["message"])
        states = moves.mapped("l10n_mx_facture_state")
        self.assertEqual(states, ["cancel_requested", "stamped", "cancel_requested"])
        self.assertEqual({entry["motivo"] for move in moves[0] + moves[2] for entry in self.book(move)}, {"03"})
        self.assertTrue(moves[1].activity_ids)
        self.assertFalse(any(moves.l10n_mx_facture_document_id.mapped("cancel_order")))

    def test_what_is_ordered_already_is_left_out(self):
        substituted, ordered, free = self.stamped_invoice(), self.stamped_invoice(), self.stamped_invoice()
        self.press(substituted, "_l10n_mx_facture_order_substitution")
        wizard = self.many(substituted + ordered + free)
        self.press(ordered, "_l10n_mx_facture_order_cancel", "04")
        lines = self.lines(wizard)
        self.assertEqual([lines[move][1] for move in (substituted, ordered, free)], [True, False, False])
        self.assertIn("until the substitute is stamped", lines[substituted][0])
        wizard.reason = "02"
        self.press(wizard, "action_cancel")
        orders = (substituted + ordered + free).l10n_mx_facture_document_id.mapped("cancel_order")
        self.assertEqual(orders, ["01", "04", False])
        self.assertEqual(len(self.calls("cancel")), 1)

    def test_one_that_was_requested_meanwhile_holds_up_no_other(self):
        moves = self.stamped_invoice() + self.stamped_invoice()
        wizard = self.many(moves)
        wizard.reason = "02"
        self.cancel(moves[0])
        params = self.press(wizard, "action_cancel")["params"]
        self.assertIn("1 of 2", params["message"])
        self.assertIn("already", params["message"])
        self.assertEqual(moves.mapped("l10n_mx_facture_state"), ["cancel_requested", "cancel_requested"])
        self.assertEqual(len(self.calls("cancel")), 2)

    def test_without_a_reason_or_with_nothing_to_cancel_nothing_is_sent(self):
        moves = self.stamped_invoice() + self.stamped_invoice()
        wizard = self.many(moves)
        self.assertIn("reason", self.refusal(wizard, "action_cancel"))
        empty = self.many(self.create_invoice() + self.create_invoice())
        empty.reason = "02"
        self.assertIn("None of these", self.refusal(empty, "action_cancel"))
        self.assertEqual(self.calls("cancel"), [])
        self.assertNotIn("01", dict(wizard._fields["reason"]._description_selection(self.env)))

    def test_the_reasons_are_in_the_user_s_language(self):
        model = self.env["l10n_mx_facture.cancel.many"]
        english, spanish = (
            dict(model.with_context(lang=lang).fields_get(["reason"])["reason"]["selection"])
            for lang in ("en_US", "es_MX")
        )
        alone = self.env["l10n_mx_facture.cancel"].with_context(lang="es_MX").fields_get(["reason"])["reason"]
        self.assertEqual(list(spanish), ["02", "03", "04"])
        self.assertEqual(spanish, {code: label for code, label in alone["selection"] if code != "01"})
        for code, label in spanish.items():
            self.assertNotEqual(label, english[code])

    def test_related_ones_go_together_in_their_order(self):
        move = self.stamped_invoice()
        note = self.credit_note(move)
        # without the note, the invoice is left out
        other = self.stamped_invoice()
        self.assertTrue(self.lines(self.many(move + other))[move][1])
        wizard = self.many(move + note)
        self.assertFalse(any(wizard.line_ids.mapped("refused")))
        wizard.reason = "02"
        self.press(wizard, "action_cancel")
        self.assertEqual(note.l10n_mx_facture_state, "cancel_requested")
        self.confirm(note)
        self.hours_pass(move)
        self.cron()
        self.confirm(move)
        self.assertEqual((move + note).mapped("l10n_mx_facture_state"), ["cancelled", "cancelled"])
        self.assertEqual(self.alive(move + note), [])

    def test_a_crash_in_the_middle_loses_nothing_and_asks_none_twice(self):
        for done in (False, True):
            with self.subTest(done=done):
                self.sandbox.reset()
                moves = self.stamped_invoice() + self.stamped_invoice() + self.stamped_invoice()
                wizard = self.many(moves)
                wizard.reason = "02"
                # the first one gets through, the second one's process dies
                with self.dying_at_call(2, done):
                    self.press(wizard, "action_cancel")
                self.env.invalidate_all()
                self.assertEqual(moves[2].l10n_mx_facture_state, "cancel_requested")
                self.assertEqual(moves[:2].mapped("l10n_mx_facture_state"), ["stamped", "stamped"])
                self.cron()
                self.assertEqual(moves[0].l10n_mx_facture_state, "cancel_requested")
                self.hours_pass(*moves)
                self.cron()
                for move in moves:
                    self.confirm(move)
                self.assertEqual(set(moves.mapped("l10n_mx_facture_state")), {"cancelled"})
                self.assertEqual(len(self.calls("cancel")), 3)

    def test_many_more_are_requested_in_the_background(self):
        moves = self.stamped_invoice() + self.stamped_invoice()
        wizard = self.many(moves)
        wizard.reason = "04"
        with patch.object(l10n_mx_facture_cancel_many, "AT_ONCE", 1):
            wizard.invalidate_recordset()
            self.assertTrue(wizard.later)
            params = self.press(wizard, "action_cancel")["params"]
        self.assertIn("background", params["message"])
        self.assertEqual(self.calls("cancel"), [])
        self.assertIn("within minutes", moves[0].l10n_mx_facture_cancel_order_text)
        self.cron()
        self.assertEqual(set(moves.mapped("l10n_mx_facture_state")), {"cancel_requested"})
        self.assertEqual(self.document(moves[0]).cancel_user_id, self.env.user)

    def test_a_service_that_is_away_is_asked_once_a_round(self):
        moves = self.stamped_invoice() + self.stamped_invoice() + self.stamped_invoice()
        self.press(moves, "_l10n_mx_facture_order_cancel", "02")
        self.sandbox.fail("cancel", "reset_before", times=9)
        self.cron()
        self.assertEqual(len(self.calls("cancel")), 1)
        self.assertEqual(set(moves.mapped("l10n_mx_facture_state")), {"stamped"})
        self.sandbox.reset()
        self.hours_pass(*moves)
        self.cron()
        self.assertEqual(set(moves.mapped("l10n_mx_facture_state")), {"cancel_requested"})
        self.assertEqual(len(self.calls("cancel")), 3)

    def test_the_list_shows_what_is_ordered(self):
        moves = self.stamped_invoice() + self.stamped_invoice()
        self.press(moves[0], "_l10n_mx_facture_order_cancel", "02")
        arch = etree.fromstring(self.env.ref("l10n_mx_facture.view_account_invoice_filter").arch)
        [shown] = arch.xpath("//filter[@name='l10n_mx_facture_cancel_ordered']")
        self.assertEqual(moves.filtered_domain(literal_eval(shown.get("domain"))), moves[0])

    def test_an_order_may_be_given_by_who_may_cancel_alone(self):
        moves = self.stamped_invoice() + self.stamped_invoice()
        user = self.create_user("billing", "l10n_mx_facture.group_stamp", "account.group_account_invoice")
        for method in ("action_l10n_mx_facture_cancel", "action_l10n_mx_facture_withdraw_cancel"):
            self.assertIn("not allowed", self.refusal(moves, method, user=user))
        self.assertIn("not allowed", self.refusal(moves, "_l10n_mx_facture_order_cancel", "02", user=user))

    # -- SAT doesn't know it yet ----------------------------------------------------------------

    def test_what_sat_doesn_t_know_yet_is_requested_when_it_does(self):
        move = self.stamped_invoice()
        self.sandbox.settings(sat_lag=3600)
        form = self.wizard(move, "02")
        self.assertTrue(form.when_known)
        params = self.press(form.save(), "action_cancel")["params"]
        self.assertIn("is requested automatically", params["message"])
        self.assertEqual(self.calls("cancel"), [])
        self.cron()
        self.assertEqual(self.calls("cancel"), [])
        self.assertIn("SAT doesn't have it yet", move.l10n_mx_facture_cancel_order_text)
        self.sandbox.settings(sat_lag=0)
        # not before its time
        self.cron()
        self.assertEqual(self.calls("cancel"), [])
        self.hours_pass(move)
        self.cron()
        self.assertEqual((move.l10n_mx_facture_state, len(self.calls("cancel"))), ("cancel_requested", 1))

    def test_205_of_the_service_is_repeated_when_sat_knows_it(self):
        move = self.stamped_invoice()
        form = self.wizard(move, "02")
        self.sandbox.settings(sat_lag=3600)
        self.press(form.save(), "action_cancel")
        self.assertEqual(self.document(move).cancel_order, "02")
        self.sandbox.settings(sat_lag=0)
        self.hours_pass(move)
        self.cron()
        self.assertEqual((move.l10n_mx_facture_state, len(self.calls("cancel"))), ("cancel_requested", 2))

    def test_who_doesn_t_want_that_is_told_205(self):
        move = self.stamped_invoice()
        self.sandbox.settings(sat_lag=3600)
        form = self.wizard(move, "02")
        form.when_known = False
        params = self.press(form.save(), "action_cancel")["params"]
        self.assertIn("72 hours", params["message"])
        self.assertFalse(self.document(move).cancel_order)
