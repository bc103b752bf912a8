from odoo.tests import Form

from odoo.addons.l10n_mx_facture.models.common import protected

from ..support.payment_case import PaymentCase


class TestSendRep(PaymentCase):
    """*Send* mails PDF and XML of a receipt. Wkhtmltopdf is not run in tests: our PDF is its page."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer.email = "compras@example.com"
        cls.customer.lang = "en_US"
        cls.company.l10n_mx_facture_pdf_source = "odoo"

    def stamped_rep(self, count=1):
        payments = self.env["account.payment"].union(*(self.pay(self.ppd_invoice()) for _n in range(count)))
        return self.stamp_payment(payments)

    def send(self, reps):
        """Press *Send* in the form or the list, and in the dialog. :return: the messages, one a receipt"""
        before = reps.message_ids
        action = reps.action_send()
        composer = Form(self.env["mail.compose.message"].with_context(**action["context"])).save()
        composer._action_send_mail()
        return (reps.message_ids - before).sorted("res_id")

    def set_document(self, rep, **values):
        protected.write(rep.document_id, values)

    def file_of(self, message, extension):
        (file,) = message.attachment_ids.filtered(lambda one: one.name.endswith(f".{extension}"))
        return file

    def test_pdf_and_xml_go_to_the_customer(self):
        rep = self.stamped_rep()
        self.assertFalse(rep.is_sent)
        message = self.send(rep)
        document = rep.document_id
        names = sorted(message.attachment_ids.mapped("name"))
        self.assertEqual(names, [document._file_name("pdf"), document._file_name("xml")])
        self.assertEqual(self.file_of(message, "xml").raw, document.xml_attachment_id.raw)
        # the evidence itself is not handed out
        self.assertNotIn(document.xml_attachment_id, message.attachment_ids)
        self.assertIn("importe_con_letra", self.file_of(message, "pdf").raw.decode())
        self.assertEqual(message.partner_ids, self.customer)
        self.assertIn(rep.name, message.subject)
        self.assertIn(rep.line_ids.move_id.name, message.body)
        self.assertIn("Test document, not valid for tax purposes", message.body)
        self.assertTrue(rep.is_sent)
        self.assertEqual(rep.message_main_attachment_id, self.file_of(message, "pdf"))

    def test_a_valid_one_says_nothing_of_its_state(self):
        rep = self.stamped_rep()
        self.set_document(rep, environment="production")
        body = self.send(rep).body
        self.assertNotIn("<strong>Valid", body)
        self.assertNotIn("not valid", body)

    def test_a_cancelled_one_says_so(self):
        rep = self.stamped_rep()
        receipt = rep.document_id._attach("acuse.xml", b"<Acuse/>", "application/xml")
        self.set_document(rep, state="cancelled", environment="production", receipt_attachment_id=receipt.id)
        self.company.l10n_mx_facture_pdf_source = "service"
        message = self.send(rep)
        self.assertIn("No longer valid: cancelled at SAT", message.body)
        self.assertIn("CANCELADO", self.file_of(message, "pdf").raw.decode())
        names = sorted(message.attachment_ids.mapped("name"))
        self.assertEqual(names, sorted([rep.document_id._file_name("pdf"), "acuse.xml"]))

    def test_the_pdf_of_the_service(self):
        rep = self.stamped_rep()
        self.company.l10n_mx_facture_pdf_source = "service"
        pdf = rep.document_id.pdf_attachment_id.raw
        self.assertEqual(self.file_of(self.send(rep), "pdf").raw, pdf)

    def test_the_pdf_of_the_service_is_fetched_first(self):
        rep = self.stamped_rep()
        self.set_document(rep, pdf_attachment_id=False)
        self.company.l10n_mx_facture_pdf_source = "service"
        self.press(rep, "action_send")
        self.assertTrue(rep.document_id.pdf_attachment_id)

    def test_several_at_once(self):
        reps = self.stamped_rep(2)
        messages = self.send(reps)
        self.assertEqual(len(messages), 2)
        for rep, message in zip(reps.sorted("id"), messages, strict=True):
            names = sorted(message.attachment_ids.mapped("name"))
            self.assertEqual(names, [rep.document_id._file_name(end) for end in ("pdf", "xml")])
            self.assertEqual(message.partner_ids, self.customer)
            self.assertIn(rep.name, message.subject)
            self.assertTrue(rep.is_sent)

    def test_several_of_which_one_has_no_address(self):
        self.customer.email = False
        reps = self.stamped_rep(2)
        self.assertIn(self.customer.name, self.refusal(reps, "action_send"))
        # the dialog of a single one asks for the address
        self.assertTrue(reps[:1].action_send())

    def test_the_contact_of_the_invoice_gets_it(self):
        contact = self.env["res.partner"].create(
            {"name": "Cuentas por pagar", "parent_id": self.customer.id, "email": "cxp@example.com"}
        )
        rep = self.stamp_payment(self.pay(self.ppd_invoice(partner_id=contact.id)))
        self.assertEqual(rep.partner_id, self.customer)
        self.assertEqual(self.send(rep).partner_ids, contact)

    def test_in_the_language_of_the_receiver(self):
        self.env["res.lang"]._activate_lang("es_MX")
        template = self.env.ref("l10n_mx_facture.mail_template_rep")
        template.with_context(lang="es_MX").subject = "{{ object.name }}: recibo de pago"
        rep = self.stamped_rep()
        self.customer.lang = "es_MX"
        self.assertEqual(self.send(rep).subject, f"{rep.name}: recibo de pago")

    def test_a_stamp_mails_nothing_by_itself(self):
        rep = self.stamped_rep()
        self.assertFalse(rep.message_ids.filtered("partner_ids"))
        self.assertFalse(rep.is_sent)

    def test_what_is_not_stamped_is_not_sent(self):
        self.pay(self.ppd_invoice())
        rep = self.env["l10n_mx_facture.rep.due"].search([("company_id", "=", self.company.id)])._prepare_reps()[:1]
        self.assertIn(rep.name, self.refusal(rep, "action_send"))
