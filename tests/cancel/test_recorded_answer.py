from odoo.exceptions import UserError

from odoo.addons.l10n_mx_facture.models.common.states import STATES

from ..support.stamp_case import StampCase


class TestRecordedAnswer(StampCase):
    """A person records what SAT's portal shows; beside SAT's own answer, nothing else makes a CFDI cancelled."""

    def state(self, move, answer, note="Portal del SAT, 3 de mayo", **kwargs):
        wizard = self.env["l10n_mx_facture.resolve"].create(
            {"move_id": move.id, "cancel_answer": answer, "note": note}
        )
        return self.press(wizard, "action_resolve", **kwargs)

    def test_cancelled_at_sat_is_kept_with_who_when_and_where(self):
        move = self.cancel_requested_invoice()
        self.state(move, "cancelled")
        document = move.l10n_mx_facture_document_id
        self.assertEqual(document.state, "cancelled")
        self.assertEqual(document.resolved_by_id, self.env.user)
        self.assertTrue(document.resolved_date)
        self.assertEqual(document.resolution, "Portal del SAT, 3 de mayo")
        self.assertIn("Portal del SAT, 3 de mayo", self.chatter(move))
        self.assertTrue(document.uuid and document.xml_attachment_id)

    def test_still_valid_at_sat_makes_it_stamped_again(self):
        move = self.cancel_requested_invoice()
        self.state(move, "valid")
        document = move.l10n_mx_facture_document_id
        self.assertEqual(document.state, "stamped")
        self.assertEqual(document.resolution, "Portal del SAT, 3 de mayo")
        self.refusal(move, "button_draft")
        self.cancel(move)
        self.assertEqual(document.state, "cancel_requested")

    def test_a_statement_says_what_and_where(self):
        move = self.cancel_requested_invoice()
        for answer, note in ((False, "Portal"), ("cancelled", False), ("valid", " ")):
            with self.subTest(answer=answer, note=note), self.assertRaises(UserError):
                self.state(move, answer, note)
        self.assertEqual(move.l10n_mx_facture_state, "cancel_requested")

    def test_nothing_is_stated_of_what_was_not_asked(self):
        move = self.stamped_invoice()
        with self.assertRaises(UserError):
            self.state(move, "cancelled")
        self.assertEqual(move.l10n_mx_facture_state, "stamped")

    def test_only_a_requested_cancellation_leads_to_cancelled(self):
        before = {state for state, row in STATES.items() if "cancelled" in row.to}
        # without a request from here SAT has to have said it
        self.assertEqual(before, {"cancel_requested", "stamped"})
        self.assertFalse(STATES["cancelled"].to)
        document = self.stamped_invoice().l10n_mx_facture_document_id
        self.assertIn("Only SAT cancels", self.refusal(document, "_move_to", "cancelled"))

    def test_all_that_the_service_says_of_a_cancelled_one_cancels_nothing_here(self):
        move = self.stamped_invoice()
        self.sandbox.cfdi(move.l10n_mx_facture_uuid, estado="Cancelado")
        self.press(move, "action_l10n_mx_facture_check_at_service")
        self.assertEqual(move.l10n_mx_facture_state, "stamped")
        self.cancel(move)
        self.press(move, "action_l10n_mx_facture_fetch_receipt")
        self.press(move, "action_l10n_mx_facture_check_at_service")
        self.press(move.l10n_mx_facture_document_id, "_cron_stamp")
        self.assertEqual(move.l10n_mx_facture_state, "cancel_requested")

    def test_a_cancelled_invoice_may_be_corrected_and_stamped_anew(self):
        move = self.cancel_requested_invoice()
        uuid = move.l10n_mx_facture_uuid
        self.state(move, "cancelled")
        self.press(move, "button_draft")
        move.invoice_line_ids.price_unit = 55
        self.press(move, "action_post")
        self.stamp(move)
        self.assertEqual(move.l10n_mx_facture_state, "stamped")
        self.assertNotEqual(move.l10n_mx_facture_uuid, uuid)
        self.assertEqual(
            move.l10n_mx_facture_document_ids.sorted("id").mapped("state"), ["cancelled", "stamped"]
        )
        self.assertEqual(len(self.book(move)), 2)

    def test_a_cancelled_invoice_is_kept(self):
        move = self.cancel_requested_invoice()
        self.state(move, "cancelled")
        self.press(move, "button_draft")
        self.assertIn("can't be deleted", self.refusal(move.with_context(force_delete=True), "unlink"))
        self.assertTrue(move.exists())
