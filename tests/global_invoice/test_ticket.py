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
