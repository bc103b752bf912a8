from odoo.addons.l10n_mx_facture.models.common import protected

from ..support.cancel_case import CancelCase
from ..support.discrepancy_case import DiscrepancyMixin


class TestCancelRefused(DiscrepancyMixin, CancelCase):
    """The customer refused: what becomes of an invoice that was cancelled here too soon, and of a second request."""

    def stated(self):
        """:return: an invoice that was cancelled after a user recorded that SAT had cancelled its CFDI"""
        move = self.stamped_invoice(lines=[{"price_unit": 5000.0}])
        document = self.document(move)
        self.cancel(move)
        self.at_sat.says(document.uuid, "live")
        self.press(document, "_record_sat_answer", True, "Portal")
        self.press(move, "button_cancel")
        self.ask(move)
        return move

    def taken_back(self):
        """:return: such an invoice, whose CFDI is valid again here, as at SAT"""
        move = self.stated()
        [row] = self.found(self.document(move), "valid_cancelled")
        self.press(row, "action_fix")
        self.assertEqual((self.document(move).state, move.state), ("stamped", "cancel"))
        return move

    def refused(self):
        """:return: such an invoice, whose customer refused the cancellation that was asked for before"""
        move = self.taken_back()
        self.at_sat.truth()
        self.at_sat.receiver(self.document(move).uuid, "refuse")
        self.confirm(move)
        self.assertEqual((self.document(move).sat_reading, move.state), ("refused", "cancel"))
        return move

    def test_what_is_told_is_what_the_invoice_is(self):
        move = self.refused()
        self.assertNotIn("The CFDI and the invoice are valid", self.chatter(move))
        self.assertIn("Reset to Draft", self.chatter(move))
        other = self.cancel_requested_invoice(lines=[{"price_unit": 5000.0}])
        self.at_sat.receiver(other.l10n_mx_facture_uuid, "refuse")
        self.confirm(other)
        self.assertIn("The CFDI and the invoice are valid", self.chatter(other))

    def test_the_invoice_comes_back_as_it_was_stated(self):
        move = self.refused()
        document, number, total = self.document(move), move.name, move.amount_total
        self.assertTrue(move.show_reset_to_draft_button)
        self.press(move, "button_draft")
        for values in ({"invoice_date": "2020-01-01"}, {"partner_id": self.company.partner_id.id}):
            self.assertIn("part of its CFDI", self.refusal(move, "write", values))
        self.assertIn("part of its CFDI", self.refusal(move.invoice_line_ids, "write", {"price_unit": 1.0}))
        self.assertIn("part of its CFDI", self.refusal(move.invoice_line_ids, "unlink"))
        self.assertIn("post the invoice again", self.refusal(move, "button_cancel"))
        policy = move.l10n_mx_facture_payment_policy
        terms = self.env.ref("account.account_payment_term_end_following_month")
        for values in ({"invoice_date_due": "2099-01-01"}, {"invoice_payment_term_id": terms.id}):
            self.press(move, "write", values)
            self.assertEqual(move.l10n_mx_facture_payment_policy, policy)
        self.night()
        self.assertIn("draft", self.found(document, "valid_cancelled").text)
        self.press(move, "action_post")
        self.assertEqual((move.state, move.name, move.amount_total), ("posted", number, total))
        self.assertEqual((self.document(move), document.state), (document, "stamped"))
        self.assertFalse(self.found(document, "valid_cancelled"))
        self.assertIn("cancel the CFDI first", self.refusal(move, "button_draft"))
        self.assertEqual(len(self.book(move)), 1)

    def test_one_press_brings_it_back(self):
        for step in ((), ("button_draft",)):
            with self.subTest(state=step):
                move = self.refused()
                for method in step:
                    self.press(move, method)
                [row] = self.found(self.document(move), "valid_cancelled")
                self.assertEqual(row.remedy, "bring_back")
                user = self.create_user(f"stamps-{move.id}", "account.group_account_invoice")
                self.refusal(row, "action_fix", user=user)
                self.press(row, "action_fix")
                self.assertEqual((move.state, row.state), ("posted", "solved"))

    def test_a_draft_that_the_request_goes_on_for_is_left_to_sat(self):
        move = self.taken_back()
        self.press(move, "button_draft")
        self.cancel(move)
        self.at_sat.elsewhere(move.l10n_mx_facture_uuid)
        self.at_sat.truth()
        self.confirm(move)
        self.assertEqual((self.document(move).state, move.state), ("cancelled", "draft"))
        self.press(move, "button_cancel")

    def test_the_receipt_of_a_second_request_is_fetched_too(self):
        move = self.stamped_invoice(lines=[{"price_unit": 5000.0}])
        document = self.document(move)
        self.cancel(move)
        self.due(document)
        self.round()
        first = document.receipt_attachment_id
        self.assertTrue(first)
        self.at_sat.receiver(document.uuid, "refuse")
        self.confirm(move)
        self.assertEqual(document.receipt_attachment_id, first)
        self.hours_pass(move, hours=100)
        self.cancel(move)
        self.assertFalse(document.receipt_attachment_id or document.receipt_code)
        self.assertEqual(document.former_receipt_ids, first)
        evidence = document._evidence()
        self.assertNotIn("receipt.xml", evidence)
        self.assertEqual(evidence["receipt_before_1.xml"][1], first.raw)
        self.due(document)
        self.round()
        self.assertEqual(len(self.calls("receipt")), 2)
        self.assertTrue(document.receipt_attachment_id)
        self.assertEqual(document._integrity_problems(), [])
        self.refusal(first, "unlink")

    def test_a_service_that_still_gives_the_former_receipt(self):
        document = self.document(self.cancel_requested_invoice())
        self.press(document, "_fetch_receipt")
        receipt = document.receipt_attachment_id
        protected.write(document, {"receipt_request_id": False})
        self.press(document, "_set_aside_receipt")
        text = self.refusal(document, "_fetch_receipt")
        self.assertIn("receipt of an earlier cancellation request", text)
        self.assertEqual((document.receipt_attachment_id, document.former_receipt_ids), (receipt.browse(), receipt))
