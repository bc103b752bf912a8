from ast import literal_eval
from unittest.mock import patch

from lxml import etree

from ..support.cancel_case import CancelCase

STAMP = "action_l10n_mx_facture_stamp"
ON_PURPOSE = "open the invoice and press Stamp again"


class TestRestamp(CancelCase):
    """A posted invoice whose CFDI was cancelled is stamped again on purpose only; not once reversed or substituted."""

    def cancelled_invoice(self, **values):
        move = self.stamped_invoice(**values)
        self.sat_cancels(move)
        return move

    def sat_cancels(self, move, *args):
        self.cancel(move, *args)
        self.press(self.document(move), "_record_sat_answer", True, "Seen in SAT's portal")
        self.assertEqual((move.state, move.l10n_mx_facture_state), ("posted", "cancelled"))

    def substitute_of(self, *moves):
        other = self.create_invoice()
        other._l10n_mx_facture_relate([("04", self.document(move)) for move in moves])
        return other

    def test_among_others_it_is_refused_and_by_itself_it_is_stamped(self):
        move, fresh = self.cancelled_invoice(), self.create_invoice()
        message = self.stamp(move + fresh)["message"]
        self.assertEqual((move.l10n_mx_facture_state, fresh.l10n_mx_facture_state), ("cancelled", "stamped"))
        self.assertIn(f"{move.name}: ", message)
        self.assertIn(ON_PURPOSE, message)
        self.stamp(move)
        self.assertEqual(move.l10n_mx_facture_state, "stamped")
        self.assertEqual(len(self.book(move)), 2)

    def press_in_a_view(self, move, **context):
        """:return: the action that a button of a view returns; buttons open a dialog where something is wrong"""
        with self.committing() as env:
            buttons = move.with_env(env).with_context(**{"l10n_mx_facture_dialog": True, **context})
            return buttons.action_l10n_mx_facture_stamp()

    def test_chosen_alone_in_the_list_it_is_refused_too(self):
        move = self.cancelled_invoice()
        action = self.press_in_a_view(move)
        self.assertIn(ON_PURPOSE, self.env[action["res_model"]].browse(action["res_id"]).line_ids.text)
        self.assertEqual(len(self.book(move)), 1)
        self.assertEqual(move.l10n_mx_facture_state, "cancelled")
        # the form's button asks before, and says that it did
        forms = etree.fromstring(move.get_view(view_type="form")["arch"])
        [button] = forms.xpath(f"//button[@name='{STAMP}'][@confirm]")
        context = literal_eval(button.get("context"))
        self.press_in_a_view(move, **context)
        self.assertEqual(move.l10n_mx_facture_state, "stamped")
        for other in forms.xpath(f"//button[@name='{STAMP}'][not(@confirm)]"):
            self.assertNotIn("again", other.get("context"))

    def test_confirmed_for_one_it_is_not_confirmed_for_many(self):
        move, fresh = self.cancelled_invoice(), self.create_invoice()
        self.press_in_a_view(move + fresh, l10n_mx_facture_restamp=True)
        self.assertEqual((move.l10n_mx_facture_state, fresh.l10n_mx_facture_state), ("cancelled", "stamped"))

    def test_what_was_open_about_the_former_one_is_solved_at_once(self):
        move, other = self.stamped_invoice(), self.stamped_invoice()
        for one in (move, other):
            self.at_sat.elsewhere(one.l10n_mx_facture_uuid)
            self.ask(one)
        rows = (move + other).l10n_mx_facture_divergence_ids
        self.assertEqual(rows.mapped("kind"), ["cancelled_posted"] * 2)
        self.stamp(move)
        self.env.invalidate_all()
        self.assertEqual(rows.filtered(lambda row: row.state == "solved").move_id, move)

    def test_it_stays_open_where_the_service_says_no(self):
        move = self.stamped_invoice()
        self.at_sat.elsewhere(move.l10n_mx_facture_uuid)
        self.ask(move)
        [row] = move.l10n_mx_facture_divergence_ids
        self.sandbox.fail("stamp", "unauthorized_401")
        self.stamp(move)
        self.env.invalidate_all()
        self.assertEqual(row.state, "open")

    def test_while_sat_says_otherwise_a_statement_is_not_enough(self):
        move = self.stamped_invoice()
        self.ask(move)
        self.sat_cancels(move)
        refusal = self.refusal(move, STAMP)
        self.assertIn(f"{self.env.user.name} stated that its CFDI", refusal)
        self.assertIn("Press SAT status", refusal)
        self.assertEqual(len(self.book(move)), 1)
        self.confirm(move)
        self.stamp(move)
        self.assertEqual(move.l10n_mx_facture_state, "stamped")

    def test_in_the_background_it_is_refused(self):
        move, fresh = self.cancelled_invoice(), self.create_invoice()
        with patch("odoo.addons.l10n_mx_facture.models.stamp.button.AT_ONCE", 1), self.committing() as env:
            buttons = (move + fresh).with_env(env).with_context(l10n_mx_facture_dialog=True)
            action = buttons.action_l10n_mx_facture_stamp()
        check = self.env[action["res_model"]].browse(action["res_id"])
        self.assertEqual(check._ready(), fresh)
        self.assertIn(ON_PURPOSE, check.line_ids.filtered(lambda line: line.severity == "error").text)
        # cancelled since the dialog was opened
        run = self.press(self.env["l10n_mx_facture.run"], "_start", move + fresh, {})
        self.assertIn(ON_PURPOSE, run.with_env(self.env).refusal_ids.text)
        self.assertEqual(run.with_env(self.env).document_ids.move_id, fresh)
        self.assertEqual(move.l10n_mx_facture_state, "cancelled")

    def test_what_was_reversed_for_it_is_not_stamped_again(self):
        self.company.l10n_mx_facture_on_cancel = "reverse"
        move = self.cancel_requested_invoice()
        self.ask(move)
        self.assertIn(move.l10n_mx_facture_undone_by_id.name, self.refusal(move, STAMP))
        self.assertEqual(len(self.book(move)), 1)

    def test_what_a_person_has_reversed_is_not_stamped_again(self):
        move = self.cancelled_invoice()
        move._reverse_moves([{"invoice_date": self.today()}], cancel=True)
        self.assertEqual(move.payment_state, "reversed")
        self.assertIn("reverses the invoice", self.refusal(move, STAMP))
        self.assertEqual(len(self.book(move)), 1)

    def test_what_is_substituted_is_not_stamped_again(self):
        old = self.stamped_invoice()
        new = self.substitute_of(old)
        self.stamp(new)
        self.sat_cancels(old, "01", new.l10n_mx_facture_uuid)
        self.assertIn(f"{new.name} substitutes it", self.refusal(old, STAMP))
        # nor where its substitute was substituted
        last = self.substitute_of(new)
        self.stamp(last)
        self.sat_cancels(new, "01", last.l10n_mx_facture_uuid)
        self.assertIn(f"{last.name} substitutes it", self.refusal(old, STAMP))
        self.assertEqual(len(self.book(old)), 1)
        # without a substitute that lives it stands again
        self.sat_cancels(last)
        self.stamp(old)
        self.assertEqual(old.l10n_mx_facture_state, "stamped")

    def test_a_second_substitute_is_refused_while_the_first_one_lives(self):
        old = self.stamped_invoice()
        first, second = self.substitute_of(old), self.substitute_of(old)
        self.stamp(first)
        self.assertIn(f"{first.name} already substitutes", self.refusal(second, STAMP))
        self.assertEqual(self.book(second), [])
        self.sat_cancels(first)
        self.stamp(second)
        self.assertEqual(second.l10n_mx_facture_state, "stamped")

    def test_of_two_substitutes_in_one_call_one_goes(self):
        old = self.stamped_invoice()
        first, second = self.substitute_of(old), self.substitute_of(old)
        refusals = {}
        ready = (first + second)._l10n_mx_facture_prepare(refusals)
        self.assertEqual([one.owner for one in ready], [first])
        self.assertIn("Only one of them", refusals[second][0].text)
