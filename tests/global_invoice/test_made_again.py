from odoo.exceptions import UserError

from ..support.global_case import GlobalCase


class TestMadeAgain(GlobalCase):
    """A global invoice that is cancelled and made again: what was returned or invoiced meanwhile counts once."""

    def made_again(self, old):
        """:return: the one that takes its place, stamped"""
        self.press(old, "reissue")
        self.cancelled(old)
        self.press(self.env["l10n_mx_facture.global"], "_cron_global")
        self.queue()
        new = self.env["l10n_mx_facture.global"].search([("replaces_id", "=", old.document_id.id)])
        self.assertEqual(new.state, "stamped", new.question)
        return new

    def name(self, ticket):
        self.press(ticket, "_invoice_to", self.customer)
        # Odoo numbers both in the series of the tests
        next(self.numbers), next(self.numbers)
        return ticket.invoice_move_id

    def test_what_was_returned_before_is_taken_off_once(self):
        ticket, other = self.sell(179.99, 179.99), self.sell()
        note = self.return_of(ticket, 179.99)
        new = self.made_again(self.stamped_global(ticket | other))
        self.assertEqual((ticket.global_id, ticket.amount_in_global, ticket.refund_ids), (new, 208.79, note))
        self.assertIn("no CFDI", self.refusal(note, "action_l10n_mx_facture_stamp"))
        with self.assertRaisesRegex(UserError, new.name), self.env.cr.savepoint():
            note.button_draft()
        # the rest of it is invoiced to a name, although the credit note has no CFDI
        invoice = self.name(ticket)
        self.queue()
        self.assertEqual((ticket.state, invoice.amount_total), ("invoiced", 208.79))
        self.assert_told(new, **{ticket.number: "0.00"})

    def test_a_late_stamp_knows_what_was_returned_before(self):
        ticket, other = self.sell(179.99, 179.99), self.sell()
        note = self.return_of(ticket, 179.99)
        made = self.make(ticket | other)
        self.sandbox.fail("stamp", "reset_after")
        self.press(made, "action_stamp")
        document = made.document_id
        self.env.flush_all()
        self.env.cr.execute("UPDATE l10n_mx_facture_request SET date_start = date_start - interval '1 day'")
        self.env.cr.execute("UPDATE l10n_mx_facture_document SET date_sent = date_sent - interval '1 day'")
        self.env.invalidate_all()
        self.press(made, "resolve_unknown", None, "portal", True)
        self.assertEqual((made.state, ticket.refund_ids), ("rejected", note.browse()))
        document._move_to("stamped")
        self.assertEqual((ticket.global_id, ticket.refund_ids), (made, note))

    def test_a_credit_note_that_waits_names_the_new_one(self):
        ticket = self.sell()
        old = self.stamped_global(ticket)
        note = self.return_of(ticket, 50.0)
        self.assertEqual(note.l10n_mx_facture_relation_ids.uuid, old.uuid)
        self.press(old, "cancel", "04")
        # it comes when its ticket has been told in full again
        note.button_draft()
        self.cancelled(old)
        new = self.stamped_global(ticket)
        note.action_post()
        self.stamp(note)
        self.assertEqual(note.l10n_mx_facture_state, "stamped")
        self.assertEqual(self.xml_of(note).relacionados[0].uuids, (new.uuid,))
        self.assert_told(new, **{ticket.number: "58.00"})

    def test_nobody_is_invoiced_while_it_is_being_cancelled(self):
        """The credit note would stay when the global invoice is gone, and the sale would be told once too little."""
        ticket = self.sell()
        old = self.stamped_global(ticket)
        self.press(old, "cancel", "04")
        self.assertEqual(old.state, "cancel_requested")
        self.assertIn(old.name, self.refusal(ticket, "_invoice_to", self.customer))
        self.assertEqual(ticket._page_state(), "later")
        self.cancelled(old)
        invoice = self.name(ticket)
        self.queue()
        self.assertEqual((ticket.state, invoice.l10n_mx_facture_state), ("invoiced", "stamped"))
        self.assertFalse(ticket.credit_move_id.l10n_mx_facture_document_id)

    def test_it_is_not_cancelled_while_somebody_is_invoiced(self):
        ticket = self.sell()
        old = self.stamped_global(ticket)
        invoice = self.name(ticket)
        for method, *args in (("cancel", "04"), ("reissue",)):
            self.assertIn(invoice.name, self.refusal(old, method, *args))

    def test_a_credit_note_of_one_that_is_gone_needs_no_cfdi(self):
        ticket = self.sell()
        old = self.stamped_global(ticket)
        invoice, note = self.name(ticket), ticket.credit_move_id
        note.l10n_mx_facture_document_id.sudo()._leave_queue()
        # as somebody does in SAT's portal
        self.at_sat.says(old.uuid, "cancelled")
        self.press(old, "action_update_sat_status")
        self.queue()
        self.assertEqual((old.state, invoice.l10n_mx_facture_state), ("cancelled", "stamped"))
        self.assertEqual(ticket.state, "invoiced")
        self.assertIn("so this one needs none", self.refusal(note, "action_l10n_mx_facture_stamp"))
