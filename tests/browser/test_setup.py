from urllib.parse import quote

from odoo.tests import tagged

from ..support.browser_case import BrowserCase


@tagged("post_install_l10n", "post_install", "-at_install", "is_tour")
class TestBrowserSetup(BrowserCase):
    """In Spanish: from the settings to a journal with a branch; from a finding to its field."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("es_MX")

    def test_an_administrator_connects_and_follows_the_list(self):
        self.account.branch_ids.journal_ids = False
        self.account.active = False
        # one sales journal, so that Open leads to its form
        others = self.env["account.journal"].search(
            [("type", "=", "sale"), ("company_id", "=", self.company.id), ("id", "!=", self.journal.id)]
        )
        others.active = False
        self.company.partner_id.zip = "22000"
        administrator = self._create_user("account.group_account_manager,base.group_system")
        administrator.lang = "es_MX"
        self.tour(
            "/odoo/action-account.action_account_config",
            "setup",
            administrator,
            cookies={"l10n_mx_facture_sandbox": quote(self.sandbox.url, safe="")},
        )
        account = self.company._l10n_mx_facture_accounts()
        self.assertNotEqual(account, self.account)
        self.assertEqual(account.secret, "demo")
        self.assertEqual(self.company.zip, "06000")
        self.assertEqual(self.journal.l10n_mx_facture_branch_ids.account_id, account)
        self.assertEqual(self.journal.l10n_mx_facture_branch_ids.zip, "06000")

    def test_a_finding_opens_the_tab_and_the_field(self):
        partner = self.customer.copy({"name": "Sin Régimen", "l10n_mx_facture_tax_regime_id": False})
        move = self.create_invoice(partner_id=partner.id)
        accountant = self._create_user("account.group_account_user,base.group_partner_manager")
        accountant.lang = "es_MX"
        self.tour(f"/odoo/customer-invoices/{move.id}", "open_at", accountant)
