from decimal import Decimal

from odoo import Command

from ..support.invoice_case import InvoiceCase


class TestBuildGiftCards(InvoiceCase):
    """Gift cards and wallets of ``loyalty`` pay: they are no discount."""

    requires = ("loyalty",)

    def card(self, kind):
        """:return: the product of the line with which a gift card or a wallet pays"""
        reward = {"reward_type": "discount", "discount_mode": "per_point", "discount": 1}
        program = self.env["loyalty.program"].sudo().create(
            {"name": kind, "program_type": kind, "reward_ids": [Command.clear(), Command.create(reward)]}
        )
        self.assertEqual(program.program_type, kind)
        return program.reward_ids.discount_line_product_id

    def paid_with(self, kind, taxes, *others):
        line = {"name": "Tarjeta", "product_id": self.card(kind).id, "price_unit": -20, "tax_ids": taxes}
        return self.create_invoice([{"price_unit": 100}, *others, line])

    def test_a_card_is_a_payment_also_where_a_line_without_taxes_could_bear_it(self):
        none = self.env["account.tax"]
        for kind in ("gift_card", "ewallet"):
            for others in ([], [{"price_unit": 50, "tax_ids": none}]):
                with self.subTest(kind=kind, others=len(others)):
                    refusal = self.refusal(self.paid_with(kind, none, *others))
                    self.assertIn("Tarjeta", refusal)
                    self.assertIn("register it as a payment", refusal)
                    self.assertNotIn("give it the taxes", refusal)

    def test_a_card_that_was_taxed_when_it_was_sold_is_deducted_with_its_tax(self):
        read = self.stamped(self.paid_with("gift_card", self.iva16))
        self.assertEqual(Decimal(read.line().get("Descuento")), 20)
