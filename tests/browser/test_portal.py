from odoo.tests import tagged

from ..support.browser_case import SpanishCase


@tagged("post_install_l10n", "post_install", "-at_install", "is_tour")
class TestBrowserPortal(SpanishCase):
    """In Spanish: the customer has PDF and XML, with the link of the mail or with a login."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # in tests Odoo draws HTML in place of a PDF
        cls.company.l10n_mx_facture_pdf_source = "service"
        cls.visitor = cls._create_user_of("base.group_portal")
        cls.visitor.lang = "es_MX"
        cls.visitor.partner_id.parent_id = cls.customer

    def setUp(self):
        super().setUp()
        self.move = self.create_invoice()
        self.move.action_l10n_mx_facture_stamp()

    def visit(self, query="", login=None):
        path = f"/my/invoices/{self.move.id}{query}"
        self.start_tour(path, "l10n_mx_facture_portal", login=login, cookies={"frontend_lang": "es_MX"})

    def test_with_the_link(self):
        self.visit(f"?access_token={self.move._portal_ensure_token()}")

    def test_with_a_login(self):
        self.visit(login=self.visitor.login)
