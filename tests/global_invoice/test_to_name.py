from decimal import Decimal

from ..support.global_case import GlobalCase


class TestToName(GlobalCase):
    """The customer who wants an invoice later: ways III and II of SAT's guide."""

    def queue(self):
        self.press(self.env["l10n_mx_facture.document"], "_work_queue")

    def name(self, ticket):
        """:return: the invoice to the customer"""
        self.press(ticket, "_invoice_to", self.customer)
        invoice = ticket.invoice_move_id
        return invoice

    def test_the_example_of_the_guide(self):
        tickets = self.guide()
        made = self.stamped_global(tickets)
        ticket = tickets[1]
        invoice = self.name(ticket)
        note = ticket.credit_move_id
        self.assertEqual(ticket.state, "global")
        self.queue()
        self.assertEqual(
            (note.l10n_mx_facture_state, invoice.l10n_mx_facture_state),
            ("stamped", "stamped"),
            (note.l10n_mx_facture_message, invoice.l10n_mx_facture_message),
        )
        self.assertEqual((self.total_of(note), self.total_of(invoice)), (Decimal("417.58"), Decimal("417.58")))
        self.assertEqual(self.xml_of(note).relacionados[0].uuids, (made.uuid,))
        self.assertEqual(self.xml_of(invoice).relacionados, ())
        self.assertEqual(self.xml_of(invoice).receptor.rfc, self.customer.vat)
        self.assertEqual(ticket.state, "invoiced")
        self.assertIn(invoice.name, self.refusal(ticket, "action_invoice_to_name"))

    def test_the_dialog(self):
        ticket = self.sell()
        self.stamped_global(ticket)
        context = self.press(ticket, "action_invoice_to_name")["context"]
        wizard = self.env["l10n_mx_facture.ticket.name"].with_context(**context).create(
            {"partner_id": self.customer.id, "usage_id": self.sat("c_uso_cfdi", "S01").id}
        )
        action = self.press(wizard, "action_invoice")
        invoice = ticket.invoice_move_id
        self.assertEqual((action["res_id"], invoice.l10n_mx_facture_usage_id.code), (invoice.id, "S01"))
        self.assertEqual((invoice.amount_total, invoice.payment_state), (ticket.amount_total, "not_paid"))

    def test_what_was_paid_on_the_ticket_pays_the_invoice(self):
        ticket = self.sell()
        bank = self.env["account.journal"].search(
            [("company_id", "=", self.company.id), ("type", "=", "bank")], limit=1
        )
        register = self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=ticket.move_id.ids
        )
        register.create({"journal_id": bank.id})._create_payments()
        self.stamped_global(ticket)
        invoice = self.name(ticket)
        self.assertIn(invoice.payment_state, ("paid", "in_payment"))
        self.assertEqual(ticket.move_id.payment_state, "reversed")

    def test_nothing_is_posted_before_its_check_holds(self):
        ticket = self.sell()
        self.stamped_global(ticket)
        self.customer.zip = False
        self.refusal(ticket, "_invoice_to", self.customer)
        self.assertFalse(ticket.invoice_move_id | ticket.credit_move_id)
        self.assertFalse(ticket.move_id.reversal_move_ids)

    def test_before_the_global_it_is_taken_out(self):
        ticket, other = self.sell(days=0), self.sell(days=0)
        invoice = self.name(ticket)
        self.queue()
        self.assertEqual((ticket.state, invoice.l10n_mx_facture_state), ("invoiced", "stamped"))
        self.assertFalse(ticket.credit_move_id.l10n_mx_facture_document_id)
        self.assertEqual(self.make(ticket | other).ticket_ids, other)

    def test_not_while_its_global_is_unknown(self):
        ticket = self.sell()
        made = self.make(ticket)
        self.sandbox.fail("stamp", "reset_after")
        self.press(made, "action_stamp")
        self.assertIn(made.name, self.refusal(ticket, "_invoice_to", self.customer))

    def test_a_crash_between_the_two(self):
        ticket = self.sell()
        self.stamped_global(ticket)
        invoice = self.name(ticket)
        note = ticket.credit_move_id
        with self.dying("stamp_many"):
            self.queue()
        self.env.invalidate_all()
        # both are known, whatever became of them; the ticket is no other's
        self.assertEqual((note | invoice).mapped("l10n_mx_facture_state"), ["sending"] * 2)
        self.assertEqual(ticket.state, "invoiced")
        self.assertIn(invoice.name, self.refusal(ticket, "_invoice_to", self.customer))

    def test_a_crash_before_the_queue(self):
        ticket = self.sell()
        self.stamped_global(ticket)
        invoice = self.name(ticket)
        both = ticket.credit_move_id | invoice
        self.assertTrue(all(both.l10n_mx_facture_document_id.mapped("date_queued")))
        with self.dying("stamp_many", done=False):
            self.queue()
        self.assertEqual(self.sandbox.book(user=self.login, serie=self.prefix), [])

    def test_cancelled_and_made_again_without_it(self):
        tickets = self.guide()
        old = self.stamped_global(tickets)
        ticket = tickets[1]
        self.press(old, "reissue", ticket)
        new = self.env["l10n_mx_facture.global"].search([("replaces_id", "=", old.document_id.id)])
        self.assertEqual((old.state, old.document_id.cancel_reason), ("cancel_requested", "04"))
        self.assertIn(old.name, self.refusal(new, "action_stamp"))
        self.cancelled(old)
        self.assertEqual(ticket.state, "left_out")
        self.press(self.env["l10n_mx_facture.global"], "_cron_global")
        self.queue()
        self.assertEqual((new.state, new.ticket_ids), ("stamped", tickets - ticket), new.question)
        xml = self.xml_of(new)
        self.assertEqual(self.total_of(new), Decimal("562.60"))
        self.assertEqual((xml.relacionados[0].tipo_relacion, xml.relacionados[0].uuids), ("04", (old.uuid,)))
        invoice = self.name(ticket)
        self.queue()
        self.assertEqual((self.total_of(invoice), ticket.state), (Decimal("417.58"), "invoiced"))

    def test_it_is_not_substituted_with_01(self):
        made = self.stamped_global(self.sell())
        self.assertIn("04", self.refusal(made, "cancel", "01", made.uuid))
