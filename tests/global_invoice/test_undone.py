from odoo.exceptions import UserError

from ..support.global_case import GlobalCase


class TestUndone(GlobalCase):
    """What was done by mistake is undone: a return, an invoice to a name, a number."""

    def name(self, ticket, **values):
        self.press(ticket, "_invoice_to", self.customer, **values)
        # Odoo numbers both in the series of the tests
        next(self.numbers), next(self.numbers)
        return ticket.invoice_move_id

    def test_a_ticket_whose_return_is_undone_waits_again(self):
        ticket, other = self.sell(), self.sell()
        note = self.return_of(ticket)
        self.make(ticket | other)
        self.assertEqual(ticket.state, "left_out")
        note.button_draft()
        self.assertEqual((ticket.state, ticket.reason, ticket.amount_in_global), ("open", False, 116.0))
        note.action_post()
        note.button_cancel()
        self.assertIn(ticket, self.make(ticket).ticket_ids)

    def test_the_credit_note_of_a_named_ticket_stays(self):
        """Without it the sale would be told by the global invoice and by the invoice."""
        ticket = self.sell()
        self.stamped_global(ticket)
        invoice, note = self.name(ticket), ticket.credit_move_id
        for button in ("button_draft", "button_cancel"):
            with self.assertRaisesRegex(UserError, invoice.name), self.env.cr.savepoint():
                getattr(note, button)()
        # out of the queue and undone, it keeps the invoice from its stamp
        (note | invoice).l10n_mx_facture_document_id.sudo()._leave_queue()
        note.button_draft()
        self.assertIn("not posted", self.refusal(invoice, "action_l10n_mx_facture_stamp"))
        note.action_post()
        self.stamp(note | invoice)
        self.assertEqual(ticket.state, "invoiced")

    def test_a_named_ticket_that_is_given_up_may_be_named_again(self):
        ticket = self.sell()
        made = self.stamped_global(ticket)
        invoice, note = self.name(ticket), ticket.credit_move_id
        self.queue()
        for move in (invoice, note):
            self.press(move, "l10n_mx_facture_cancel", "02")
            self.at_sat.says(move.l10n_mx_facture_uuid, "cancelled")
            self.press(move, "action_l10n_mx_facture_update_sat_status")
            if move.state != "cancel":
                move.button_draft()
                move.button_cancel()
        self.assertEqual((ticket.state, ticket._page_state()), ("global", "form"))
        again = self.name(ticket)
        self.assertNotEqual(again, invoice)
        self.queue()
        self.assertEqual(ticket.state, "invoiced")
        self.assert_told(made, **{ticket.number: "0.00"})

    def test_a_ticket_that_is_numbered_anew(self):
        ticket = self.sell()
        self.make(ticket)
        ticket.move_id.name = f"{self.prefix}/{next(self.numbers):05d}"
        made = self.stamped_global(ticket)
        self.assertEqual(self.xml_of(made).conceptos[0].no_identificacion, ticket.move_id.name)

    def test_stamped_by_itself_its_credit_note_needs_a_cfdi(self):
        ticket = self.sell(179.99, 179.99, days=0)
        note = self.return_of(ticket, 179.99)
        self.make(ticket)
        self.assertTrue(note.l10n_mx_facture_by_ticket)
        self.stamp(ticket.move_id)
        self.assertEqual((ticket.state, ticket.refund_ids), ("invoiced", note.browse()))
        self.assertFalse(note.l10n_mx_facture_by_ticket)
        self.stamp(note)
        self.assertEqual(self.xml_of(note).relacionados[0].uuids, (ticket.move_id.l10n_mx_facture_uuid,))

    def test_a_sale_that_was_reversed_with_its_own_cfdi_is_told_no_more(self):
        self.company.l10n_mx_facture_on_cancel = "reverse"
        ticket, other = self.sell(days=0), self.sell(days=0)
        move = ticket.move_id
        self.stamp(move)
        self.press(move, "l10n_mx_facture_cancel", "02")
        self.at_sat.says(move.l10n_mx_facture_uuid, "cancelled")
        self.press(move, "action_l10n_mx_facture_update_sat_status")
        self.assertTrue(move.l10n_mx_facture_undone_by_id)
        made = self.make(ticket | other)
        self.assertEqual((made.ticket_ids, ticket.state), (other, "left_out"))

    # -- what the invoice to a name says --------------------------------------------------------

    def test_the_usage_is_the_customer_s(self):
        """S01, the public's, would let the customer deduct nothing."""
        self.customer.l10n_mx_facture_usage_id = self.sat("c_uso_cfdi", "G03")
        ticket = self.sell()
        self.stamped_global(ticket)
        context = self.press(ticket, "action_invoice_to_name")["context"]
        wizard = self.env["l10n_mx_facture.ticket.name"].with_context(**context).create(
            {"partner_id": self.customer.id}
        )
        self.press(wizard, "action_invoice")
        next(self.numbers), next(self.numbers)
        self.queue()
        self.assertEqual(self.xml_of(ticket.invoice_move_id).receptor.uso_cfdi, "G03")

    def test_nothing_is_waived(self):
        """A ticket that nobody has marked as paid in these books was paid at the till."""
        ticket = self.sell()
        self.stamped_global(ticket)
        invoice = self.name(ticket)
        self.queue()
        forms = [self.xml_of(move).forma_pago for move in (ticket.credit_move_id, invoice)]
        self.assertEqual(forms, ["01", "01"])

    def test_the_place_of_issue_is_that_of_the_sale(self):
        tijuana = self.branch_at("22000")
        ticket = self.sell(l10n_mx_facture_branch_id=tijuana.id)
        self.stamped_global(ticket)
        invoice = self.name(ticket)
        self.assertEqual((invoice | ticket.credit_move_id).l10n_mx_facture_branch_id, tijuana)
