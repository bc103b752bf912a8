from decimal import Decimal

from odoo.exceptions import UserError

from ..support.common import TIJUANA
from ..support.global_case import GlobalCase


class TestGlobal(GlobalCase):
    """Tickets of a day, their global invoice, and what its CFDI says."""

    def test_the_example_of_the_guide(self):
        tickets = self.guide()
        self.assertEqual(tickets.mapped("state"), ["open"] * 3)
        made = self.make(tickets)
        self.assertEqual(len(made), 1)
        self.assertEqual((made.state, made.amount_total, made.ticket_count), ("draft", 980.18, 3))
        self.press(made, "action_stamp")
        self.assertEqual(made.state, "stamped", made.message_text)
        self.assertEqual(set(tickets.mapped("state")), {"global"})
        self.assertEqual(made.document_id.total, 980.18)
        xml = self.xml_of(made)
        day = tickets[0].date
        self.assertEqual(
            (xml.informacion_global.periodicidad, xml.informacion_global.meses, xml.informacion_global.anio),
            ("01", f"{day.month:02}", day.year),
        )
        self.assertEqual({one.no_identificacion for one in xml.conceptos}, set(tickets.mapped("number")))
        self.assertEqual(xml.forma_pago, "01")
        self.assertFalse(tickets.move_id.l10n_mx_facture_document_ids)

    def test_looked_at_again_a_stamped_one_keeps_its_tickets(self):
        made = self.stamped_global()
        tickets = made.ticket_ids
        self.press(made, "action_check")
        # as of a nightly run that begins again, after another one has queued it
        made.sudo()._start_ready()
        self.env.flush_all()
        self.assertEqual((made.ticket_ids, set(tickets.mapped("state"))), (tickets, {"global"}))
        self.assertEqual((made.state, len(made.document_ids)), ("stamped", 1))

    def test_its_invoice_is_not_stamped_nor_reset(self):
        made = self.stamped_global()
        move = made.ticket_ids[0].move_id
        self.assertIn(made.name, self.refusal(move, "action_l10n_mx_facture_stamp"))
        with self.assertRaisesRegex(UserError, made.name), self.env.cr.savepoint():
            move.button_draft()
        with self.assertRaisesRegex(UserError, made.name), self.env.cr.savepoint():
            move.button_cancel()

    def test_an_open_ticket_may_have_a_cfdi_of_its_own(self):
        ticket = self.sell(days=0)
        self.stamp(ticket.move_id)
        self.assertEqual(ticket.state, "invoiced")
        with self.assertRaises(UserError), self.env.cr.savepoint():
            ticket.action_make_globals()

    def test_in_a_selection_it_waits_for_its_global(self):
        ticket, other = self.sell(days=0), self.create_invoice()
        move = ticket.move_id
        to_stamp = [("id", "in", (move | other).ids), ("l10n_mx_facture_by_ticket", "=", False)]
        self.assertEqual(self.env["account.move"].search(to_stamp), other)
        self.stamp(move | other)
        self.assertEqual((other.l10n_mx_facture_state, move.l10n_mx_facture_state), ("stamped", False))
        self.assertEqual(ticket.state, "open")
        self.assertIn("l10n_mx_facture_ticket", move.alerts)

    def test_what_is_returned_before_needs_no_cfdi(self):
        ticket, whole, told = self.sell(), self.sell(), self.sell()
        notes = self.return_of(ticket, 10.0) | self.return_of(whole)
        self.stamped_global(told)
        after = self.return_of(told)
        moves = ticket.move_id | whole.move_id | told.move_id | notes | after
        Move = self.env["account.move"]
        to_stamp = [("id", "in", moves.ids), ("l10n_mx_facture_by_ticket", "=", False)]
        self.assertEqual(Move.search(to_stamp), after)
        (ticket | whole)._read_books()
        self.assertEqual(whole.state, "left_out")
        self.assertEqual(Move.search(to_stamp), after)
        self.stamped_global(ticket)
        self.assertEqual(Move.search(to_stamp), after)
        self.assertEqual(moves.filtered("l10n_mx_facture_by_ticket"), moves - after)

    def test_a_ticket_in_a_draft_may_be_stamped_by_itself(self):
        ticket, other = self.sell(days=0), self.sell(days=0)
        made = self.make(ticket | other)
        self.stamp(ticket.move_id)
        self.assertEqual((ticket.state, ticket.global_id), ("invoiced", made.browse()))
        self.press(made, "action_stamp")
        self.assertEqual((made.state, made.ticket_ids, made.amount_total), ("stamped", other, 116.0))

    def test_left_out_with_the_reason(self):
        fits = self.sell()
        dollars = self.sell(currency_id=self.env.ref("base.USD").id)
        later = self.sell(l10n_mx_facture_payment_policy="PPD")
        withheld = self.sell(lines=[{"price_unit": 100.0, "tax_ids": self.iva16 + self.iva_ret}])
        made = self.make(fits | dollars | later | withheld)
        self.assertEqual(made.ticket_ids, fits)
        self.assertEqual(set((dollars | later | withheld).mapped("state")), {"left_out"})
        self.assertTrue(all((dollars | later | withheld).mapped("reason")))
        self.assertEqual(made.left_out_ids, dollars | later | withheld)

    def test_mixed_taxes_and_discounts(self):
        lines = [
            {"price_unit": 100.0, "tax_ids": self.ieps8 + self.iva16},
            {"price_unit": 50.0, "tax_ids": self.iva8, "discount": 10.0},
            {"price_unit": 30.0, "tax_ids": self.iva0},
            {"price_unit": 20.0, "tax_ids": self.exempt},
            {"price_unit": 33.33, "quantity": 3.0, "discount": 33.33},
        ]
        journal = self.create_journal("TIJ", self.branch_at(TIJUANA))
        journal.l10n_mx_facture_to_global = True
        exempt = [{"price_unit": 10.0, "tax_ids": self.exempt}]
        tickets = self.sell(lines=lines, journal_id=journal.id) | self.sell(lines=exempt, journal_id=journal.id)
        made = self.stamped_global(tickets)
        self.assertEqual(self.total_of(made), Decimal(str(round(sum(tickets.mapped("amount_total")), 2))))
        self.assertEqual(made.document_id.total, sum(tickets.move_id.mapped("amount_total")))

    def test_one_bad_ticket_does_not_hold_up_the_others(self):
        bad, good = self.sell(lines=[{"price_unit": 100.0, "tax_ids": self.iva8}]), self.sell()
        made = self.make(bad | good)
        self.press(made, "action_stamp")
        self.assertEqual((made.state, made.ticket_ids), ("stamped", good))
        self.assertEqual(bad.state, "left_out")
        self.assertIn("CFDI40179", bad.reason)

    def test_a_line_needs_no_code_of_sats(self):
        product = self.product.copy({"l10n_mx_facture_product_code_id": False})
        ticket = self.sell(lines=[{"product_id": product.id, "price_unit": 10.0}])
        ticket.move_id.invoice_line_ids.l10n_mx_facture_product_code_id = False
        self.assertEqual(self.stamped_global(ticket).state, "stamped")

    def test_the_payment_form_of_the_largest(self):
        card = self.sat("c_forma_pago", "28")
        tickets = self.sell(10.0) | self.sell(500.0, l10n_mx_facture_payment_form_id=card.id)
        self.assertEqual(self.xml_of(self.stamped_global(tickets)).forma_pago, "28")

    def test_several_where_the_setting_limits_them(self):
        self.company.l10n_mx_facture_global_limit = 2
        tickets = self.sell() | self.sell() | self.sell()
        made = self.make(tickets)
        self.assertEqual(sorted(made.mapped("ticket_count")), [1, 2])
        # again: the same ones
        self.assertEqual(self.make(tickets), made)

    def test_each_day_and_each_period_has_its_own(self):
        tickets = self.sell(days=0) | self.sell(days=1)
        self.assertEqual(len(self.make(tickets)), 2)
        self.company.l10n_mx_facture_global_periodicity = "04"
        made = self.make(tickets)
        months = {(ticket.date.year, ticket.date.month) for ticket in tickets}
        self.assertEqual(len(made), len(months))
        self.assertEqual(set(made.mapped("periodicity")), {"04"})
        self.assertEqual(set(made.ticket_ids), set(tickets))

    def test_two_months_are_for_the_regime_621(self):
        self.company.l10n_mx_facture_global_periodicity = "05"
        made = self.make(self.sell())
        self.assertIn("CFDI40132", self.refusal(made, "action_stamp"))

    def test_posted_again_it_is_a_ticket_again(self):
        ticket = self.sell()
        move = ticket.move_id
        move.button_draft()
        self.assertFalse(self.ticket_of(move))
        move.invoice_line_ids.price_unit = 50.0
        move.action_post()
        self.assertEqual(self.ticket_of(move).amount_total, 58.0)

    def test_only_in_the_journals_that_were_chosen(self):
        self.journal.l10n_mx_facture_to_global = False
        self.assertFalse(self.sell())
        self.journal.l10n_mx_facture_to_global = True
        self.assertFalse(self.ticket_of(self.create_invoice()))

    def test_a_draft_is_deleted_and_its_tickets_are_free(self):
        tickets = self.guide()
        made = self.make(tickets)
        made.unlink()
        self.assertEqual((set(tickets.mapped("state")), tickets.global_id), ({"open"}, made.browse()))
