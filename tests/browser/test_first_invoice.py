import io
from unittest import skipUnless
from urllib.parse import quote

from odoo.tests import tagged
from odoo.tools import find_in_path
from odoo.tools.pdf import PdfFileReader

from odoo.addons.mail.tests.common import MockEmail

from ..support.browser_case import SpanishCase

try:
    PRINTER = find_in_path("wkhtmltopdf")
except OSError:
    PRINTER = None


@tagged("post_install_l10n", "post_install", "-at_install", "is_tour")
class TestBrowserFirstInvoice(SpanishCase, MockEmail):
    """In Spanish, from a company that has nothing to an invoice that is stamped, printed and mailed."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.account.branch_ids.journal_ids = False
        cls.account.active = False
        domain = [("type", "=", "sale"), ("company_id", "=", cls.company.id), ("id", "!=", cls.journal.id)]
        cls.env["account.journal"].search(domain).active = False
        # the series is this class's own
        cls.journal.code = cls.prefix[:5]
        cls.company.partner_id.write({"vat": False, "zip": False, "l10n_mx_facture_tax_regime_id": False})
        # Odoo asks for a layout once
        cls.company.external_report_layout_id = cls.env.ref("web.external_layout_standard")
        cls.product.write(
            {"name": "Consultoría de prueba", "list_price": 1500, "l10n_mx_facture_product_code_id": False}
        )
        cls.administrator = cls._create_user("account.group_account_manager,base.group_system")
        cls.administrator.lang = "es_MX"

    def test_from_the_settings_to_the_mailed_invoice(self):
        self.set_up()
        self.tour("/odoo/action-account.res_partner_action_customer", "first_customer", self.user)
        with self.mock_mail_gateway():
            self.tour("/odoo/customer-invoices", "first_invoice", self.user)
        self.env.invalidate_all()
        move = self.env["account.move"].search([("create_uid", "=", self.user.id)])
        self.assertEqual((move.state, move.l10n_mx_facture_state), ("posted", "stamped"))
        self.check_service(move)
        self.check_mail(move)
        self.check_print(move)

    def set_up(self):
        settings = "/odoo/action-account.action_account_config"
        cookies = {"l10n_mx_facture_sandbox": quote(self.sandbox.url, safe="")}
        self.tour(settings, "first_set_up", self.administrator, cookies=cookies)
        self.assertEqual(self.company.vat, "EKU9003173C9")
        self.assertEqual(self.journal.l10n_mx_facture_branch_ids.zip, "06000")
        product = f"/odoo/action-account.product_product_action_sellable/{self.product.product_tmpl_id.id}"
        self.tour(product, "first_product", self.administrator)
        self.assertEqual(self.product.l10n_mx_facture_product_code_id.code, "80101500")

    def check_service(self, move):
        document = move.l10n_mx_facture_document_id
        [entry] = self.sandbox.book(serie=document.serie, folio=document.folio)
        self.assertEqual(entry["uuid"].upper(), document.uuid)

    def check_mail(self, move):
        """One mail to the customer, with our PDF and the XML as it was stamped."""
        [mail] = [one for one in self._mails if "compras@example.com" in str(one["email_to"])]
        files = {name: content for name, content, _kind in mail["attachments"]}
        xml = move.l10n_mx_facture_xml_attachment_id
        self.assertEqual(set(files), {xml.name, move.invoice_pdf_report_id.name})
        self.assertEqual(files[xml.name], xml.raw)
        # in tests Odoo draws HTML in place of a PDF
        self.assertIn("importe_con_letra", files[move.invoice_pdf_report_id.name].decode())

    @skipUnless(PRINTER, "wkhtmltopdf is not there")
    def check_print(self, move):
        """What the user prints is a PDF; its text has the UUID."""
        report = self.env["ir.actions.report"].with_user(self.user).with_context(force_report_rendering=True)
        pdf, kind = report._render_qweb_pdf("account.report_invoice_with_payments", move.ids)
        self.assertEqual(kind, "pdf")
        text = "".join(page.extract_text() for page in PdfFileReader(io.BytesIO(pdf)).pages)
        self.assertIn(move.l10n_mx_facture_uuid, text.upper())
