from odoo.tests import tagged

from ..support.browser_case import BrowserCase
from ..support.services_case import ServicesCase


@tagged("post_install_l10n", "post_install", "-at_install", "is_tour")
class TestBrowserServices(ServicesCase, BrowserCase):
    """A journal is given to another service, and an invoice of it goes its whole way there."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.accountant = cls._create_user("account.group_account_user")
        cls.manager = cls._create_user("account.group_account_manager")

    def go_through(self, provider):
        """Switch the journal, stamp and cancel in the browser.

        :return: the CFDI
        """
        branch = self.branch_of(self.account_of(provider))
        self.tour(f"/odoo/action-account.action_account_journal_form/{self.journal.id}", f"to_{provider}", self.manager)
        self.assertEqual(self.journal.l10n_mx_facture_branch_ids, branch)
        move = self.create_invoice()
        self.tour(f"/odoo/customer-invoices/{move.id}", f"through_{provider}", self.accountant)
        move.invalidate_recordset()
        document = move.l10n_mx_facture_document_id
        self.assertEqual(document.branch_id, branch)
        self.assertEqual(document.state, "cancel_requested")
        self.assertEqual([one["uuid"].upper() for one in self.book(move)], [document.uuid])
        self.assertFalse(self.calls("stamp"))
        return document

    def test_through_the_service_of_two_steps(self):
        document = self.go_through("sello_digital")
        self.assertEqual(len(self.calls("sello_stamp")), 1)
        self.assertEqual(len(self.calls("sello_cancel")), 1)
        self.assertFalse(document.receipt_attachment_id)

    def test_through_the_service_with_tokens(self):
        document = self.go_through("facture_api")
        self.assertEqual(len(self.calls("api_stamp")), 1)
        self.assertEqual(len(self.calls("api_cancel")), 1)
        self.assertTrue(document.receipt_attachment_id)
