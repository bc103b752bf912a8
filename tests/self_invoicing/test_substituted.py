from odoo.tests import tagged

from ..support.self_invoicing_case import SelfInvoicingCase


@tagged("post_install_l10n", "post_install", "-at_install")
class TestSubstitutedTicket(SelfInvoicingCase):
    """A ticket follows its sale from a CFDI to the one that substitutes it: it is told once, and is invoiced once."""

    def named(self, ticket):
        """:return: the stamped invoice to a name"""
        self.press(ticket, "_invoice_to", self.customer)
        self.queue()
        return ticket.invoice_move_id

    def substitute(self, move):
        """:return: the posted substitute; the cancellation of this one (01) waits for its stamp"""
        self.press(move, "_l10n_mx_facture_order_substitution")
        new = move.l10n_mx_facture_substitute_id
        new.action_post()
        return new

    def substituted(self, move):
        """:return: the stamped substitute, when SAT has confirmed the cancellation"""
        new = self.substitute(move)
        self.stamp(new)
        self.assertEqual(new.l10n_mx_facture_state, "stamped", new.l10n_mx_facture_message)
        self.gone(move)
        return new

    def gone(self, move):
        """SAT shows its CFDI as cancelled, and the invoice is cancelled in Odoo."""
        self.at_sat.says(move.l10n_mx_facture_uuid, "cancelled")
        self.press(move, "action_l10n_mx_facture_update_sat_status")
        self.assertEqual(move.l10n_mx_facture_state, "cancelled")
        if move.state != "cancel":
            move.button_draft()
            move.button_cancel()

    def assert_invoiced(self, ticket, invoice):
        """By this invoice alone, on the page too."""
        self.assertEqual((ticket.state, ticket.invoice_move_id), ("invoiced", invoice))
        self.assertIn(invoice.name, self.refusal(ticket, "action_invoice_to_name"))
        answer, page = self.open(ticket)
        self.assertEqual(self.shown(page), "done")
        [link] = page.xpath("//*[@name='files']//a[contains(@href, '/xml')]/@href")
        self.assertEqual(self.url_open(link).content, invoice.l10n_mx_facture_xml_attachment_id.raw)

    def figures(self):
        """:return: sums of what global invoices, invoices and credit notes tell, and what differs from the books"""
        day = self.today_of(self.journal)
        dialog = self.env["l10n_mx_facture.sales.books"].create({"date_from": day.replace(year=day.year - 1)})
        rows = self.env["l10n_mx_facture.sales.books.day"].search(dialog.action_compare()["domain"])
        names = ("told_globals", "told_invoices", "told_credit_notes", "difference")
        return tuple(round(sum(rows.mapped(name)), 2) for name in names)

    # -- the invoice to a name ----------------------------------------------------------------------

    def test_in_a_global_invoice(self):
        ticket = self.sell()
        made = self.stamped_global(ticket)
        old = self.named(ticket)
        before = self.figures()
        new = self.substitute(old)
        # nothing was sent: the old one is the sale's
        self.assert_invoiced(ticket, old)
        self.stamp(new)
        self.assert_invoiced(ticket, new)
        self.gone(old)
        self.assert_invoiced(ticket, new)
        self.assertEqual(self.figures(), before)
        self.assert_told(made, **{ticket.number: "0.00"})

    def test_twice_before_the_global_invoice(self):
        ticket = self.sell()
        first = self.named(ticket)
        before = self.figures()
        second = self.substituted(first)
        third = self.substituted(second)
        self.assert_invoiced(ticket, third)
        self.assertEqual(self.figures(), before)
        self.assertIn("None", self.refusal(ticket, "action_make_globals"))

    def test_of_another_module(self):
        ticket, other = self.take("P1"), self.take("P2")
        new = self.substituted(self.named(ticket))
        self.assert_invoiced(ticket, new)
        self.assertEqual(self.make(ticket | other).ticket_ids, other)

    def test_a_substitute_whose_answer_is_lost(self):
        ticket = self.sell()
        self.stamped_global(ticket)
        old = self.named(ticket)
        new = self.substitute(old)
        self.sandbox.fail("stamp", "reset_before")
        self.stamp(new)
        self.assertEqual((new.l10n_mx_facture_state, ticket.state), ("unknown", "invoiced"))
        self.assertEqual((ticket.invoice_move_id, self.shown(self.open(ticket)[1])), (new, "waiting"))
        # it was not stamped after all: the old one is still the sale's
        self.env.flush_all()
        self.env.cr.execute("UPDATE l10n_mx_facture_request SET date_start = date_start - interval '1 day'")
        self.env.cr.execute("UPDATE l10n_mx_facture_document SET date_sent = date_sent - interval '1 day'")
        self.env.invalidate_all()
        self.press(new, "l10n_mx_facture_resolve_unknown")
        self.assert_invoiced(ticket, old)

    def test_a_refused_substitute(self):
        ticket = self.sell()
        old = self.named(ticket)
        new = self.substitute(old)
        self.sandbox.fail("stamp", "refuse")
        self.stamp(new)
        self.assertEqual(new.l10n_mx_facture_state, "rejected")
        self.assert_invoiced(ticket, old)

    def test_a_draft_that_outlives_what_it_was_to_substitute(self):
        """It may be stamped any day: the ticket isn't named a second time."""
        ticket = self.take("P1")
        old = self.named(ticket)
        new = self.substitute(old)
        old.l10n_mx_facture_document_id.sudo()._withdraw_order()
        self.press(old, "l10n_mx_facture_cancel", "02")
        self.gone(old)
        self.assertIn(new.name, self.refusal(ticket, "_invoice_to", self.customer))
        self.assertNotEqual(self.shown(self.open(ticket)[1]), "form")
        new.button_cancel()
        self.assertEqual(self.shown(self.open(ticket)[1]), "form")

    def test_cancelled_in_the_end_it_may_be_named_again(self):
        ticket = self.sell()
        made = self.stamped_global(ticket)
        old = self.named(ticket)
        new = self.substituted(old)
        for move in (new, ticket.credit_move_id):
            self.press(move, "l10n_mx_facture_cancel", "02")
            self.gone(move)
        self.assertEqual((ticket.state, self.shown(self.open(ticket)[1])), ("global", "form"))
        again = self.named(ticket)
        self.assertNotIn(again, old | new)
        self.assert_invoiced(ticket, again)
        self.assert_told(made, **{ticket.number: "0.00"})

    # -- the others of its sale ---------------------------------------------------------------------

    def test_its_credit_note(self):
        ticket = self.sell()
        made = self.stamped_global(ticket)
        invoice, note = self.named(ticket), ticket.credit_move_id
        before = self.figures()
        new = self.substitute(note)
        self.stamp(new)
        self.assertEqual(new.l10n_mx_facture_state, "stamped", new.l10n_mx_facture_message)
        # SAT has both for a while, and the ticket is credited once
        self.assertEqual((ticket.credit_move_id, ticket.amount_credited), (new, 116.0))
        self.gone(note)
        self.assert_invoiced(ticket, invoice)
        self.assertEqual((ticket.credit_move_id, ticket.amount_credited), (new, 116.0))
        self.assertEqual(self.figures(), before)
        self.assert_told(made, **{ticket.number: "0.00"})
        # an invoice to a name is substituted as before
        self.assert_invoiced(ticket, self.substituted(invoice))

    def test_its_own_cfdi(self):
        """The invoice of a ticket that was stamped alone, and stands in the books after the cancellation."""
        self.company.l10n_mx_facture_on_cancel = "nothing"
        ticket = self.sell(days=0)
        old = ticket.move_id
        self.stamp(old)
        self.press(old, "_l10n_mx_facture_order_substitution")
        new = old.l10n_mx_facture_substitute_id
        new.partner_id = self.customer
        new.action_post()
        self.stamp(new)
        self.at_sat.says(old.l10n_mx_facture_uuid, "cancelled")
        self.press(old, "action_l10n_mx_facture_update_sat_status")
        self.assertEqual((old.l10n_mx_facture_state, old.state), ("cancelled", "posted"))
        self.assertEqual((ticket.state, self.shown(self.open(ticket)[1])), ("invoiced", "done"))
        self.assertIn("substitute", self.refusal(ticket, "action_invoice_to_name"))
        self.assertIn("None", self.refusal(ticket, "action_make_globals"))
