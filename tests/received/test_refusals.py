"""Files that make no bill: the draft says what they are, and what to do."""

from ast import literal_eval

from lxml import etree

from odoo.tools.safe_eval import safe_eval

from ..support.common import CAPITAL
from ..support.received_case import US, ReceivedCase

REFUSED = "l10n_mx_facture_refused_file"


class TestReceivedRefusals(ReceivedCase):
    def issued_by_us(self):
        """:return: XML that our company issued, as its customer would send it back"""
        xml = self.stamped_by_supplier().replace(b'Rfc="EKU9003173C9"', b'Rfc="XXX"')
        return xml.replace(b'Rfc="URE180429TM6"', b'Rfc="EKU9003173C9"').replace(b'Rfc="XXX"', b'Rfc="URE180429TM6"')

    def upload_sold(self, *files):
        """Drop files on the list of customer invoices. :return: what came of them"""
        attachments = self.env["ir.attachment"].create([{"name": "factura.xml", "raw": xml} for xml in files])
        journal = self.journal.with_context(default_move_type="out_invoice")
        return journal._create_document_from_attachment(attachments.ids)

    def assert_refused(self, move, *words):
        self.assertFalse(self.received(move) or move.invoice_line_ids)
        self.assertEqual(list(self.alerts(move)), [REFUSED])
        level, text = self.alerts(move)[REFUSED]
        self.assertEqual(level, "danger")
        for word in (*words, "If you don't need this draft, delete it"):
            self.assertIn(word, text)
        for word in words:
            self.assertIn(word, self.chatter_text(move))

    def test_one_that_is_cut_off(self):
        xml = self.stamped_by_supplier()
        for size in (len(xml) - 30, len(xml) // 2):
            with self.subTest(size):
                self.assert_refused(self.upload(xml[:size]), "factura0.xml", "ends too early, it was cut off")

    def test_one_that_is_damaged(self):
        xml = self.stamped_by_supplier()
        for changed, word in (
            (xml.replace(b"<cfdi:Receptor", b"<cfdi:Receptor <"), "not written by the rules of XML"),
            (xml.replace("ESPAÑOLA".encode(), b"ESPA\xd1OLA"), "not in the encoding that it names"),
        ):
            with self.subTest(word):
                self.assertNotEqual(changed, xml)
                self.assert_refused(self.upload(changed), word)

    def test_by_mail(self):
        # nobody sees what comes of a mail: it is told in the company's language
        self.company.partner_id.lang = "en_US"
        cut = self.stamped_by_supplier()[:-30]
        for kind in ("text/xml", "application/octet-stream"):
            with self.subTest(kind):
                self.assert_refused(self.mail(("a.xml", kind, cut)), "a.xml", "ends too early")

    def test_other_types(self):
        xml = self.stamped_by_supplier()
        for kind, word, sold in (
            (b"P", "without Pagos 2.0", "payment receipt"),
            (b"N", "payroll", "payroll"),
            (b"T", "transport of goods", "transport of goods"),
        ):
            with self.subTest(word):
                other = xml.replace(b'TipoDeComprobante="I"', b'TipoDeComprobante="%s"' % kind)
                self.assert_refused(self.upload(other), word)
                self.assert_refused(self.upload_sold(other), sold)

    def test_one_of_ours_among_the_bills(self):
        self.assert_refused(self.upload(self.issued_by_us()), "this company issued it", "enter the invoice by hand")

    def test_one_of_ours_that_odoo_stamped(self):
        self.company.vat = "EKU9003173C9"
        self.company.partner_id.zip = CAPITAL
        self.customer.vat = US
        invoice = self.create_invoice()
        invoice.action_l10n_mx_facture_stamp()
        xml = invoice.l10n_mx_facture_xml_attachment_id.raw
        for move in (self.upload(xml), self.upload_sold(xml)):
            with self.subTest(move.move_type):
                self.assert_refused(move, f"on the customer invoice {invoice.display_name} already")

    def test_issuer_and_receiver_are_the_same(self):
        xml = self.stamped_by_supplier().replace(b'Rfc="EKU9003173C9"', b'Rfc="URE180429TM6"')
        self.assertTrue(self.received(self.upload(xml)))
        self.assert_refused(self.upload_sold(xml), "this company issued it")

    def test_a_supplier_s_among_the_customer_invoices(self):
        move = self.upload_sold(self.stamped_by_supplier())
        self.assertEqual(move.move_type, "out_invoice")
        self.assert_refused(move, "issued by EKU9003173C9", "vendor bills")

    def test_lines_or_the_right_file_end_it(self):
        xml = self.stamped_by_supplier()
        typed, dropped, forgotten = (self.upload(xml[:-30]) for _ in range(3))
        typed.write({"partner_id": self.supplier.id, "invoice_line_ids": [(0, 0, {"name": "Typed", "price_unit": 1})]})
        self.drop(dropped, xml)
        forgotten.action_l10n_mx_facture_received_release()
        for move in (typed, dropped, forgotten):
            self.assert_no_alert(move)
        self.assertEqual(dropped.amount_total, 116.0)

    def test_on_a_bill_with_lines_the_chatter_is_enough(self):
        bill = self.bill(100)
        self.drop(bill, self.stamped_by_supplier()[:-30])
        self.assertIn("ends too early", self.chatter_text(bill))
        self.assert_no_alert(bill)

    def test_what_is_no_cfdi_is_none_of_ours(self):
        for raw in (b"%PDF-1.4 sat.gob.mx/cfd/4 %%EOF", b"\x89PNG sat.gob.mx"):
            with self.subTest(raw):
                self.assert_no_alert(self.upload(raw))

    # -- many at once ---------------------------------------------------------------------------

    def open_many(self, *files):
        """:return: the action that the uploader follows"""
        attachments = self.env["ir.attachment"].create([{"name": "factura.xml", "raw": xml} for xml in files])
        journal = self.bill_journal.with_context(default_move_type="in_invoice")
        return journal.create_document_from_attachment(attachments.ids)

    def test_many_at_once_are_told_together(self):
        xml = self.stamped_by_supplier()
        action = self.open_many(xml, xml, xml[:-30], self.stamped_by_supplier())
        (text,) = action["context"]["notifications"].values()
        self.assertIn("2 of 4 documents", text)
        self.assertEqual(action["context"]["default_move_type"], "in_invoice")
        views = {kind: view for view, kind in action["views"]}
        self.assertFalse(self.is_hint_hidden(views["list"], {}))
        self.assertEqual(views["form"], False)
        # that of the menu, with the filter and without it
        bills = self.env.ref("account.view_in_invoice_bill_tree").id
        self.assertFalse(self.is_hint_hidden(bills, {"l10n_mx_facture_hints": True}))
        self.assertTrue(self.is_hint_hidden(bills, {}))
        moves = self.env["account.move"].search(action["domain"])
        told = moves.filtered("l10n_mx_facture_hint")
        self.assertEqual(sorted(told.mapped(lambda move: bool(move.l10n_mx_facture_refused_uuid))), [False, True])
        self.assertIn("is on the bill", told.filtered("l10n_mx_facture_refused_uuid").l10n_mx_facture_hint)
        for name in ("account.view_account_invoice_filter", "account.view_account_bill_filter"):
            self.assertEqual(moves.search([*action["domain"], *self.hint_domain(name)]), told)

    def is_hint_hidden(self, view_id, context):
        """:return: whether the column “Notice about the CFDI” of this list is hidden in this context"""
        arch = etree.fromstring(self.env["account.move"].get_view(view_id, "list")["arch"])
        (column,) = arch.xpath("//field[@name='l10n_mx_facture_hint']")
        return safe_eval(column.get("column_invisible", "False"), {"context": context})

    def test_nothing_to_tell(self):
        action = self.open_many(self.stamped_by_supplier(), self.stamped_by_supplier())
        self.assertNotIn("notifications", action["context"])
        xml = self.stamped_by_supplier()
        self.assertNotIn("notifications", self.open_many(xml[:-30])["context"])

    def test_the_filter_finds_whatever_the_column_shows(self):
        xml = self.stamped_by_supplier()
        changed, total, listed, refused = (self.stamped_by_supplier() for _number in range(4))
        right = self.upload(xml)
        told = self.upload(changed.replace(b'Descripcion="Servicio"', b'Descripcion="Otra cosa"'), xml)
        told += self.upload(total, listed, self.stamped_by_supplier()[:-30])
        told += self.upload_sold(refused)
        told[2].invoice_line_ids[0].price_unit += 1
        self.sql_listed(told[3])
        self.assertEqual(len(told.filtered("l10n_mx_facture_hint")), 6)
        moves = told + right + self.create_invoice()
        domain = [("id", "in", moves.ids)]
        # the list of what was uploaded has the first search there is
        default = self.env["ir.ui.view"].default_view("account.move", "search")
        self.assertEqual(default, self.env.ref("account.view_account_invoice_filter").id)
        self.assertEqual(set(moves.search([*domain, *self.hint_domain()])), set(told))
        self.assertEqual(set(moves.search([*domain, ("l10n_mx_facture_hint", "=", False)])), set(moves - told))

    def sql_listed(self, bill):
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE l10n_mx_facture_received SET sat_efos_reading = 'listed' WHERE move_id = %s", (bill.id,)
        )
        self.env.invalidate_all()

    def hint_domain(self, name="account.view_account_bill_filter"):
        """:param name: of the view that has the filter
        :return: its domain
        """
        view = self.env["account.move"].get_view(self.env.ref(name).id, "search")
        (node,) = etree.fromstring(view["arch"]).xpath("//filter[@name='l10n_mx_facture_hint']")
        return literal_eval(node.get("domain"))
