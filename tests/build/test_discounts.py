import random
from decimal import Decimal

from odoo import Command

from ..support.build_case import BuildCase

SEED = 20261121
INVOICES = 30


class TestBuildDiscounts(BuildCase):
    """Negative lines, of whatever origin, are discounts of the lines that have the same taxes."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.dollar = cls.worth("USD", 18.2345)
        cls.none = cls.env["account.tax"]
        cls.quota = cls.create_tax(
            "Quota", 3.0818, "ieps", "Cuota", amount_type="fixed", sequence=1, include_base_amount=True
        )
        cls.iva_in = cls.iva16.copy({"name": "IVA in", "price_include_override": "tax_included"})

    def discounts(self, read):
        """:return: Descuento of each Concepto; all of them are positive"""
        for name in ("ValorUnitario", "Importe", "Cantidad"):
            for _line in read.nodes(f"cfdi:Conceptos/cfdi:Concepto[@{name} <= 0]"):
                self.fail(f"a {name} that is not positive")
        return [Decimal(found or 0) for (found,) in read.rows("cfdi:Conceptos/cfdi:Concepto", "Descuento")]

    def sold_with(self, lines, prepare, amount, sign, **values):
        """An invoice with the negative lines that core's own helper makes, as a sales order brings them.

        :param prepare: name of the helper; ``sign`` turns its amounts into negative ones
        """
        AccountTax = self.env["account.tax"]
        move = self.create_invoice(lines, post=False, **values)
        base_lines, _tax_lines = move._get_rounded_base_and_tax_lines()
        more = getattr(AccountTax, prepare)(base_lines, self.company, "percent", amount, computation_key=f"{prepare},1")
        move.write(
            {
                "invoice_line_ids": [
                    Command.create(
                        {
                            "name": f"Off {number}",
                            "quantity": sign * base_line["quantity"],
                            "price_unit": base_line["price_unit"],
                            "tax_ids": [Command.set(base_line["tax_ids"].ids)],
                            "extra_tax_data": AccountTax._reverse_quantity_base_line_extra_tax_data(extra)
                            if sign < 0
                            else extra,
                        }
                    )
                    for number, base_line in enumerate(more)
                    for extra in [AccountTax._export_base_line_extra_tax_data(base_line)]
                ]
            }
        )
        move.action_post()
        self.assertTrue(move.invoice_line_ids.filtered(lambda line: line.price_subtotal < 0))
        return move

    def mixed_lines(self):
        return [
            {"price_unit": 99.99, "quantity": 3, "tax_ids": self.iva16},
            {"price_unit": 0.33, "quantity": 7, "tax_ids": self.iva16},
            {"price_unit": 33.333333, "quantity": 3, "discount": 5, "tax_ids": self.iva16 + self.isr_ret},
            {"price_unit": 148.27, "tax_ids": self.ieps8 + self.iva16},
            {"price_unit": 10.01, "tax_ids": self.exempt},
            {"price_unit": 77.77, "tax_ids": self.none},
        ]

    # -- what becomes a discount --------------------------------------------------------------------

    def test_a_negative_line_is_spread_in_proportion(self):
        for way in self.every_way():
            with way as currency:
                lines = [{"price_unit": 100}, {"price_unit": 150, "quantity": 2}, {"price_unit": -40, "name": "Off"}]
                read = self.stamped(self.create_invoice(lines, currency_id=currency.id))
                self.assertEqual(self.discounts(read), [10, 30])
                self.assertEqual((read["SubTotal"], read["Descuento"]), ("400.00", "40.00"))
                self.assertEqual(read.transfers(), [("002", "Tasa", "0.160000", "360.00", "57.60")])

    def test_it_comes_on_top_of_the_discount_of_a_line(self):
        for way in self.every_way():
            with way as currency:
                lines = [{"price_unit": 200, "discount": 10}, {"price_unit": 20, "quantity": -1, "name": "Off"}]
                read = self.stamped(self.create_invoice(lines, currency_id=currency.id))
                self.assertEqual(self.discounts(read), [40])

    def test_it_lowers_lines_with_the_same_taxes_only(self):
        for way in self.every_way():
            with way as currency:
                lines = [
                    {"price_unit": 100},
                    {"price_unit": 100, "tax_ids": self.iva0},
                    {"price_unit": -33.33, "tax_ids": self.iva0},
                    {"price_unit": 100, "tax_ids": self.none},
                    {"price_unit": -1, "tax_ids": self.none},
                ]
                read = self.stamped(self.create_invoice(lines, currency_id=currency.id))
                self.assertEqual(self.discounts(read), [0, Decimal("33.33"), 1])

    def test_what_is_no_line_of_the_cfdi_needs_no_codes(self):
        bonus = self.env["product.product"].create({"name": "Bonus", "type": "service"})
        self.assertFalse(bonus.l10n_mx_facture_product_code_id)
        for way in self.every_way():
            with way as currency:
                lines = [{"price_unit": 100}, {"price_unit": -10, "product_id": bonus.id, "tax_ids": self.iva16}]
                read = self.stamped(self.create_invoice(lines, currency_id=currency.id))
                self.assertEqual(self.discounts(read), [10])

    def test_the_same_tax_of_sat_is_the_same_whatever_odoo_calls_it(self):
        of_discounts = self.create_tax("IVA of discounts", 16, sequence=5)
        exempt = self.create_tax("IVA exento de descuentos", 0, factor="Exento")
        withheld = self.create_tax("ISR ret 10 de descuentos", -10, "isr")
        for sold, taken_off in (
            (self.iva16, of_discounts),
            (self.iva16, self.iva_in),
            (self.exempt, exempt),
            (self.iva16 + self.isr_ret, withheld + of_discounts),
        ):
            for way in self.every_way():
                with way as currency:
                    lines = [
                        {"price_unit": 100, "tax_ids": sold},
                        {"price_unit": 50, "tax_ids": self.iva0},
                        {"price_unit": -11.6, "tax_ids": taken_off},
                    ]
                    read = self.stamped(self.create_invoice(lines, currency_id=currency.id))
                    off = "10" if taken_off == self.iva_in else "11.6"
                    self.assertEqual(self.discounts(read), [Decimal(off), 0])

    def test_another_rate_or_factor_is_another_tax(self):
        for taken_off in (self.iva8, self.exempt, self.iva0):
            with self.subTest(tax=taken_off.name):
                lines = [{"price_unit": 100}, {"name": "Rebaja", "price_unit": -1, "tax_ids": taken_off}]
                self.assertIn(f"same taxes ({taken_off.name})", self.refusal(self.create_invoice(lines)))

    def test_cents_that_do_not_divide_are_not_lost(self):
        for way in self.every_way():
            with way as currency:
                lines = [{"price_unit": 33.33}] * 3 + [{"price_unit": -0.1}, {"price_unit": -0.01}]
                read = self.stamped(self.create_invoice(lines, currency_id=currency.id))
                self.assertEqual(sum(self.discounts(read)), Decimal("0.11"))

    def test_many_taxes_at_once(self):
        taxes = self.ieps8 + self.iva16 + self.isr_ret + self.iva_ret
        for way in self.every_way():
            with way as currency:
                lines = [
                    {"price_unit": 1234.56, "tax_ids": taxes},
                    {"price_unit": 7.77, "quantity": 3.5, "tax_ids": taxes},
                    {"price_unit": -111.11, "tax_ids": taxes},
                ]
                read = self.stamped(self.create_invoice(lines, currency_id=currency.id))
                self.assertEqual(sum(self.discounts(read)), Decimal("111.11"))

    def test_prices_that_include_their_tax(self):
        for way in self.every_way():
            with way as currency:
                lines = [
                    {"price_unit": 116, "tax_ids": self.iva_in},
                    {"price_unit": 99.9, "quantity": 3, "tax_ids": self.iva_in},
                    {"price_unit": -50, "tax_ids": self.iva_in},
                ]
                read = self.stamped(self.create_invoice(lines, currency_id=currency.id))
                self.assertEqual(read["Total"], "365.70")
                self.assertEqual(len(self.discounts(read)), 2)

    def test_goods_given_back_lower_their_own_line(self):
        other = self.env["product.product"].create(
            {
                "name": "Other",
                "uom_id": self.unit.id,
                "l10n_mx_facture_product_code_id": self.product.l10n_mx_facture_product_code_id.id,
            }
        )
        for way in self.every_way():
            with way as currency:
                lines = [
                    {"price_unit": 10, "quantity": 5},
                    {"price_unit": 99, "quantity": 5, "product_id": other.id},
                    {"price_unit": 10, "quantity": -2},
                ]
                read = self.stamped(self.create_invoice(lines, currency_id=currency.id))
                self.assertEqual(self.discounts(read), [20, 0])

    def test_a_line_that_is_taken_back_whole_has_no_tax_left(self):
        for way in self.every_way():
            with way as currency:
                lines = [
                    {"price_unit": 100, "tax_ids": self.iva16},
                    {"price_unit": 33.33, "quantity": 3, "tax_ids": self.ieps8 + self.iva16},
                    {"price_unit": 33.33, "quantity": -3, "tax_ids": self.ieps8 + self.iva16},
                ]
                read = self.stamped(self.create_invoice(lines, currency_id=currency.id))
                self.assertEqual(self.discounts(read), [0, Decimal("99.99")])
                self.assertEqual(read.line(2).get("ObjetoImp"), "01")
                self.assertFalse(read.transfers(2))

    def test_a_quota_is_owed_whatever_is_discounted(self):
        for way in self.every_way():
            with way as currency:
                lines = [
                    {"price_unit": 20, "quantity": 10, "tax_ids": self.quota + self.iva16},
                    {"price_unit": -50, "tax_ids": self.iva16},
                ]
                read = self.stamped(self.create_invoice(lines, currency_id=currency.id))
                self.assertEqual(self.discounts(read), [50])
                self.assertEqual(Decimal(read.transfers(1)[0][3]), 10)

    def test_a_negative_line_on_a_credit_note(self):
        for way in self.every_way():
            with way as currency:
                invoice = self.create_invoice([{"price_unit": 500}, {"price_unit": -50}], currency_id=currency.id)
                self.stamped(invoice)
                refund = invoice._reverse_moves([{"invoice_date": self.today(), "name": self.next_name()}])
                refund.action_post()
                read = self.stamped(refund)
                self.assertEqual(read["TipoDeComprobante"], "E")
                self.assertEqual(self.discounts(read), [50])

    def next_name(self):
        return f"{self.prefix}/{next(self.numbers):05d}"

    def test_the_global_discount_of_a_sales_order(self):
        for way in self.every_way():
            with way as currency:
                quota = {"price_unit": 20, "quantity": 10, "tax_ids": self.quota + self.iva16}
                move = self.sold_with(
                    [*self.mixed_lines(), quota], "_prepare_global_discount_lines", 12.5, 1, currency_id=currency.id
                )
                self.assertTrue(all(self.discounts(self.stamped(move))))

    def test_the_down_payment_on_a_final_invoice(self):
        for percent in (30, 33.33, 100):
            for way in self.every_way():
                with way as currency:
                    lines = [
                        {"display_type": "line_section", "name": "Goods", "product_id": False},
                        *self.mixed_lines(),
                    ]
                    move = self.sold_with(lines, "_prepare_down_payment_lines", percent, -1, currency_id=currency.id)
                    if percent == 100:
                        self.assertFalse(move.amount_total)
                    self.assertTrue(all(self.discounts(self.stamped(move))))

    # -- what does not -------------------------------------------------------------------------------

    def test_a_negative_line_that_no_line_can_bear_is_refused_by_name(self):
        cases = {
            "taxes of no other line": ("same taxes (IVA 8)", {"price_unit": -1, "tax_ids": self.iva8}),
            "no taxes": ("register it as a payment", {"price_unit": -1, "tax_ids": self.none}),
            "too great": ("(100.00)", {"price_unit": -100.01}),
            "a quota": ("Quota", {"price_unit": 1, "quantity": -1, "tax_ids": self.quota + self.iva16}),
        }
        for name, (why, values) in cases.items():
            for way in self.every_way():
                with way as currency:
                    lines = [{"name": "Normal", "price_unit": 100}, {"name": "Rebaja", **values}]
                    if values["price_unit"] < -100:
                        # so that the invoice as a whole is positive, as Odoo asks
                        lines.append({"name": "Otra", "price_unit": 900, "tax_ids": self.none})
                    refusal = self.refusal(self.create_invoice(lines, currency_id=currency.id))
                    self.assertIn("Rebaja", refusal, name)
                    self.assertIn(why, refusal)
                    self.assertNotIn("Normal", refusal)

    # -- as they come --------------------------------------------------------------------------------

    def random_invoice(self, chance):
        """:return: dict of what create_invoice takes"""
        sets = chance.sample(
            [
                self.iva16,
                self.iva0,
                self.exempt,
                self.none,
                self.iva16 + self.isr_ret + self.iva_ret,
                self.ieps265 + self.iva16,
                self.iva_in,
            ],
            chance.choice([1, 2, 3]),
        )
        lines = []
        for taxes in sets:
            left = 0.0
            for _number in range(chance.choice([1, 2, 4])):
                price = round(chance.uniform(0.5, 2000), chance.choice([0, 2, 2, 4, 6])) or 1.0
                quantity = chance.choice([1, 2, 3, 7, 0.25, 33.33])
                discount = chance.choice([0, 0, 10, 33.33])
                left += price * quantity * (1 - discount / 100)
                lines.append({"price_unit": price, "quantity": quantity, "discount": discount, "tax_ids": taxes})
            for _number in range(chance.choice([1, 1, 2])):
                off = round(left * chance.uniform(0.001, 0.45), chance.choice([2, 2, 4]))
                sign, quantity = chance.choice([(-1, 1), (1, -1)])
                lines.append({"price_unit": sign * (off or 0.01), "quantity": quantity, "tax_ids": taxes})
        chance.shuffle(lines)
        currency = chance.choice([self.env.ref("base.MXN"), self.dollar])
        return {"lines": lines, "currency_id": currency.id}

    def test_a_batch_of_invoices_with_negative_lines(self):
        chance = random.Random(SEED)
        for method in ("round_per_line", "round_globally"):
            self.company.tax_calculation_rounding_method = method
            moves = self.create_invoices([self.random_invoice(chance) for _number in range(INVOICES)])
            action = moves.action_l10n_mx_facture_stamp()
            self.assertEqual(moves.mapped("l10n_mx_facture_state"), ["stamped"] * INVOICES, action["params"]["message"])
            for move in moves:
                with self.subTest(rounding=method, move=move.name):
                    self.assertTrue(any(self.discounts(self.read_stamped(move))))
