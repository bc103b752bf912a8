from decimal import Decimal
from unittest.mock import patch

from ..support.global_case import GlobalCase
from ..support.stamp_case import ProcessDied

D = Decimal


class TestToName(GlobalCase):
    """The customer who wants an invoice later: ways III and II of SAT's guide."""

    def name(self, ticket):
        """:return: the invoice to the customer"""
        self.press(ticket, "_invoice_to", self.customer)
        # Odoo numbers both in the series of the tests
        next(self.numbers), next(self.numbers)
        return ticket.invoice_move_id

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
        self.pay(ticket.move_id)
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

    def test_after_a_partial_return_it_is_for_the_rest(self):
        """SAT's guide goes on: one of two lines came back, and then the customer wants an invoice."""
        tickets = self.guide()
        made = self.stamped_global(tickets)
        ticket = tickets[1]
        returned = self.return_of(ticket, 179.99)
        self.assertIn(returned.name, self.refusal(ticket, "action_invoice_to_name"), "what is left isn't known yet")
        self.stamp(returned)
        invoice = self.name(ticket)
        note = ticket.credit_move_id
        self.queue()
        self.assertEqual((self.total_of(note), self.total_of(invoice)), (D("208.79"), D("208.79")))
        self.assertEqual((invoice.amount_total, note.amount_total, ticket.state), (208.79, 208.79, "invoiced"))
        self.assertEqual([line.quantity for line in invoice.invoice_line_ids], [1.0])
        self.assertEqual((ticket.amount_credited, ticket.move_id.payment_state), (417.58, "reversed"))
        self.assert_told(made, **{ticket.number: "0.00"})

    def test_the_rest_to_the_cent(self):
        """Parts of a line, discounts, IEPS: each part is rounded by itself, and all add up to the ticket."""
        lines = [
            {"price_unit": 9.99, "quantity": 3.0, "discount": 10.0},
            {"price_unit": 0.33, "quantity": 7.0, "tax_ids": self.ieps8 + self.iva16},
            {"price_unit": 12.35, "quantity": 2.0, "tax_ids": self.iva0},
            {"price_unit": 5.0, "tax_ids": self.exempt},
        ]
        # a part of each line; what was agreed; a part of the price
        for kept in ((2.0, 6.0, 1.0, 1.0), (1.0, 3.0, 2.0, 0.0), (1.0, 1.0, 0.0, 1.0)):
            with self.subTest(kept=kept):
                ticket = self.sell(lines=[dict(line) for line in lines])
                made = self.stamped_global(ticket)
                note = ticket.move_id._reverse_moves([{"invoice_date": self.today_of(self.journal)}])
                note.name = f"{self.prefix}/{next(self.numbers):05d}"
                for line, quantity in zip(note.invoice_line_ids, kept, strict=True):
                    line.quantity -= quantity
                note.invoice_line_ids.filtered(lambda line: not line.quantity).unlink()
                note.action_post()
                self.stamp(note)
                self.assertEqual(note.l10n_mx_facture_state, "stamped", note.l10n_mx_facture_message)
                left = round(ticket.amount_total - note.amount_total, 2)
                invoice = self.name(ticket)
                self.queue()
                credit = ticket.credit_move_id
                states = (credit | invoice).mapped("l10n_mx_facture_state")
                self.assertEqual(states, ["stamped"] * 2, (credit | invoice).mapped("l10n_mx_facture_message"))
                self.assertEqual((credit.amount_total, invoice.amount_total), (left, left))
                self.assertEqual((float(self.total_of(credit)), float(self.total_of(invoice))), (left, left))
                self.assert_told(made, **{ticket.number: "0.00"})
                self.assertEqual(ticket.state, "invoiced")

    def test_a_part_of_the_price_was_given_back(self):
        ticket = self.sell(179.99, 179.99)
        made = self.stamped_global(ticket)
        self.stamp(self.return_of(ticket, 50.0))
        invoice = self.name(ticket)
        self.queue()
        self.assertEqual((self.total_of(invoice), ticket.state), (D("359.58"), "invoiced"))
        self.assert_told(made, **{ticket.number: "0.00"})

    def test_returned_before_and_then_named(self):
        ticket, other = self.sell(179.99, 179.99), self.sell()
        self.return_of(ticket, 179.99)
        made = self.stamped_global(ticket | other)
        self.assertEqual(ticket.amount_in_global, 208.79)
        invoice = self.name(ticket)
        self.queue()
        self.assertEqual((self.total_of(invoice), ticket.state), (D("208.79"), "invoiced"))
        self.assert_told(made, **{ticket.number: "0.00"})

    def test_returned_as_a_whole_there_is_nothing_to_name(self):
        ticket = self.sell()
        self.stamped_global(ticket)
        self.stamp(self.return_of(ticket))
        self.assertIn("nothing is left", self.refusal(ticket, "action_invoice_to_name"))

    def test_what_was_paid_and_what_was_given_back(self):
        ticket = self.sell(179.99, 179.99)
        self.pay(ticket.move_id)
        self.stamped_global(ticket)
        returned = self.return_of(ticket, 179.99)
        self.pay(returned)
        self.stamp(returned)
        invoice = self.name(ticket)
        self.assertIn(invoice.payment_state, ("paid", "in_payment"))
        self.assertEqual(ticket.move_id.amount_residual, 0.0)
        self.assertEqual((returned | ticket.credit_move_id).mapped("amount_residual"), [0.0, 0.0])

    def pay(self, move):
        bank = self.env["account.journal"].search(
            [("company_id", "=", self.company.id), ("type", "=", "bank")], limit=1
        )
        register = self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=move.ids
        )
        register.create({"journal_id": bank.id})._create_payments()

    def test_where_confirm_stamps(self):
        self.company.l10n_mx_facture_auto_stamp = True
        ticket = self.sell()
        made = self.stamped_global(ticket)
        self.name(ticket)
        runs = (ticket.credit_move_id | ticket.invoice_move_id).l10n_mx_facture_document_id.run_id
        self.assertFalse(runs.refusal_ids)
        self.queue()
        self.assertEqual(ticket.state, "invoiced")
        self.assert_told(made, **{ticket.number: "0.00"})

    # -- crashes --------------------------------------------------------------------------------

    def finished(self, ticket, made):
        """The flow has come to its end: one credit note and one invoice, whatever happened on the way."""
        self.assertEqual(ticket.state, "invoiced")
        both = ticket.credit_move_id | ticket.invoice_move_id
        self.assertEqual(both.mapped("l10n_mx_facture_state"), ["stamped"] * 2)
        self.assert_told(made, **{ticket.number: "0.00"})
        self.assertEqual(self.stamped_since(made), 2)

    def test_a_crash_after_the_service_has_them(self):
        self.account.detects_duplicates = True
        self.sandbox.settings(detect_duplicates=True)
        ticket = self.sell()
        made = self.stamped_global(ticket)
        self.name(ticket)
        with self.dying("stamp_many"):
            self.queue()
        self.env.invalidate_all()
        both = ticket.credit_move_id | ticket.invoice_move_id
        # both are known, whatever became of them; the ticket is no other's
        self.assertEqual(both.mapped("l10n_mx_facture_state"), ["sending"] * 2)
        self.assertEqual(ticket.state, "invoiced")
        self.assertIn(ticket.invoice_move_id.name, self.refusal(ticket, "_invoice_to", self.customer))
        self.later()
        self.finished(ticket, made)

    def test_a_crash_before_the_service_has_them(self):
        self.account.detects_duplicates = True
        self.sandbox.settings(detect_duplicates=True)
        ticket = self.sell()
        made = self.stamped_global(ticket)
        self.name(ticket)
        with self.dying("stamp_many", done=False):
            self.queue()
        self.later()
        self.finished(ticket, made)

    def test_what_turns_out_not_to_be_stamped_is_queued_again(self):
        ticket = self.sell()
        made = self.stamped_global(ticket)
        self.name(ticket)
        both = ticket.credit_move_id | ticket.invoice_move_id
        with self.dying("stamp_many", done=False):
            self.queue()
        self.env.invalidate_all()
        # as a look-up or the credits find
        both.l10n_mx_facture_document_id._move_to("unknown")
        both.l10n_mx_facture_document_id._settle_not_stamped("It was not stamped.")
        self.assertEqual(ticket.state, "global")
        self.press(self.env["l10n_mx_facture.global"], "_cron_global")
        self.queue()
        self.finished(ticket, made)

    def test_a_crash_before_the_queue(self):
        ticket = self.sell()
        made = self.stamped_global(ticket)
        invoice = self.name(ticket)
        both = ticket.credit_move_id | invoice
        self.assertTrue(all(both.l10n_mx_facture_document_id.mapped("date_queued")))
        self.queue()
        self.finished(ticket, made)

    def test_a_crash_while_it_is_posted_leaves_nothing(self):
        ticket = self.sell()
        self.stamped_global(ticket)

        def die(*_args):
            raise ProcessDied

        with patch.object(type(ticket), "_settle", die), self.assertRaises(ProcessDied), self.env.cr.savepoint():
            ticket._invoice_to(self.customer)
        self.env.invalidate_all()
        self.assertFalse(ticket.move_id.reversal_move_ids | ticket.invoice_move_id | ticket.credit_move_id)

    # -- of another module ----------------------------------------------------------------------

    def test_of_another_module(self):
        ticket = self.take("A", ("359.98", "57.60"))
        made = self.stamped_global(ticket)
        invoice = self.name(ticket)
        credit = ticket.credit_ids
        self.assertFalse(ticket.credit_move_id)
        self.queue()
        self.assertEqual((credit.state, invoice.l10n_mx_facture_state), ("stamped", "stamped"))
        self.assertEqual((self.total_of(credit), self.total_of(invoice)), (D("417.58"), D("417.58")))
        self.assertEqual(ticket.state, "invoiced")
        self.assertEqual(self.xml_of(invoice).receptor.rfc, self.customer.vat)
        self.assert_told(made, **{ticket.number: "0.00"})

    def test_of_another_module_with_its_lines_and_after_a_return(self):
        line = {"product_id": self.product.id, "quantity": 2.0, "price_unit": 50.0, "tax_ids": self.iva16.ids}
        whole, rest = self.take("B", lines=[line]), self.take("C", lines=[line])
        made = self.stamped_global(whole | rest)
        self.press(rest, "_give_back", self.take("x", ("50.00", "8.00"))._ticket())
        self.assertIn("no CFDI yet", self.refusal(rest, "action_invoice_to_name"))
        self.queue()
        invoices = self.name(whole) | self.name(rest)
        self.queue()
        self.assertEqual(invoices.mapped("l10n_mx_facture_state"), ["stamped"] * 2)
        self.assertEqual(invoices.mapped("amount_total"), [116.0, 58.0])
        self.assertEqual(invoices[0].invoice_line_ids.quantity, 2.0)
        self.assert_told(made, **{whole.number: "0.00", rest.number: "0.00"})

    def test_of_another_module_its_credit_note_is_made_again(self):
        ticket = self.take("H")
        made = self.stamped_global(ticket)
        self.name(ticket)
        credit = ticket.credit_ids
        self.assertIn(credit.name, self.refusal(ticket, "action_return"))
        self.queue()
        self.assertIn(ticket.invoice_move_id.name, self.refusal(ticket, "action_return"))
        self.press(credit, "cancel", "02")
        self.cancelled(credit)
        self.assertEqual(ticket.state, "global", "it is in the global invoice and in the one to a name")
        self.press(ticket, "_give_back")
        self.queue()
        self.assertEqual(ticket.state, "invoiced")
        self.assert_told(made, **{ticket.number: "0.00"})

    def test_of_another_module_before_the_global(self):
        ticket, other = self.take("D"), self.take("E")
        invoice = self.name(ticket)
        self.queue()
        self.assertEqual((ticket.state, invoice.l10n_mx_facture_state), ("invoiced", "stamped"))
        self.assertFalse(ticket.credit_ids)
        self.assertEqual(self.make(ticket | other).ticket_ids, other)

    def test_of_another_module_a_crash_between_the_two(self):
        self.account.detects_duplicates = True
        self.sandbox.settings(detect_duplicates=True)
        ticket = self.take("F")
        made = self.stamped_global(ticket)
        self.name(ticket)
        with self.dying("stamp"):
            self.queue()
        self.later()
        self.assertEqual(ticket.state, "invoiced")
        self.assert_told(made, **{ticket.number: "0.00"})
        self.assertEqual(self.stamped_since(made), 2)

    # -- way II ---------------------------------------------------------------------------------

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
