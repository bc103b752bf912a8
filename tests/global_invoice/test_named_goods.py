from decimal import Decimal

from odoo.addons.l10n_mx_facture.cfdi.global_invoice.ticket import Ticket, TicketTax
from odoo.addons.l10n_mx_facture.cfdi.read import read_cfdi

from ..support.global_case import GlobalCase

D = Decimal


class TestNamedGoods(GlobalCase):
    """The invoice to a name of a ticket of another module of which the taxes alone are known, IEPS among them."""

    def name(self, ticket):
        """:return: the invoice to the customer"""
        self.press(ticket, "_invoice_to", self.customer)
        next(self.numbers)
        return ticket.invoice_move_id

    def totals_of(self, owner):
        return read_cfdi(owner.l10n_mx_facture_document_id.xml_attachment_id.raw).totals

    def test_with_ieps(self):
        """Of its taxes alone: IEPS in the base of the IVA of the same goods, beside goods without it."""
        ieps, iva = ("100.00", "8.00", "0.080000", "003"), ("158.00", "25.28")
        ticket = self.take("I", ieps, iva, net="150.00")
        made = self.stamped_global(ticket | self.take("J"))
        invoice = self.name(ticket)
        lines = [(line.price_unit, line.tax_ids.mapped("amount")) for line in invoice.invoice_line_ids]
        self.assertEqual(lines, [(100.0, [8.0, 16.0]), (50.0, [16.0])])
        self.queue()
        self.assertEqual((ticket.state, self.total_of(invoice)), ("invoiced", D("183.28")))
        told = {(row.impuesto, row.tasa_o_cuota): (row.base, row.importe) for row in self.totals_of(invoice).traslados}
        self.assertEqual(told["003", D("0.08")], (D("100"), D("8.00")))
        self.assertEqual(told["002", D("0.16")], (D("158"), D("25.28")))
        self.assert_told(made, **{ticket.number: "0.00"})

    def test_with_ieps_the_rest_to_the_cent(self):
        """As many tickets have it: each sale was rounded by itself, and one part of it came back."""
        # 3 x (3.33 + 0.27 IEPS) + 0.58 IVA each, and 2 x 1.01 + 0.16
        ieps, iva = ("9.99", "0.81", "0.080000", "003"), ("12.82", "2.06")
        ticket = self.take("K", ieps, iva, net="12.01")
        made = self.stamped_global(ticket)
        total = ticket.amount_in_global
        part = self.take("x", ("3.33", "0.27", "0.080000", "003"), ("3.60", "0.58"), net="3.33")
        self.press(ticket, "_give_back", part._ticket())
        self.queue()
        invoice = self.name(ticket)
        self.queue()
        self.assertEqual(ticket.credit_ids.mapped("state"), ["stamped"] * 2)
        self.assertEqual((ticket.state, invoice.l10n_mx_facture_state), ("invoiced", "stamped"))
        self.assertEqual(self.total_of(invoice), D(str(total)) - D("4.18"))
        self.assert_told(made, **{ticket.number: "0.00"})

    def test_with_ieps_that_is_all_of_one_iva(self):
        ieps, iva, zero = ("100.00", "8.00", "0.080000", "003"), ("200.00", "32.00"), ("108.00", "0.00", "0.000000")
        ticket = self.take("L", ieps, iva, zero, net="300.00")
        self.stamped_global(ticket)
        invoice = self.name(ticket)
        lines = [(line.price_unit, line.tax_ids.mapped("amount")) for line in invoice.invoice_line_ids]
        self.assertEqual(lines, [(100.0, [8.0, 0.0]), (200.0, [16.0])])
        self.queue()
        self.assertEqual((ticket.state, self.total_of(invoice)), ("invoiced", D("340.00")))

    def test_what_its_taxes_don_t_tell(self):
        ieps, iva, zero = ("100.00", "8.00", "0.080000", "003"), ("200.00", "32.00"), ("109.00", "0.00", "0.000000")
        quota = TicketTax("003", "Cuota", D("3.080000"), D("10.000"), D("30.80"))
        beer = Ticket("N", D("100.00"), taxes=(quota, self.ticket_tax("130.80", "20.93")))
        cases = {
            "the base of which IVA": self.take("M", ieps, iva, zero, net="301.00"),
            "a quota": self.take("N", ticket=beer),
        }
        for text, ticket in cases.items():
            self.stamped_global(ticket)
            said = self.refusal(ticket, "_invoice_to", self.customer)
            self.assertIn(text, said)
            self.assertIn(ticket.number, said)
            self.assertFalse(ticket.credit_ids)
            self.assertFalse(ticket.invoice_move_id)

    def test_with_ieps_that_odoo_computes_apart(self):
        ticket = self.take("O", ("100.00", "8.00", "0.080000", "003"), ("108.00", "17.28"), net="100.00")
        self.stamped_global(ticket)
        self.ieps8.include_base_amount = False
        self.assertIn("Affect Base of Subsequent Taxes", self.refusal(ticket, "_invoice_to", self.customer))
        self.ieps8.active = False
        self.assertIn("8.0 % IEPS", self.refusal(ticket, "_invoice_to", self.customer))
        self.assertFalse(ticket.credit_ids)
