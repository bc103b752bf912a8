"""The reversal of an invoice whose CFDI SAT has cancelled: made by Odoo, without a CFDI of its own."""

import re
from ast import literal_eval
from datetime import timedelta

from lxml import etree

from odoo import SUPERUSER_ID, Command
from odoo.exceptions import RedirectWarning

from odoo.addons.l10n_mx_facture.models.common import protected

from ..support.cancel_case import CancelCase

STAMP = "action_l10n_mx_facture_stamp"
NEEDS_NONE = "CFDI SAT cancelled, so it needs no CFDI"


class TestReversal(CancelCase):
    """From Odoo's wizard until nothing about the invoice is open any more."""

    def lock(self, date):
        """Odoo wants a locked month to be without drafts: that doesn't matter here."""
        self.env.flush_all()
        self.env.cr.execute("UPDATE res_company SET fiscalyear_lock_date = %s WHERE id = %s", (date, self.company.id))
        self.env.invalidate_all()

    def cancelled_at_sat(self, **values):
        """:return: a posted invoice of yesterday, whose month is locked, and whose CFDI SAT has cancelled"""
        yesterday = self.today() - timedelta(days=1)
        move = self.cancel_requested_invoice(invoice_date=yesterday, invoice_date_due=yesterday, **values)
        self.lock(yesterday)
        self.ask(move)
        self.assertEqual((move.state, move.l10n_mx_facture_state), ("posted", "cancelled"))
        return move

    def reversed(self, move, method="refund_moves"):
        """Odoo's wizard. :return: the reversal"""
        wizard = self.env["account.move.reversal"].with_context(active_model="account.move", active_ids=move.ids)
        self.press(wizard.create({"journal_id": move.journal_id.id, "date": self.today()}), method)
        return move.reversal_move_ids.sorted("id")[-1:]

    def open_kinds(self, move):
        rows = self.document(move).divergence_ids
        return rows.filtered(lambda one: one.state == "open").mapped("kind")

    def assert_undone(self, move, note):
        self.assertEqual((note.state, note.date), ("posted", self.today()))
        self.assertEqual((move.payment_state, move.l10n_mx_facture_undone_by_id), ("reversed", note))
        self.assertEqual(self.open_kinds(move), [])
        self.assertFalse(move.activity_ids)

    def test_a_locked_month_from_the_notice_to_the_end(self):
        move = self.cancelled_at_sat()
        self.assertIn("Reverse it with a date of today", self.chatter(move))
        self.assertEqual(self.open_kinds(move), ["cancelled_posted"])
        self.assertTrue(move.activity_ids)
        note = self.reversed(move)
        self.assertEqual((note.state, self.open_kinds(move)), ("draft", ["cancelled_posted"]))
        self.press(note, "action_post")
        self.assert_undone(move, note)
        self.assertIn(NEEDS_NONE, self.refusal(note, STAMP))
        self.assertEqual(self.open_kinds(move), [])

    def test_with_a_draft_that_undoes_it_it_is_not_undone_twice(self):
        self.company.l10n_mx_facture_on_cancel = "reverse"
        move = self.stamped_invoice()
        self.at_sat.elsewhere(move.l10n_mx_facture_uuid)
        self.ask(move)
        note = self.reversed(move)
        [divergence] = self.document(move).divergence_ids
        with self.assertRaisesRegex(RedirectWarning, f"draft {re.escape(note.display_name)} reverses it"):
            divergence.action_fix()
        self.assertEqual(move.reversal_move_ids, note)
        self.press(note, "action_post")
        self.assert_undone(move, note)

    def test_reversed_and_invoiced_anew(self):
        move = self.cancelled_at_sat()
        note = self.reversed(move, "modify_moves")
        self.assert_undone(move, note)
        anew = self.env["account.move"].search([("journal_id", "=", move.journal_id.id)], order="id desc", limit=1)
        self.assertEqual((anew.move_type, anew.state), ("out_invoice", "draft"))
        self.assertFalse(anew.l10n_mx_facture_undoes_id)
        self.post_and_stamp(anew)
        self.assertEqual(anew.l10n_mx_facture_state, "stamped")

    def test_it_is_not_among_what_is_to_be_stamped_and_says_so(self):
        move = self.cancelled_at_sat()
        note = self.reversed(move)
        self.press(note, "action_post")
        fresh = self.create_invoice()
        arch = etree.fromstring(self.env.ref("l10n_mx_facture.view_account_invoice_filter").arch)
        [shown] = arch.xpath("//filter[@name='l10n_mx_facture_to_stamp']")
        found = (note + fresh).filtered_domain(literal_eval(shown.get("domain")))
        self.assertEqual(found, fresh)
        alert = note._get_alerts()["l10n_mx_facture_undoes"]
        self.assertEqual(alert["level"], "info")
        self.assertIn(move.name, alert["message"])
        self.assertIn(NEEDS_NONE, alert["message"])
        self.assertEqual(alert["action"]["res_id"], move.id)
        # along with others
        message = self.stamp(note + fresh)["message"]
        self.assertIn(NEEDS_NONE, message)
        self.assertEqual(fresh.l10n_mx_facture_state, "stamped")

    def test_a_part_undoes_a_part(self):
        move = self.cancelled_at_sat()
        note = self.reversed(move)
        note.invoice_line_ids = [Command.update(note.invoice_line_ids.id, {"price_unit": 40.0})]
        self.press(note, "action_post")
        self.assertFalse(move.l10n_mx_facture_undone_by_id)
        self.assertEqual(self.open_kinds(move), ["cancelled_posted"])
        self.assertIn("reverses the invoice", self.refusal(move, STAMP))

    # -- what is not undone ------------------------------------------------------------------------

    def test_what_reversed_it_before_sat_cancelled_needs_none_any_more(self):
        for stamped in (False, True):
            with self.subTest(stamped=stamped):
                move = self.cancel_requested_invoice()
                note = self.reversed(move)
                self.post(note)
                self.assertTrue(note.l10n_mx_facture_applies)
                if stamped:
                    self.stamp(note)
                self.at_sat.says(self.document(move).uuid, "cancelled")
                self.ask(move)
                self.assertEqual(move.l10n_mx_facture_state, "cancelled")
                if stamped:
                    # a CFDI that is valid stays what it is
                    self.assertEqual((note.l10n_mx_facture_state, note.l10n_mx_facture_applies), ("stamped", True))
                else:
                    self.assertIn(NEEDS_NONE, self.refusal(note, STAMP))
                    self.assertEqual((self.book(note), move.l10n_mx_facture_undone_by_id), ([], note))

    def test_a_credit_note_of_a_live_cfdi_needs_its_own(self):
        for move in (self.stamped_invoice(), self.cancel_requested_invoice()):
            note = move._reverse_moves([{"invoice_date": self.today()}])
            self.assertFalse(note.l10n_mx_facture_undoes_id)
            self.assertEqual(note.l10n_mx_facture_relation_ids.mapped("uuid"), [move.l10n_mx_facture_uuid])
        never = self.create_invoice()
        note = never._reverse_moves([{"invoice_date": self.today()}], cancel=True)
        self.assertFalse(note.l10n_mx_facture_undoes_id)

    def test_what_sat_shows_as_valid_is_not_undone(self):
        move = self.cancel_requested_invoice()
        document = self.document(move)
        self.press(document, "_record_sat_answer", True, "Seen in SAT's portal")
        self.at_sat.says(document.uuid, "live")
        self.ask(move)
        self.assertEqual((document.state, document.sat_reading), ("cancelled", "live"))
        self.assertFalse(move._reverse_moves([{"invoice_date": self.today()}]).l10n_mx_facture_undoes_id)

    # -- stamped again -----------------------------------------------------------------------------

    def stated_cancelled(self):
        """:return: a posted invoice whose CFDI was recorded as cancelled by a user"""
        move = self.cancel_requested_invoice()
        self.press(self.document(move), "_record_sat_answer", True, "Seen in SAT's portal")
        self.assertEqual((move.state, move.l10n_mx_facture_state), ("posted", "cancelled"))
        return move

    def test_with_a_draft_that_undoes_it_it_is_not_stamped_again(self):
        move = self.stated_cancelled()
        note = self.reversed(move)
        self.assertIn("delete the draft", self.refusal(move, STAMP))
        self.press(note, "unlink")
        self.stamp(move)
        self.assertEqual(move.l10n_mx_facture_state, "stamped")

    def test_a_reversal_that_was_laid_aside_credits_what_was_stamped_again(self):
        move = self.stated_cancelled()
        note = self.reversed(move)
        self.press(note, "button_cancel")
        self.stamp(move)
        self.assertEqual(move.l10n_mx_facture_state, "stamped")
        self.press(note, "button_draft")
        self.post(note)
        self.assertFalse(note.l10n_mx_facture_undoes_id)
        self.assertTrue(note.l10n_mx_facture_applies)
        self.stamp(note)
        self.assertEqual(note.l10n_mx_facture_relation_ids.mapped("uuid"), [move.l10n_mx_facture_uuid])

    # -- languages ---------------------------------------------------------------------------------

    def test_the_reversal_is_made_in_the_language_of_who_asked_for_it(self):
        self.company.l10n_mx_facture_on_cancel = "reverse"
        for reader, company, expected in (("es_MX", "en_US", "es_MX"), ("en_US", "es_MX", "en_US"),
                                          (None, "es_MX", "es_MX")):  # fmt: skip
            with self.subTest(reader=reader):
                move = self.cancel_requested_invoice()
                document = self.document(move)
                self.company.partner_id.lang = company
                self.env.user.lang = reader or "en_US"
                if not reader:
                    self.nobody(move)
                robot = self.env(user=SUPERUSER_ID, context={**self.env.context, "lang": "en_US"})
                with self.committing() as env:
                    document.with_env(robot(cr=env.cr))._sat_ask()
                self.env.invalidate_all()
                text = {"es_MX": "canceló", "en_US": "has cancelled"}[expected]
                self.assertIn(text, move.l10n_mx_facture_undone_by_id.ref)
                self.assertIn(text, self.chatter(move))

    def nobody(self, move):
        """Nobody is left who could be told."""
        root = self.env.ref("base.user_root").id
        protected.write(self.document(move), {"cancel_user_id": root})
        self.env.flush_all()
        self.env.cr.execute("UPDATE account_move SET invoice_user_id = NULL, create_uid = %s WHERE id = %s",
                            (root, move.id))  # fmt: skip
        self.env.cr.execute("UPDATE l10n_mx_facture_request SET user_id = %s WHERE document_id = %s",
                            (root, self.document(move).id))  # fmt: skip
        self.env.invalidate_all()

    def test_a_foreign_invoice_is_reversed_at_its_own_rate(self):
        self.company.l10n_mx_facture_on_cancel = "reverse"
        dollar = self.env.ref("base.USD")
        dollar.active = True
        move = self.cancel_requested_invoice(currency_id=dollar.id, invoice_currency_rate=1 / 20.5)
        self.ask(move)
        reversal = move.l10n_mx_facture_undone_by_id
        self.assertAlmostEqual(reversal.invoice_currency_rate, 1 / 20.5)
        self.assertEqual(reversal.amount_total_signed, -move.amount_total_signed)
        self.assertEqual(move.payment_state, "reversed")
        self.assertFalse(move.line_ids.matched_credit_ids.exchange_move_id)

    def test_a_payment_that_came_meanwhile_leaves_it_to_a_person(self):
        move = self.cancel_requested_invoice()
        document = self.document(move)
        self.press(document, "_record_sat_answer", True, "Seen in SAT's portal")
        protected.write(document, {"sat_news": "cancelled"})
        self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=move.ids
        ).create({}).action_create_payments()
        self.assertIn("Unmatch them first", self.press(document, "_sat_cancel_or_reverse") or "")
        self.assertEqual(move.state, "posted")

    def test_which_cfdi_a_reversal_undoes_can_t_be_emptied(self):
        self.company.l10n_mx_facture_on_cancel = "reverse"
        move = self.cancel_requested_invoice()
        self.ask(move)
        reversal = move.l10n_mx_facture_undone_by_id
        self.refusal(reversal, "write", {"l10n_mx_facture_undoes_id": False})
        self.assertTrue(reversal.l10n_mx_facture_undoes_id)

    def test_of_a_locked_month_it_is_said_that_it_will_be_reversed(self):
        self.company.l10n_mx_facture_on_cancel = "reverse"
        move = self.stamped_invoice()
        self.company.fiscalyear_lock_date = self.today()
        text = self.expected(move)
        self.assertIn("is reversed with the date of that day", text)
        self.assertNotIn("reverse it yourself", text)
