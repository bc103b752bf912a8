from odoo.exceptions import AccessError
from odoo.tests import new_test_user

from ..support.build_case import BuildCase


class TestCustomer(BuildCase):
    """*Check CFDI* for a customer alone."""

    def check(self, partner):
        before = self.env["account.move"].search_count([])
        action = partner.action_l10n_mx_facture_check_customer()
        self.assertEqual(self.env["account.move"].search_count([]), before)
        self.assertFalse(self.calls("stamp"))
        return self.env[action["res_model"]].browse(action["res_id"])

    def test_a_good_customer_would_pass(self):
        check = self.check(self.customer)
        self.assertFalse(check.line_ids)
        self.assertEqual(check.summary, "An invoice to this customer would pass.")

    def test_all_that_is_missing_is_told_and_leads_to_the_customer(self):
        partner = self.env["res.partner"].create(
            {"name": "Nueva", "is_company": True, "country_id": self.env.ref("base.mx").id, "vat": "URE180429TM6"}
        )
        check = self.check(partner)
        self.assertEqual(check.summary, "An invoice to this customer would be refused.")
        texts = " ".join(check.cause_ids.mapped("text"))
        for missing in ("postal code", "tax regime", "CFDI usage"):
            self.assertIn(missing, texts)
        self.assertEqual({line.action_open()["res_id"] for line in check.cause_ids}, {partner.id})

    def test_sats_rules_about_the_receiver_are_asked(self):
        regime = self.sat("c_regimen_fiscal", "605")
        check = self.check(self.customer.copy({"name": "Otra", "l10n_mx_facture_tax_regime_id": regime.id}))
        self.assertIn("CFDI40158", " ".join(check.line_ids.mapped("text")))
        rare = self.check(self.customer.copy({"name": "Rara", "vat": "URE180429TM5"}))
        self.assertEqual((rare.line_ids.severity, rare.summary), ("warning", "An invoice to this customer would pass."))

    def test_what_the_check_lets_pass_is_ready_on_an_invoice(self):
        move = self.create_invoice()
        self.assertFalse(self.check(move.partner_id).line_ids)
        self.assertEqual(move._l10n_mx_facture_judge()[0], [])

    def test_who_may_not_stamp_may_not_check(self):
        user = new_test_user(self.env, "customer-reader", "account.group_account_readonly", company_id=self.company.id)
        with self.assertRaises(AccessError):
            self.customer.with_user(user).action_l10n_mx_facture_check_customer()
