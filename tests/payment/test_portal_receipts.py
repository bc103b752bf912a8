from lxml import html

from odoo.tests import HttpCase, new_test_user, tagged

from odoo.addons.l10n_mx_facture.models.common import protected

from ..support.payment_case import PaymentCase
from ..support.print_case import text_of


@tagged("post_install_l10n", "post_install", "-at_install")
class TestPortalReceipts(PaymentCase, HttpCase):
    """A customer gets the receipts of what was paid; a stranger gets nothing."""

    def setUp(self):
        super().setUp()
        self.company.l10n_mx_facture_pdf_source = "odoo"
        self.move = self.ppd_invoice()
        self.payment = self.pay(self.move)
        self.rep = self.stamp_payment(self.payment)
        self.document = self.rep.document_id
        self.token = self.move._portal_ensure_token()

    def press(self, records, method, *args, user=None, **kwargs):
        """The server of these tests works in their transaction: no cursor of its own can commit."""
        return getattr(records.with_user(user or self.env.user), method)(*args, **kwargs)

    def get(self, path="", token=None, move=None):
        token = self.token if token is None else token
        return self.url_open(f"/my/invoices/{(move or self.move).id}{path}?access_token={token}")

    def receipt(self, kind, token=None, rep=None, move=None):
        return self.get(f"/receipts/{(rep or self.rep).id}/{kind}", token, move)

    def set_document(self, **values):
        protected.write(self.document, values)

    def customer_logs_in(self):
        user = new_test_user(self.env, f"customer-{self.prefix}", "base.group_portal")
        user.partner_id.parent_id = self.customer
        self.authenticate(user.login, user.login)

    def stranger(self):
        return new_test_user(self.env, f"stranger-{self.prefix}", "base.group_portal")

    def assert_nothing(self, answer):
        self.assertRegex(answer.url, r"/my(\?|$)|/web/login")
        for part in (self.document.uuid, "Comprobante", "importe_con_letra"):
            self.assertNotIn(part, answer.text)

    def test_the_files_by_the_invoice_s_token(self):
        xml = self.receipt("xml")
        self.assertEqual((xml.status_code, xml.content), (200, self.document.xml_attachment_id.raw))
        self.assertIn(self.document.uuid, xml.headers["Content-Disposition"])
        self.assertEqual(xml.headers["X-Content-Type-Options"], "nosniff")
        # in tests Odoo draws HTML in place of a PDF
        pdf = self.receipt("pdf")
        self.assertIn("importe_con_letra", pdf.text)
        self.assertIn(f"{self.document.uuid}.pdf", pdf.headers["Content-Disposition"])
        self.company.l10n_mx_facture_pdf_source = "service"
        self.assertEqual(self.receipt("pdf").content, self.document.pdf_attachment_id.raw)
        for kind in ("acuse", "payload"):
            self.assertEqual(self.receipt(kind).status_code, 404)

    def test_the_page_of_the_invoice_lists_them(self):
        states = [
            ({"environment": "test"}, "Test document"),
            ({"environment": "production"}, "Valid at SAT"),
            ({"state": "cancelled"}, "No longer valid: cancelled at SAT"),
        ]
        for values, sentence in states:
            self.set_document(**values)
            (part,) = html.fromstring(self.get().content).xpath("//div[@name='l10n_mx_facture_receipts']")
            with self.subTest(values=values):
                self.assertIn(sentence, text_of(part))
                self.assertIn(self.rep.name, text_of(part))
                for kind in ("pdf", "xml"):
                    (link,) = part.xpath(f".//a[@name='rep_{kind}']/@href")
                    self.assertEqual(self.url_open(link).status_code, 200, link)

    def test_an_invoice_without_receipts_lists_none(self):
        other = self.ppd_invoice()
        page = self.get(move=other, token=other._portal_ensure_token())
        self.assertIn("l10n_mx_facture_portal", page.text)
        self.assertNotIn("l10n_mx_facture_receipts", page.text)

    def test_a_stranger_gets_nothing(self):
        other = self.ppd_invoice()
        stranger = self.stranger()
        for login in (None, stranger.login):
            self.authenticate(login, login)
            for kind in ("pdf", "xml", "acuse"):
                for token in ("", "no", other._portal_ensure_token()):
                    with self.subTest(login=login, token=token, kind=kind):
                        self.assert_nothing(self.receipt(kind, token))
                with self.subTest(login=login, kind=kind):
                    self.assert_nothing(self.url_open(f"/my/receipts/{self.rep.id}/{kind}"))
                    # the token of one invoice opens no receipt of another
                    self.assert_nothing(self.receipt(kind, other._portal_ensure_token(), move=other))
        self.authenticate(stranger.login, stranger.login)
        self.assertNotIn(self.rep.name, self.url_open("/my/receipts").text)

    def test_a_receipt_for_a_factor_is_not_the_customer_s(self):
        factor = self.create_customer_copy("FACTORAJE SA")
        move = self.ppd_invoice()
        payment = self.pay(move)
        payment.write({"l10n_mx_facture_factoring": True})
        rep = self.stamp_payment(payment)
        # as a factor's: the payment's contact is the receiver
        self.env.cr.execute("UPDATE l10n_mx_facture_rep SET partner_id = %s WHERE id = %s", (factor.id, rep.id))
        self.env.invalidate_all()
        self.assertFalse(move._l10n_mx_facture_customer_receipts())
        self.assert_nothing(self.receipt("xml", move._portal_ensure_token(), rep, move))

    def create_customer_copy(self, name):
        return self.env["res.partner"].create({"name": name, "is_company": True})

    def test_the_list_of_who_is_logged_in(self):
        self.customer_logs_in()
        page = html.fromstring(self.url_open("/my/receipts").content)
        (row,) = page.xpath(f"//tr[@data-rep='{self.rep.id}']")
        self.assertIn(self.rep.name, text_of(row))
        (link,) = row.xpath(".//a[@name='rep_xml']/@href")
        self.assertEqual(self.url_open(link).content, self.document.xml_attachment_id.raw)
        (link,) = row.xpath(".//a[@name='rep_pdf']/@href")
        self.assertIn("importe_con_letra", self.url_open(link).text)
        self.assertIn("/my/receipts", self.url_open("/my/home").text)

    def test_what_is_not_stamped_is_not_listed(self):
        self.pay(self.ppd_invoice())
        due = self.env["l10n_mx_facture.rep.due"].search([("company_id", "=", self.company.id)])
        draft = due._prepare_reps()[:1]
        self.customer_logs_in()
        self.assertNotIn(f"data-rep=\"{draft.id}\"", self.url_open("/my/receipts").text)
        self.assert_nothing(self.url_open(f"/my/receipts/{draft.id}/pdf"))
