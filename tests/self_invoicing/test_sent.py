from odoo.tests import new_test_user

from odoo.addons.l10n_mx_facture.models.self_invoicing.sent import BLOCK

from ..support.global_case import GlobalCase
from ..support.send_case import SendCase


class TestSentTicket(SendCase, GlobalCase):
    """A ticket's invoice goes out as it is, with the link of the page on which it is invoiced to a name."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.l10n_mx_facture_self_invoicing = True
        cls.public.email = "mostrador@example.com"
        cls.public.lang = "en_US"
        cls.template = cls.env.ref("account.email_template_edi_invoice")

    def link(self, ticket):
        return ticket.sudo().page_url

    def posted(self, move):
        """:return: the only mail that went to the customer"""
        [posted] = move.message_ids.filtered(lambda one: one.message_type == "comment" and one.partner_ids)
        return posted

    def body(self, move):
        """:return: what the dialog shows of the mail"""
        return self.wizard(move).body

    def test_it_is_mailed_with_the_link(self):
        ticket = self.sell()
        wizard = self.wizard(ticket.move_id)
        self.assertFalse(wizard.extra_edi_checkboxes, "it gets no CFDI of its own")
        self.assertFalse(self.alerts(wizard))
        self.assertIsNone(self.press_send(wizard))
        self.env.invalidate_all()
        [names] = self.mails(ticket.move_id)
        self.assertTrue(names)
        posted = self.posted(ticket.move_id)
        self.assertEqual(posted.body.count(self.link(ticket)), 1)
        self.assertIn(ticket.move_id.name, posted.body)
        self.assertIn("Do you need an invoice", posted.body)
        self.assertEqual((ticket.state, ticket.move_id.l10n_mx_facture_state), ("open", False))

    def test_many_by_the_scheduled_action(self):
        tickets = self.sell() | self.sell()
        self.assertIsNone(self.press_send(self.wizard(tickets.move_id)))
        self.send_cron()
        self.env.invalidate_all()
        for ticket in tickets:
            self.assertIn(self.link(ticket), self.posted(ticket.move_id).body)

    def test_in_the_customers_language(self):
        self.env["res.lang"]._activate_lang("es_MX")
        words = {"es_MX": {"Invoice this ticket": "Facturar este ticket"}}
        self.env.ref(BLOCK).update_field_translations("arch_db", words)
        self.public.lang = "es_MX"
        ticket = self.sell()
        body = self.body(ticket.move_id)
        self.assertIn(self.link(ticket), body)
        self.assertIn("Facturar este ticket", body)

    def test_a_template_of_the_shops_own_stays(self):
        ticket = self.sell()
        self.template.body_html = "<p>Gracias por su compra</p>"
        body = self.body(ticket.move_id)
        self.assertTrue(body.startswith("<p>Gracias por su compra</p>"), body)
        self.assertIn(self.link(ticket), body)
        self.assertEqual(self.template.body_html, "<p>Gracias por su compra</p>")
        # one that has the link gets it once
        self.template.body_html = '<p><a t-att-href="object._l10n_mx_facture_page_ticket().page_url">Factura</a></p>'
        self.assertEqual(self.body(ticket.move_id).count(self.link(ticket)), 1)

    def test_only_while_the_page_takes_it(self):
        ticket, late, asked, plain = self.sell(), self.sell(days=400), self.sell(), self.create_invoice()
        self.assertNotIn("autofactura", self.body(plain))
        self.assertNotIn("autofactura", self.body(late.move_id))
        self.stamped_global(asked)
        self.assertIn(self.link(asked), self.body(asked.move_id))
        self.company.l10n_mx_facture_self_in_global = "ask"
        self.assertNotIn("autofactura", self.body(asked.move_id))
        self.press(ticket, "_invoice_to", self.customer)
        next(self.numbers), next(self.numbers)
        self.assertNotIn("autofactura", self.body(ticket.move_id))
        other = self.sell()
        self.company.l10n_mx_facture_self_invoicing = False
        self.assertNotIn("autofactura", self.body(other.move_id))

    def test_who_may_only_send(self):
        ticket = self.sell()
        user = new_test_user(
            self.env,
            f"sender-{self.prefix}",
            "account.group_account_invoice",
            company_id=self.company.id,
            company_ids=self.company.ids,
        )
        wizard = self.env["account.move.send.wizard"].with_user(user).create({"move_id": ticket.move_id.id})
        self.assertIn(self.link(ticket), wizard.body)

    def test_a_ticket_in_a_global_invoice_and_what_is_returned_of_it(self):
        ticket = self.sell()
        note = self.return_of(self.sell(), 10.0)
        self.stamped_global(ticket)
        for move in (ticket.move_id, note):
            self.assertIsNone(self.send(move), move.name)
            self.env.invalidate_all()
            self.assertTrue(self.mails(move))
            self.assertFalse(move.l10n_mx_facture_document_ids)
        # one that credits the global invoice needs its CFDI
        back = self.return_of(ticket)
        self.assertTrue(self.wizard(back).extra_edi_checkboxes)
        self.stamp(back)
        self.assertIsNone(self.send(ticket.move_id))
