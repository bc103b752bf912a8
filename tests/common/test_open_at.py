from odoo.tests import new_test_user

from ..support.common import FactureCase

FIELD = "l10n_mx_facture_field"


class TestOpenAt(FactureCase):
    """Open on a finding leads to the field that mends it, or says who can."""

    def findings(self, user=None, **values):
        """:return: dict from the field that mends a finding to its line in the dialog of Check CFDI"""
        move = self.create_invoice(**values)
        action = move.with_user(user or self.env.user).action_l10n_mx_facture_check()
        lines = self.env["l10n_mx_facture.check"].with_user(user or self.env.user).browse(action["res_id"]).line_ids
        return {line.record_field: line for line in lines}

    def bare(self):
        values = ("tax_regime_id", "usage_id", "payment_form_id")
        return self.customer.copy({f"l10n_mx_facture_{name}": False for name in values} | {"zip": False})

    def clerk(self):
        return new_test_user(
            self.env,
            f"clerk-open-{self.prefix}",
            "base.group_user,account.group_account_invoice",
            company_id=self.company.id,
            company_ids=self.company.ids,
        )

    def test_each_finding_opens_its_field(self):
        partner = self.bare()
        found = self.findings(partner_id=partner.id)
        places = {
            "l10n_mx_facture_tax_regime_id": partner,
            "zip": partner,
            "l10n_mx_facture_usage_id": found["zip"].move_id,
            "l10n_mx_facture_payment_form_id": found["zip"].move_id,
        }
        self.assertEqual(set(found), set(places))
        for field, record in places.items():
            action = found[field].action_open()
            self.assertEqual((action["res_model"], action["res_id"]), (record._name, record.id))
            self.assertEqual(action["context"], {FIELD: field})
            self.assertTrue(found[field].may_mend)
            self.assertEqual(found[field].told, found[field].text)

    def test_codes_of_products_and_units(self):
        self.unit.l10n_mx_facture_unit_code_id = False
        self.product.l10n_mx_facture_product_code_id = False
        found = self.findings()
        self.assertEqual(found["l10n_mx_facture_product_code_id"].record_model, "product.template")
        self.assertEqual(found["l10n_mx_facture_unit_code_id"].record_model, "uom.uom")

    def test_the_journals_branch_for_who_may_choose_it(self):
        self.branch.journal_ids = False
        line = self.findings()["l10n_mx_facture_branch_ids"]
        self.assertEqual(line.action_open()["res_id"], self.journal.id)
        self.assertIn("l10n_mx_facture_branch_ids", self.journal.get_view(view_type="form")["arch"])

    def test_who_may_not_choose_it_reads_who_can_and_sees_the_field(self):
        self.branch.journal_ids = False
        clerk = self.clerk()
        line = self.findings(clerk)["l10n_mx_facture_branch_ids"]
        self.assertFalse(line.may_mend)
        self.assertTrue(line.told.endswith("Ask an administrator of Invoicing."), line.told)
        arch = self.journal.with_user(clerk).get_view(view_type="form")["arch"]
        self.assertIn("l10n_mx_facture_branch_ids", arch)

    def test_without_an_account_that_is_the_one_finding(self):
        self.branch.journal_ids = False
        self.account.active = False
        [(field, line)] = self.findings(partner_id=self.bare().id).items()
        self.assertEqual(field, "l10n_mx_facture_base_url")
        action = line.action_open()
        self.assertEqual((action["res_model"], action["context"]["module"]), ("res.config.settings", "account"))
        clerks = self.findings(self.clerk())["l10n_mx_facture_base_url"]
        self.assertTrue(clerks.told.endswith("Ask a system administrator (Settings)."), clerks.told)

    def test_a_rule_of_sats_opens_its_field(self):
        employee = self.customer.copy({"l10n_mx_facture_tax_regime_id": self.sat("c_regimen_fiscal", "605").id})
        found = self.findings(partner_id=employee.id)
        self.assertFalse(set(found) - {"l10n_mx_facture_tax_regime_id", "l10n_mx_facture_usage_id", "vat"}, found)
        self.assertTrue(found)

    def test_the_alert_on_the_form_leads_there_too(self):
        partner = self.bare()
        move = self.create_invoice(partner_id=partner.id, post=False)
        move.with_context(validate_analytic=True).action_post()
        alerts = [alert for name, alert in move.alerts.items() if name.startswith("l10n_mx_facture")]
        contexts = [alert["action"]["context"][FIELD] for alert in alerts]
        self.assertIn("zip", contexts)
        self.assertIn("l10n_mx_facture_usage_id", contexts)
