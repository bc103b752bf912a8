from lxml import html

from ..support.global_case import GlobalCase
from ..support.print_case import address_at_sat, codes_on, draw, not_shown, text_of

REPORT = "l10n_mx_facture.action_report_global"
CREDIT_REPORT = "l10n_mx_facture.action_report_ticket_credit"


class TestPrintGlobal(GlobalCase):
    """A stamped global invoice is printed from its stored XML, a row for each ticket and a head on each page."""

    def page(self, made):
        content, _kind = self.env["ir.actions.report"]._render_qweb_html(REPORT, made.ids)
        return html.fromstring(content.decode())

    def mixed(self):
        """:return: tickets with 16 %, 16 % and IEPS, 0 %, exempt and a discount"""
        return self.sell(130.0) | self.sell(
            lines=[
                {"price_unit": 1000.0, "tax_ids": self.ieps8 + self.iva16},
                {"price_unit": 100.0, "tax_ids": self.iva0},
                {"price_unit": 80.0, "tax_ids": self.exempt, "discount": 25.0},
            ]
        )

    def rows_of(self, page):
        """:return: list of the pages' tables: lists of rows, lists of the cells' texts"""
        return [
            [[text_of(cell) for cell in row.xpath("td")] for row in table.xpath("tbody/tr")]
            for table in page.xpath("//table[@name='tickets']")
        ]

    def test_all_of_the_xml(self):
        tickets = self.mixed()
        page = self.page(self.stamped_global(tickets))
        [rows] = self.rows_of(page)
        text = text_of(page)
        self.assertFalse(not_shown(tickets.global_id.document_id.xml_attachment_id.raw, text), text)
        self.assertIn("Factura global", text)
        self.assertIn("Información global", text)
        for ticket, row in zip(tickets, rows, strict=True):
            self.assertEqual(row[0], ticket.number)
        self.assertEqual(rows[0][7:], ["130.00", "02", "002 IVA 16% (Tasa)", "130.00", "20.80"])
        self.assertEqual(rows[1][6:8], ["20.00", "1,180.00"])

    def test_each_ticket_is_on_one_page_and_each_page_has_a_head(self):
        made = self.stamped_global()
        # 90 tickets more than SAT's guide has
        root = html.etree.fromstring(made.document_id.xml_attachment_id.raw)
        lines = root.find("{*}Conceptos")
        for number in range(90):
            line = html.etree.fromstring(html.etree.tostring(lines[0], encoding="utf-8"))
            line.set("NoIdentificacion", f"T-{number:04}")
            lines.append(line)
        page = draw(self.env, html.etree.tostring(root, encoding="utf-8"))
        tables = self.rows_of(page)
        self.assertEqual([len(rows) for rows in tables], [34, 59])
        heads = page.xpath("//table[@name='tickets']/thead")
        self.assertEqual(len(heads), len(tables))
        numbers = [row[0] for rows in tables for row in rows]
        self.assertEqual(numbers, [*made.ticket_ids.sorted("id").mapped("number"), *(f"T-{n:04}" for n in range(90))])

    def test_an_invoice_of_products_to_the_public_keeps_its_lines(self):
        self.journal.l10n_mx_facture_to_global = False
        move = self.create_invoice(partner_id=self.public.id)
        self.stamp(move)
        self.assertTrue(self.xml_of(move).informacion_global)
        content, _kind = self.env["ir.actions.report"]._render_qweb_html("account.account_invoices", move.ids)
        page = html.fromstring(content.decode())
        self.assertFalse(page.xpath("//table[@name='tickets']"))
        self.assertTrue(page.xpath("//table[@name='conceptos']"))

    def test_the_companys_language_as_the_public_gets_none(self):
        self.env["res.lang"]._activate_lang("es_MX")
        made = self.stamped_global()
        made.company_id.partner_id.lang = "es_MX"
        self.public.lang = "en_US"
        page = text_of(self.page(made))
        self.assertIn("Régimen fiscal", page)
        self.assertNotIn("Tax regime", page)

    def test_the_button_and_the_print_menu(self):
        made = self.stamped_global()
        report = self.env.ref(REPORT)
        self.assertEqual(made.action_print()["report_name"], report.report_name)
        menu = self.env["ir.actions.actions"].get_bindings("l10n_mx_facture.global")["report"]
        self.assertIn(report.id, [action["id"] for action in menu])
        self.assertEqual(made._print_name(), made.document_id._file_name("pdf").removesuffix(".pdf"))
        self.assertFalse(made._print_problem())

    def test_what_is_not_stamped_says_so(self):
        made = self.make(self.guide())
        page = self.page(made)
        self.assertIn(made.name, made._print_problem())
        self.assertIn(made.with_context(lang=made.company_id.partner_id.lang)._print_problem(), text_of(page))
        self.assertFalse(page.xpath("//img[@name='qr']"))

    def test_words_across_each_page(self):
        made = self.stamped_global()

        def marks():
            return " ".join(text_of(node) for node in self.page(made).xpath("//div[@class='mx_mark']"))

        # the sandbox's
        self.assertIn("SIN VALIDEZ FISCAL", marks())
        self.assertNotIn("CANCELADO", marks())
        self.press(made, "cancel", "02")
        self.cancelled(made)
        self.assertIn("CANCELADO", marks())
        # its tickets are free, the print still has them
        self.assertEqual(len(self.rows_of(self.page(made))[0]), 3)

    def test_the_qr_code(self):
        made = self.stamped_global()
        codes = codes_on(self.page(made))
        if codes is None:
            self.skipTest("zxing-cpp is not installed")
        self.assertEqual(codes, [address_at_sat(made.document_id.xml_attachment_id.raw)])
        self.assertIn("&tt=980.18&", codes[0])

    def test_the_services_pdf(self):
        made = self.stamped_global()
        made.document_id.pdf_attachment_id.sudo().unlink()
        self.press(made, "action_fetch_pdf")
        self.assertEqual(made.document_id.pdf_attachment_id.mimetype, "application/pdf")


class TestPrintCredit(GlobalCase):
    """A stamped credit note of a ticket of another module is printed as a credit note of Odoo's is."""

    def page(self, credits):
        content, _kind = self.env["ir.actions.report"]._render_qweb_html(CREDIT_REPORT, credits.ids)
        return html.fromstring(content.decode())

    def credit(self, number):
        """:return: the credit note, a draft, of all of a ticket"""
        ticket = self.take(number)
        self.stamped_global(ticket)
        self.press(ticket, "_give_back")
        return ticket.credit_ids

    def stamped_credit(self, number="P-1"):
        credit = self.credit(number)
        self.queue()
        self.assertEqual(credit.state, "stamped", credit.message_text)
        return credit

    def test_all_of_the_xml(self):
        credit = self.stamped_credit()
        page = self.page(credit)
        text = text_of(page)
        self.assertFalse(not_shown(credit.document_id.xml_attachment_id.raw, text), text)
        self.assertIn("Nota de crédito", text)
        # the global invoice that it names, the ticket, and how it is given back
        for shown in (credit.global_id.uuid, credit.ticket_id.number, "84111506", "01 Efectivo"):
            self.assertIn(shown, text)
        codes = codes_on(page)
        self.assertIn(codes, (None, [address_at_sat(credit.document_id.xml_attachment_id.raw)]))

    def test_the_companys_language_as_the_public_gets_none(self):
        self.env["res.lang"]._activate_lang("es_MX")
        credit = self.stamped_credit()
        for lang, has_english in (("es_MX", False), ("en_US", True)):
            credit.company_id.partner_id.lang = lang
            self.assertEqual("Tax regime" in text_of(self.page(credit)), has_english)

    def test_the_button_and_the_print_menu(self):
        credit = self.stamped_credit()
        report = self.env.ref(CREDIT_REPORT)
        self.assertEqual(self.press(credit, "action_print")["report_name"], report.report_name)
        menu = self.env["ir.actions.actions"].get_bindings("l10n_mx_facture.ticket.credit")["report"]
        self.assertIn(report.id, [action["id"] for action in menu])
        self.assertEqual(credit._print_name(), credit.document_id._file_name("pdf").removesuffix(".pdf"))
        self.assertFalse(credit._print_problem())

    def test_what_is_not_stamped_says_so(self):
        credit = self.credit("P-2")
        page = self.page(credit)
        self.assertIn(credit.name, credit._print_problem())
        self.assertIn(credit.with_context(lang=credit.company_id.partner_id.lang)._print_problem(), text_of(page))
        self.assertFalse(page.xpath("//img[@name='qr']"))

    def test_several_with_words_across_each_page(self):
        credits = self.stamped_credit("P-3") | self.stamped_credit("P-4")
        self.press(credits[0], "cancel", "02")
        self.cancelled(credits[0])
        marks = [text_of(node) for node in self.page(credits).xpath("//div[@class='mx_mark']")]
        self.assertEqual([sum(word in mark for mark in marks) for word in ("CANCELADO", "SIN VALIDEZ")], [1, 2])

    def test_the_services_pdf(self):
        credit = self.stamped_credit()
        credit.document_id.pdf_attachment_id.sudo().unlink()
        self.press(credit, "action_fetch_pdf")
        self.assertEqual(credit.document_id.pdf_attachment_id.mimetype, "application/pdf")
