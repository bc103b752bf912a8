from datetime import timedelta

from freezegun import freeze_time
from lxml import html

from odoo.tests import new_test_user, tagged

from odoo.addons.l10n_mx_facture.cfdi.read import read_cfdi

from ..support.print_case import codes_on, text_of
from ..support.self_invoicing_case import SelfInvoicingCase


@tagged("post_install_l10n", "post_install", "-at_install")
class TestSelfInvoicing(SelfInvoicingCase):
    """A customer invoices a ticket, waits for the stamp, and has PDF and XML."""

    def stamped(self, ticket):
        """:return: what is read in the stamped XML of the invoice to a name"""
        invoice = ticket.invoice_move_id
        self.assertEqual(invoice.l10n_mx_facture_state, "stamped", invoice.l10n_mx_facture_message)
        return read_cfdi(invoice.l10n_mx_facture_xml_attachment_id.raw).comprobante

    # -- it works ---------------------------------------------------------------------------------

    def test_from_what_is_printed_to_the_files(self):
        ticket = self.sell(1000.0)
        answer, page = self.search(ticket)
        self.assertEqual((answer.status_code, self.shown(page)), (200, "form"), text_of(page))
        self.assertTrue(answer.url.endswith(f"/autofactura/{ticket.sudo().link_token}"))
        for name in ("Referrer-Policy", "Cache-Control", "X-Robots-Tag"):
            self.assertIn(name, answer.headers)
        self.assertIn(ticket.number, text_of(page))
        answer, page = self.post(page, **self.good)
        self.assertEqual(self.shown(page), "waiting", text_of(page))
        self.assertIn("Refresh", answer.headers)
        self.assertEqual(self.get(f"/{ticket.sudo().link_token}/xml")[0].status_code, 404)
        self.queue()
        xml = self.stamped(ticket)
        self.assertEqual((xml.receptor.rfc, xml.receptor.domicilio_fiscal), ("XIQ891116QE4", "76343"))
        self.assertEqual(xml.receptor.nombre, "XENÓN INDUSTRIAL QUIRÚRGICA")
        self.assertEqual((xml.metodo_pago, xml.forma_pago, xml.receptor.uso_cfdi), ("PUE", "01", "G03"))
        _answer, page = self.open(ticket)
        self.assertEqual(self.shown(page), "done")
        # the sandbox's account is a test one
        self.assertIn("sin validez fiscal", text_of(page))
        for link in page.xpath("//*[@name='files']//a/@href"):
            answer = self.url_open(link)
            self.assertEqual((answer.status_code, answer.headers["X-Content-Type-Options"]), (200, "nosniff"), link)
        self.assertEqual(answer.content, ticket.invoice_move_id.l10n_mx_facture_xml_attachment_id.raw)
        self.assertEqual(ticket.state, "invoiced")

    def test_a_ticket_in_a_global_invoice(self):
        tickets = self.guide()
        made, ticket = self.stamped_global(tickets), tickets[1]
        self.send(ticket)
        self.queue()
        xml, credit = self.stamped(ticket), self.xml_of(ticket.credit_move_id)
        self.assertEqual(str(self.total_of(ticket.invoice_move_id)), "417.58")
        self.assertEqual((xml.relacionados, credit.relacionados[0].uuids), ((), (made.uuid,)))
        self.assertEqual(self.shown(self.open(ticket)[1]), "done")

    def test_a_ticket_in_a_global_invoice_that_the_shop_wants_to_be_asked_for(self):
        self.company.write({"l10n_mx_facture_self_in_global": "ask", "phone": "55 1234 5678"})
        ticket, waiting = self.sell(), self.sell()
        self.stamped_global(ticket)
        _answer, page = self.open(ticket)
        self.assertEqual(self.shown(page), "in_global")
        self.assertIn("55 1234 5678", text_of(page))
        self.assertEqual(self.shown(self.open(waiting)[1]), "form")

    def test_a_person(self):
        ticket = self.sell()
        regime, usage = self.sat("c_regimen_fiscal", "605").id, self.sat("c_uso_cfdi", "S01").id
        values = {"rfc": "CUPU800825569", "name": "Úrsula Cruz Peña", "regime": regime, "usage": usage}
        self.send(ticket, **values, zip="01000")
        self.queue()
        self.assertEqual(self.stamped(ticket).receptor.nombre, "ÚRSULA CRUZ PEÑA")
        self.assertFalse(ticket.page_partner_id.is_company)

    def test_two_clicks_make_one_invoice(self):
        ticket = self.sell()
        form = self.open(ticket)[1]
        self.post(form, **self.good)
        invoice = ticket.invoice_move_id
        # another browser, with the form that it had
        _answer, page = self.post(form, **{**self.good, "rfc": "URE180429TM6"})
        self.assertEqual(self.shown(page), "waiting")
        self.assertEqual((ticket.invoice_move_id, len(ticket.move_id.reversal_move_ids)), (invoice, 1))
        self.queue()
        # the form of the first one, once more
        self.assertEqual(self.shown(self.post(form, **self.good)[1]), "done")
        self.assertEqual((len(self.book(invoice)), ticket.invoice_move_id), (1, invoice))

    def test_the_service_is_down(self):
        ticket = self.sell()
        self.send(ticket)
        for operation in ("stamp", "bulk"):
            self.sandbox.fail(operation, "error_503", times=9)
        self.queue()
        self.assertEqual(self.shown(self.open(ticket)[1]), "waiting")

    def test_its_answer_is_lost(self):
        ticket = self.sell()
        self.send(ticket)
        self.sandbox.fail("stamp", "reset_after")
        self.queue()
        self.assertEqual(ticket.invoice_move_id.l10n_mx_facture_state, "unknown")
        self.assertEqual(self.shown(self.open(ticket)[1]), "waiting")

    # -- what SAT would refuse ----------------------------------------------------------------------

    def test_wrong_input_is_marked_and_nothing_is_posted(self):
        ticket = self.sell()
        self.stamped_global(ticket)
        said = self.customer.with_context(lang="es_MX")._l10n_mx_facture_form_texts()
        cases = [
            ({"rfc": ""}, "rfc"),
            ({"rfc": "XAXX010101000"}, "rfc"),
            ({"rfc": "XIQ891316QE4"}, "rfc"),
            ({"name": " "}, "name"),
            ({"zip": "00000"}, "zip"),
            ({"regime": ""}, "regime"),
            ({"regime": self.sat("c_regimen_fiscal", "605").id}, "regime"),
            ({"usage": self.sat("c_uso_cfdi", "D01").id}, "usage"),
            ({"email": "nobody"}, "email"),
        ]
        for changes, field in cases:
            with self.subTest(changes=changes):
                answer, page = self.send(ticket, **changes)
                self.assertEqual((answer.status_code, self.shown(page)), (200, "form"))
                self.assertIn(field, self.marked(page))
                if field in said:
                    self.assertIn(said[field], text_of(page))
                self.assert_nothing_posted(ticket)

    def test_what_only_sat_knows_is_corrected_on_the_page(self):
        ticket = self.sell()
        self.send(ticket, name="Xenon Industrial")
        invoice = ticket.invoice_move_id
        self.sandbox.receiver(rfc="XIQ891116QE4", name="XENON INDUSTRIAL ARTICLES", zip=None, regime=None)
        self.addCleanup(self.sandbox.receiver, rfc="XIQ891116QE4", name=None, zip=None, regime=None, listed=True)
        self.queue()
        self.assertEqual(invoice.l10n_mx_facture_state, "rejected")
        _answer, page = self.open(ticket)
        self.assertEqual((self.shown(page), self.marked(page)), ("form", {"name"}))
        self.assertEqual(page.xpath("//input[@name='rfc']/@value"), ["XIQ891116QE4"])
        for _again in range(2):
            self.press(self.env["l10n_mx_facture.ticket"], "_cron_self_invoicing")
        # the customer may never come back
        self.assertIn("CFDI40145", invoice.activity_ids.note)
        _answer, page = self.send(ticket, name="Xenon Industrial Articles")
        self.assertEqual(self.shown(page), "waiting", text_of(page))
        self.queue()
        self.assertEqual((ticket.invoice_move_id, len(self.book(invoice))), (invoice, 1))
        self.assertEqual(self.stamped(ticket).receptor.nombre, "XENON INDUSTRIAL ARTICLES")
        self.press(self.env["l10n_mx_facture.ticket"], "_cron_self_invoicing")
        self.assertFalse(invoice.activity_ids)
        self.assertEqual(self.shown(self.open(ticket)[1]), "done")

    def test_sat_refuses_what_the_shop_has(self):
        ticket = self.sell()
        self.sandbox.receiver(rfc=self.customer.vat, name="OTRO NOMBRE", zip=None, regime=None)
        self.addCleanup(self.sandbox.receiver, rfc=self.customer.vat, name=None, zip=None, regime=None, listed=True)
        self.send(ticket, **self.same())
        self.queue()
        self.assertEqual(ticket.invoice_move_id.l10n_mx_facture_state, "rejected")
        self.assertEqual(self.shown(self.open(ticket)[1]), "ask")

    def test_what_the_shop_has_to_correct_is_told_to_the_shop(self):
        ticket = self.sell()
        self.company.partner_id.l10n_mx_facture_tax_regime_id = False
        _answer, page = self.send(ticket)
        self.assertEqual(self.shown(page), "form")
        self.assertFalse(self.marked(page))
        self.assert_nothing_posted(ticket)
        [activity] = ticket.move_id.activity_ids
        self.assertIn(ticket.number, activity.summary)
        self.send(ticket)
        self.assertEqual(len(ticket.move_id.activity_ids), 1)

    # -- to whom ------------------------------------------------------------------------------------

    def same(self, **changes):
        partner = self.customer
        values = {"rfc": partner.vat, "name": partner.name, "zip": partner.zip}
        return {**values, "regime": partner.l10n_mx_facture_tax_regime_id.id, **changes}

    def facts(self):
        names = ("name", "vat", "zip", "email", "phone", "lang", "child_ids", "company_id", "country_id", "is_company")
        fiscal = ("fiscal_name", "entered_name", "tax_regime_id", "usage_id", "payment_form_id")
        return self.customer.read([*names, *(f"l10n_mx_facture_{name}" for name in fiscal)])

    def test_the_very_same_data_are_the_shop_s_customer(self):
        before = self.facts()
        ticket = self.sell()
        self.send(ticket, **self.same(email="otra@example.com", usage=self.sat("c_uso_cfdi", "S01").id))
        self.assertEqual(ticket.invoice_move_id.partner_id, self.customer)
        self.assertEqual(ticket.invoice_move_id.l10n_mx_facture_usage_id.code, "S01")
        self.assertEqual(self.facts(), before)

    def test_other_data_make_another_contact(self):
        ticket = self.sell()
        self.send(ticket, **self.same(zip="01000"))
        made = ticket.page_partner_id
        self.assertNotEqual(made, self.customer)
        self.assertEqual((self.customer.zip, made.zip, made.company_id), ("86991", "01000", self.company))
        self.assertIn(self.customer.name, " ".join(made.message_ids.mapped("body")))
        # neither shows the page what the shop has
        self.assertNotIn("86991", self.open(self.sell())[0].text)

    def test_a_second_ticket_of_the_same_customer(self):
        first, second = self.sell(), self.sell()
        self.send(first)
        self.send(second)
        self.assertEqual(second.invoice_move_id.partner_id, first.page_partner_id)
        self.assertFalse(second.page_partner_id)

    def test_a_customer_who_is_logged_in_finds_the_own_data(self):
        login = new_test_user(self.env, f"self-{self.prefix}", "base.group_portal")
        login.partner_id.parent_id = self.customer
        ticket = self.sell()
        self.authenticate(login.login, login.login)
        _answer, page = self.open(ticket)
        self.assertEqual(page.xpath("//input[@name='rfc']/@value"), [self.customer.vat])
        self.post(page)
        self.assertEqual(ticket.invoice_move_id.partner_id, self.customer)

    # -- the mail -----------------------------------------------------------------------------------

    def test_the_mail(self):
        ticket = self.sell()
        self.send(ticket, email="Cliente@Example.com ")
        self.queue()
        self.press(self.env["l10n_mx_facture.ticket"], "_cron_self_invoicing")
        [mail] = self.env["mail.mail"].search([("email_to", "=", "cliente@example.com")])
        self.assertEqual(sorted(mail.attachment_ids.mapped("name"))[1].rpartition(".")[2], "xml")
        self.assertEqual(len(mail.attachment_ids), 2)
        self.assertIn(ticket.sudo().link_token, mail.body_html)
        self.assertFalse(ticket.page_email)
        self.press(self.env["l10n_mx_facture.ticket"], "_cron_self_invoicing")
        self.assertEqual(self.env["mail.mail"].search_count([("email_to", "=", "cliente@example.com")]), 1)

    # -- when it is not -----------------------------------------------------------------------------

    def test_after_the_deadline(self):
        ticket = self.sell()
        end = ticket._page_deadline()
        self.assertEqual((end.month, end.day, end.year), (12, 31, ticket.date.year))
        with freeze_time(f"{end} 20:00:00", tick=True):
            self.assertEqual(ticket._page_state(), "form")
        with freeze_time(f"{end + timedelta(days=1)} 20:00:00", tick=True):
            self.assertEqual(ticket._page_state(), "late")
        self.company.write({"l10n_mx_facture_self_deadline": "days", "l10n_mx_facture_self_days": 0})
        page = self.open(self.sell(days=0))[1]
        old = self.sell()
        self.assertEqual((self.shown(page), self.shown(self.open(old)[1])), ("form", "late"))
        # a form that was open since before
        form = page.xpath("//form[@method='post']")[0]
        form.action = f"{form.action.rpartition('/')[0]}/{old.sudo().link_token}"
        self.assertEqual(self.shown(self.post(page, **self.good)[1]), "late")
        self.assert_nothing_posted(old)

    def test_returned_left_out_and_no_longer_posted(self):
        returned, left_out, gone = self.sell(), self.sell(), self.sell()
        self.stamped_global(returned)
        note = self.return_of(returned)
        self.stamp(note)
        left_out.sudo().write({"reason": "x", "by_hand": True, "state": "left_out"})
        token = gone.sudo().link_token
        gone.move_id.button_draft()
        self.assertEqual(returned.state, "credited")
        self.assertEqual(self.shown(self.open(returned)[1]), "returned")
        self.assertEqual(self.shown(self.open(left_out)[1]), "ask")
        self.assertEqual(self.get(f"/{token}")[0].status_code, 404)

    def test_while_its_global_invoice_is_unknown(self):
        ticket = self.sell()
        made = self.make(ticket)
        self.sandbox.fail("stamp", "reset_after")
        self.press(made, "action_stamp")
        self.assertEqual(self.shown(self.open(ticket)[1]), "later")

    # -- what is printed ----------------------------------------------------------------------------

    def printed(self, ticket):
        content, _kind = self.env["ir.actions.report"]._render_qweb_html("account.account_invoices", ticket.move_id.ids)
        return content.decode()

    def test_what_is_printed_on_the_ticket(self):
        ticket = self.sell()
        text = self.printed(ticket)
        self.assertIn(ticket.sudo()._code_to_read(), text)
        self.assertIn("/autofactura", text)
        if codes := codes_on(html.fromstring(text)):
            self.assertEqual(codes, [ticket.sudo().page_url])
        self.send(ticket)
        self.assertNotIn("l10n_mx_facture_self_invoicing", self.printed(ticket))
        other = self.sell()
        self.company.l10n_mx_facture_self_invoicing = False
        self.assertNotIn("l10n_mx_facture_self_invoicing", self.printed(other))
