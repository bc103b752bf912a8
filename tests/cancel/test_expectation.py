from datetime import date

from lxml import etree

from odoo import fields
from odoo.tools import format_date
from odoo.tools.safe_eval import safe_eval

from odoo.addons.l10n_mx_facture.cfdi.deadlines import last_day_to_answer

from ..support.cancel_case import CancelCase

BIG = [{"price_unit": 5000.0}]


class TestCancelExpectation(CancelCase):
    """What the wizard says before the cancellation is asked for."""

    def test_without_acceptance(self):
        text = self.expected(self.stamped_invoice())
        self.assertIn("without the customer's acceptance", text)
        self.assertIn("alert-success", text)
        self.assertEqual(len(self.questions()), 1)

    def test_with_acceptance_until_a_day(self):
        text = self.expected(self.stamped_invoice(lines=BIG))
        self.assertIn("within 3 business days", text)
        self.assertIn(format_date(self.env, last_day_to_answer(self.today())), text)
        self.assertIn("alert-info", text)

    def test_what_relates_to_it_comes_first_with_links_leaves_first(self):
        move = self.stamped_invoice(lines=BIG)
        note = self.credit_note(move)
        debit = self.related(move, "02")
        leaf = self.related(debit, "02")
        document = self.document(move)
        self.assertEqual(document._cancel_first().move_id, leaf + note + debit)
        text = self.expected(move)
        self.assertIn("can't be cancelled yet", text)
        self.assertIn("Cancel these related CFDIs first, in this order", text)
        places = [text.index(f'href="/odoo/account.move/{one.id}"') for one in document._cancel_first().move_id]
        self.assertEqual(places, sorted(places))
        self.assertIn(leaf.l10n_mx_facture_uuid, text)

    def related(self, move, code):
        """:return: a stamped invoice that names another one"""
        other = self.create_invoice()
        other._l10n_mx_facture_relate([(code, self.document(move))])
        self.stamp(other)
        return other

    def test_a_leaf_comes_before_what_it_names_whichever_was_made_first(self):
        last, middle, first = (self.create_invoice() for _number in range(3))
        self.stamp(first)
        middle._l10n_mx_facture_relate([("07", self.document(first))])
        self.stamp(middle)
        last.l10n_mx_facture_relation_ids = [
            # by UUID alone, as of a CFDI that was stamped elsewhere
            fields.Command.create(
                {"relation_type_id": self.sat("c_tipo_relacion", "01").id, "uuid": middle.l10n_mx_facture_uuid}
            )
        ]
        self.stamp(last)
        self.assertEqual(list(self.document(first)._cancel_first().move_id), [last, middle])

    def test_what_is_cancelled_or_substitutes_it_is_no_obstacle(self):
        move = self.stamped_invoice()
        substitute = self.related(move, "04")
        self.assertFalse(self.document(move)._cancel_first())
        # but a substitute of what relates to it is
        debit = self.related(substitute, "02")
        replacing = self.related(debit, "04")
        self.assertEqual(list(self.document(substitute)._cancel_first().move_id), [replacing, debit])
        self.cancel(replacing)
        self.assertEqual(list(self.document(substitute)._cancel_first().move_id), [replacing, debit])
        self.confirm(replacing)
        self.assertEqual(replacing.l10n_mx_facture_state, "cancelled")
        self.assertEqual(self.document(substitute)._cancel_first().move_id, debit)

    def test_related_ones_that_only_sat_knows(self):
        move = self.stamped_invoice()
        self.sandbox.cfdi(move.l10n_mx_facture_uuid, cancelable=False)
        text = self.expected(move)
        self.assertIn("can't be cancelled yet", text)
        self.assertIn("SAT's portal", text)

    def primary(self, form):
        """:return: whether the button that asks for the cancellation is the one that stands out"""
        arch = etree.fromstring(self.env.ref("l10n_mx_facture.view_l10n_mx_facture_cancel_form").arch)
        values = {name: form[name] for name in ("refused", "state", "reason", "replacement_id")}
        shown = [
            node.get("class")
            for node in arch.iter("button")
            if node.get("name") == "action_cancel" and not safe_eval(node.get("invisible"), values)
        ]
        self.assertEqual(len(shown), 1)
        return shown == ["btn-primary"]

    def test_the_button_stands_out_only_where_sat_would_take_it(self):
        move = self.stamped_invoice()
        self.assertTrue(self.primary(self.wizard(move, "02")))
        self.sandbox.cfdi(move.l10n_mx_facture_uuid, cancelable=False)
        form = self.wizard(move, "02")
        self.assertTrue(form.refused)
        self.assertFalse(self.primary(form))
        # it may be asked for all the same
        params = self.press(form.save(), "action_cancel")["params"]
        self.assertEqual((params["title"], params["type"]), ("Cancellation refused", "danger"))

    def test_sat_doesn_t_know_it_yet(self):
        move = self.stamped_invoice()
        self.sandbox.settings(sat_lag=3600)
        self.assertIn("SAT doesn't have it yet", self.expected(move))
        form = self.wizard(move, "02")
        self.assertTrue(self.primary(form), "it is ordered for later")
        form.when_known = False
        self.assertFalse(self.primary(form))

    def test_sat_is_down_and_the_wizard_opens(self):
        move = self.stamped_invoice()
        note = self.credit_note(move)
        self.sandbox.fail("sat_status", "error_500_before")
        text = self.expected(move)
        self.assertIn("SAT's status service", text)
        self.assertIn("not known", text)
        # our own books are there still
        self.assertIn(note.l10n_mx_facture_uuid, text)

    def test_sat_s_own_service_is_not_asked_of_a_cfdi_of_test(self):
        move = self.stamped_invoice()
        self.env["ir.config_parameter"].set_param("l10n_mx_facture.sat_status_url", False)
        self.assertIn("test CFDI", self.expected(move))
        self.assertEqual(self.questions(), [])

    def test_what_sat_shows_as_cancelled_needs_no_wizard(self):
        move = self.stamped_invoice()
        self.at_sat.elsewhere(move.l10n_mx_facture_uuid)
        params = self.press(move, "action_l10n_mx_facture_cancel")["params"]
        self.assertIn("as cancelled", params["message"])
        self.assertEqual(self.calls("cancel"), [])

    def test_after_a_refusal_it_can_be_asked_for_again(self):
        move = self.stamped_invoice(lines=BIG)
        self.cancel(move)
        self.at_sat.receiver(move.l10n_mx_facture_uuid, "refuse")
        self.confirm(move)
        self.assertEqual(move.l10n_mx_facture_state, "stamped")
        form = self.wizard(move)
        text = str(form.expectation)
        self.assertIn("refused the cancellation before", text)
        self.assertIn("never expires", text)
        self.assertNotIn("3 business days", text)
        form.reason = "02"
        self.press(form.save(), "action_cancel")
        self.assertEqual(move.l10n_mx_facture_state, "cancel_requested")
        self.assertEqual(self.at_sat.about(move.l10n_mx_facture_uuid)["requests"], 2)

    def test_the_term_of_the_law(self):
        move = self.stamped_invoice()
        self.assertNotIn("29-A", self.expected(move))
        year = self.today().year - 2
        self.env.cr.execute(
            "UPDATE l10n_mx_facture_document SET fecha = %s WHERE move_id = %s", (f"{year}-06-30 10:00:00", move.id)
        )
        self.env.invalidate_all()
        text = self.expected(move)
        self.assertIn("29-A", text)
        self.assertIn(format_date(self.env, date(year + 1, 3, 31)), text)
        self.assertIn("alert-danger", text)

    def test_what_becomes_of_the_invoice_and_why(self):
        move, other = self.stamped_invoice(), self.stamped_invoice()
        stays = "stays posted. Cancel or reverse it yourself"
        for way, text in (
            ("cancel", "When SAT cancels it, the invoice is cancelled too."),
            ("reverse", "the invoice is reversed with the date of that day"),
            ("nothing", f"{stays}: the company's setting leaves the invoice to the user"),
        ):
            with self.subTest(way=way):
                self.company.l10n_mx_facture_on_cancel = way
                self.assertIn(text, self.expected(move))
                self.assertIn(text, self.many(move + other).line_ids[0].text)
        self.company.l10n_mx_facture_on_cancel = "cancel"
        self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=move.ids
        ).create({}).action_create_payments()
        text = self.expected(move)
        self.assertIn(f"{stays}: payments or credit notes are matched with it", text)
        self.assertNotIn("cancelled too", text)
        lines = self.many(move + other).line_ids
        self.assertEqual([stays in line.text for line in lines], [True, False])
        # it is what comes of it
        self.cancel(move)
        self.confirm(move)
        self.assertEqual((move.state, move.l10n_mx_facture_state), ("posted", "cancelled"))

    def test_what_comes_first_is_listed_right_after_it_is_said(self):
        move = self.stamped_invoice(lines=BIG)
        note = self.credit_note(move)
        for text in (self.expected(move), self.many(move + self.stamped_invoice()).line_ids[0].text):
            places = [text.index(one) for one in ("Cancel these related CFDIs first", note.name, "When SAT cancels it")]
            self.assertEqual(places, sorted(places))

    def test_a_locked_month_is_said_and_doesn_t_hold_up_the_request(self):
        move = self.stamped_invoice()
        self.assertNotIn("locked", self.expected(move))
        self.company.fiscalyear_lock_date = self.today()
        form = self.wizard(move, "02")
        self.assertIn("locked", str(form.expectation))
        self.press(form.save(), "action_cancel")
        self.assertEqual((move.state, move.l10n_mx_facture_state), ("posted", "cancel_requested"))
