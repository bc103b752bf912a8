from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user

from ..support.common import CAPITAL, FactureCase


class TestConnect(FactureCase):
    """Connect, in the settings: from a bare company to journals that are stamped through a branch."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.account.branch_ids.journal_ids = False
        cls.account.active = False

    def settings(self, **values):
        values = {
            "provider": "facture_rest",
            "environment": "test",
            "base_url": self.sandbox.url,
            "login": "demo",
            "secret": "demo",
            **values,
        }
        values = {f"l10n_mx_facture_{name}": value for name, value in values.items()}
        return self.env["res.config.settings"].with_company(self.company).create(values)

    def connected(self, **values):
        """:return: the account, and what the user is told"""
        settings = self.settings(**values)
        told = settings.action_l10n_mx_facture_connect()["params"]["message"]
        self.assertFalse(settings.l10n_mx_facture_secret, "the password stays in the settings")
        return settings.l10n_mx_facture_account_id, told

    def only_branch_is(self, zip_code):
        """Let the service have one active branch."""
        for branch in self.account.branch_ids:
            self.sandbox.branch(id=branch.remote_id, active=branch.zip == zip_code)
        self.addCleanup(self.all_branches)

    def all_branches(self):
        for branch in self.account.branch_ids:
            self.sandbox.branch(id=branch.remote_id, active=True)

    def test_it_creates_the_account_and_offers_the_choice_of_several_branches(self):
        account, told = self.connected()
        self.assertNotEqual(account, self.account)
        self.assertEqual((account.company_id, account.login, account.secret), (self.company, "demo", "demo"))
        self.assertGreater(len(account.branch_ids), 1)
        self.assertFalse(account.branch_ids.journal_ids)
        self.assertIn("ESCUELA KEMPER URGATE", told)
        self.assertIn("Choose which of them", told)
        self.assertIn(self.journal.name, told)

    def test_the_only_branch_is_given_to_the_journals_that_have_none(self):
        self.only_branch_is(CAPITAL)
        account, told = self.connected()
        branch = account.branch_ids
        self.assertEqual(branch.zip, CAPITAL)
        self.assertIn(self.journal, branch.journal_ids)
        self.assertFalse(branch.journal_ids.filtered(lambda journal: journal.type != "sale"))
        self.assertIn(f"The branch {branch.display_name} stamps the journals", told)

    def test_a_journal_of_an_archived_account_is_free(self):
        self.branch.journal_ids = self.journal
        self.only_branch_is(CAPITAL)
        account, _told = self.connected()
        self.assertEqual(self.journal.l10n_mx_facture_branch_ids.account_id, account)

    def test_again_it_changes_the_account_and_keeps_the_password(self):
        account, _told = self.connected()
        again, _told = self.connected(secret=False)
        self.assertEqual(again, account)
        self.assertEqual(account.secret, "demo")

    def test_what_was_entered_stays_when_the_service_refuses(self):
        settings = self.settings(secret="wrong")
        # assertRaises would roll back what a request keeps
        refused = False
        try:
            settings.action_l10n_mx_facture_connect()
        except UserError:
            refused = True
        self.assertTrue(refused)
        self.assertEqual(settings.l10n_mx_facture_account_id.login, "demo")
        self.assertFalse(settings.l10n_mx_facture_secret)

    def test_what_is_missing_is_named_before_anything_is_sent(self):
        for values, word in (({"base_url": False}, "address"), ({"login": False}, "user"), ({"secret": False}, "pass")):
            with self.subTest(word), self.assertRaisesRegex(UserError, word):
                self.settings(**values).action_l10n_mx_facture_connect()
        self.assertFalse(self.calls())

    def test_save_keeps_the_account_too_and_the_settings_show_it(self):
        self.settings().execute()
        account = self.company._l10n_mx_facture_accounts()
        self.assertEqual((account.login, account.secret), ("demo", "demo"))
        shown = self.env["res.config.settings"].with_company(self.company).create({})
        self.assertEqual(shown.l10n_mx_facture_base_url, self.sandbox.url)
        self.assertFalse(shown.l10n_mx_facture_secret)

    def test_settings_of_a_company_without_service_create_no_account(self):
        self.env["res.config.settings"].with_company(self.company).create({}).execute()
        self.assertFalse(self.company._l10n_mx_facture_accounts())

    def test_the_company_is_edited_on_the_spot(self):
        settings = self.settings(tax_regime_id=self.sat("c_regimen_fiscal", "603").id, zip="77500", vat="URE180429TM6")
        settings.execute()
        partner = self.company.partner_id
        written = (partner.l10n_mx_facture_tax_regime_id.code, partner.zip, partner.vat)
        self.assertEqual(written, ("603", "77500", "URE180429TM6"))

    def test_another_service_gets_an_account_of_its_own_once_this_one_has_stamped(self):
        account, _told = self.connected()
        self.assertEqual(self.settings(provider="sello_digital")._l10n_mx_facture_account_to_keep(), account)
        account.branch_ids[0].journal_ids = self.journal
        self.create_invoice().action_l10n_mx_facture_stamp()
        self.assertFalse(self.settings(provider="sello_digital")._l10n_mx_facture_account_to_keep())

    def test_who_may_not_configure_may_not_connect(self):
        settings = self.settings()
        clerk = new_test_user(self.env, "clerk-connect", "base.group_user,account.group_account_invoice")
        with self.assertRaises(AccessError):
            settings.with_user(clerk).action_l10n_mx_facture_connect()

    def test_defaults_of_the_company_are_for_customers_without_their_own(self):
        self.company.l10n_mx_facture_usage_id = self.sat("c_uso_cfdi", "S01")
        self.company.l10n_mx_facture_payment_form_id = self.sat("c_forma_pago", "28")
        plain = self.customer.copy({"l10n_mx_facture_usage_id": False, "l10n_mx_facture_payment_form_id": False})
        move = self.create_invoice(partner_id=plain.id)
        self.assertEqual((move.l10n_mx_facture_usage_id.code, move.l10n_mx_facture_payment_form_id.code), ("S01", "28"))
        own = self.create_invoice()
        self.assertEqual((own.l10n_mx_facture_usage_id.code, own.l10n_mx_facture_payment_form_id.code), ("G03", "03"))
