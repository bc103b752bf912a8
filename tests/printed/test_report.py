import io
from urllib.parse import unquote

from lxml import html
from reportlab.pdfgen.canvas import Canvas

from odoo.tools.pdf import PdfFileReader

from odoo.addons.l10n_mx_facture.models.common import protected
from odoo.addons.l10n_mx_facture.models.printed.watermark import mark_pages

from ..support.print_case import address_at_sat, codes_on, not_shown, text_of
from ..support.stamp_case import StampCase

REPORT = "account.account_invoices"


class TestReport(StampCase):
    """Odoo's invoice report prints a stamped invoice from its stored XML, and any other one as ever."""

    def print_html(self, move):
        content, _kind = self.env["ir.actions.report"]._render_qweb_html(REPORT, move.ids)
        return html.fromstring(content.decode())

    def print_text(self, move):
        return text_of(self.print_html(move))

    def set_document(self, move, **values):
        protected.write(move.l10n_mx_facture_document_id, values)

    def test_a_stamped_invoice_is_printed_from_its_xml(self):
        self.customer.lang = "en_US"
        move = self.stamped_invoice()
        xml = move.l10n_mx_facture_xml_attachment_id.raw
        page = self.print_text(move)
        self.assertFalse(not_shown(xml, page), page)
        self.assertIn("Factura / Invoice", page)
        self.assertIn("M.N.", page)

    def test_it_says_what_the_xml_says_and_not_what_the_record_says(self):
        move = self.stamped_invoice()
        old = move.partner_id.name
        move.partner_id.name = "OTRO NOMBRE"
        self.assertNotIn("OTRO NOMBRE", self.print_text(move))
        move.partner_id.name = old

    def test_spanish_alone_for_who_reads_spanish(self):
        self.env["res.lang"]._activate_lang("es_MX")
        move = self.stamped_invoice()
        move.partner_id.lang = "es_MX"
        page = self.print_text(move)
        self.assertIn("Emisor Receptor", page)
        self.assertNotIn("Issuer", page)

    def test_a_credit_note_has_its_title(self):
        self.customer.lang = "en_US"
        move = self.stamped_invoice()
        reversal = move._reverse_moves([{"invoice_date": move.invoice_date}])
        reversal.action_post()
        self.stamp(reversal)
        self.assertEqual(reversal.l10n_mx_facture_state, "stamped", reversal.l10n_mx_facture_message)
        page = self.print_text(reversal)
        self.assertIn("Nota de crédito / Credit note", page)
        self.assertIn(move.l10n_mx_facture_uuid.upper(), page.upper())

    def test_an_unstamped_invoice_is_printed_as_ever(self):
        page = self.print_html(self.create_invoice())
        self.assertTrue(page.xpath("//table[@name='invoice_line_table']"))
        self.assertNotIn("Folio fiscal", text_of(page))

    def test_an_xml_that_can_t_be_read_is_said(self):
        move = self.stamped_invoice()
        attachment = move.l10n_mx_facture_xml_attachment_id.sudo()
        protected.write(attachment, {"raw": b"<broken"})
        page = self.print_html(move)
        self.assertTrue(page.xpath("//table[@name='invoice_line_table']"))
        self.assertIn("No se puede leer el XML", text_of(page))

    def test_words_across_a_page_follow_the_state(self):
        move = self.stamped_invoice()
        document = move.l10n_mx_facture_document_id
        self.set_document(move, environment="production")
        self.assertEqual(document._print_marks(), ())
        self.set_document(move, state="cancel_requested")
        self.assertEqual(document._print_marks(), ())
        self.assertFalse(self.print_html(move).xpath("//div[@class='mx_mark']"))
        self.set_document(move, state="cancelled")
        self.assertEqual(document._print_marks(), ("CANCELADO",))
        self.set_document(move, environment="test")
        marks = [text_of(node) for node in self.print_html(move).xpath("//div[@class='mx_mark']")]
        self.assertEqual(len(marks), 2, marks)
        (style,) = self.print_html(move).xpath("//div[contains(@class, 'mx_cfdi')]/@style")
        self.assertIn("CANCELADO", unquote(style.partition("url('data:image/svg+xml,")[2].partition("')")[0]))

    def test_the_words_are_on_each_page_of_a_pdf(self):
        packet = io.BytesIO()
        canvas = Canvas(packet)
        for size in ((612, 792), (595, 842), (612, 792)):
            canvas.setPageSize(size)
            canvas.drawString(100, 100, "contenido")
            canvas.showPage()
        canvas.save()
        packet.seek(0)
        pages = PdfFileReader(mark_pages(packet, ["CANCELADO", "SIN VALIDEZ FISCAL"])).pages
        texts = [page.extract_text() for page in pages]
        self.assertEqual(len(texts), 3)
        for text in texts:
            for words in ("contenido", "CANCELADO", "SIN VALIDEZ FISCAL"):
                self.assertIn(words, text)

    def test_the_qr_code_holds_sat_s_address(self):
        move = self.stamped_invoice()
        codes = codes_on(self.print_html(move))
        if codes is None:
            self.skipTest("zxing-cpp is not installed")
        self.assertEqual(codes, [address_at_sat(move.l10n_mx_facture_xml_attachment_id.raw)])
