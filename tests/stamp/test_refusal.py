from datetime import timedelta

from odoo.tests import new_test_user

from ..support.stamp_case import StampCase


class TestRefusal(StampCase):
    """What the service refuses is a sentence and a link to what mends it, until it is mended."""

    def refused(self, **register):
        """:return: an invoice that the service refuses, as SAT's list has other data of its customer"""
        partner = self.customer.copy({"name": "Cliente Uno", "vat": "XIA190128J61", "zip": "76343"})
        known = {"name": "CLIENTE UNO", "zip": "76343", "regime": "601", **register}
        self.sandbox.receiver(rfc=partner.vat, **known)
        move = self.create_invoice(partner_id=partner.id)
        with self.committing() as env:
            button = move.with_env(env).with_context(l10n_mx_facture_dialog=True)
            self.report = button.action_l10n_mx_facture_stamp()
        self.assertEqual(move.l10n_mx_facture_state, "rejected")
        return move

    def banner(self, move):
        move.invalidate_recordset(["alerts"])
        return move.alerts.get("l10n_mx_facture_refusal") if move.alerts else None

    def test_the_banner_says_what_to_do_and_opens_the_customer(self):
        move = self.refused(zip="76000")
        alert = self.banner(move)
        self.assertEqual(alert["level"], "danger")
        self.assertIn("CFDI40148: The postal code is not the one", alert["message"])
        self.assertEqual(alert["action"]["res_id"], move.partner_id.id)
        # the service's own text is kept
        self.assertTrue(move.l10n_mx_facture_message)
        self.assertNotEqual(move.l10n_mx_facture_message, alert["message"])

    def test_the_dialog_after_stamp_links_to_the_customer_too(self):
        move = self.refused(name="OTRO NOMBRE")
        line = self.env[self.report["res_model"]].browse(self.report["res_id"]).line_ids
        self.assertIn("CFDI40145", line.text)
        self.assertIn("Constancia", line.text)
        self.assertEqual(
            (line.record_model, line.record_id, line.record_field), ("res.partner", move.partner_id.id, "name")
        )

    def test_it_is_told_in_the_language_of_who_reads(self):
        self.env["res.lang"]._activate_lang("es_MX")
        move = self.refused(zip="76000")
        self.assertIn("domicilio fiscal", self.banner(move.with_context(lang="es_MX"))["message"])

    def test_a_customer_that_was_changed_since_is_said_and_a_stamp_ends_it(self):
        move = self.refused(zip="76000")
        later = move.l10n_mx_facture_request_ids[0].date_end + timedelta(minutes=1)
        self.env.cr.execute("UPDATE res_partner SET write_date = %s WHERE id = %s", (later, move.partner_id.id))
        self.env.invalidate_all()
        alert = self.banner(move)
        self.assertEqual(alert["level"], "info")
        self.assertIn("has been changed since: press Stamp", alert["message"])
        self.sandbox.receiver(rfc=move.partner_id.vat, name="CLIENTE UNO", zip="76343", regime="601")
        self.stamp(move)
        self.assertEqual(move.l10n_mx_facture_state, "stamped")
        self.assertIsNone(self.banner(move))

    def test_who_may_not_stamp_sees_none(self):
        move = self.refused(zip="76000")
        user = new_test_user(self.env, "banner", "account.group_account_readonly", company_id=self.company.id)
        self.assertIsNone(self.banner(move.with_user(user)))
