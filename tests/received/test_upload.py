"""A supplier's XML: the ways in which it comes, what it fills, what is refused."""

import re
from decimal import Decimal

from odoo.exceptions import RedirectWarning, UserError
from odoo.tests import Form, new_test_user
from odoo.tools import mute_logger

from odoo.addons.l10n_mx_facture.cfdi.received import ReceivedTax
from odoo.addons.l10n_mx_facture.models.received import fill

from ..support.received_case import SUPPLIER, ReceivedCase
from ..support.received_cfdi import EXEMPT, IEPS8, ISR_RET, IVA16, IVA_RET, line


class TestReceivedUpload(ReceivedCase):
    def test_upload_fills_a_new_bill(self):
        xml = self.stamped_by_supplier(
            line("Consulta", "3", "100.00"), line("Libro", "2", "50.00", (EXEMPT,), discount="10.00"), folio="77"
        )
        bill = self.upload(xml)
        received = self.received(bill)
        self.assertEqual(
            (bill.move_type, bill.partner_id, bill.ref, bill.invoice_date),
            ("in_invoice", self.supplier, "P77", self.today()),
        )
        self.assertEqual(bill.amount_total, 438.0)
        self.assertEqual(bill.invoice_line_ids.mapped("name"), ["Consulta", "Libro"])
        self.assertEqual(bill.invoice_line_ids.mapped("quantity"), [3, 2])
        self.assertEqual([round(one.discount, 6) for one in bill.invoice_line_ids], [0, 10])
        self.assertEqual(bill.invoice_line_ids[0].tax_ids, self.company.account_purchase_tax_id)
        self.assertEqual(bill.invoice_line_ids[1].tax_ids.l10n_mx_factor_type, "Exento")
        self.assert_no_alert(bill)
        self.assertEqual((received.total, received.moneda, received.version), (438.0, "MXN", "4.0"))
        self.assertEqual((received.rfc_emisor, received.rfc_receptor), (SUPPLIER, self.company.vat))
        self.assertEqual((received.seal, received.xml_attachment_id.raw), ("holds", xml))
        self.assertIn(received.uuid, self.chatter_text(bill))
        bill.action_post()
        self.assertEqual(bill.state, "posted")

    def test_every_tax_that_the_chart_has(self):
        xml = self.stamped_by_supplier(
            line("Honorarios", "1", "1000.00", (IVA16, ISR_RET, IVA_RET)), line("Dulces", "7", "13.37", (IEPS8, IVA16))
        )
        bill = self.upload(xml)
        taxes = [sorted(line.tax_ids.mapped("amount")) for line in bill.invoice_line_ids]
        self.assertEqual([[round(amount, 4) for amount in row] for row in taxes], [[-10.6667, -10, 16], [8, 16]])
        self.assert_no_alert(bill)
        self.assertEqual(bill.amount_total, self.received(bill).total)

    def test_a_credit_note_becomes_a_refund(self):
        bill = self.upload(self.stamped_by_supplier(kind="E"))
        self.assertEqual((bill.move_type, bill.amount_total), ("in_refund", 116.0))
        self.assert_no_alert(bill)

    def test_a_tax_that_nobody_set_up_is_told_on_the_line(self):
        odd = ("003", "Tasa", "0.265000", False)
        self.env["account.tax"].search(
            [("l10n_mx_tax_type", "=", "ieps"), ("company_id", "=", self.company.id)]
        ).active = False
        bill = self.upload(self.stamped_by_supplier(line("Bebida", "1", "100.00", (odd, IVA16))))
        self.assertEqual(bill.invoice_line_ids.mapped("display_type"), ["product", "line_note"])
        self.assertIn("IEPS 26.5 % (26.50)", bill.invoice_line_ids[1].name)
        (alert,) = self.alerts(bill).values()
        self.assertEqual(alert[0], "warning")
        self.assertIn("146.74", alert[1])

    def test_quantities_and_prices_with_six_decimals(self):
        xml = self.stamped_by_supplier(
            line("Gasolina", "38.461538", "19.876543"),
            line("Tela", "0.004", "2500.50"),
        )
        bill = self.upload(xml)
        self.assertEqual(bill.invoice_line_ids.mapped("price_subtotal"), [764.48, 10.0])
        self.assert_no_alert(bill)

    def test_cents_that_the_supplier_rounded_otherwise(self):
        # 0.016 of tax on each of ten lines: 0.20 in the CFDI, 0.16 of the sum
        self.company.tax_calculation_rounding_method = "round_globally"
        bill = self.upload(self.stamped_by_supplier(*[line(f"Clip {i}", "1", "0.10") for i in range(10)]))
        self.assertEqual((self.received(bill).total, bill.amount_total, bill.amount_tax), (1.2, 1.2, 0.2))
        self.assert_no_alert(bill)

    def test_a_tax_included_in_the_price(self):
        chart = self.env["account.tax"].search(
            [("type_tax_use", "=", "purchase"), ("amount", "=", 16), ("company_id", "=", self.company.id)]
        )
        chart.active = False
        self.create_tax("16 included", 16, type_tax_use="purchase", price_include_override="tax_included")
        bill = self.upload(self.stamped_by_supplier())
        self.assertEqual((bill.invoice_line_ids.price_unit, bill.amount_total), (116.0, 116.0))

    def test_which_tax_is_meant(self):
        quota = self.create_tax("Quota", 1.5, "ieps", "Cuota", amount_type="fixed", type_tax_use="purchase")
        default = self.company.account_purchase_tax_id
        earlier = default.copy({"name": "earlier", "sequence": 0})
        taxes = self.env["l10n_mx_facture.received.taxes"]._of(self.bill())

        def found(impuesto, factor, rate, withheld=False):
            rate = rate and Decimal(rate)
            return taxes.match(ReceivedTax(impuesto, factor, withheld, Decimal(10), rate, rate and Decimal(1)))

        self.assertEqual(found("002", "Tasa", "0.160000"), default)
        self.assertEqual(found("003", "Cuota", "1.500000"), quota)
        self.assertEqual(found("002", "Exento", None).l10n_mx_factor_type, "Exento")
        self.assertEqual(found("002", "Tasa", "0.000000").amount, 0)
        self.assertEqual(found("002", "Tasa", "0.000000").l10n_mx_factor_type, "Tasa")
        self.assertEqual(found("002", "Tasa", "0.106666", True).l10n_mx_tax_type, "iva")
        self.assertEqual(found("001", "Tasa", "0.100000", True).l10n_mx_tax_type, "isr")
        for nothing in (("003", "Cuota", "1.510000"), ("002", "Tasa", "0.150000"), ("001", "Tasa", "0.160000"),
                        ("002", "Tasa", "0.160000", True), ("003", "Exento", None)):  # fmt: skip
            with self.subTest(nothing):
                self.assertFalse(found(*nothing))
        default.active = False
        taxes = self.env["l10n_mx_facture.received.taxes"]._of(self.bill())
        self.assertEqual(found("002", "Tasa", "0.160000"), earlier)

    def test_a_vendor_that_somebody_chose_is_kept(self):
        self.supplier.vat = False
        bill = self.bill()
        self.drop(bill, self.stamped_by_supplier())
        self.assertEqual((bill.partner_id, bill.amount_total), (self.supplier, 116.0))
        self.assertFalse(self.env["res.partner"].search([("vat", "=", SUPPLIER)]))
        self.assertIn(SUPPLIER, str(self.alerts(bill)))

    def test_dollars(self):
        usd = self.env.ref("base.USD")
        usd.active = False
        bill = self.upload(self.stamped_by_supplier(moneda="USD", rate="18.5"))
        self.assertFalse(bill.invoice_line_ids)
        for text in (self.chatter_text(bill), bill.l10n_mx_facture_hint):
            self.assertIn("activate the currency USD", text)
        usd.active = True
        bill.action_l10n_mx_facture_received_fill()
        self.assertEqual((bill.currency_id, bill.amount_total), (usd, 116.0))
        self.assert_no_alert(bill)

    def test_dropped_on_an_empty_bill(self):
        bill = self.bill(partner_id=False, invoice_date=False)
        self.drop(bill, self.stamped_by_supplier(), "FACTURA.XML")
        self.assertEqual((bill.partner_id, bill.amount_total), (self.supplier, 116.0))
        self.assertEqual(self.received(bill).xml_attachment_id.res_id, bill.id)

    def test_dropped_on_a_bill_that_was_typed(self):
        bill = self.bill(100)
        self.drop(bill, self.stamped_by_supplier())
        self.assertEqual(bill.invoice_line_ids.mapped("name"), ["Typed"])
        self.assertTrue(self.received(bill))
        self.assert_no_alert(bill)

    def test_by_mail(self):
        xml = self.stamped_by_supplier().partition(b"?>")[2].lstrip()
        pdf = b"%PDF-1.4\n%%EOF"
        bill = self.mail(("A.PDF", "application/pdf", pdf), ("A.XML", "application/octet-stream", xml))
        self.assertEqual(len(bill), 1)
        self.assertEqual((bill.partner_id, bill.amount_total), (self.supplier, 116.0))
        attachment = self.received(bill).xml_attachment_id
        self.assertEqual((attachment.res_model, attachment.res_id), (bill._name, bill.id))

    def test_two_of_one_mail_become_two_bills(self):
        bills = self.mail(*[(f"{i}.xml", "text/xml", self.stamped_by_supplier()) for i in range(2)])
        self.assertEqual(len(bills), 2)
        self.assertEqual(len(set(bills.mapped("l10n_mx_facture_received_uuid"))), 2)

    def test_a_vendor_is_created_where_a_person_drops_the_file(self):
        self.supplier.vat = False
        bill = self.upload(self.stamped_by_supplier())
        vendor = bill.partner_id
        self.assertNotEqual(vendor, self.supplier)
        self.assertEqual(
            (vendor.name, vendor.vat, vendor.zip, vendor.country_code, vendor.is_company),
            ("ESCUELA KEMPER URGATE", SUPPLIER, "06000", "MX", True),
        )
        self.assertEqual(vendor.l10n_mx_facture_tax_regime_id.code, "601")
        self.assertIn("was created", self.chatter_text(bill))
        self.assert_no_alert(bill)

    def test_a_mail_creates_no_vendor(self):
        self.supplier.vat = False
        partners = self.env["res.partner"].search_count([("vat", "=", SUPPLIER)])
        bill = self.mail(("a.xml", "text/xml", self.stamped_by_supplier()))
        self.assertEqual(self.env["res.partner"].search_count([("vat", "=", SUPPLIER)]), partners)
        self.assertEqual(bill.amount_total, 116.0)
        self.assertIn(SUPPLIER, str(self.alerts(bill)))
        bill.action_l10n_mx_facture_received_vendor()
        self.assertEqual(bill.partner_id.vat, SUPPLIER)
        self.assert_no_alert(bill)

    def test_nor_does_a_mail_of_a_colleague(self):
        self.supplier.vat = False
        colleague = new_test_user(
            self.env, "received_colleague", "base.group_user,account.group_account_manager,base.group_partner_manager",
            email="colleague@example.com", company_id=self.company.id, company_ids=[(6, 0, self.company.ids)],
        )  # fmt: skip
        bill = self.mail(("a.xml", "text/xml", self.stamped_by_supplier()), sender=colleague.email)
        self.assertEqual(bill.amount_total, 116.0)
        self.assertFalse(self.env["res.partner"].search([("vat", "=", SUPPLIER)]))

    def test_inside_a_pdf(self):
        bill = self.bill(partner_id=False)
        pdf = self.env["ir.attachment"].create({"name": "a.pdf", "raw": b"%PDF-1.4\n%%EOF"})
        inside = {
            "name": "a.xml", "raw": self.stamped_by_supplier(), "mimetype": "application/xml", "attachment": None,
            "origin_attachment": pdf, "origin_import_file_type": "pdf",
        }  # fmt: skip
        inside["xml_tree"] = bill._get_xml_tree(inside)
        inside["import_file_type"] = bill._get_import_file_type(inside)
        bill._extend_with_attachments([inside])
        attachment = self.received(bill).xml_attachment_id
        self.assertEqual((attachment.raw, attachment.res_id), (inside["raw"], bill.id))

    def test_more_lines_than_one_checks(self):
        self.patch(fill, "MAX_LINES", 2)
        bill = self.upload(self.stamped_by_supplier(line(), line(), line()))
        self.assertFalse(bill.invoice_line_ids)
        self.assertEqual((bill.partner_id, bill.invoice_date), (self.supplier, self.today()))
        for text in (self.chatter_text(bill), bill.l10n_mx_facture_hint):
            self.assertIn("its CFDI has 3 lines", text)
        self.assertIn("348.00", str(self.alerts(bill)))

    def test_only_an_empty_draft_is_filled(self):
        bill = self.upload(self.stamped_by_supplier())
        with self.assertRaises(UserError):
            bill.action_l10n_mx_facture_received_fill()
        bill.invoice_line_ids.unlink()
        bill.action_l10n_mx_facture_received_fill()
        self.assertEqual(bill.amount_total, 116.0)

    def test_for_another_company_nothing_is_filled(self):
        xml = self.stamped_by_supplier(
            receiver={"Rfc": "XAXX010101000", "Nombre": "VENTAS", "DomicilioFiscalReceptor": "06000",
                      "RegimenFiscalReceptor": "616", "UsoCFDI": "S01"}
        )  # fmt: skip
        bill = self.upload(xml)
        self.assertFalse(bill.invoice_line_ids or bill.partner_id)
        self.assertIn("XAXX010101000", str(self.alerts(bill)))

    def test_a_changed_file(self):
        xml = self.stamped_by_supplier()
        bill = self.upload(xml.replace(b'ValorUnitario="100.00"', b'ValorUnitario="900.00"'))
        self.assertEqual(self.received(bill).seal, "broken")
        self.assertFalse(bill.invoice_line_ids)
        self.assertIn("seal", self.alerts(bill)["l10n_mx_facture_received_0"][1])

    def test_seals_over_complements(self):
        complements = {
            "leyendasFiscales": '<l:LeyendasFiscales xmlns:l="http://www.sat.gob.mx/leyendasFiscales" version="1.0">'
                                '<l:Leyenda disposicionFiscal="RMF" textoLeyenda="Una  leyenda"/></l:LeyendasFiscales>',
            "donat": '<d:Donatarias xmlns:d="http://www.sat.gob.mx/donat" version="1.1" noAutorizacion="700" '
                     'fechaAutorizacion="2020-01-01" leyenda="Un donativo"/>',
        }  # fmt: skip
        for name, complement in complements.items():
            with self.subTest(name):
                xml = self.stamped_by_supplier(complement=complement)
                bill = self.upload(xml)
                self.assertEqual((self.received(bill).seal, bill.amount_total), ("holds", 116.0))
                self.assert_no_alert(bill)
                bill.unlink()
                changed = self.upload(re.sub(b'"(700|RMF)"', b'"701"', xml))
                self.assertEqual(self.received(changed).seal, "broken")

    def test_a_certificate_that_can_t_be_read_is_no_broken_seal(self):
        xml = re.sub(rb' Certificado="[^"]*"', b' Certificado="bm8gY2VydGlmaWNhdGU="', self.stamped_by_supplier())
        bill = self.upload(xml)
        self.assertEqual((self.received(bill).seal, bill.amount_total), ("unverified", 116.0))
        self.assertIn("a certificate that can't be read", str(self.alerts(bill)))

    def test_what_differs_is_told_and_blocks_nothing(self):
        other = self.supplier.copy({"vat": "XIA190128J61", "name": "Otra"})
        bill = self.bill(100.01, partner_id=other.id, invoice_date="2026-01-31")
        self.drop(bill, self.stamped_by_supplier(kind="E"))
        texts = [text for _level, text in self.alerts(bill).values()]
        self.assertEqual(len(texts), 4)
        for word in ("XIA190128J61", "0.01", "Credit note", "01/31/2026"):
            self.assertIn(word, str(texts))
        bill.action_post()
        self.assertEqual(bill.state, "posted")

    def test_other_documents_are_told(self):
        xml = self.stamped_by_supplier()
        changes = {
            "a receipt of payment without Pagos 2.0": (b'TipoDeComprobante="I"', b'TipoDeComprobante="P"'),
            "no stamp": (b"tfd:TimbreFiscalDigital", b"tfd:Otro"),
            "a CFDI of version 3.2": (b'Version="4.0"', b'Version="3.2"'),
            "belongs to another CFDI": (b'SelloCFD="', b'SelloCFD="A'),
            "can't be read as a CFDI": (b'Total="116.00"', b'Total="116,00"'),
            "a DTD or entities": (b"<cfdi:Comprobante", b'<!DOCTYPE x [<!ENTITY y "z">]><cfdi:Comprobante'),
            "larger than 5 MB": (b"</cfdi:Comprobante>", b" " * 5 * 2**20 + b"</cfdi:Comprobante>"),
        }
        for text, (old, new) in changes.items():
            with self.subTest(text):
                bill = self.upload(xml.replace(old, new))
                self.assertIn(text, self.chatter_text(bill))
                self.assertFalse(self.received(bill) or bill.invoice_line_ids)

    def test_on_a_customer_invoice_nothing_happens(self):
        invoice = self.create_invoice(post=False)
        before = len(invoice.message_ids)
        self.drop(invoice, self.stamped_by_supplier())
        self.assertEqual(len(invoice.message_ids), before + 1)
        self.assertFalse(invoice.l10n_mx_facture_received_ids)

    def test_a_clerk_may_do_all_of_it(self):
        clerk = new_test_user(
            self.env, "received_clerk", "base.group_user,account.group_account_invoice",
            company_id=self.company.id, company_ids=[(6, 0, self.company.ids)],
        )  # fmt: skip
        bill = self.upload(self.stamped_by_supplier()).with_user(clerk)
        self.drop(bill.create({"move_type": "in_invoice"}), self.stamped_by_supplier())
        bill.action_l10n_mx_facture_received_sat()
        self.assertEqual(bill.l10n_mx_facture_received_id.sat_reading, "live")
        with self.assertRaises(UserError):
            self.received(bill).xml_attachment_id.unlink()
        with Form(bill) as form:
            form.ref = "typed"
        self.assertEqual(bill.ref, "typed")


class TestReceivedOnce(ReceivedCase):
    """A UUID is on one bill."""

    def test_the_second_time_it_is_refused_with_a_link(self):
        xml = self.stamped_by_supplier()
        first, second = self.upload(xml), self.upload(xml)
        self.assertFalse(self.received(second) or second.invoice_line_ids)
        self.assertIn(f'data-oe-id="{first.id}"', self.chatter_text(second))
        alert = second._get_alerts()["l10n_mx_facture_refused"]
        self.assertEqual((alert["level"], alert["action"]["res_id"]), ("danger", first.id))

    def test_a_bill_with_a_refused_one_is_not_posted(self):
        xml = self.stamped_by_supplier()
        first, second = self.upload(xml), self.bill(100, ref="typed")
        self.drop(second, xml)
        with self.assertRaises(RedirectWarning) as caught:
            second.action_post()
        self.assertEqual(caught.exception.args[1]["res_id"], first.id)
        second.action_l10n_mx_facture_received_release()
        second.action_post()
        self.assertEqual(second.state, "posted")

    def test_the_same_file_on_the_same_bill(self):
        xml = self.stamped_by_supplier()
        bill = self.upload(xml)
        self.drop(bill, xml)
        self.assertEqual(len(bill.l10n_mx_facture_received_ids), 1)
        self.drop(bill, self.stamped_by_supplier())
        self.assertEqual(len(bill.l10n_mx_facture_received_ids), 1)
        self.assertIn("remove that first", self.chatter_text(bill))
        self.assertFalse(bill.l10n_mx_facture_refused_uuid)

    def test_a_cancelled_bill_gives_it_free(self):
        xml = self.stamped_by_supplier()
        first = self.upload(xml)
        first.button_cancel()
        second = self.upload(xml)
        self.assertEqual(self.received(first).uuid, self.received(second).uuid)
        with self.assertRaises(RedirectWarning) as caught:
            first.button_draft()
        self.assertEqual(caught.exception.args[1]["res_id"], second.id)

    def test_a_deleted_bill_takes_it_along(self):
        xml = self.stamped_by_supplier()
        first = self.upload(xml)
        attachment = self.received(first).xml_attachment_id
        first.action_l10n_mx_facture_received_sat()
        answers = self.received(first).sat_answer_ids
        self.assertTrue(answers)
        first.unlink()
        self.assertFalse(attachment.exists() or answers.exists())
        self.assertTrue(self.received(self.upload(xml)))

    def test_two_at_the_same_moment(self):
        """The database decides, whatever a search could see."""
        xml = self.stamped_by_supplier()
        first, second = self.upload(xml), self.bill(100)
        Received = self.env["l10n_mx_facture.received"]
        self.patch(type(Received), "_find_on_bill", lambda self, company, uuid: self.browse())
        with mute_logger("odoo.sql_db"):
            self.drop(second, xml)
        self.assertFalse(self.received(second))
        self.assertTrue(self.received(first))
        self.assertIn("right now", self.chatter_text(second))
        self.assertTrue(second.l10n_mx_facture_refused_uuid)

    def test_another_company_may_have_it_too(self):
        xml = self.stamped_by_supplier()
        self.upload(xml)
        other = self.setup_other_company()["company"]
        bill = self.env["account.move"].with_company(other).create({"move_type": "in_invoice"})
        if other.account_fiscal_country_id.code != "MX":
            other.account_fiscal_country_id = self.env.ref("base.mx")
        self.drop(bill, xml)
        self.assertTrue(self.received(bill))
        self.assertIn("not to this company", str(self.alerts(bill)))

    def test_taken_off_a_draft(self):
        xml = self.stamped_by_supplier()
        wrong, right = self.bill(5, ref="wrong"), self.bill(100, ref="right")
        self.drop(wrong, xml)
        wrong.action_l10n_mx_facture_received_release()
        self.drop(right, xml)
        self.assertTrue(self.received(right))
        right.action_post()
        with self.assertRaises(UserError):
            right.action_l10n_mx_facture_received_release()

    def test_nobody_edits_or_deletes_it(self):
        received = self.received(self.upload(self.stamped_by_supplier()))
        for values in ({"uuid": "X"}, {"total": 1}, {"sat_reading": "live"}, {"move_id": 1}):
            with self.subTest(values), self.assertRaises(UserError):
                received.sudo().write(values)
        with self.assertRaises(UserError):
            received.sudo().unlink()
        with self.assertRaises(UserError):
            received.xml_attachment_id.sudo().raw = b"<x/>"
