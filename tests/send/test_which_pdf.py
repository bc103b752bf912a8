import re

from ..support.send_case import SendCase


class TestWhichPdf(SendCase):
    """The PDF that goes out shows the CFDI as it is; what was taken out of the mail stays out."""

    def take_out_pdf(self, wizard):
        """As a person does in the dialog who presses the cross at the PDF."""
        wizard.mail_attachments_widget = [
            {**one, "skip": one["mimetype"] == "application/pdf"} for one in wizard.mail_attachments_widget
        ]

    def make_cancelled(self, move):
        """SAT's portal shows it as cancelled, and a person records that."""
        self.cancel(move)
        self.press(move.l10n_mx_facture_document_id, "_record_sat_answer", True, "Portal del SAT")
        self.assertEqual(move.l10n_mx_facture_state, "cancelled")

    def cancelled_invoice(self):
        """:return: an invoice that was mailed when it was valid; it stays posted"""
        self.company.l10n_mx_facture_on_cancel = "nothing"
        move = self.stamped_invoice()
        self.send(move)
        self.assertNotIn(b"CANCELADO", move.invoice_pdf_report_id.raw)
        self.make_cancelled(move)
        return move

    def legal_pdf(self, move, allow_fallback=True):
        return move._get_invoice_legal_documents("pdf", allow_fallback=allow_fallback)

    # -- taken out ------------------------------------------------------------------------------

    def test_the_pdf_of_the_service_can_be_taken_out_before_there_is_one(self):
        self.company.l10n_mx_facture_pdf_source = "service"
        move = self.create_invoice()
        wizard = self.wizard(move)
        self.take_out_pdf(wizard)
        self.assertIsNone(self.press_send(wizard))
        document = move.l10n_mx_facture_document_id
        self.assertTrue(document.pdf_attachment_id)
        self.assertEqual(self.mails(move), [[document.xml_attachment_id.name]])

    def test_the_pdf_of_the_service_can_be_taken_out_when_it_is_there(self):
        self.company.l10n_mx_facture_pdf_source = "service"
        move = self.stamped_invoice()
        wizard = self.wizard(move)
        self.take_out_pdf(wizard)
        self.press_send(wizard)
        self.assertEqual(self.mails(move), [[move.l10n_mx_facture_xml_attachment_id.name]])

    def test_a_pdf_from_before_the_stamp_that_was_taken_out_has_no_follower(self):
        for source in ("odoo", "service"):
            with self.subTest(source=source):
                self.company.l10n_mx_facture_pdf_source = source
                move = self.create_invoice()
                self.send(move, untick=True)
                wizard = self.wizard(move)
                wizard.extra_edi_checkboxes = {}
                self.take_out_pdf(wizard)
                self.stamp(move)
                self.press_send(wizard)
                self.assertEqual(self.mails(move)[-1], [move.l10n_mx_facture_xml_attachment_id.name])

    # -- cancelled ------------------------------------------------------------------------------

    def test_what_is_sent_after_a_cancellation_says_that_it_is_cancelled(self):
        move = self.cancelled_invoice()
        self.assertFalse(move.invoice_pdf_report_id)
        wizard = self.wizard(move)
        [pdf, *others] = wizard.mail_attachments_widget
        self.assertTrue(pdf["placeholder"])
        self.assertNotIn(move.l10n_mx_facture_xml_attachment_id.id, [one["id"] for one in others])
        self.assertIn("The CFDI was cancelled", self.alerts(wizard)[0]["message"])
        self.assertIsNone(self.press_send(wizard))
        self.assertIn(b"CANCELADO", move.invoice_pdf_report_id.raw)
        self.assertEqual(self.mails(move)[-1], [move.invoice_pdf_report_id.name])
        # and it is not drawn a third time
        drawn = move.invoice_pdf_report_id
        self.send(move)
        self.assertEqual(move.invoice_pdf_report_id, drawn)

    def test_the_receipt_goes_with_it(self):
        move = self.cancelled_invoice()
        self.press(move, "action_l10n_mx_facture_fetch_receipt")
        receipt = move.l10n_mx_facture_document_id.receipt_attachment_id
        self.assertTrue(receipt)
        self.send(move)
        self.assertEqual(self.mails(move)[-1], sorted([move.invoice_pdf_report_id.name, receipt.name]))

    def test_a_dialog_that_was_open_before_the_cancellation(self):
        self.company.l10n_mx_facture_on_cancel = "nothing"
        move = self.stamped_invoice()
        self.send(move)
        sends, takes_out = self.wizard(move), self.wizard(move)
        self.take_out_pdf(takes_out)
        self.make_cancelled(move)
        self.press_send(sends)
        self.assertEqual(self.mails(move)[-1], [move.invoice_pdf_report_id.name])
        self.assertIn(b"CANCELADO", move.invoice_pdf_report_id.raw)
        self.press_send(takes_out)
        self.assertEqual(self.mails(move)[-1], [])

    def test_what_was_drawn_by_an_earlier_version_is_drawn_anew(self):
        move = self.cancelled_invoice()
        old = self.env["ir.attachment"].search(
            [("res_model", "=", "account.move"), ("res_id", "=", move.id), ("name", "like", "(out of date)")]
        )
        self.assertEqual(len(old), 1)
        old.write({"res_field": "invoice_pdf_report_file", "description": False})
        move.invalidate_recordset()
        self.assertEqual(move.invoice_pdf_report_id, old)
        self.assertIn(b"CANCELADO", self.legal_pdf(move)["content"])
        self.assertNotIn(old.id, [one["id"] for one in self.wizard(move).mail_attachments_widget])
        self.send(move)
        self.assertIn(b"CANCELADO", move.invoice_pdf_report_id.raw)

    def test_each_of_core_s_ways_to_the_pdf_gives_the_one_that_says_it(self):
        move = self.cancelled_invoice()
        self.assertIn(b"CANCELADO", self.legal_pdf(move)["content"])
        self.assertIsNone(self.legal_pdf(move, allow_fallback=False))
        [pdf] = move._get_invoice_legal_documents_all(allow_fallback=True)
        self.assertIn(b"CANCELADO", pdf["content"])
        self.assertTrue(re.fullmatch(r".+_[0-9A-Fa-f-]{36}\.pdf", pdf["filename"]), pdf["filename"])

    # -- of a valid one -------------------------------------------------------------------------

    def test_core_s_ways_give_the_pdf_that_the_company_chose_and_no_proforma(self):
        move = self.stamped_invoice()
        document = move.l10n_mx_facture_document_id
        self.assertIn(b"importe_con_letra", self.legal_pdf(move)["content"])
        self.company.l10n_mx_facture_pdf_source = "service"
        self.assertEqual(self.legal_pdf(move, False)["content"], document.pdf_attachment_id.raw)
        names = [one["filename"] for one in move._get_invoice_legal_documents_all()]
        self.assertEqual(names, [document.pdf_attachment_id.name, document.xml_attachment_id.name])

    def test_an_invoice_without_a_cfdi_is_core_s_business(self):
        move = self.create_invoice()
        self.assertIn("proforma", self.legal_pdf(move)["filename"])
        self.assertIsNone(move._get_invoice_legal_documents_all())
