from decimal import Decimal

from ..support.build_case import BuildCase

PRICE, QUANTITY = Decimal("123.456567"), Decimal("7.765432")


class TestBuildDecimals(BuildCase):
    """Two to six decimals of price and quantity, both ways to round, in currencies of two decimals and of none."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["decimal.precision"].search([("name", "=", "Product Unit")]).digits = 6
        cls.currencies = [cls.env.ref("base.MXN")]
        cls.currencies += [cls.worth(code, rate) for code, rate in (("USD", 18.234567), ("EUR", 1.000001))]
        cls.currencies.append(cls.worth("JPY", 0.115432))

    def written(self, read):
        """:return: list of (Cantidad, ValorUnitario), as numbers"""
        rows = read.rows("cfdi:Conceptos/cfdi:Concepto", "Cantidad", "ValorUnitario")
        return [tuple(map(Decimal, row)) for row in rows]

    def decimals(self, prices, quantities, taxes, **line):
        """Stamp one invoice a currency, way to round and price; a line for each number of decimals of the quantity."""
        for method in ("round_per_line", "round_globally"):
            self.company.tax_calculation_rounding_method = method
            cases = [
                (currency, [(round(QUANTITY, number), round(PRICE, places)) for number in quantities])
                for currency in self.currencies
                for places in prices
            ]
            moves = self.create_invoices(
                [
                    {
                        "lines": [
                            {"price_unit": float(price), "quantity": float(quantity), "tax_ids": taxes, **line}
                            for quantity, price in entered
                        ],
                        "currency_id": currency.id,
                    }
                    for currency, entered in cases
                ]
            )
            moves.action_l10n_mx_facture_stamp()
            for move, (currency, entered) in zip(moves, cases, strict=True):
                with self.subTest(currency=currency.name, method=method, price=entered[0][1]):
                    self.assertEqual(self.written(self.read_stamped(move)), entered)

    def test_prices_and_quantities_of_two_to_six_decimals(self):
        self.decimals(range(2, 7), (0, *range(2, 7)), self.iva16)

    def test_with_discount_ieps_and_withholdings(self):
        taxes = self.ieps8 + self.iva16 + self.isr_ret + self.iva_ret
        self.decimals((2, 4, 6), (1, 3, 6), taxes, discount=12.35)

    def test_a_price_of_more_than_six_decimals_is_written_with_six(self):
        for method in ("round_per_line", "round_globally"):
            with self.subTest(method=method):
                self.company.tax_calculation_rounding_method = method
                read = self.stamped(self.create_invoice([{"price_unit": 1 / 3, "quantity": 7}]))
                self.assertEqual(self.written(read), [(7, Decimal("0.333333"))])
                self.assertEqual(read["Total"], "2.70")

    def test_a_price_that_six_decimals_show_as_nothing_is_refused(self):
        self.assertIn("CFDI40166", self.refusal(self.create_invoice([{"price_unit": 1e-7, "quantity": 1e7}])))

    def test_the_smallest_and_the_greatest(self):
        for price, quantity, total in (
            (0.01, 1, "0.01"),
            (0.000001, 1000000, "1.16"),
            (100, 0.000001, "0.00"),
            (99999999.99, 0.000001, "116.00"),
            (99999999.99, 1, "115999999.99"),
            (99999999.99, 999, "115883999988.41"),
        ):
            for method in ("round_per_line", "round_globally"):
                with self.subTest(price=price, quantity=quantity, method=method):
                    self.company.tax_calculation_rounding_method = method
                    read = self.stamped(self.create_invoice([{"price_unit": price, "quantity": quantity}]))
                    self.assertEqual(read["Total"], total)

    def test_a_rate_with_more_decimals_than_sat_takes_is_rounded_to_six(self):
        for pesos, written in ((18.2345678, "18.234568"), (1.000001, "1.000001"), (1.0, "1"), (0.000001, "0.000001")):
            with self.subTest(pesos=pesos):
                dollar = self.worth("USD", pesos)
                self.assertEqual(self.stamped(self.create_invoice(currency_id=dollar.id))["TipoCambio"], written)

    def test_a_currency_without_sat_code_is_refused(self):
        currency = self.env["res.currency"].create({"name": "ZZZ", "symbol": "Z"})
        self.env["res.currency.rate"].create(
            {
                "currency_id": currency.id,
                "company_id": self.company.id,
                "name": self.today().replace(month=1, day=1),
                "inverse_company_rate": 3,
            }
        )
        refusal = self.refusal(self.create_invoice(currency_id=currency.id))
        self.assertIn("CFDI40113", refusal)
        self.assertIn("ZZZ", refusal)
