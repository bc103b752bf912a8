from odoo import Command
from odoo.exceptions import UserError

from ..support.build_case import BuildCase


class TestBuildLines(BuildCase):
    """Lines: amounts, discounts, codes, texts, currencies, both ways of rounding."""

    def line_of(self, read, number=1):
        """:return: (Cantidad, ValorUnitario, Importe, Descuento)"""
        line = read.line(number)
        names = ("Cantidad", "ValorUnitario", "Importe", "Descuento")
        return tuple(line.get(name) for name in names)

    # -- discounts ------------------------------------------------------------------------------

    def test_a_discount_lowers_the_base_and_is_written_apart(self):
        move = self.create_invoice([{"price_unit": 100, "quantity": 3, "discount": 3.5}, {"price_unit": 50}])
        read = self.stamped(move)
        self.assertEqual(self.line_of(read), ("3", "100.00", "300.00", "10.50"))
        self.assertEqual(self.line_of(read, 2), ("1", "50.00", "50.00", None))
        self.assertEqual(read.transfers(1)[0][3:], ("289.50", "46.32"))
        self.assertEqual((read["SubTotal"], read["Descuento"]), ("350.00", "10.50"))
        self.assertEqual(read["Total"], "393.82")

    def test_no_discount_leaves_no_attribute(self):
        read = self.stamped(self.create_invoice())
        self.assertIsNone(read["Descuento"])
        self.assertIsNone(read.line().get("Descuento"))

    def test_a_gift_has_its_price_and_no_taxes(self):
        for method in ("round_per_line", "round_globally"):
            with self.subTest(method=method):
                self.company.tax_calculation_rounding_method = method
                taxes = self.ieps8 + self.iva16 + self.isr_ret
                move = self.create_invoice([{"price_unit": 80, "discount": 100, "tax_ids": taxes}, {"price_unit": 100}])
                read = self.stamped(move)
                self.assertEqual(self.line_of(read), ("1", "80.00", "80.00", "80.00"))
                self.assertEqual(read.line().get("ObjetoImp"), "01")
                self.assertFalse(read.transfers(1))
                self.assertEqual((read["SubTotal"], read["Descuento"]), ("180.00", "80.00"))

    def test_an_invoice_of_gifts_alone_totals_zero(self):
        read = self.stamped(self.create_invoice([{"price_unit": 80, "discount": 100}]))
        self.assertEqual(read["Total"], "0.00")

    # -- quantities and prices ------------------------------------------------------------------

    def test_prices_with_six_decimals_are_not_rounded(self):
        move = self.create_invoice([{"price_unit": 0.123457, "quantity": 1000}, {"price_unit": 10.005, "quantity": 7}])
        read = self.stamped(move)
        self.assertEqual(self.line_of(read), ("1000", "0.123457", "123.46", None))
        self.assertEqual(self.line_of(read, 2), ("7", "10.005", "70.04", None))
        self.assertEqual((read["SubTotal"], read["Total"]), ("193.50", "224.46"))

    def test_globally_rounded_amounts_keep_their_decimals(self):
        self.company.tax_calculation_rounding_method = "round_globally"
        move = self.create_invoice([{"price_unit": 0.123457, "quantity": 1000}, {"price_unit": 10.005, "quantity": 7}])
        read = self.stamped(move)
        self.assertEqual(self.line_of(read), ("1000", "0.123457", "123.457", None))
        self.assertEqual(read.transfers(1)[0][3:], ("123.457", "19.75312"))

    def test_fifty_lines_of_a_third_add_up_both_ways(self):
        lines = [{"price_unit": 0.33, "quantity": 1.0}] * 50
        for method in ("round_per_line", "round_globally"):
            with self.subTest(method=method):
                self.company.tax_calculation_rounding_method = method
                read = self.stamped(self.create_invoice(lines))
                self.assertEqual(len(read.nodes("cfdi:Conceptos/cfdi:Concepto")), 50)
                self.assertEqual(read["SubTotal"], "16.50")

    def test_quantities_with_decimals(self):
        digits = self.env["decimal.precision"].search([("name", "=", "Product Unit")])
        digits.digits = 6
        move = self.create_invoice([{"price_unit": 333.333333, "quantity": 1.234567}])
        read = self.stamped(move)
        self.assertEqual(self.line_of(read)[:2], ("1.234567", "333.333333"))

    def test_lines_keep_the_order_of_the_invoice(self):
        move = self.create_invoice(
            [
                {"name": "third", "sequence": 30},
                {"name": "first", "sequence": 10},
                {"name": "second", "sequence": 20},
            ]
        )
        read = self.stamped(move)
        names = [row[0] for row in read.rows("//cfdi:Concepto", "Descripcion")]
        self.assertEqual(names, ["first", "second", "third"])

    # -- codes ----------------------------------------------------------------------------------

    def codes(self, read, number=1):
        line = read.line(number)
        return tuple(line.get(name) for name in ("ClaveProdServ", "ClaveUnidad", "NoIdentificacion"))

    def test_codes_come_from_product_and_unit(self):
        self.product.default_code = "A&B<1>"
        read = self.stamped(self.create_invoice())
        self.assertEqual(self.codes(read), ("84111506", "E48", "A&B<1>"))

    def test_the_code_of_the_category_or_of_its_parent_serves_products_without(self):
        parent = self.env["product.category"].create(
            {
                "name": "Food",
                "l10n_mx_facture_product_code_id": self.sat("c_clave_prod_serv", "50202306").id,
            }
        )
        child = self.env["product.category"].create({"name": "Soda", "parent_id": parent.id})
        self.product.write({"l10n_mx_facture_product_code_id": False, "categ_id": child.id})
        read = self.stamped(self.create_invoice())
        self.assertEqual(self.codes(read)[0], "50202306")

    def test_a_line_without_product_has_the_generic_codes(self):
        move = self.create_invoice([{"product_id": False, "name": "Asesoría", "price_unit": 10, "tax_ids": self.iva16}])
        read = self.stamped(move)
        self.assertEqual(self.codes(read), ("01010101", "ACT", None))
        self.assertEqual(read.line().get("Descripcion"), "Asesoría")

    def test_codes_set_on_the_line_go_first(self):
        move = self.create_invoice(
            [
                {
                    "price_unit": 10,
                    "l10n_mx_facture_product_code_id": self.sat("c_clave_prod_serv", "78101800").id,
                    "l10n_mx_facture_unit_code_id": self.sat("c_clave_unidad", "H87").id,
                }
            ]
        )
        self.assertEqual(self.codes(self.stamped(move))[:2], ("78101800", "H87"))

    def test_the_unit_of_the_line_decides_not_that_of_the_product(self):
        dozen = self.env["uom.uom"].create(
            {
                "name": "Box of 12",
                "relative_factor": 12,
                "relative_uom_id": self.unit.id,
                "l10n_mx_facture_unit_code_id": self.sat("c_clave_unidad", "XBX").id,
            }
        )
        move = self.create_invoice([{"price_unit": 10, "product_uom_id": dozen.id}])
        self.assertEqual(self.codes(self.stamped(move))[1], "XBX")

    def test_the_identification_is_proposed_and_may_be_another(self):
        self.product.default_code = "A-1"
        move = self.create_invoice([{"price_unit": 10}] * 3, post=False)
        proposed, chosen, none = move.invoice_line_ids
        self.assertEqual(move.invoice_line_ids.mapped("l10n_mx_facture_identification"), ["A-1"] * 3)
        chosen.l10n_mx_facture_identification = "SN 4711"
        none.l10n_mx_facture_identification = False
        move.action_post()
        # what the product is called later doesn't change the invoice
        self.product.default_code = "A-2"
        read = self.stamped(move)
        written = [row[0] for row in read.rows("//cfdi:Concepto", "NoIdentificacion")]
        self.assertEqual(written, ["A-1", "SN 4711", None])

    def test_the_identification_is_part_of_the_cfdi(self):
        move = self.create_invoice()
        self.stamped(move)
        with self.assertRaises(UserError):
            move.invoice_line_ids.l10n_mx_facture_identification = "B"
        copy = move.copy()
        copy.invoice_line_ids.l10n_mx_facture_identification = "x" * 101
        copy.write({"invoice_date": self.today(), "name": f"{self.prefix}/{next(self.numbers):05d}"})
        copy.action_post()
        self.assertIn("100", self.refusal(copy))

    # -- texts ----------------------------------------------------------------------------------

    def test_white_space_is_folded_and_signs_arrive(self):
        text = ' Ñandú  &\n Cía "uno" <dos>\táéíóú ° ™ “comillas” '
        read = self.stamped(self.create_invoice([{"name": text, "price_unit": 1}]))
        self.assertEqual(read.line().get("Descripcion"), 'Ñandú & Cía "uno" <dos> áéíóú ° ™ “comillas”')

    def test_a_pipe_or_a_text_too_long_is_refused_with_the_line_named(self):
        for text, why in (("Mesa | silla", "|"), ("x" * 1001, "1000")):
            with self.subTest(why=why):
                move = self.create_invoice([{"price_unit": 1}, {"name": text, "price_unit": 1}])
                refusal = self.refusal(move)
                self.assertIn("2", refusal)
                self.assertIn(text[:20], refusal)
                self.assertIn(why, refusal)

    def test_sections_and_notes_are_not_fiscal(self):
        move = self.create_invoice(post=False)
        move.invoice_line_ids = [
            Command.create({"display_type": "line_section", "name": "Section", "sequence": 1}),
            Command.create({"display_type": "line_note", "name": "Note", "sequence": 99}),
        ]
        move.action_post()
        read = self.stamped(move)
        self.assertEqual(len(read.nodes("//cfdi:Concepto")), 1)

    # -- currencies -----------------------------------------------------------------------------

    def test_a_foreign_currency_has_the_rate_of_the_invoice(self):
        for code, pesos, rate in (
            ("USD", 18.2345, "18.2345"),
            ("EUR", 19.876543, "19.876543"),
            ("JPY", 0.115432, "0.115432"),
        ):
            for method in ("round_per_line", "round_globally"):
                with self.subTest(currency=code, method=method):
                    self.company.tax_calculation_rounding_method = method
                    move = self.create_invoice(
                        [{"price_unit": 1000, "quantity": 3, "discount": 5}, {"price_unit": 77}],
                        currency_id=self.worth(code, pesos).id,
                    )
                    read = self.stamped(move)
                    self.assertEqual((read["Moneda"], read["TipoCambio"]), (code, rate))

    def test_yen_have_no_decimals(self):
        move = self.create_invoice([{"price_unit": 333, "quantity": 3}], currency_id=self.worth("JPY", 0.115432).id)
        read = self.stamped(move)
        self.assertEqual(
            (read["SubTotal"], read["Total"], self.line_of(read)),
            ("999", "1159", ("3", "333", "999", None)),
        )

    def test_a_rate_set_by_hand_on_the_invoice_is_the_one_written(self):
        move = self.create_invoice(currency_id=self.worth("USD", 18.2345).id, invoice_currency_rate=1 / 20.5)
        self.assertEqual(self.stamped(move)["TipoCambio"], "20.5")

    def test_pesos_of_a_company_that_keeps_its_books_in_dollars(self):
        usd = self.worth("USD", 20)
        mxn = self.env.ref("base.MXN")
        (usd + mxn).rate_ids.unlink()
        # no journal item may exist yet where the currency of a company changes
        company = self.env["res.company"].create(
            {
                "name": "Escuela Kemper Urgate",
                "vat": "EKU9003173C9",
                "country_id": self.env.ref("base.mx").id,
                "currency_id": usd.id,
            }
        )
        self.env["res.currency.rate"].create(
            {
                "currency_id": mxn.id,
                "company_id": company.id,
                "name": self.today().replace(month=1, day=1),
                "company_rate": 20,
            }
        )
        move = self.env["account.move"].new(
            {
                "move_type": "out_invoice",
                "company_id": company.id,
                "currency_id": usd.id,
                "invoice_date": self.today(),
                "invoice_currency_rate": 1.0,
            }
        )
        mapper = self.env["l10n_mx_facture.cfdi"]
        self.assertEqual(mapper._tipo_cambio(move), 20)
        move.currency_id = mxn
        self.assertIsNone(mapper._tipo_cambio(move))

    def test_totals_have_the_decimals_of_sat_not_those_of_odoo(self):
        # somebody lets Odoo keep three decimals of pesos
        self.env.ref("base.MXN").rounding = 0.001
        even = self.create_invoice([{"price_unit": 100}])
        self.assertEqual(self.stamped(even)["Total"], "116.00")
        odd = self.create_invoice([{"price_unit": 100.123}])
        self.assertIn("decimals", self.refusal(odd))

    # -- lines of nothing -----------------------------------------------------------------------

    def test_a_line_of_nothing_is_left_out_and_it_is_told(self):
        for values in ({"price_unit": 0}, {"price_unit": 0, "discount": 100}, {"price_unit": 10, "quantity": 0}):
            for method in ("round_per_line", "round_globally"):
                with self.subTest(method=method, **values):
                    self.company.tax_calculation_rounding_method = method
                    lines = [{"name": "Muestra", "sequence": 1, **values}, {"price_unit": 50, "sequence": 2}]
                    move = self.create_invoice(lines)
                    [warning] = self.env["l10n_mx_facture.cfdi"]._left_out_warnings(move)
                    self.assertIn("Muestra", warning.text)
                    action = move.action_l10n_mx_facture_stamp()
                    self.assertIn("Line Muestra comes to zero", action["params"]["message"])
                    read = self.read_stamped(move)
                    self.assertEqual(len(read.nodes("//cfdi:Concepto")), 1)
                    self.assertEqual(self.line_of(read)[1], "50.00")

    def test_a_line_of_nothing_is_among_the_warnings_of_check_cfdi(self):
        move = self.create_invoice([{"name": "Muestra", "price_unit": 0}, {"price_unit": 50}])
        action = move.action_l10n_mx_facture_check()
        check = self.env[action["res_model"]].browse(action["res_id"])
        self.assertEqual(check.summary, "Ready to be stamped.")
        self.assertEqual(check.line_ids.mapped("severity"), ["warning"])
        self.assertIn("Muestra", check.line_ids.text)

    def test_a_finding_names_the_right_line_beside_one_of_nothing(self):
        lines = [
            {"name": "Muestra", "price_unit": 0, "sequence": 1},
            {"name": "Con | barra", "price_unit": 50, "sequence": 2},
        ]
        self.assertIn("Con | barra", self.refusal(self.create_invoice(lines)))

    def test_a_line_of_nothing_that_sat_needs_is_refused(self):
        quota = self.create_tax("IEPS quota", 3.0818, "ieps", "Cuota", amount_type="fixed", sequence=1)
        for values in ({"tax_ids": quota + self.iva0}, {"l10n_mx_facture_customs_numbers": "26  47  3807  6000123"}):
            with self.subTest(**values):
                move = self.create_invoice([{"price_unit": 50}, {"name": "Extraña", "price_unit": 0, **values}])
                refusal = self.refusal(move)
                self.assertIn("Extraña", refusal)
                self.assertIn("CFDI40166", refusal)

    def test_an_invoice_of_nothing_is_refused(self):
        self.assertIn("CFDI40166", self.refusal(self.create_invoice([{"price_unit": 0}, {"price_unit": 0}])))

    # -- what is refused ------------------------------------------------------------------------

    def test_what_sat_does_not_take_is_refused_with_the_line_named(self):
        cases = [
            ({"price_unit": 0.0000001}, "CFDI40166"),
            ({"price_unit": 10, "discount": -5}, "discount"),
        ]
        for values, why in cases:
            with self.subTest(**values):
                move = self.create_invoice([{"name": "Normal", "price_unit": 1000}, {"name": "Extraña", **values}])
                refusal = self.refusal(move)
                self.assertIn("Extraña", refusal)
                self.assertNotIn("Normal", refusal)
                self.assertIn(why, refusal)
