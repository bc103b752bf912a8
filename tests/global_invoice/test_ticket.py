import re
import textwrap
from datetime import timedelta
from decimal import Decimal

from odoo.tools import file_open

from odoo.addons.l10n_mx_facture.cfdi.global_invoice.ticket import Ticket, TicketTax

from ..support.global_case import GlobalCase

EXAMPLE = re.compile(r"(?s)\nTickets of another module\n=+\n.*?code-block:: python\n((?:\n| {4}[^\n]*\n)+)")


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

    def test_the_example_for_other_modules(self):
        """What doc/development.rst prints."""
        with file_open("l10n_mx_facture/doc/development.rst", "r") as page:
            code, names = textwrap.dedent(EXAMPLE.search(page.read())[1]), {}
        exec(compile(code, "the documentation", "exec"), names)
        self.assertLessEqual(len(code.splitlines()), 20)
        line = {"product_id": self.product.id, "quantity": 2.0, "price_unit": 50.0, "tax_ids": self.iva16.ids}
        number, day = f"{self.prefix}-E", self.today_of(self.journal) - timedelta(days=1)
        sale = (self.company, self.branch, number, day, self.cash, "100.00", "16.00", [line])
        ticket = names["bring"](*sale).sudo(False)
        self.assertEqual(names["bring"](*sale), ticket)
        made = self.stamped_global(ticket)
        self.assertEqual((ticket.number, self.total_of(made)), (number, Decimal("116.00")))
        self.press(ticket, "_give_back", names["amounts"](number, "50.00", "8.00"))
        self.queue()
        self.assert_told(made, **{number: "58.00"})
        self.press(ticket, "_give_back")
        self.queue()
        self.assert_told(made, **{number: "0.00"})
        self.assertEqual(ticket.state, "credited")

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
