from decimal import Decimal

from ..support.build_case import BuildCase


class TestBuildLocalTaxes(BuildCase):
    """Taxes of states and towns are only in the complement implocal 1.0."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.dollar = cls.worth("USD", 18.2345)
        # on the price alone, as the law on lodging has it
        cls.ish = cls.create_tax("ISH", 3, "local", sequence=30, is_base_affected=False)
        cls.millar = cls.create_tax("5 al millar", -0.5, "local", sequence=30, is_base_affected=False)

    def assert_booked(self, move, read):
        """The complement says what the books say of each local tax, and its totals are the sums."""
        booked = {}
        for line in move.line_ids.filtered(lambda line: line.tax_line_id.l10n_mx_tax_type == "local"):
            amount = Decimal(str(move.currency_id.round(line.amount_currency))) * move.direction_sign
            booked[line.tax_line_id.name] = booked.get(line.tax_line_id.name, 0) + amount
        self.assertEqual({name: Decimal(amount) for name, _rate, amount in read.local_taxes()}, booked)
        node = read.node("cfdi:Complemento/implocal:ImpuestosLocales")
        for total, sign in (("TotaldeTraslados", 1), ("TotaldeRetenciones", -1)):
            amounts = [sign * Decimal(amount) for _name, _rate, amount in read.local_taxes()]
            self.assertEqual(Decimal(node.get(total)), sum(amount for amount in amounts if amount > 0))

    def test_transferred_and_withheld(self):
        for way in self.every_way():
            with way as currency:
                taxes = self.iva16 + self.ish + self.millar
                move = self.create_invoice([{"price_unit": 1000, "tax_ids": taxes}], currency_id=currency.id)
                read = self.stamped(move)
                self.assertEqual((read["SubTotal"], read["Total"]), ("1000.00", "1185.00"))
                self.assertEqual(read.local_taxes(), [("ISH", "3.00", "30.00"), ("5 al millar", "0.50", "-5.00")])
                self.assertEqual(read.transfers(), [("002", "Tasa", "0.160000", "1000.00", "160.00")])
                self.assertFalse(read.withholdings())
                self.assertEqual(read.line().get("ObjetoImp"), "02")
                self.assert_booked(move, read)

    def test_a_line_with_local_taxes_alone_is_not_subject_to_tax(self):
        for way in self.every_way():
            with way as currency:
                move = self.create_invoice([{"price_unit": 333.33, "tax_ids": self.ish}], currency_id=currency.id)
                read = self.stamped(move)
                self.assertEqual(read.line().get("ObjetoImp"), "01")
                self.assertFalse(read.nodes(".//cfdi:Impuestos"))
                self.assert_booked(move, read)

    def test_one_row_a_tax_for_many_lines(self):
        for way in self.every_way():
            with way as currency:
                lines = [
                    {"price_unit": 0.33, "quantity": 7, "tax_ids": self.iva16 + self.ish},
                    {"price_unit": 1234.565, "discount": 7.5, "tax_ids": self.iva16 + self.ish + self.isr_ret},
                    {"price_unit": 17.17, "tax_ids": self.ish + self.exempt},
                    {"price_unit": 50, "tax_ids": self.ieps8 + self.iva16},
                ]
                move = self.create_invoice(lines, currency_id=currency.id)
                read = self.stamped(move)
                self.assertEqual([name for name, _rate, _amount in read.local_taxes()], ["ISH"])
                self.assert_booked(move, read)

    def test_prices_that_include_the_local_tax(self):
        inside = {"price_include_override": "tax_included"}
        taxes = self.iva16.copy({"name": "IVA in", **inside}) + self.ish.copy({"name": "ISH in", **inside})
        taxes[0].is_base_affected = False
        for way in self.every_way():
            with way as currency:
                move = self.create_invoice([{"price_unit": 1190, "tax_ids": taxes}], currency_id=currency.id)
                read = self.stamped(move)
                self.assertEqual((read["SubTotal"], read["Total"]), ("1000.00", "1190.00"))
                self.assert_booked(move, read)

    def test_a_negative_line_lowers_the_local_tax(self):
        for way in self.every_way():
            with way as currency:
                taxes = self.iva16 + self.ish
                lines = [{"price_unit": 1000, "tax_ids": taxes}, {"price_unit": -100, "tax_ids": taxes}]
                move = self.create_invoice(lines, currency_id=currency.id)
                read = self.stamped(move)
                self.assertEqual(read.local_taxes(), [("ISH", "3.00", "27.00")])
                self.assertEqual(Decimal(read.line().get("Descuento")), 100)

    def test_on_a_credit_note(self):
        for way in self.every_way():
            with way as currency:
                taxes = self.iva16 + self.ish + self.millar
                invoice = self.create_invoice([{"price_unit": 1000, "tax_ids": taxes}], currency_id=currency.id)
                self.stamped(invoice)
                refund = invoice._reverse_moves(
                    [{"invoice_date": self.today(), "name": f"{self.prefix}/{next(self.numbers):05d}"}]
                )
                refund.action_post()
                read = self.stamped(refund)
                self.assertEqual(read.local_taxes(), [("ISH", "3.00", "30.00"), ("5 al millar", "0.50", "-5.00")])

    def test_a_local_tax_of_nothing_is_not_written(self):
        none = self.create_tax("ISH 0", 0, "local", is_base_affected=False)
        read = self.stamped(self.create_invoice([{"tax_ids": self.iva16 + none, "price_unit": 10}]))
        self.assertFalse(read.nodes("cfdi:Complemento/implocal:ImpuestosLocales"))

    def test_what_the_complement_has_no_words_for_is_refused_with_the_tax_named(self):
        cases = [
            self.create_tax("Derecho por noche", 35, "local", amount_type="fixed"),
            self.create_tax("Tasa rara", 3.125, "local"),
        ]
        for tax in cases:
            with self.subTest(tax=tax.name):
                move = self.create_invoice([{"price_unit": 1000, "tax_ids": self.iva16 + tax}])
                self.assertIn(tax.name, self.refusal(move))
