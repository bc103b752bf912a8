"""Odoo's *Reverse and Create Invoice* on the invoice of a ticket."""

from datetime import timedelta
from decimal import Decimal

from odoo.exceptions import RedirectWarning

from ..support.global_case import GlobalCase

STAMP = "action_l10n_mx_facture_stamp"


class TestReversed(GlobalCase):
    """The credit note names the global invoice and comes first; the new invoice is the ticket's, or another ticket."""

    def wizard(self, moves, **values):
        values = {"journal_id": self.journal.id, "date": self.today_of(self.journal), **values}
        context = {"active_model": "account.move", "active_ids": moves.ids}
        return self.env["account.move.reversal"].with_context(**context).create(values)

    def reverse(self, *tickets, **values):
        """Press Reverse and Create Invoice. :return: the new draft of each ticket"""
        moves = self.env["account.move"].concat(*(ticket.move_id for ticket in tickets))
        self.press(self.wizard(moves, **values), "modify_moves")
        # Odoo numbers what it posts, in the series of the tests
        for note in moves.reversal_move_ids.filtered(lambda one: one.state == "posted").sorted("id"):
            number = self.number()
            if note.name != number:
                note.name = number
        drafts = self.env["account.move"].search([("l10n_mx_facture_reissues_id", "in", moves.ids)], order="id")
        return drafts.sorted(lambda one: moves.ids.index(one.l10n_mx_facture_reissues_id.id))

    def number(self):
        return f"{self.prefix}/{next(self.numbers):05d}"

    def post(self, draft, partner=None):
        """:param partner: whom the user enters; None: it stays to the public"""
        draft.name = self.number()
        if partner:
            draft.partner_id = partner
        self.press(draft, "action_post")
        self.env.invalidate_all()
        return draft

    def assert_balanced(self, ticket, *others):
        """What CFDIs tell of these is what the books have."""
        moves = ticket.move_id | ticket.move_id.reversal_move_ids | self.env["account.move"].concat(*others)
        day = self.today_of(self.journal)
        sales = moves._l10n_mx_facture_sales(self.company, min(moves.mapped("invoice_date")), day)
        mine = [one for one in sales if one.move_id in moves.ids]
        self.assertEqual(len(mine), len(moves))
        self.assertEqual(sum(one.of_cfdis for one in mine), sum(one.booked for one in mine))
        return mine

    # -- in a stamped global invoice ------------------------------------------------------------

    def test_to_a_name(self):
        tickets = self.guide()
        made = self.stamped_global(tickets)
        ticket = tickets[1]
        [draft] = self.reverse(ticket)
        note = ticket.move_id.reversal_move_ids
        self.assertEqual((note.state, draft.state, draft.partner_id), ("posted", "draft", self.public))
        self.assertFalse(ticket.invoice_move_id)
        invoice = self.post(draft, self.customer)
        self.assertEqual((ticket.invoice_move_id, ticket.credit_move_id, ticket.state), (invoice, note, "global"))
        # the E comes first
        self.assertIn(note.name, self.refusal(invoice, STAMP))
        self.assertFalse(invoice.l10n_mx_facture_document_ids.filtered("date_sent"))
        [alert] = (one for key, one in invoice._get_alerts().items() if "reissue" in key)
        self.assertEqual(alert["action"]["res_id"], note.id)
        self.stamp(note)
        self.assertEqual(ticket.state, "credited")
        self.stamp(invoice)
        self.assertEqual(ticket.state, "invoiced")
        self.assertFalse([key for key in invoice._get_alerts() if "reissue" in key])
        credit, issued = self.xml_of(note), self.xml_of(invoice)
        self.assertEqual([(one.tipo_relacion, one.uuids) for one in credit.relacionados], [("01", (made.uuid,))])
        self.assertEqual((credit.tipo_de_comprobante, self.total_of(note)), ("E", Decimal("417.58")))
        self.assertEqual((issued.relacionados, self.total_of(invoice)), ((), Decimal("417.58")))
        self.assertEqual(issued.receptor.rfc, self.customer.vat)
        self.assert_told(made, **{ticket.number: "0.00"})
        self.assertEqual(self.stamped_since(made), 2)
        self.assert_balanced(ticket, invoice)
        self.assertIn(invoice.name, self.refusal(ticket, "action_invoice_to_name"))

    def test_both_pressed_at_once_are_sent_in_order(self):
        ticket = self.sell()
        made = self.stamped_global(ticket)
        [draft] = self.reverse(ticket)
        invoice, note = self.post(draft, self.customer), ticket.move_id.reversal_move_ids
        self.stamp(invoice | note)
        self.assertEqual((note | invoice).mapped("l10n_mx_facture_state"), ["stamped"] * 2)
        self.assertEqual(ticket.state, "invoiced")
        uuids = [one["uuid"].upper() for one in self.own_book()]
        self.assertLess(uuids.index(note.l10n_mx_facture_uuid), uuids.index(invoice.l10n_mx_facture_uuid))
        self.assert_told(made, **{ticket.number: "0.00"})

    def test_in_one_run_they_are_sent_in_order(self):
        ticket = self.sell()
        self.stamped_global(ticket)
        [draft] = self.reverse(ticket)
        invoice, note = self.post(draft, self.customer), ticket.move_id.reversal_move_ids
        self.press(self.env["l10n_mx_facture.run"], "_start", note | invoice, {})
        self.queue()
        self.assertEqual((note | invoice).mapped("l10n_mx_facture_state"), ["stamped", "draft"])
        self.queue()
        self.assertEqual((invoice.l10n_mx_facture_state, ticket.state), ("stamped", "invoiced"))

    def test_where_the_credit_note_was_lost(self):
        ticket = self.sell()
        self.stamped_global(ticket)
        [draft] = self.reverse(ticket)
        invoice, note = self.post(draft, self.customer), ticket.move_id.reversal_move_ids
        self.sandbox.fail("stamp", "reset_after")
        self.press(note, STAMP)
        self.assertEqual((note.l10n_mx_facture_state, ticket.state), ("unknown", "credited"))
        self.assertIn(note.name, self.refusal(invoice, STAMP))
        document = note.l10n_mx_facture_document_id
        [stamped] = self.sandbox.book(user=self.login, serie=document.serie, folio=document.folio)
        self.press(note, "l10n_mx_facture_resolve_unknown", stamped["uuid"], "portal")
        self.stamp(invoice)
        self.assertEqual(ticket.state, "invoiced")

    def test_where_its_global_invoice_is_unknown(self):
        ticket = self.sell()
        made = self.make(ticket)
        self.sandbox.fail("stamp", "reset_after")
        self.press(made, "action_stamp")
        [draft] = self.reverse(ticket)
        invoice = self.post(draft, self.customer)
        self.assertIn(made.name, self.refusal(invoice, STAMP))
        document = made.document_id
        [stamped] = self.sandbox.book(user=self.login, serie=document.serie, folio=document.folio)
        self.press(made, "resolve_unknown", stamped["uuid"], "portal")
        self.assertIn(ticket.move_id.reversal_move_ids.name, self.refusal(invoice, STAMP))
        self.stamp(ticket.move_id.reversal_move_ids)
        self.stamp(invoice)
        self.assertEqual(ticket.state, "invoiced")
        self.assert_told(made, **{ticket.number: "0.00"})

    def test_its_credit_note_was_taken_back(self):
        ticket = self.sell()
        self.stamped_global(ticket)
        [draft] = self.reverse(ticket)
        invoice, note = self.post(draft, self.customer), ticket.move_id.reversal_move_ids
        self.press(note, "button_draft")
        self.press(note, "button_cancel")
        self.env.invalidate_all()
        self.assertIn("not posted", self.refusal(invoice, STAMP))

    def test_the_credit_note_is_posted_after_it(self):
        ticket = self.sell()
        made = self.stamped_global(ticket)
        [draft] = self.reverse(ticket, date=self.today_of(self.journal) + timedelta(days=3))
        note = ticket.move_id.reversal_move_ids
        self.assertEqual((note.state, note.auto_post), ("draft", "at_date"))
        invoice = self.post(draft, self.customer)
        self.assertFalse(ticket.invoice_move_id)
        self.assertIn("not credited", self.refusal(invoice, STAMP))
        note.write({"auto_post": "no", "date": self.today_of(self.journal), "invoice_date": invoice.invoice_date})
        self.post(note)
        self.assertEqual((ticket.invoice_move_id, ticket.credit_move_id), (invoice, note))
        self.stamp(note)
        self.stamp(invoice)
        self.assertEqual(ticket.state, "invoiced")
        self.assert_told(made, **{ticket.number: "0.00"})

    def test_it_stays_to_the_public(self):
        """Reversed, corrected and sold again: two tickets, each in its own global invoice."""
        ticket = self.sell()
        made = self.stamped_global(ticket)
        [draft] = self.reverse(ticket)
        draft.invoice_line_ids.price_unit = 90.0
        again = self.ticket_of(self.post(draft))
        note = ticket.move_id.reversal_move_ids
        self.assertFalse(ticket.invoice_move_id)
        self.assertEqual((again.state, again.amount_total), ("open", 104.4))
        self.stamp(note)
        second = self.stamped_global(again)
        self.assertEqual((ticket.state, again.state), ("credited", "global"))
        self.assertEqual((second.ticket_ids, self.total_of(second)), (again, Decimal("104.40")))
        self.assert_told(made, **{ticket.number: "0.00"})
        self.assert_told(second, **{again.number: "104.40"})
        self.assertFalse([key for one in self.assert_balanced(ticket, again.move_id) for key, _amount in one.causes()])

    def test_the_customer_is_entered_later(self):
        ticket = self.sell()
        self.stamped_global(ticket)
        [draft] = self.reverse(ticket)
        again = self.ticket_of(self.post(draft))
        self.assertTrue(again)
        self.press(draft, "button_draft")
        invoice = self.post(draft, self.customer)
        self.assertFalse(self.ticket_of(invoice))
        self.assertEqual(ticket.invoice_move_id, invoice)
        # and back
        self.press(invoice, "button_draft")
        self.post(draft, self.public)
        self.assertFalse(ticket.invoice_move_id)
        self.assertTrue(self.ticket_of(draft))

    def test_several_at_once(self):
        tickets = self.guide()
        made = self.stamped_global(tickets)
        drafts = self.reverse(*tickets)
        self.assertEqual(drafts.mapped("amount_total"), tickets.mapped("amount_total"))
        first, second, third = drafts
        self.post(first, self.customer)
        self.post(second)
        third.unlink()
        self.assertEqual([bool(one.invoice_move_id) for one in tickets], [True, False, False])
        self.stamp(tickets.move_id.reversal_move_ids)
        self.stamp(first)
        self.assertEqual(tickets.mapped("state"), ["invoiced", "credited", "credited"])
        self.assert_told(made, **dict.fromkeys(tickets.mapped("number"), "0.00"))

    def test_what_was_paid_is_left_to_the_user_as_ever(self):
        ticket = self.sell()
        bank = [("company_id", "=", self.company.id), ("type", "=", "bank")]
        register = self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=ticket.move_id.ids
        )
        register.create({"journal_id": self.env["account.journal"].search(bank, limit=1).id})._create_payments()
        self.stamped_global(ticket)
        [draft] = self.reverse(ticket)
        note = ticket.move_id.reversal_move_ids
        self.assertEqual((ticket.move_id.payment_state, note.l10n_mx_facture_payment_form_id), ("reversed", self.cash))
        invoice = self.post(draft, self.customer)
        self.stamp(note)
        self.stamp(invoice)
        self.assertEqual((ticket.state, invoice.payment_state), ("invoiced", "not_paid"))

    # -- less is left of it ----------------------------------------------------------------------

    def test_a_part_was_returned(self):
        ticket, whole = self.sell(179.99, 179.99), self.sell()
        self.stamped_global(ticket | whole)
        note = self.return_of(ticket, 179.99)
        self.return_of(whole)
        with self.assertRaisesRegex(RedirectWarning, note.name) as caught:
            self.reverse(ticket)
        self.assertEqual(caught.exception.args[1]["res_id"], ticket.id)
        self.assertIn("nothing is left", self.refusal(self.wizard(whole.move_id), "modify_moves"))
        self.assertEqual(ticket.move_id.reversal_move_ids, note)

    def test_it_was_invoiced_to_a_name(self):
        ticket = self.sell()
        self.stamped_global(ticket)
        self.press(ticket, "_invoice_to", self.customer)
        self.assertIn(ticket.invoice_move_id.name, self.refusal(self.wizard(ticket.move_id), "modify_moves"))

    # -- before the global invoice ---------------------------------------------------------------

    def test_before_the_global_to_a_name(self):
        ticket, other = self.sell(days=0), self.sell(days=0)
        [draft] = self.reverse(ticket)
        invoice = self.post(draft, self.customer)
        self.stamp(invoice)
        self.assertEqual((ticket.state, ticket.invoice_move_id), ("invoiced", invoice))
        note = ticket.move_id.reversal_move_ids
        for move in (note, ticket.move_id):
            self.assertIn(f"that of {invoice.name}, so this one needs none", self.refusal(move, STAMP))
            self.assertTrue(move.l10n_mx_facture_by_ticket)
        self.assertEqual(self.make(ticket | other).ticket_ids, other)
        self.assertFalse(note.l10n_mx_facture_document_ids)
        self.assert_balanced(ticket, invoice)

    def test_before_the_global_to_the_public(self):
        ticket = self.sell(days=0)
        [draft] = self.reverse(ticket)
        again = self.ticket_of(self.post(draft))
        made = self.stamped_global(ticket | again)
        self.assertEqual((made.ticket_ids, ticket.state), (again, "left_out"))
        self.assertEqual(self.total_of(made), Decimal("116.00"))
        self.assert_balanced(ticket, again.move_id)

    def test_what_is_no_ticket_is_as_ever(self):
        self.journal.l10n_mx_facture_to_global = False
        move = self.create_invoice(partner_id=self.public.id)
        self.stamp(move)
        action = self.press(self.wizard(move), "modify_moves")
        draft = self.env["account.move"].browse(action["res_id"])
        self.assertFalse(draft.l10n_mx_facture_reissues_id)
