from contextlib import contextmanager

from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form
from odoo.tools import file_open

from odoo.addons.l10n_mx_facture.pac import providers

from ..support.services_case import MATRIZ, ServicesCase


class TestAccountCapabilities(ServicesCase):
    """What an account offers follows from what its service can do."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.accounts = {provider: cls.account_of(provider) for provider in providers.PROVIDERS}
        cls.rest, cls.sello, cls.api = (cls.accounts[name] for name in ("facture_rest", "sello_digital", "facture_api"))

    @contextmanager
    def refused(self, words, error=ValidationError):
        """What is refused leaves nothing behind."""
        with self.assertRaisesRegex(error, words), self.cr.savepoint():
            yield

    def test_each_service_of_the_registry_can_be_chosen(self):
        choices = self.env["l10n_mx_facture.account"].fields_get(["provider"])["provider"]["selection"]
        self.assertEqual(dict(choices), providers.titles())
        self.assertEqual(set(providers.titles()), set(providers.PROVIDERS))
        self.assertEqual(len(set(providers.titles().values())), len(providers.PROVIDERS))
        for provider, account in self.accounts.items():
            self.assertIs(account._capabilities(), providers.PROVIDERS[provider].capabilities)

    def test_the_connection_is_tested_and_told_as_far_as_the_service_tells(self):
        for account in self.accounts.values():
            with self.subTest(provider=account.provider):
                message = self.press(account, "action_test_connection")["params"]["message"]
                can = account._capabilities()
                self.assertEqual("ESCUELA KEMPER URGATE" in message, can.tells_account)
                self.assertEqual("credits left" in message, can.tells_credits)
                self.assertEqual("accepts the credentials" in message, not can.tells_account)
                self.assertEqual(bool(account.credits_date), can.tells_credits)

    def test_wrong_credentials_are_told(self):
        for account in self.accounts.values():
            with self.subTest(provider=account.provider):
                account.secret = "another-secret"
                self.assertIn("does not accept", self.refusal(account, "action_test_connection"))

    def test_credits_are_asked_where_they_are_told(self):
        self.sandbox.reset()
        for account in self.accounts.values():
            account._refresh_credits()
        self.assertEqual([call["operation"] for call in self.calls()], ["user"])

    def test_a_call_takes_no_more_than_the_service(self):
        for account, size in ((self.rest, 400), (self.sello, 400), (self.api, 25)):
            account.bulk_size = 400
            self.assertEqual((account._call_size(), account._batch_size()), (size, size))
            account.bulk_size = 3
            self.assertEqual((account._call_size(), account._batch_size()), (3, 3))
        self.assertEqual([one.bulk_limit for one in (self.rest, self.sello, self.api)], [1000, 0, 25])

    # -- the form -------------------------------------------------------------------------------

    def new_form(self, provider):
        form = Form(self.env["l10n_mx_facture.account"])
        form.provider = provider
        return form

    def test_the_form_asks_what_the_service_needs(self):
        names = (
            "auth_scheme", "login", "client_id", "client_secret", "credits_minimum", "exclusive", "detects_duplicates",
            "holder", "code_ids",
        )
        shown = {
            "facture_rest": {
                "auth_scheme", "login", "credits_minimum", "exclusive", "detects_duplicates", "holder",
            },
            "sello_digital": {"code_ids"},
            "facture_api": {"login", "client_id", "client_secret"},
        }
        for provider in providers.PROVIDERS:
            with self.subTest(provider=provider):
                form = self.new_form(provider)
                visible = {name for name in names if not form._get_modifier(name, "invisible")}
                # a page that isn't shown hides what is in it
                visible -= set() if form.needs_create else {"code_ids"}
                self.assertEqual(visible, shown[provider])

    def test_another_service_in_the_form_brings_its_way_to_authenticate(self):
        form = self.new_form("facture_rest")
        self.assertEqual(form.auth_scheme, "basic")
        form.provider = "sello_digital"
        self.assertEqual(form.auth_scheme, "bearer")
        form.provider = "facture_api"
        self.assertEqual(form.auth_scheme, "basic")

    def test_branches_are_written_down_in_the_form_where_none_are_listed(self):
        with Form(self.sello) as form, form.branch_ids.new() as line:
            line.name, line.zip = "NORTE", "22000"
        branch = self.branch_of(self.sello, "22000")
        self.assertEqual((branch.remote_id, branch.tz, branch.lists_branches), ("NORTE", "America/Tijuana", False))

    # -- another service ------------------------------------------------------------------------

    def test_imports_get_a_way_to_authenticate_that_the_service_takes(self):
        account = self._create_account(provider="sello_digital")
        self.assertEqual(account.auth_scheme, "bearer")
        account.provider = "facture_rest"
        self.assertEqual(account.auth_scheme, "bearer")
        account.provider = "facture_api"
        self.assertEqual(account.auth_scheme, "basic")
        for provider, scheme in (("sello_digital", "basic"), ("facture_api", "raw")):
            with self.subTest(provider=provider), self.refused("doesn't take"):
                self._create_account(provider=provider, auth_scheme=scheme)
        with self.refused("Basic"):
            account.auth_scheme = "bearer"

    def test_switches_that_mean_nothing_to_the_service_are_off(self):
        self.rest.write({"exclusive": True, "detects_duplicates": True})
        for provider in ("sello_digital", "facture_api"):
            for switch in ("exclusive", "detects_duplicates"):
                with self.subTest(provider=provider, switch=switch), self.refused("doesn't apply to the service"):
                    self.accounts[provider][switch] = True
        self.rest.provider = "sello_digital"
        self.assertFalse(self.rest.exclusive or self.rest.detects_duplicates)

    def test_another_service_forgets_what_the_former_said(self):
        self.press(self.rest, "action_test_connection")
        branch = self.branch_of(self.rest)
        self.rest.provider = "sello_digital"
        self.assertFalse(self.rest.holder or self.rest.remote_user or self.rest.credits or self.rest.credits_date)
        self.assertFalse(branch.active)
        self.rest.write({"provider": "facture_rest", "auth_scheme": "basic"})
        self.press(self.rest, "action_sync_branches")
        self.assertTrue(branch.active)

    def test_an_account_that_has_sent_stays_with_its_service(self):
        move = self.create_invoice()
        self.sandbox.fail("stamp", "refuse", code="CFDI40999", text="no")
        self.stamp(move)
        self.assertEqual(move.l10n_mx_facture_state, "rejected")
        with self.refused("new account"):
            self.account.provider = "sello_digital"
        # what a form sends along unchanged is no change
        self.account.write({"provider": "facture_rest", "timeout": 9})

    # -- branches -------------------------------------------------------------------------------

    def test_branches_are_synced_where_the_service_lists_them(self):
        text = self.refusal(self.sello, "action_sync_branches")
        self.assertIn("enter them in the tab Branches", text)
        self.assertEqual(self.calls(), [])
        self.press(self.api, "action_sync_branches")
        [call] = self.calls("api_branches")
        self.assertIn("EKU9003173C9", call["path"] + str(call.get("query")))

    def test_only_branches_of_our_rfc_come(self):
        other = self.sandbox.branch(name=f"AJENA {self.prefix}", zip="44100", rfc="URE180429TM6")["id"]
        self.addCleanup(self.sandbox.branch, id=other, active=False)
        self.press(self.api, "action_sync_branches")
        self.assertNotIn(str(other), self.api.branch_ids.mapped("remote_id"))

    def test_a_company_without_rfc_is_told(self):
        self.company.vat = False
        self.sandbox.reset()
        self.assertIn("RFC", self.refusal(self.api, "action_sync_branches"))
        self.assertEqual(self.calls(), [])

    def manager(self):
        return self.create_user("manager", "account.group_account_manager")

    def test_a_manager_writes_branches_down(self):
        Branch = self.env["l10n_mx_facture.branch"].with_user(self.manager())
        branch = Branch.create({"account_id": self.sello.id, "name": "SUR", "zip": "77500"})
        self.assertEqual((branch.remote_id, branch.tz), ("SUR", "America/Cancun"))
        branch.name = "SURESTE"
        self.assertEqual(branch.remote_id, "SURESTE")
        branch.write({"remote_id": "17"})
        branch.name = "SUR"
        self.assertEqual(branch.remote_id, "17")
        branch.remote_id = False
        self.assertEqual(branch.remote_id, "SUR")
        branch.active = False
        self.assertFalse(branch.active)
        with self.assertRaises(UserError):
            branch.account_id = self.bare_account().id
        with self.assertRaises(UserError):
            branch.unlink()

    def bare_account(self):
        return self._create_account(name="Bare", provider="sello_digital", secret="x")

    def test_nobody_writes_down_what_the_service_lists(self):
        Branch = self.env["l10n_mx_facture.branch"].with_user(self.manager())
        for account in (self.rest, self.api):
            with self.subTest(provider=account.provider):
                with self.refused("copied from the service", UserError):
                    Branch.create({"account_id": account.id, "name": "SUR", "remote_id": "1", "zip": "77500"})
                for vals in ({"name": "X"}, {"zip": "77500"}, {"active": False}, {"account_id": self.sello.id}):
                    with self.refused("copied from the service", UserError):
                        self.branch_of(account).with_user(Branch.env.user).write(vals)

    def test_a_postal_code_that_isn_t_one_is_refused(self):
        for zip_code in (False, "0600", "06000 ", "00001", "06000x", "ABCDE"):
            with self.subTest(zip=zip_code), self.refused("postal code"):
                self.env["l10n_mx_facture.branch"].create(
                    {"account_id": self.sello.id, "name": "X", "zip": zip_code}
                )
        self.assertEqual(self.branch_of(self.sello).mapped("name"), [MATRIZ])

    # -- the dialog and copies ------------------------------------------------------------------

    def test_the_dialog_tells_credits_where_they_are_told(self):
        move = self.create_invoice()
        for account in self.accounts.values():
            with self.subTest(provider=account.provider):
                move.l10n_mx_facture_branch_id = self.branch_of(account)
                text = self.env["l10n_mx_facture.check"]._credits_text(move)
                self.assertEqual("credits" in text, account.tells_credits)
                self.assertIn("1", text)

    def test_a_copy_of_the_database_has_no_secret(self):
        self.env.flush_all()
        with self.cr.savepoint(), file_open("l10n_mx_facture/data/neutralize.sql") as script:
            self.env.cr.execute(script.read())
            self.env.invalidate_all()
            self.assertFalse(self.env["l10n_mx_facture.token"].sudo().search_count([]))
            secrets = [self.api.secret, self.api.client_secret, self.api.client_id, self.api.login]
            self.assertEqual(secrets, [False] * 4)
