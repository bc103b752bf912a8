from lxml import html

from odoo.tests import HttpCase, new_test_user, tagged

from odoo.addons.l10n_mx_facture.models.common import protected

from ..support.common import FactureCase
from ..support.print_case import text_of


@tagged("post_install_l10n", "post_install", "-at_install")
class TestPortal(FactureCase, HttpCase):
    """A customer gets the files of the own CFDI; a stranger gets nothing."""

    def setUp(self):
        super().setUp()
        self.move = self.create_invoice()
        self.move.action_l10n_mx_facture_stamp()
        self.assertEqual(self.move.l10n_mx_facture_state, "stamped", self.move.l10n_mx_facture_message)
        self.document = self.move.l10n_mx_facture_document_id
        self.token = self.move._portal_ensure_token()

    def get(self, path="", token=None, **parameters):
        query = "&".join(f"{name}={value}" for name, value in parameters.items())
        token = self.token if token is None else token
        # by way of a redirection to the address of the language
        return self.url_open(f"/my/invoices/{self.move.id}{path}?access_token={token}&{query}")

    def set_document(self, **values):
        protected.write(self.document, values)

    def give_receipt(self):
        receipt = self.document._attach("acuse.xml", b"<Acuse/>", "application/xml")
        self.set_document(receipt_attachment_id=receipt.id)

    def assert_nothing(self, answer):
        """The visitor was sent away, to the own portal or to the login."""
        self.assertRegex(answer.url, r"/my(\?|$)|/web/login")
        for part in (self.document.uuid, "Comprobante", "Acuse/>", "importe_con_letra"):
            self.assertNotIn(part, answer.text)

    def test_the_xml_byte_for_byte(self):
        answer = self.get("/cfdi/xml")
        self.assertEqual(answer.status_code, 200)
        self.assertEqual(answer.content, self.document.xml_attachment_id.raw)
        self.assertIn(self.document.uuid, answer.headers["Content-Disposition"])
        self.assertEqual(answer.headers["X-Content-Type-Options"], "nosniff")

    def test_the_receipt_of_a_cancelled_one_only(self):
        self.give_receipt()
        self.assertEqual(self.get("/cfdi/acuse").status_code, 404)
        self.set_document(state="cancelled")
        answer = self.get("/cfdi/acuse")
        self.assertEqual((answer.status_code, answer.content), (200, b"<Acuse/>"))

    def test_no_other_file(self):
        for kind in ("payload", "pdf", "former_receipt_ids"):
            self.assertEqual(self.get(f"/cfdi/{kind}").status_code, 404)

    def test_a_stranger_gets_nothing(self):
        self.give_receipt()
        self.set_document(state="cancelled")
        other = self.create_invoice()
        stranger = new_test_user(self.env, f"stranger-{self.prefix}", "base.group_portal")
        for login in (None, stranger.login):
            self.authenticate(login, login)
            for token in ("", "no", other._portal_ensure_token()):
                for path in ("/cfdi/xml", "/cfdi/acuse"):
                    with self.subTest(login=login, token=token, path=path):
                        self.assert_nothing(self.get(path, token))
                with self.subTest(login=login, token=token):
                    self.assert_nothing(self.get("", token, report_type="pdf", download="true"))

    def test_the_customer_who_logs_in(self):
        customer = new_test_user(self.env, f"customer-{self.prefix}", "base.group_portal")
        customer.partner_id.parent_id = self.customer
        self.authenticate(customer.login, customer.login)
        answer = self.get("/cfdi/xml", "")
        self.assertEqual((answer.status_code, answer.content), (200, self.document.xml_attachment_id.raw))

    def test_the_pdf_that_the_company_chose(self):
        # in tests Odoo draws HTML in place of a PDF
        self.company.l10n_mx_facture_pdf_source = "odoo"
        ours = self.get(report_type="pdf", download="true")
        self.assertIn("importe_con_letra", ours.text)
        self.assertIn(f"{self.document.uuid}.pdf", ours.headers["Content-Disposition"])
        self.company.l10n_mx_facture_pdf_source = "service"
        self.assertEqual(
            self.get(report_type="pdf", download="true").content, self.document.pdf_attachment_id.raw
        )
        self.set_document(pdf_attachment_id=False)
        self.assertIn("importe_con_letra", self.get(report_type="pdf", download="true").text)

    def test_the_pdf_of_the_service_is_not_given_once_it_is_cancelled(self):
        self.company.l10n_mx_facture_pdf_source = "service"
        self.assertTrue(self.move._l10n_mx_facture_customer_pdf())
        self.set_document(state="cancelled")
        self.assertFalse(self.move._l10n_mx_facture_customer_pdf())
        self.assertIn("CANCELADO", self.get(report_type="pdf").text)

    def test_the_page_says_what_it_is(self):
        title = text_of(html.fromstring(self.get(report_type="html").content))
        self.assertIn("Factura", title)
        self.assertNotIn("roforma", title)
        states = [
            ({"environment": "test"}, "Test document"),
            ({"environment": "production"}, "Valid at SAT"),
            ({"state": "cancel_requested"}, "its cancellation was requested"),
            ({"state": "cancelled"}, "No longer valid: cancelled at SAT"),
        ]
        self.give_receipt()
        for values, sentence in states:
            self.set_document(**values)
            page = html.fromstring(self.get().content)
            with self.subTest(values=values):
                self.assertIn(sentence, text_of(page.xpath("//div[@name='l10n_mx_facture_portal']")[0]))
                self.assertTrue(page.xpath("//a[@name='cfdi_xml']"))
                self.assertEqual(bool(page.xpath("//a[@name='cfdi_acuse']")), "No longer" in sentence)

    def test_an_invoice_without_a_cfdi_has_none_of_it(self):
        self.move = self.create_invoice()
        self.token = self.move._portal_ensure_token()
        self.assertNotIn("l10n_mx_facture_portal", self.get().text)
        self.assertEqual(self.get("/cfdi/xml").status_code, 404)
