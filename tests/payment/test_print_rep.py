from lxml import html

from ..support.payment_case import PaymentCase
from ..support.print_case import address_at_sat, codes_on, not_shown, text_of

REPORT = "l10n_mx_facture.action_report_rep"


class TestPrintRep(PaymentCase):
    """A stamped receipt is printed from its stored XML; one that is not stamped says so."""

    def page(self, rep):
        content, _kind = self.env["ir.actions.report"]._render_qweb_html(REPORT, rep.ids)
        return html.fromstring(content.decode())

    def stamped_rep(self):
        return self.stamp_payment(self.pay(self.ppd_invoice()))

    def test_all_of_the_xml(self):
        self.customer.lang = "en_US"
        rep = self.stamped_rep()
        page = text_of(self.page(rep))
        self.assertFalse(not_shown(rep.document_id.xml_attachment_id.raw, page), page)
        self.assertIn("Recibo electrónico de pago / Receipt of payment", page)
        self.assertIn("(CIENTO DIECISÉIS PESOS 00/100 M.N.)", page)

    def test_spanish_alone_for_who_reads_spanish(self):
        self.env["res.lang"]._activate_lang("es_MX")
        rep = self.stamped_rep()
        rep.partner_id.lang = "es_MX"
        page = text_of(self.page(rep))
        self.assertIn("Recibo electrónico de pago", page)
        self.assertNotIn("Receipt of payment", page)

    def test_the_button_and_the_print_menu(self):
        rep = self.stamped_rep()
        report = self.env.ref(REPORT)
        self.assertEqual(rep.action_print()["report_name"], report.report_name)
        menu = self.env["ir.actions.actions"].get_bindings("l10n_mx_facture.rep")["report"]
        self.assertIn(report.id, [action["id"] for action in menu])
        self.assertEqual(rep._print_name(), rep.document_id._file_name("pdf").removesuffix(".pdf"))

    def test_what_is_not_stamped_says_so(self):
        self.pay(self.ppd_invoice())
        rep = self.env["l10n_mx_facture.rep.due"].search([("company_id", "=", self.company.id)])._prepare_reps()[:1]
        self.assertEqual(rep.state, "draft")
        page = self.page(rep)
        # in the receiver's language, as all of the page
        self.assertIn(rep.with_context(lang=rep.partner_id.lang)._print_problem(), text_of(page))
        self.assertFalse(page.xpath("//img[@name='qr']"))

    def test_words_across_each_page(self):
        rep = self.stamped_rep()
        marks = [text_of(node) for node in self.page(rep).xpath("//div[@class='mx_mark']")]
        # the sandbox's
        self.assertEqual(len(marks), 1)
        self.assertIn("SIN VALIDEZ FISCAL", marks[0])

    def test_the_qr_code_holds_a_total_of_zero(self):
        rep = self.stamped_rep()
        codes = codes_on(self.page(rep))
        if codes is None:
            self.skipTest("zxing-cpp is not installed")
        self.assertEqual(codes, [address_at_sat(rep.document_id.xml_attachment_id.raw)])
        self.assertIn("&tt=0&", codes[0])

    def test_a_pdf_is_beside_the_form(self):
        rep = self.stamped_rep()
        self.assertEqual(rep.message_main_attachment_id, rep.document_id.pdf_attachment_id)
        self.assertEqual(rep.message_main_attachment_id.mimetype, "application/pdf")
