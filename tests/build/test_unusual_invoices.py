from odoo import Command

from ..support.build_case import BuildCase

METHODS = ("round_per_line", "round_globally")


class TestBuildUnusualInvoices(BuildCase):
    """Unusual invoices: each becomes a valid CFDI with Odoo's total, or is refused with the reason."""

    def quota(self):
        return self.create_tax(
            "IEPS 3.0818", 3.0818, "ieps", "Cuota", amount_type="fixed", sequence=1, include_base_amount=True
        )

    def included(self, tax):
        return tax.copy({"name": f"{tax.name} included", "price_include_override": "tax_included"})

    def both_ways(self, lines, check):
        """Stamp the invoice rounded per line and globally; ``check`` gets what was read of each."""
        for method in METHODS:
            with self.subTest(method=method):
                self.company.tax_calculation_rounding_method = method
                check(self.stamped(self.create_invoice(lines)))

    def with_tax(self, taxes, **line):
        return self.create_invoice([{"name": "Normal"}, {"name": "Rara", "price_unit": 100, "tax_ids": taxes, **line}])

    # -- many, and gifts ------------------------------------------------------------------------

    def test_three_hundred_lines(self):
        included = self.included(self.iva16)
        taxes = (self.iva16, self.iva0, self.exempt, self.ieps8 + self.iva16, included)
        lines = [
            {
                "price_unit": 0.33 + number * 0.017,
                "quantity": 1 + number % 7,
                "discount": number % 4 * 3.33,
                "tax_ids": taxes[number % 5],
            }
            for number in range(300)
        ]
        self.both_ways(lines, lambda read: self.assertEqual(len(read.nodes("//cfdi:Concepto")), 300))

    def test_a_gift_with_a_quota_is_all_that_is_invoiced(self):
        lines = [{"price_unit": 10, "quantity": 3, "discount": 100, "tax_ids": self.quota() + self.iva16}]

        def check(read):
            self.assertEqual((read["SubTotal"], read["Descuento"], read["Total"]), ("30.00", "30.00", "10.73"))
            self.assertEqual(read.line().get("ObjetoImp"), "02")
            self.assertEqual(read.transfers(1)[0][2:], ("3.081800", "3", "9.2454"))

        self.both_ways(lines, check)

    def test_a_line_without_price_is_refused_though_a_quota_is_owed(self):
        refusal = self.refusal(self.with_tax(self.quota() + self.iva16, price_unit=0, quantity=3))
        self.assertIn("CFDI40166", refusal)
        self.assertIn("Rara", refusal)

    def test_all_lines_exempt(self):
        lines = [{"price_unit": 10.333, "quantity": 3, "tax_ids": self.exempt}] * 3

        def check(read):
            self.assertEqual([row[:3] for row in read.transfers()], [("002", "Exento", None)])
            self.assertIsNone(read.node("cfdi:Impuestos").get("TotalImpuestosTrasladados"))

        self.both_ways(lines, check)

    def test_price_and_quantity_both_negative_are_a_sale(self):
        lines = [{"price_unit": -10, "quantity": -3}]
        self.both_ways(lines, lambda read: self.assertEqual(read.line().get("Cantidad"), "3"))

    # -- taxes ----------------------------------------------------------------------------------

    def test_a_tax_that_a_group_brings_again_is_one_tax(self):
        taxes = self.group_of(self.iva16, self.isr_ret) + self.iva16

        def check(read):
            self.assertEqual(read.transfers(1), [("002", "Tasa", "0.160000", "100.05", "16.01")])
            self.assertEqual(len(read.withholdings(1)), 1)

        self.company.tax_calculation_rounding_method = "round_per_line"
        check(self.stamped(self.create_invoice([{"price_unit": 100.05, "tax_ids": taxes}])))

    def test_included_and_excluded_taxes_on_one_line(self):
        iva, ieps = self.included(self.iva16), self.included(self.ieps8)
        cases = [
            (
                iva + self.isr_ret + self.iva_ret,
                116,
                3,
                [("300.00", "48.00")],
                [("300.00", "30.00"), ("300.00", "32.00")],
            ),
            (ieps + self.iva16, 108, 2, [("200.00", "16.00"), ("216.00", "34.56")], []),
        ]
        for taxes, price, quantity, transfers, withholdings in cases:
            with self.subTest(taxes=taxes.mapped("name")):
                lines = [{"price_unit": price, "quantity": quantity, "tax_ids": taxes}]

                def check(read, transfers=transfers, withholdings=withholdings):
                    self.assertEqual([row[3:] for row in read.transfers(1)], transfers)
                    self.assertEqual(sorted(row[2:] for row in read.withholdings(1)), withholdings)

                self.both_ways(lines, check)

    def test_included_and_excluded_taxes_keep_the_total_whatever_the_price(self):
        taxes = self.included(self.iva16) + self.isr_ret + self.iva_ret
        lines = [
            {"price_unit": price, "quantity": quantity, "discount": discount, "tax_ids": taxes}
            for price, quantity, discount in ((99.99, 7, 0), (0.07, 333, 12.5), (1234.57, 1, 33.33), (19.9, 12, 99.99))
        ]
        self.both_ways(lines, lambda read: self.assertEqual(len(read.nodes("//cfdi:Concepto")), 4))

    def test_an_excluded_tax_under_an_included_one_that_odoo_does_not_tax_is_refused(self):
        # core adds the IEPS to the base of the included IVA, but not to its amount
        refusal = self.refusal(self.with_tax(self.ieps8 + self.included(self.iva16), price_unit=108.33))
        self.assertIn("Rara", refusal)

    def test_a_tax_of_a_fiscal_position_is_the_one_written(self):
        position = self.env["account.fiscal.position"].create({"name": "Foreign", "company_id": self.company.id})
        included = self.included(self.iva16)
        mapped = self.create_tax("IVA 0 mapped", 0, fiscal_position_ids=[Command.set(position.ids)])
        mapped.original_tax_ids = self.iva16 + included
        for taxes, price in ((self.iva16, 100), (included, 116)):
            with self.subTest(taxes=taxes.name):
                self.product.write({"taxes_id": [Command.set(taxes.ids)], "list_price": price})
                read = self.stamped(self.create_invoice([{"quantity": 1}], fiscal_position_id=position.id))
                self.assertEqual(read.line().get("ValorUnitario"), "100.00")
                self.assertEqual(read.transfers(1), [("002", "Tasa", "0.000000", "100.00", "0.00")])

    def test_a_tax_that_is_due_when_it_is_paid_is_written(self):
        transition = self.company_data["default_account_tax_sale"].copy({"reconcile": True})
        tax = self.create_tax(
            "IVA 16 cash basis",
            16,
            tax_exigibility="on_payment",
            cash_basis_transition_account_id=transition.id,
        )
        read = self.stamped(self.create_invoice([{"price_unit": 100, "tax_ids": tax}]))
        self.assertEqual(read.transfers(1), [("002", "Tasa", "0.160000", "100.00", "16.00")])

    def test_a_rate_with_more_decimals_than_sat_has_is_rounded_as_odoo_rounds_it(self):
        two_thirds = self.create_tax("IVA ret 10.6666…", -32 / 3, sequence=20)
        read = self.stamped(self.create_invoice([{"price_unit": 1234567.89, "tax_ids": self.iva16 + two_thirds}]))
        self.assertEqual(read.withholdings(1), [("002", "0.106667", "1234567.89", "131687.65")])

    def test_a_factor_that_contradicts_the_tax_is_refused_with_line_and_tax(self):
        for tax, why in (
            (self.create_tax("ISR exento", 0, "isr", "Exento"), "CFDI40184"),
            (self.create_tax("IVA ret exento", -4, "iva", "Exento"), "CFDI40184"),
            (self.create_tax("IVA exento de 16", 16, "iva", "Exento"), "factor Exento"),
            (self.create_tax("ISR que suma", 10, "isr"), "negative"),
        ):
            with self.subTest(tax=tax.name):
                refusal = self.refusal(self.with_tax(self.iva16 + tax))
                for part in (why, tax.name, "Rara"):
                    self.assertIn(part, refusal)

    def test_a_tax_whose_parts_cancel_each_other_is_refused(self):
        parts = [
            Command.create({"repartition_type": kind, "factor_percent": factor})
            for kind, factor in (("base", 100), ("tax", 100), ("tax", -100))
        ]
        tax = self.create_tax("IVA reversed", 16, invoice_repartition_line_ids=parts, refund_repartition_line_ids=parts)
        refusal = self.refusal(self.with_tax(tax))
        self.assertIn("CFDI", refusal)

    def test_a_tax_amount_changed_by_hand_is_refused(self):
        move = self.create_invoice([{"price_unit": 100}], post=False)
        term = move.line_ids.filtered(lambda line: line.display_type == "payment_term")
        move.line_ids = [
            Command.update(move.line_ids.filtered("tax_line_id").id, {"amount_currency": -16.03}),
            Command.update(term.id, {"amount_currency": 116.03}),
        ]
        move.action_post()
        refusal = self.refusal(move)
        self.assertIn("116.03", refusal)
        self.assertIn("116.00", refusal)

    def test_a_price_below_the_quota_that_it_includes_is_refused_with_the_reason(self):
        taxes = self.included(self.quota()) + self.iva0
        for price, discount in ((0.38, 0), (10, 90), (10, 100)):
            with self.subTest(price=price, discount=discount):
                refusal = self.refusal(self.with_tax(taxes, price_unit=price, discount=discount))
                self.assertIn("Rara", refusal)
                self.assertIn("less than the taxes that it includes", refusal)

    # -- quantities in other units --------------------------------------------------------------

    def test_the_quantity_is_in_the_unit_of_the_line(self):
        dozen = self.env.ref("uom.product_uom_dozen")
        self.product.uom_id = self.env.ref("uom.product_uom_unit")
        self.product.list_price = 10
        for taxes, base in ((self.iva16, "240.00"), (self.quota(), "2")):
            with self.subTest(taxes=taxes.name):
                move = self.create_invoice([{"product_uom_id": dozen.id, "quantity": 2, "tax_ids": taxes}])
                read = self.stamped(move)
                line = read.line()
                self.assertEqual((line.get("Cantidad"), line.get("ClaveUnidad")), ("2", "DZN"))
                self.assertEqual(line.get("ValorUnitario"), "120.00")
                self.assertEqual(read.transfers(1)[0][3], base)
