from urllib.parse import quote

from odoo.tests import tagged

from ..support.browser_case import BrowserCase


@tagged("post_install_l10n", "post_install", "-at_install", "is_tour")
class TestBrowserButtons(BrowserCase):
    """The buttons of the invoice, the list and the account."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.accountant = cls._create_user("account.group_account_user")

    def test_an_accountant_stamps_cancels_and_fetches_the_receipt(self):
        move = self.create_invoice()
        self.tour(f"/odoo/customer-invoices/{move.id}", "invoice", self.accountant)
        move.invalidate_recordset()
        document = move.l10n_mx_facture_document_id
        self.assertEqual(document.state, "cancel_requested")
        self.assertEqual(document.cancel_reason, "02")
        self.assertEqual(document.cancel_user_id, self.accountant)
        self.assertEqual([one["uuid"].upper() for one in self.book(move)], [document.uuid])
        self.assertEqual(len(self.calls("cancel")), 1)
        self.assertTrue(self.calls("receipt"))

    def test_an_accountant_downloads_xml_and_pdf(self):
        move = self.create_invoice()
        move.action_l10n_mx_facture_stamp()
        self.authenticate(self.accountant.login, self.accountant.login)
        [entry] = self.book(move)
        kept = self.sandbox.stamped(entry["uuid"])["xml"].encode()
        self.assertEqual(self._download(move.action_l10n_mx_facture_download_xml()), kept)
        pdf = self._download(move.action_l10n_mx_facture_download_pdf())
        self.assertTrue(pdf.startswith(b"%PDF-"))

    def _download(self, action):
        answer = self.url_open(action["url"])
        self.assertEqual(answer.status_code, 200)
        self.assertIn("attachment", answer.headers["Content-Disposition"])
        return answer.content

    def test_the_list_filters_and_groups_by_state(self):
        stamped, _other = self.create_invoice(), self.create_invoice()
        stamped.action_l10n_mx_facture_stamp()
        self.tour("/odoo/customer-invoices", "list", self.accountant)

    def test_an_administrator_sets_up_an_account(self):
        administrator = self._create_user("account.group_account_manager,base.group_system")
        journal = self.journal.copy({"code": "TOUR", "l10n_mx_facture_branch_ids": False})
        journal.with_context(lang="en_US").name = "Tour Sales"
        self.tour(
            "/odoo/action-l10n_mx_facture.action_l10n_mx_facture_account",
            "account",
            administrator,
            cookies={"l10n_mx_facture_sandbox": quote(self.sandbox.url, safe="")},
        )
        account = self.env["l10n_mx_facture.account"].search([("name", "=", "Facture APP")])
        self.assertEqual(account.company_id, self.company)
        self.assertEqual(account.remote_user, "demo")
        self.assertTrue(account.credits)
        self.assertEqual(len(account.branch_ids), 4)
        with_journal = account.branch_ids.filtered("journal_ids")
        self.assertEqual(with_journal.zip, "06000")
        self.assertEqual(with_journal.journal_ids, journal)
