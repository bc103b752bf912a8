from decimal import Decimal

from odoo.addons.l10n_mx_facture.cfdi.global_invoice.ticket import Ticket, TicketTax

from ..support.global_case import GlobalCase


class TestTakenTickets(GlobalCase):
    """Tickets of other modules, with their taxes."""

    def vals(self, number, net="100.00", iva="16.00"):
        tax = TicketTax("002", "Tasa", Decimal("0.160000"), Decimal(net), Decimal(iva))
        return {
            "company_id": self.company.id,
            "branch_id": self.branch.id,
            "number": f"{self.prefix}-{number}",
            "date": self.today_of(self.journal),
            "payment_form_id": self.cash.id,
            "ticket": Ticket(number, Decimal(net), taxes=(tax,)),
        }

    def test_they_are_taken_once_and_stamped(self):
        Ticket = self.env["l10n_mx_facture.ticket"]
        taken = Ticket._take([self.vals("1"), self.vals("2", "1.08", "0.12")])
        self.assertEqual(Ticket._take([self.vals("1")]), taken[0])
        self.assertEqual(taken.mapped("amount_total"), [116.0, 1.2])
        made = self.stamped_global(taken.sudo(False))
        self.assertEqual((made.amount_total, made.tax_moved), (117.2, 0.05))
        self.assertEqual(self.total_of(made), Decimal("117.20"))

    def test_a_number_that_sat_would_refuse_holds_up_no_others(self):
        Ticket, good = self.env["l10n_mx_facture.ticket"], self.sell()
        taken = Ticket._take([self.vals(number) for number in ("A|1", "9" * 101, "\N{BELL} caf\u00e9 \N{PILE OF POO}")])
        made = self.stamped_global(good | taken.sudo(False))
        self.assertEqual(made.ticket_ids, good | taken[2])
        self.assertIn("|", taken[0].reason)
        self.assertIn("100", taken[1].reason)

    def test_two_with_one_number_are_in_two(self):
        ticket = self.sell()
        Ticket = self.env["l10n_mx_facture.ticket"]
        taken = Ticket._take([{**self.vals("X"), "number": ticket.number, "date": ticket.date}]).sudo(False)
        made = self.stamped_global(ticket | taken)
        self.assertEqual(len(made), 2)
        self.assertEqual((ticket | taken).mapped("state"), ["global", "global"])

    def test_a_limit_below_zero_is_none(self):
        self.company.l10n_mx_facture_global_limit = -3
        self.assertEqual(len(self.make(self.guide())), 1)
