from decimal import Decimal

from odoo import Command

from ..support.build_case import BuildCase


class TestBuildCashRounding(BuildCase):
    """Amounts that Odoo adds to an invoice by itself."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.dollar = cls.worth("USD", 18.2345)
        cls.none = cls.env["account.tax"]

    def cash_rounding(self, method="HALF-UP", strategy="add_invoice_line", unit=0.05):
        account = self.company_data["default_account_revenue"]
        return self.env["account.cash.rounding"].create(
            {
                "name": "Redondeo a 5 centavos",
                "rounding": unit,
                "strategy": strategy,
                "profit_account_id": account.id,
                "loss_account_id": account.id,
                "rounding_method": method,
            }
        )

    def rounded(self, lines, rounding, total, **values):
        """:return: an invoice that the rounding has changed to this total"""
        move = self.create_invoice(lines, invoice_cash_rounding_id=rounding.id, **values)
        self.assertEqual(move.currency_id.compare_amounts(move.amount_total, total), 0, move.amount_total)
        self.assertTrue(move.line_ids.filtered(lambda line: line.display_type == "rounding"))
        return move

    # -- a line of its own ----------------------------------------------------------------------------

    def test_rounding_up_is_a_line_of_its_own_without_tax(self):
        rounding = self.cash_rounding("UP")
        for way in self.every_way():
            with way as currency:
                # 99.99 + 16.00 = 115.99
                move = self.rounded([{"price_unit": 99.99}], rounding, 116.0, currency_id=currency.id)
                read = self.stamped(move)
                self.assertEqual(read["SubTotal"], "100.00")
                line = read.line(2)
                self.assertEqual(
                    [
                        line.get(name)
                        for name in ("ClaveProdServ", "ClaveUnidad", "Cantidad", "ObjetoImp", "Descripcion")
                    ],
                    ["01010101", "ACT", "1", "01", "Redondeo a 5 centavos"],
                )
                self.assertEqual((line.get("ValorUnitario"), line.get("Importe")), ("0.01", "0.01"))
                self.assertIsNone(line.find("{*}Impuestos"))
                self.assertEqual(read.transfers(), [("002", "Tasa", "0.160000", "99.99", "16.00")])

    def test_rounding_up_on_a_credit_note(self):
        rounding = self.cash_rounding("UP")
        for way in self.every_way():
            with way as currency:
                invoice = self.rounded([{"price_unit": 99.99}], rounding, 116.0, currency_id=currency.id)
                self.stamped(invoice)
                refund = invoice._reverse_moves(
                    [{"invoice_date": self.today(), "name": f"{self.prefix}/{next(self.numbers):05d}"}]
                )
                refund.action_post()
                read = self.stamped(refund)
                self.assertEqual((read["TipoDeComprobante"], read["Total"]), ("E", "116.00"))

    def test_rounding_down_is_a_discount_of_a_line_without_taxes(self):
        rounding = self.cash_rounding("DOWN")
        for way in self.every_way():
            with way as currency:
                lines = [{"price_unit": 99.99}, {"price_unit": 10.03, "tax_ids": self.none}]
                read = self.stamped(self.rounded(lines, rounding, 126.0, currency_id=currency.id))
                self.assertEqual(len(read.nodes("cfdi:Conceptos/cfdi:Concepto")), 2)
                self.assertIsNone(read.line(1).get("Descuento"))
                self.assertEqual(Decimal(read.line(2).get("Descuento")), Decimal("0.02"))

    def test_rounding_down_is_a_discount_of_the_greatest_line_whose_tax_stays(self):
        rounding = self.cash_rounding("DOWN")
        for way in self.every_way():
            with way as currency:
                lines = [{"price_unit": 20}, {"price_unit": 99.99}]
                read = self.stamped(self.rounded(lines, rounding, 139.15, currency_id=currency.id))
                self.assertIsNone(read.line(1).get("Descuento"))
                self.assertEqual(Decimal(read.line(2).get("Descuento")), Decimal("0.04"))
                self.assertEqual(read.transfers(), [("002", "Tasa", "0.160000", "119.99", "19.20")])

    def test_half_up_goes_both_ways_to_the_cent(self):
        rounding = self.cash_rounding("HALF-UP", unit=0.1)
        taxes = (self.iva16, self.iva0, self.exempt, self.ieps8 + self.iva16, self.iva16 + self.isr_ret + self.iva_ret)
        went = set()
        for way in self.every_way():
            with way as currency:
                values = {"invoice_cash_rounding_id": rounding.id, "currency_id": currency.id}
                prices = (99.91, 99.99, 33.33, 1234.56, 0.97, 18.18, 7.77, 250.49)
                lines = [
                    [{"price_unit": price, "tax_ids": taxes[number % 5]}, {"price_unit": price / 3}]
                    for number, price in enumerate(prices)
                ]
                moves = self.create_invoices([{"lines": some, **values} for some in lines])
                moves.action_l10n_mx_facture_stamp()
                for move in moves:
                    extra = move.line_ids.filtered(lambda line: line.display_type == "rounding").amount_currency
                    went.add((extra < 0) - (extra > 0))
                    # compares the total, and each tax with the books
                    read = self.read_stamped(move)
                    self.assertFalse(Decimal(read["Total"]) % Decimal("0.1"))
        self.assertLessEqual({-1, 1}, went)

    def test_rounding_down_on_a_credit_note(self):
        rounding = self.cash_rounding("DOWN")
        for way in self.every_way():
            with way as currency:
                invoice = self.rounded([{"price_unit": 99.99}], rounding, 115.95, currency_id=currency.id)
                self.stamped(invoice)
                refund = invoice._reverse_moves(
                    [{"invoice_date": self.today(), "name": f"{self.prefix}/{next(self.numbers):05d}"}]
                )
                refund.action_post()
                read = self.stamped(refund)
                self.assertEqual((read["TipoDeComprobante"], read["Total"]), ("E", "115.95"))

    def test_rounding_down_beside_a_negative_line(self):
        rounding = self.cash_rounding("DOWN")
        for way in self.every_way():
            with way as currency:
                lines = [{"price_unit": 99.99}, {"price_unit": -10}]
                read = self.stamped(self.rounded(lines, rounding, 104.35, currency_id=currency.id))
                self.assertEqual(Decimal(read.line(1).get("Descuento")), Decimal("10.04"))
                self.assertEqual(read.transfers(), [("002", "Tasa", "0.160000", "89.99", "14.40")])

    def test_a_rounding_that_no_line_can_bear_is_refused(self):
        rounding = self.cash_rounding("DOWN", unit=1)
        for way in self.every_way():
            with way as currency:
                refusal = self.refusal(self.rounded([{"price_unit": 0.4}] * 4, rounding, 1, currency_id=currency.id))
                self.assertIn(rounding.name, refusal)
                self.assertIn("smaller steps", refusal)

    # -- what a CFDI has no words for ------------------------------------------------------------------

    def test_rounding_the_greatest_tax_is_refused(self):
        rounding = self.cash_rounding("UP", "biggest_tax")
        for way in self.every_way():
            with way as currency:
                refusal = self.refusal(self.rounded([{"price_unit": 99.99}], rounding, 116.0, currency_id=currency.id))
                self.assertIn(rounding.name, refusal)
                self.assertIn("adds a line", refusal)

    def test_a_tax_lowered_for_an_early_payment_is_refused(self):
        terms = self.env["account.payment.term"].create(
            {
                "name": "2 % in ten days",
                "early_discount": True,
                "discount_percentage": 2,
                "discount_days": 10,
                "early_pay_discount_computation": "mixed",
                "line_ids": [Command.create({"value": "percent", "value_amount": 100, "nb_days": 30})],
            }
        )
        for way in self.every_way():
            with way as currency:
                move = self.create_invoice(
                    [{"price_unit": 100}],
                    invoice_payment_term_id=terms.id,
                    invoice_date_due=False,
                    currency_id=currency.id,
                )
                self.assertTrue(move.line_ids.filtered(lambda line: line.display_type == "epd"))
                refusal = self.refusal(move)
                self.assertIn(terms.name, refusal)
                self.assertIn("early payment", refusal)

    def test_an_early_payment_that_lowers_the_tax_only_when_it_comes_changes_nothing(self):
        terms = self.env["account.payment.term"].create(
            {
                "name": "2 % in ten days, tax on payment",
                "early_discount": True,
                "discount_percentage": 2,
                "discount_days": 10,
                "early_pay_discount_computation": "included",
                "line_ids": [Command.create({"value": "percent", "value_amount": 100, "nb_days": 0})],
            }
        )
        for way in self.every_way():
            with way as currency:
                move = self.create_invoice(
                    [{"price_unit": 100}], invoice_payment_term_id=terms.id, currency_id=currency.id
                )
                self.assertEqual(self.stamped(move)["Total"], "116.00")
