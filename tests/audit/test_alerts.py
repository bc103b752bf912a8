from odoo.addons.l10n_mx_facture.models.stamp.button import DIALOG

from ..support.cancel_case import CancelCase

SAT_STATUS = "action_l10n_mx_facture_update_sat_status"


class TestAlerts(CancelCase):
    """Alerts on top of the form, and notifications."""

    def alerts(self, move):
        """:return: what stands on top of the form, as one text"""
        return " ".join(alert["message"] for alert in move._get_alerts().values())

    def test_a_divergence_stands_on_top_of_the_invoice(self):
        self.company.l10n_mx_facture_on_cancel = "nothing"
        move = self.cancel_requested_invoice()
        self.assertNotIn("still posted", self.alerts(move))
        told = self.ask(move)
        self.assertEqual(move.l10n_mx_facture_state, "cancelled")
        # the notification is not green, as the user has something to do
        self.assertEqual(told["type"], "warning")
        self.assertIn("still posted", told["message"])
        self.assertIn("still posted: the company's setting leaves the invoice to the user", self.alerts(move))
        alert = move._get_alerts()["l10n_mx_facture_divergence_0"]
        self.assertEqual(alert["action"]["res_id"], self.document(move).divergence_ids.id)
        self.press(move, "button_cancel")
        self.assertNotIn("still posted", self.alerts(move))

    def test_green_only_where_nothing_is_to_be_done(self):
        move = self.stamped_invoice()
        self.assertEqual(self.ask(move)["type"], "success")
        self.at_sat.says(self.document(move).uuid, "refused")
        self.assertEqual(self.ask(move)["type"], "warning")
        self.at_sat.truth()
        self.cancel(move)
        self.assertEqual((self.ask(move)["type"], move.state), ("success", "cancel"))

    def test_sat_takes_back_what_it_had_shown(self):
        move = self.cancel_requested_invoice()
        self.ask(move)
        self.at_sat.says(self.document(move).uuid, "live")
        told = self.ask(move)
        self.assertEqual((told["type"], move.l10n_mx_facture_state), ("warning", "cancelled"))
        self.assertIn("SAT showed it as cancelled before and shows it as valid now", told["message"])

    def test_a_substitute_says_what_it_is_made_for(self):
        old = self.stamped_invoice()
        action = self.press(old, "action_l10n_mx_facture_substitute")
        new = self.env["account.move"].browse(action["res_id"])
        self.assertIn(f"substitutes the CFDI {old.l10n_mx_facture_uuid} of {old.name}", self.alerts(new))
        self.assertIn("cancel that CFDI with reason 01", self.alerts(new))
        self.press(old, "_l10n_mx_facture_order_cancel", "01")
        self.assertIn("is requested automatically", self.alerts(new))
        self.post_and_stamp(new)
        self.assertNotIn("substitutes the CFDI", self.alerts(new))

    def test_a_substitute_is_no_duplicate(self):
        old = self.stamped_invoice(ref="Pedido 7")
        action = self.press(old, "action_l10n_mx_facture_substitute")
        new = self.env["account.move"].browse(action["res_id"])
        new.invoice_date = old.invoice_date
        twin = old.copy({"ref": "Pedido 7", "invoice_date": old.invoice_date})
        self.assertEqual(twin.duplicated_ref_ids & (old | new), old | new)
        self.assertFalse(new.duplicated_ref_ids & old)
        self.assertFalse(old.duplicated_ref_ids & new)

    def test_a_lost_answer_is_neither_stamped_nor_not_stamped(self):
        move = self.create_invoice()
        self.sandbox.fail("stamp", "reset_after")
        told = self.press(move.with_context(**{DIALOG: True}), "action_l10n_mx_facture_stamp")
        self.assertEqual(told["tag"], "display_notification")
        self.assertEqual(told["params"]["title"], "It is not known whether it was stamped")
        self.assertEqual(told["params"]["type"], "danger")
        self.assertIn("Resolve", str(move._get_alerts()["l10n_mx_facture_unknown"]))
