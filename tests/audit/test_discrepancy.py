from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, RedirectWarning

from ..support.common import CAPITAL
from ..support.discrepancy_case import DiscrepancyMixin
from ..support.received_case import SUPPLIER, ReceivedCase
from ..support.sat_case import SatCase


class TestDiscrepancy(DiscrepancyMixin, SatCase):
    """Each kind is found when it begins, solved automatically when it ends, and corrected by its button."""

    def pair(self, kind, begin, end, move=None):
        """Create and remove a discrepancy, each noticed by the nightly round. :return: the discrepancy"""
        document = self.document(move or self.stamped_invoice())
        self.night()
        self.assertFalse(document.divergence_ids)
        begin(document)
        self.night()
        [divergence] = self.found(document, kind)
        self.assertEqual(document.divergence_ids, divergence, "and nothing else")
        self.night()
        self.assertEqual(document.divergence_ids, divergence, "once")
        end(document)
        self.night()
        self.assertEqual(divergence.state, "solved")
        self.assertTrue(divergence.solved_date)
        return divergence

    def set(self, document, **values):
        for name, value in values.items():
            self.sql(f"UPDATE l10n_mx_facture_document SET {name} = %s WHERE id = %s", value, document.id)

    def move_total(self, document, total):
        self.sql("UPDATE account_move SET amount_total = %s WHERE id = %s", total, document.move_id.id)

    def move_state(self, document, state):
        self.sql("UPDATE account_move SET state = %s WHERE id = %s", state, document.move_id.id)

    # -- found and solved -------------------------------------------------------------------------

    def test_totals(self):
        divergence = self.pair(
            "total", lambda one: self.move_total(one, 117), lambda one: self.move_total(one, one.total)
        )
        self.assertIn("116.00", divergence.text)
        self.assertIn("117.00", divergence.text)

    def test_the_difference_may_be_a_cent_and_what_it_says_follows(self):
        move = self.stamped_invoice()
        document = self.document(move)
        self.move_total(document, 116.01)
        self.night()
        divergence = self.found(document, "total")
        self.assertIn("116.01", divergence.text)
        self.move_total(document, 115.99)
        self.night()
        self.assertIn("115.99", self.found(document, "total").text)
        self.assertEqual(self.found(document, "total"), divergence)

    def test_cancelled_in_odoo_and_valid_at_sat(self):
        self.pair(
            "valid_cancelled", lambda one: self.move_state(one, "cancel"), lambda one: self.move_state(one, "posted")
        )

    def test_not_known_at_sat_after_72_hours(self):
        def begin(document):
            self.at_sat.says(document.uuid, "not_yet_known")
            self.ask(document.move_id)
            self.assertFalse(self.found(document, "not_at_sat"), "it may take 72 hours")
            self.set(document, date_sent=fields.Datetime.now() - timedelta(hours=73))

        def end(document):
            self.at_sat.truth()
            params = self.press(self.found(document, "not_at_sat"), "action_fix")["params"]
            self.assertEqual(params["message"], "Solved.")

        self.pair("not_at_sat", begin, end)

    def test_still_not_known_is_said_by_the_button(self):
        move = self.stamped_invoice()
        document = self.document(move)
        self.at_sat.says(document.uuid, "not_yet_known")
        self.set(document, date_sent=fields.Datetime.now() - timedelta(hours=73))
        self.ask(move)
        [divergence] = self.found(document, "not_at_sat")
        self.assertEqual(self.press(divergence, "action_check_again")["params"]["type"], "warning")
        self.assertEqual(divergence.state, "open")

    def test_the_issuer_is_listed(self):
        def said(code):
            def say(document):
                self.at_sat.efos("EKU9003173C9", code)
                self.ask(document.move_id)
            return say

        self.addCleanup(self.at_sat.efos, "EKU9003173C9", "200")
        self.pair("efos", said("100"), said("200"))

    def test_a_lost_answer_that_nobody_resolved(self):
        move = self.unknown_invoice()
        document = self.document(move)
        self.night()
        self.assertFalse(document.divergence_ids, "its call may be under way")
        self.age(move, 3600)
        self.night()
        divergence = self.found(document, "unresolved")
        self.assertEqual(self.press(divergence, "action_fix")["res_model"], "l10n_mx_facture.resolve")
        self.press(move, "l10n_mx_facture_resolve_unknown", self.book(move)[0]["uuid"], "Portal")
        self.assertEqual(divergence.state, "solved", "at once, not at night")

    def test_the_service_tells_it_differently(self):
        move = self.stamped_invoice()
        self.sandbox.cfdi(move.l10n_mx_facture_uuid, estado="Cancelado")
        self.press(move, "action_l10n_mx_facture_check_at_service")
        divergence = self.found(self.document(move), "service")
        self.assertIn("Cancelado", divergence.text)
        self.assertEqual(self.press(divergence, "action_fix")["params"]["type"], "danger")
        self.assertEqual(divergence.state, "open")
        self.sandbox.cfdi(move.l10n_mx_facture_uuid, estado="Vigente")
        self.press(divergence, "action_fix")
        self.assertEqual(divergence.state, "solved")

    # -- cancelled at SAT, posted in Odoo -----------------------------------------------------------

    def cancelled_elsewhere(self, on_cancel, **values):
        """:return: an invoice whose CFDI somebody cancelled at SAT's portal"""
        self.company.l10n_mx_facture_on_cancel = on_cancel
        move = self.stamped_invoice(**values)
        self.at_sat.elsewhere(move.l10n_mx_facture_uuid)
        self.ask(move)
        self.assertEqual((move.l10n_mx_facture_state, move.state), ("cancelled", "posted"))
        return move

    def test_cancelled_at_sat_is_found_with_its_word_and_solved_with_the_invoice(self):
        move = self.cancelled_elsewhere("nothing")
        divergence = self.found(self.document(move), "cancelled_posted")
        self.assertTrue(divergence)
        self.press(move, "button_cancel")
        self.assertEqual((move.state, divergence.state), ("cancel", "solved"))

    def test_the_button_cancels_the_invoice(self):
        move = self.cancelled_elsewhere("cancel")
        divergence = self.found(self.document(move), "cancelled_posted")
        self.assertEqual(self.press(divergence, "action_fix")["params"]["message"], "Solved.")
        self.assertEqual((move.state, divergence.state), ("cancel", "solved"))
        self.assertIn("already", self.refusal(divergence, "action_fix"))

    def test_the_button_reverses_the_invoice_where_the_company_says_so(self):
        move = self.cancelled_elsewhere("reverse")
        divergence = self.found(self.document(move), "cancelled_posted")
        self.press(divergence, "action_fix")
        self.assertEqual((move.state, move.payment_state), ("posted", "reversed"))
        self.assertEqual(divergence.state, "solved")

    def test_a_locked_month_is_left_to_a_person_with_a_link(self):
        move = self.cancelled_elsewhere("cancel")
        divergence = self.found(self.document(move), "cancelled_posted")
        self.company.fiscalyear_lock_date = move.date
        with self.assertRaises(RedirectWarning) as caught:
            divergence.action_fix()
        self.assertIn("locked", caught.exception.args[0])
        self.assertEqual(caught.exception.args[1]["res_id"], move.id)
        self.assertEqual((move.state, divergence.state), ("posted", "open"))

    def test_only_who_cancels_may_mend_it(self):
        move = self.cancelled_elsewhere("cancel")
        divergence = self.found(self.document(move), "cancelled_posted")
        clerk = self.create_user("divergence_clerk", "account.group_account_invoice")
        with self.assertRaises(AccessError):
            divergence.with_user(clerk).action_fix()
        self.assertEqual(move.state, "posted")

    # -- recorded as cancelled, valid at SAT ----------------------------------------------------------

    def stated(self):
        """:return: an invoice whose CFDI was recorded as cancelled by a user, but is valid at SAT"""
        move = self.cancel_requested_invoice()
        self.at_sat.says(move.l10n_mx_facture_uuid, "live")
        self.press(self.document(move), "_record_sat_answer", True, "Somebody said so on the phone")
        self.press(move, "button_cancel")
        self.ask(move)
        return move

    def test_a_statement_that_sat_contradicts(self):
        move = self.stated()
        divergence = self.found(self.document(move), "valid_cancelled")
        action = self.press(divergence, "action_fix")
        self.assertEqual(action["res_model"], "l10n_mx_facture.cancel")
        document = self.document(move)
        self.assertEqual(document.state, "stamped")
        self.assertIn("no longer counts", document.resolution)
        self.assertEqual(divergence.state, "open", "the invoice is cancelled still")
        self.cancel(move)
        self.at_sat.says(move.l10n_mx_facture_uuid, "cancelled")
        self.ask(move)
        self.assertEqual((document.state, divergence.state), ("cancelled", "solved"))

    def test_sat_comes_to_say_the_same(self):
        move = self.stated()
        divergence = self.found(self.document(move), "valid_cancelled")
        self.at_sat.says(move.l10n_mx_facture_uuid, "cancelled")
        self.press(divergence, "action_fix")
        self.assertEqual((self.document(move).state, divergence.state), ("cancelled", "solved"))

    def test_not_where_the_invoice_has_another_cfdi_by_now(self):
        move = self.cancel_requested_invoice()
        old = self.document(move)
        self.at_sat.says(old.uuid, "live")
        self.press(old, "_record_sat_answer", True, "Somebody said so on the phone")
        self.stamp(move)
        self.press(old, "_sat_ask")
        divergence = self.found(old, "valid_cancelled")
        self.assertIn(self.document(move).uuid, self.refusal(divergence, "action_fix"))
        self.assertEqual(old.state, "cancelled")


class TestDiscrepancyReceived(DiscrepancyMixin, ReceivedCase):
    """The same of a supplier's CFDI and the bill it is on."""

    def bill(self, **values):
        bill = self.upload(self.stamped_by_supplier(**values))
        bill.invoice_date = bill.invoice_date or fields.Date.today()
        bill.action_post()
        return bill, bill.l10n_mx_facture_received_id

    def asked(self, received):
        with self.committing() as env:
            received.with_env(env)._sat_ask()
        self.env.invalidate_all()

    def test_cancelled_at_sat_and_posted(self):
        bill, received = self.bill()
        self.asked(received)
        self.assertFalse(received.divergence_ids)
        self.at_sat.elsewhere(received.uuid)
        self.asked(received)
        divergence = self.found(received, "cancelled_posted")
        self.assertEqual(divergence.action_fix()["res_id"], bill.id)
        bill.button_cancel()
        self.assertEqual(divergence.state, "solved")

    def test_supplier_and_customer_on_the_list(self):
        _bill, received = self.bill()
        self.addCleanup(self.at_sat.efos, SUPPLIER, "200")
        self.at_sat.efos(SUPPLIER, "100")
        self.asked(received)
        self.assertTrue(self.found(received, "efos"))
        # what we issue to one that SAT named as listed when it was our supplier
        self.company.vat = SUPPLIER
        self.company.partner_id.zip = CAPITAL
        self.customer.vat = "URE180429TM6"
        self.sql("UPDATE l10n_mx_facture_received SET rfc_emisor = 'URE180429TM6' WHERE id = %s", received.id)
        move = self.create_invoice()
        move.action_l10n_mx_facture_stamp()
        document = move.l10n_mx_facture_document_id
        self.assertEqual(document.state, "stamped", document.message_text)
        self.night()
        self.assertIn("URE180429TM6", self.found(document, "efos").text)
        self.at_sat.efos(SUPPLIER, "200")
        self.asked(received)
        self.night()
        self.assertFalse(self.found(received, "efos"))
        self.assertFalse(self.found(document, "efos"))

    def test_the_bill_says_another_total(self):
        bill, received = self.bill()
        self.night()
        self.assertFalse(received.divergence_ids)
        total = bill.amount_total
        self.sql("UPDATE account_move SET amount_total = 1 WHERE id = %s", bill.id)
        self.night()
        self.assertTrue(self.found(received, "total"))
        self.sql("UPDATE account_move SET amount_total = %s WHERE id = %s", total, bill.id)
        self.night()
        self.assertFalse(self.found(received, "total"))

    def test_a_seal_that_an_earlier_release_could_not_verify(self):
        _bill, received = self.bill()
        self.sql("UPDATE l10n_mx_facture_received SET seal = 'unverified' WHERE id = %s", received.id)
        received._check_integrity()
        self.assertEqual(received.seal, "holds")

    def test_its_stored_file_is_checked_too(self):
        _bill, received = self.bill()
        with self.committing() as env:
            env["l10n_mx_facture.document"]._cron_integrity()
        self.env.invalidate_all()
        self.assertTrue(received.integrity_date)
        self.assertFalse(self.found(received, "tampered"))
        self.sql("UPDATE ir_attachment SET checksum = %s WHERE id = %s", "0" * 40, received.xml_attachment_id.id)
        received._check_integrity()
        self.assertTrue(self.found(received, "tampered"))
