from odoo import Command

from ..support.build_case import BuildCase
from ..support.common import TIJUANA

IVA, ISR, IEPS = "002", "001", "003"


class TestBuildTaxes(BuildCase):
    """Taxes of Odoo as the stamped CFDI has them."""

    def invoice_with(self, taxes, price=100.0, **line):
        return self.create_invoice([{"price_unit": price, "tax_ids": taxes, **line}])

    # -- IVA ------------------------------------------------------------------------------------

    def test_iva_16_is_one_row_of_the_line_and_one_of_the_summary(self):
        read = self.stamped(self.invoice_with(self.iva16))
        row = (IVA, "Tasa", "0.160000", "100.00", "16.00")
        self.assertEqual(read.transfers(1), [row])
        self.assertEqual(read.transfers(), [row])
        self.assertEqual(read.line().get("ObjetoImp"), "02")
        self.assertEqual(read.node("cfdi:Impuestos").get("TotalImpuestosTrasladados"), "16.00")
        self.assertEqual((read["SubTotal"], read["Total"]), ("100.00", "116.00"))
        self.assertEqual((read["Moneda"], read["TipoCambio"]), ("MXN", None))

    def test_iva_0_is_a_row_with_an_amount_of_zero(self):
        read = self.stamped(self.invoice_with(self.iva0))
        self.assertEqual(read.transfers(1), [(IVA, "Tasa", "0.000000", "100.00", "0.00")])
        self.assertEqual(read.node("cfdi:Impuestos").get("TotalImpuestosTrasladados"), "0.00")

    def test_an_exempt_row_has_neither_rate_nor_amount_nor_a_total(self):
        read = self.stamped(self.invoice_with(self.exempt))
        self.assertEqual(read.transfers(1), [(IVA, "Exento", None, "100.00", None)])
        self.assertEqual(read.transfers(), [(IVA, "Exento", None, "100.00", None)])
        self.assertIsNone(read.node("cfdi:Impuestos").get("TotalImpuestosTrasladados"))

    def test_a_line_without_taxes_is_not_subject_and_leaves_no_trace(self):
        none = self.env["account.tax"]
        read = self.stamped(self.invoice_with(none))
        self.assertEqual(read.line().get("ObjetoImp"), "01")
        self.assertFalse(read.nodes("//cfdi:Impuestos"))

    def test_several_rates_have_a_row_each_in_the_summary(self):
        none = self.env["account.tax"]
        move = self.create_invoice(
            [
                {"price_unit": 33.33, "quantity": 3, "tax_ids": self.iva16},
                {"price_unit": 25.5, "quantity": 2, "tax_ids": self.iva0},
                {"price_unit": 80, "tax_ids": self.exempt},
                {"price_unit": 10, "tax_ids": none},
                {"price_unit": 0.01, "tax_ids": self.iva16},
            ]
        )
        read = self.stamped(move)
        self.assertEqual(
            read.transfers(),
            [
                (IVA, "Tasa", "0.160000", "100.00", "16.00"),
                (IVA, "Tasa", "0.000000", "51.00", "0.00"),
                (IVA, "Exento", None, "80.00", None),
            ],
        )
        self.assertEqual(read["Total"], "257.00")

    def test_iva_8_is_stamped_at_the_border(self):
        move = self.create_invoice(
            [{"price_unit": 100, "tax_ids": self.iva8}],
            journal_id=self.journal_at(TIJUANA).id,
            invoice_date=self.today("America/Tijuana"),
        )
        read = self.stamped(move)
        self.assertEqual(read["LugarExpedicion"], "22000")
        self.assertEqual(read.transfers(1), [(IVA, "Tasa", "0.080000", "100.00", "8.00")])

    def test_iva_8_elsewhere_is_refused_before_it_is_sent(self):
        self.assertIn("CFDI40179", self.refusal(self.invoice_with(self.iva8)))

    # -- withholdings ---------------------------------------------------------------------------

    def test_each_withholding_is_positive_and_lowers_the_total(self):
        resico = self.create_tax("ISR ret 1.25", -1.25, "isr", sequence=20)
        cases = [
            (self.isr_ret, ISR, "0.100000", "123.46", "1308.63"),
            (self.iva_ret4, IVA, "0.040000", "49.38", "1382.71"),
            (self.iva_ret, IVA, "0.106667", "131.69", "1300.40"),
            (resico, ISR, "0.012500", "15.43", "1416.66"),
        ]
        for tax, impuesto, rate, amount, total in cases:
            with self.subTest(tax=tax.name):
                read = self.stamped(self.invoice_with(self.iva16 + tax, 1234.56))
                self.assertEqual(read.withholdings(1), [(impuesto, rate, "1234.56", amount)])
                self.assertEqual(read.withholdings(), [(impuesto, amount)])
                summary = read.node("cfdi:Impuestos")
                self.assertEqual(summary.get("TotalImpuestosRetenidos"), amount)
                self.assertEqual(summary.get("TotalImpuestosTrasladados"), "197.53")
                self.assertEqual(read["Total"], total)

    def test_withholdings_come_last_in_a_line_and_first_in_the_summary(self):
        read = self.stamped(self.invoice_with(self.iva16 + self.isr_ret + self.iva_ret, 1000))
        in_line = read.nodes("cfdi:Conceptos/cfdi:Concepto/cfdi:Impuestos/*")
        in_summary = read.nodes("cfdi:Impuestos/*")
        self.assertTrue(in_line[0].tag.endswith("Traslados"))
        self.assertTrue(in_summary[0].tag.endswith("Retenciones"))
        self.assertEqual(sorted(read.withholdings()), [(ISR, "100.00"), (IVA, "106.67")])

    def test_two_rates_of_one_withheld_tax_are_one_row_of_the_summary(self):
        move = self.create_invoice(
            [
                {"price_unit": 100.05, "tax_ids": self.iva16 + self.iva_ret},
                {"price_unit": 100.05, "tax_ids": self.iva16 + self.iva_ret4},
            ]
        )
        read = self.stamped(move)
        self.assertEqual(len(read.withholdings()), 1)
        self.assertEqual(read.withholdings(1)[0][1], "0.106667")
        self.assertEqual(read.withholdings(2)[0][1], "0.040000")

    def test_isr_of_0_is_withheld(self):
        none = self.create_tax("ISR ret 0", 0, "isr", sequence=20)
        read = self.stamped(self.invoice_with(self.iva16 + none))
        self.assertEqual(read.withholdings(1), [(ISR, "0.000000", "100.00", "0.00")])
        self.assertEqual(len(read.transfers(1)), 1)

    def test_isr_that_raises_the_total_is_refused(self):
        upside_down = self.create_tax("ISR 10 with the wrong sign", 10, "isr", sequence=20)
        refusal = self.refusal(self.invoice_with(self.iva16 + upside_down))
        self.assertIn(upside_down.name, refusal)
        self.assertIn("negative", refusal)

    def test_a_withholding_without_vat_is_subject_to_tax(self):
        read = self.stamped(self.invoice_with(self.isr_ret))
        self.assertEqual(read.line().get("ObjetoImp"), "02")
        self.assertFalse(read.transfers(1))
        self.assertIsNone(read.node("cfdi:Impuestos").get("TotalImpuestosTrasladados"))
        self.assertEqual(read["Total"], "90.00")

    # -- IEPS -----------------------------------------------------------------------------------

    def test_ieps_by_rate_joins_the_base_of_iva(self):
        read = self.stamped(self.invoice_with(self.ieps265 + self.iva16))
        self.assertEqual(
            read.transfers(1),
            [
                (IEPS, "Tasa", "0.265000", "100.00", "26.50"),
                (IVA, "Tasa", "0.160000", "126.50", "20.24"),
            ],
        )
        self.assertEqual(read["Total"], "146.74")

    def test_ieps_that_does_not_join_leaves_the_base_of_iva_alone(self):
        apart = self.create_tax("IEPS 8 apart", 8, "ieps", sequence=1, include_base_amount=False)
        read = self.stamped(self.invoice_with(apart + self.iva16))
        self.assertEqual([row[3:] for row in read.transfers(1)], [("100.00", "8.00"), ("100.00", "16.00")])

    def test_two_ieps_join_the_base_of_iva(self):
        read = self.stamped(self.invoice_with(self.ieps8 + self.quota() + self.iva16, 100, quantity=2))
        self.assertEqual(
            sorted(read.transfers(1)),
            [
                (IVA, "Tasa", "0.160000", "222.1636", "35.546176"),
                (IEPS, "Cuota", "3.081800", "2", "6.1636"),
                (IEPS, "Tasa", "0.080000", "200.00", "16.00"),
            ],
        )

    def quota(self, **values):
        return self.create_tax(
            "IEPS 3.0818 a litre",
            3.0818,
            "ieps",
            "Cuota",
            amount_type="fixed",
            sequence=1,
            include_base_amount=True,
            **values,
        )

    def test_the_base_of_a_quota_is_the_quantity_and_its_amount_keeps_its_decimals(self):
        taxes = self.quota() + self.iva16
        for method in ("round_per_line", "round_globally"):
            with self.subTest(method=method):
                self.company.tax_calculation_rounding_method = method
                read = self.stamped(self.invoice_with(taxes, 12, quantity=10))
                self.assertEqual(
                    read.transfers(1),
                    [
                        (IEPS, "Cuota", "3.081800", "10", "30.818"),
                        (IVA, "Tasa", "0.160000", "150.818", "24.13088"),
                    ],
                )
                self.assertEqual([row[3:] for row in read.transfers()], [("10.00", "30.82"), ("150.82", "24.13")])
                self.assertEqual(read["Total"], "174.95")

    def test_a_fixed_tax_is_a_quota_whatever_its_factor_says(self):
        tax = self.quota(l10n_mx_factor_type="Tasa")
        read = self.stamped(self.invoice_with(tax, 12, quantity=2.5))
        self.assertEqual(read.transfers(1), [(IEPS, "Cuota", "3.081800", "2.5", "7.7045")])

    def test_a_gift_still_owes_its_quota(self):
        move = self.create_invoice(
            [
                {"price_unit": 12, "quantity": 2, "discount": 100, "tax_ids": self.quota() + self.iva16},
                {"price_unit": 100, "tax_ids": self.iva16},
            ]
        )
        read = self.stamped(move)
        self.assertEqual(
            read.transfers(1),
            [
                (IEPS, "Cuota", "3.081800", "2", "6.1636"),
                (IVA, "Tasa", "0.160000", "6.1636", "0.986176"),
            ],
        )
        self.assertEqual(read.line().get("ObjetoImp"), "02")

    # -- taxes in the price ---------------------------------------------------------------------

    def included(self, tax, **values):
        return tax.copy({"price_include_override": "tax_included", **values})

    def test_an_included_tax_is_taken_out_of_the_price(self):
        read = self.stamped(self.invoice_with(self.included(self.iva16), 116))
        self.assertEqual(read.line().get("ValorUnitario"), "100.00")
        self.assertEqual(read.transfers(1), [(IVA, "Tasa", "0.160000", "100.00", "16.00")])

    def test_included_taxes_keep_the_total_whatever_the_price(self):
        iva = self.included(self.iva16)
        ieps = self.included(self.ieps8)
        for method in ("round_per_line", "round_globally"):
            self.company.tax_calculation_rounding_method = method
            for price, quantity, discount in (
                (99.99, 3, 0),
                (10, 7, 0),
                (0.07, 1000, 0),
                (1234.56, 1, 12.5),
                (19.9, 12, 33.33),
            ):
                for taxes in (iva, ieps + iva):
                    with self.subTest(method=method, price=price, taxes=taxes.mapped("name")):
                        move = self.invoice_with(taxes, price, quantity=quantity, discount=discount)
                        self.stamped(move)

    def test_a_gift_with_included_tax_has_the_price_without_it(self):
        move = self.create_invoice(
            [
                {"price_unit": 116, "discount": 100, "tax_ids": self.included(self.iva16)},
                {"price_unit": 100, "tax_ids": self.iva16},
            ]
        )
        read = self.stamped(move)
        self.assertEqual(read.line().get("ValorUnitario"), "100.00")
        self.assertEqual((read["SubTotal"], read["Descuento"]), ("200.00", "100.00"))

    def test_a_discount_leaves_an_included_quota_alone(self):
        quota = self.quota(price_include_override="tax_included")
        read = self.stamped(self.invoice_with(quota, 103.0818, quantity=2, discount=10))
        self.assertEqual(read.line().get("ValorUnitario"), "100.00")
        self.assertEqual(read.line().get("Descuento"), "20.61")
        self.assertEqual(read.transfers(1), [(IEPS, "Cuota", "3.081800", "2", "6.16")])

    # -- more than one way to have taxes ----------------------------------------------------------

    def test_a_group_is_written_as_its_taxes(self):
        read = self.stamped(self.invoice_with(self.group_of(self.iva16, self.isr_ret)))
        self.assertEqual(read.line().get("ObjetoImp"), "02")
        self.assertEqual(read.transfers(1), [(IVA, "Tasa", "0.160000", "100.00", "16.00")])
        self.assertEqual(read.withholdings(1), [(ISR, "0.100000", "100.00", "10.00")])

    def test_taxes_of_the_mexican_chart_are_written(self):
        chart = self.env["account.chart.template"].with_company(self.company)
        for xmlid, expected in (
            ("tax9", (IVA, "Tasa", "0.000000", "100.00", "0.00")),
            ("tax12", (IVA, "Tasa", "0.160000", "100.00", "16.00")),
            ("tax19", (IVA, "Exento", None, "100.00", None)),
            ("ieps_30_sale", (IEPS, "Tasa", "0.300000", "100.00", "30.00")),
        ):
            with self.subTest(tax=xmlid):
                read = self.stamped(self.invoice_with(chart.ref(xmlid)))
                self.assertEqual(read.transfers(1), [expected])

    # -- the tax object by hand ---------------------------------------------------------------------

    def test_a_tax_object_set_by_hand_is_written(self):
        none = self.env["account.tax"]
        for tax_object in ("03", "04", "05", "06", "08"):
            with self.subTest(tax_object=tax_object):
                read = self.stamped(self.invoice_with(none, l10n_mx_facture_tax_object=tax_object))
                self.assertEqual(read.line().get("ObjetoImp"), tax_object)
                self.assertFalse(read.nodes("//cfdi:Impuestos"))

    def test_object_06_takes_withheld_isr_and_07_takes_ieps(self):
        for tax_object, taxes in (("06", self.isr_ret), ("08", self.isr_ret), ("07", self.ieps8)):
            with self.subTest(tax_object=tax_object):
                move = self.invoice_with(taxes, l10n_mx_facture_tax_object=tax_object)
                read = self.stamped(move)
                self.assertEqual(read.line().get("ObjetoImp"), tax_object)

    def test_an_object_that_contradicts_the_taxes_is_refused(self):
        none = self.env["account.tax"]
        cases = [
            ("01", self.iva16, "CFDI40172"),
            ("04", self.isr_ret, "CFDI40172"),
            ("02", none, "CFDI40171"),
            ("06", self.iva16, "CFDI140226"),
            ("07", none, "CFDI140227"),
            ("07", self.ieps8 + self.iva16, "CFDI140227"),
        ]
        for tax_object, taxes, code in cases:
            with self.subTest(tax_object=tax_object, taxes=taxes.mapped("name")):
                move = self.invoice_with(taxes, l10n_mx_facture_tax_object=tax_object)
                self.assertIn(code, self.refusal(move))

    def test_changed_taxes_change_the_object(self):
        move = self.create_invoice(post=False)
        line = move.invoice_line_ids
        self.assertEqual(line.l10n_mx_facture_tax_object, "02")
        line.tax_ids = [Command.clear()]
        self.assertEqual(line.l10n_mx_facture_tax_object, "01")

    # -- what has no words in a CFDI -----------------------------------------------------------------

    def test_a_tax_without_words_in_a_cfdi_is_refused_with_line_and_tax(self):
        untyped = self.create_tax("Of no type", 3, False)
        division = self.create_tax("By division", 16, amount_type="division")
        cuota = self.create_tax("Quota in per cent", 8, "ieps", "Cuota")
        for tax in (untyped, division, cuota):
            with self.subTest(tax=tax.name):
                text = self.refusal(self.invoice_with(tax, name="Hospedaje"))
                self.assertIn("Hospedaje", text)
                self.assertIn(tax.name, text)

    def test_a_share_of_the_price_is_refused_with_the_rate_that_says_the_same(self):
        for share, rate in ((13.7931, "16"), (7.4074, "8"), (100, "-")):
            with self.subTest(share=share):
                move = self.invoice_with(self.create_tax(f"Share {share}", share, amount_type="division"))
                [problem] = self.problems(move)
                self.assertEqual(problem.record._name, "account.tax")
                self.assertIn(f"Percentage with {rate} %", problem.text)

    def problems(self, move):
        _built, problems = self.env["l10n_mx_facture.cfdi"]._build(move)
        return problems

    def test_what_odoo_fills_in_by_itself_is_not_taken_for_a_choice(self):
        Tax = self.env["account.tax"]
        for name, amount, part in (
            ("ISR retenido", -10, "is ISR, and by its SAT tax type it is IVA"),
            ("IEPS 8 %", 8, "is IEPS, and by its SAT tax type it is IVA"),
            ("Exento por ley", 0, "factor Exento"),
            ("VAT exempt", 0, "factor Exento"),
        ):
            with self.subTest(name=name):
                # as a person makes it who leaves SAT's fields alone
                tax = Tax.create({"name": name, "amount": amount, "country_id": self.env.ref("base.mx").id})
                self.assertEqual((tax.l10n_mx_tax_type, tax.l10n_mx_factor_type), ("iva", "Tasa"))
                [problem] = self.problems(self.invoice_with(tax))
                self.assertEqual(problem.record, tax)
                self.assertIn(part, problem.text)

    def test_a_name_that_fits_its_type_is_no_contradiction(self):
        taxes = self.create_tax("IVA sobre IEPS", 16) + self.create_tax("Retención ISR / IVA", -10, "isr")
        self.assertFalse(self.problems(self.invoice_with(taxes)))
