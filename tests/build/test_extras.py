from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import Form

from ..support.build_case import BuildCase

FOREIGN_SELLERS = (
    "EXPEDICIÓN DE CFDI POR RESIDENTES EN MÉXICO QUE PRESTAN SERVICIOS DE INTERMEDIACIÓN ENTRE "
    "TERCEROS A OFERENTES DE BIENES Y SERVICIOS RESIDENTES EN EL EXTRANJERO"
)


class TestBuildExtras(BuildCase):
    """Customs numbers, property tax accounts, third parties, and the tax object of a product."""

    def line_invoice(self, **values):
        return self.create_invoice([{"price_unit": 100, **values}])

    def read_line(self, **values):
        """:return: the ReadCfdi of a stamped invoice with one line"""
        return self.stamped(self.line_invoice(**values))

    # -- customs numbers ------------------------------------------------------------------------

    def customs_numbers(self, text):
        read = self.read_line(l10n_mx_facture_customs_numbers=text)
        return [number for (number,) in read.rows("//cfdi:InformacionAduanera", "NumeroPedimento")]

    def test_a_customs_number_is_written_in_21_characters_however_it_is_entered(self):
        for text in ("264738076000123", "26  47  3807  6000123", "26 47 3807 6000123", "26-47-3807-6000123 "):
            with self.subTest(text=text):
                self.assertEqual(self.customs_numbers(text), ["26  47  3807  6000123"])

    def test_several_customs_numbers_stand_in_their_order(self):
        expected = ["26  47  3807  6000123", "25  24  3420  5001234", "26  16  3807  6000001"]
        for between in (", ", "\n", ";\n"):
            with self.subTest(between=between):
                self.assertEqual(self.customs_numbers(between.join(expected)), expected)

    def test_a_malformed_customs_number_is_refused_with_its_line(self):
        for text in ("26473807600012", "2647380760001234", "26  47  3807  600012A", "pendiente"):
            with self.subTest(text=text):
                refusal = self.refusal(
                    self.line_invoice(name="Computadora", l10n_mx_facture_customs_numbers=f"264738076000123,{text}")
                )
                self.assertIn("CFDI40194", refusal)
                self.assertIn("Computadora", refusal)
                self.assertIn(text, refusal)

    def test_a_customs_office_that_is_none_and_a_year_to_come_are_refused(self):
        next_year = (self.today().year + 1) % 100
        for number in ("269938076000123", f"{next_year:02}4738076000123"):
            with self.subTest(number=number):
                refusal = self.refusal(self.line_invoice(l10n_mx_facture_customs_numbers=number))
                self.assertIn("CFDI40194", refusal)

    # -- property tax accounts ------------------------------------------------------------------

    def test_a_property_tax_account_is_written(self):
        for text, expected in (("15956011002", ["15956011002"]), ("A1, B2", ["A1", "B2"])):
            with self.subTest(text=text):
                read = self.read_line(l10n_mx_facture_predial=text)
                self.assertEqual([one for (one,) in read.rows("//cfdi:CuentaPredial", "Numero")], expected)

    def test_a_malformed_property_tax_account_is_refused(self):
        for text in ("159-560-11", "15 956", "1" * 151):
            with self.subTest(text=text):
                self.assertIn("predial", self.refusal(self.line_invoice(l10n_mx_facture_predial=text)))

    # -- third parties --------------------------------------------------------------------------

    def third_party(self, name="Xochilt Casas Chávez", vat="CACX7605101P8", regime="606", zip_code="36257", **values):
        return self.taxpayer(name, vat, regime, zip_code, **values)

    def written_third_party(self, partner):
        read = self.read_line(l10n_mx_facture_third_party_id=partner.id)
        return dict(read.node("//cfdi:ACuentaTerceros").attrib)

    def test_a_line_is_sold_on_behalf_of_somebody_else(self):
        self.assertEqual(
            self.written_third_party(self.third_party()),
            {
                "RfcACuentaTerceros": "CACX7605101P8",
                "NombreACuentaTerceros": "XOCHILT CASAS CHÁVEZ",
                "RegimenFiscalACuentaTerceros": "606",
                "DomicilioFiscalACuentaTerceros": "36257",
            },
        )

    def test_a_company_as_third_party_has_no_legal_form_and_a_contact_is_its_company(self):
        company = self.third_party("H & E, S.A. de C.V.", "H&E951128469", "601", "06002", is_company=True)
        contact = self.env["res.partner"].create({"name": "Ventas", "parent_id": company.id})
        written = self.written_third_party(contact)
        self.assertEqual(written["NombreACuentaTerceros"], "H & E")
        self.assertEqual(written["RfcACuentaTerceros"], "H&E951128469")

    def test_residents_abroad_are_the_third_party_that_sat_made_for_them(self):
        for country in ("base.mx", "base.us"):
            with self.subTest(country=country):
                partner = self.third_party(
                    "Sellers abroad", "EXT990101NI1", "601", "86991", country_id=self.env.ref(country).id
                )
                self.assertEqual(
                    self.written_third_party(partner),
                    {
                        "RfcACuentaTerceros": "EXT990101NI1",
                        "NombreACuentaTerceros": FOREIGN_SELLERS,
                        "RegimenFiscalACuentaTerceros": "616",
                        "DomicilioFiscalACuentaTerceros": "06000",
                    },
                )

    def test_a_third_party_of_whom_something_is_missing_is_refused(self):
        for values, expected in (
            ({"vat": False}, "CFDI40187"),
            ({"vat": "XAXX010101000"}, "CFDI40187"),
            ({"vat": "CACX7699101P8"}, "CACX7699101P8"),
            ({"zip": "00001"}, "00001"),
            ({"l10n_mx_facture_tax_regime_id": False}, "regime"),
        ):
            with self.subTest(values=values):
                partner = self.third_party(**{key: value for key, value in values.items() if key != "vat"})
                partner.write(values)
                move = self.line_invoice(l10n_mx_facture_third_party_id=partner.id)
                refusal = self.refusal(move)
                self.assertIn(expected, refusal)
                _built, problems = self.env["l10n_mx_facture.cfdi"]._build(move)
                self.assertEqual([problem.record for problem in problems], [partner])

    def test_the_third_party_is_neither_issuer_nor_customer(self):
        issuer = self.third_party("Escuela", "EKU9003173C9", "601", "06000")
        for partner in (issuer, self.customer):
            with self.subTest(partner=partner.name):
                move = self.line_invoice(l10n_mx_facture_third_party_id=partner.id)
                self.assertIn("CFDI40188", self.refusal(move))
                _built, problems = self.env["l10n_mx_facture.cfdi"]._build(move)
                self.assertEqual(problems[0].record, partner)

    def test_they_are_entered_in_the_invoice_form(self):
        partner = self.third_party()
        move = self.create_invoice(post=False)
        with Form(move) as form, form.invoice_line_ids.edit(0) as line:
            line.l10n_mx_facture_customs_numbers = "264738076000123\n252434205001234"
            line.l10n_mx_facture_predial = "123"
            line.l10n_mx_facture_third_party_id = partner
        move.action_post()
        children = [child.tag.rpartition("}")[2] for child in self.stamped(move).line()]
        self.assertEqual(
            children, ["Impuestos", "ACuentaTerceros", "InformacionAduanera", "InformacionAduanera", "CuentaPredial"]
        )

    def test_each_line_has_its_own(self):
        read = self.stamped(
            self.create_invoice(
                [
                    {"price_unit": 10, "l10n_mx_facture_customs_numbers": "264738076000123"},
                    {"price_unit": 20, "l10n_mx_facture_predial": "123"},
                    {"price_unit": 30},
                ]
            )
        )
        children = [[child.tag.rpartition("}")[2] for child in read.line(number)] for number in (1, 2, 3)]
        self.assertEqual(
            children, [["Impuestos", "InformacionAduanera"], ["Impuestos", "CuentaPredial"], ["Impuestos"]]
        )

    def test_what_a_line_said_in_its_cfdi_stays(self):
        move = self.line_invoice(l10n_mx_facture_predial="123")
        self.stamped(move)
        line = move.invoice_line_ids
        for values in (
            {"l10n_mx_facture_predial": "124"},
            {"l10n_mx_facture_customs_numbers": "264738076000123"},
            {"l10n_mx_facture_third_party_id": self.customer.id},
            {"l10n_mx_facture_tax_object": "03"},
        ):
            with self.subTest(values=values), self.assertRaises(UserError):
                line.write(values)
        line.write({"l10n_mx_facture_predial": "123"})

    def test_a_copy_keeps_the_account_and_the_third_party_but_no_customs_number(self):
        move = self.line_invoice(
            l10n_mx_facture_predial="123",
            l10n_mx_facture_third_party_id=self.third_party().id,
            l10n_mx_facture_customs_numbers="264738076000123",
        )
        line = move.copy().invoice_line_ids
        self.assertEqual(line.l10n_mx_facture_predial, "123")
        self.assertTrue(line.l10n_mx_facture_third_party_id)
        self.assertFalse(line.l10n_mx_facture_customs_numbers)

    # -- tax object of the product --------------------------------------------------------------

    def test_the_tax_object_of_a_product_is_proposed_where_the_taxes_admit_it(self):
        none = self.env["account.tax"]
        for product, taxes, expected in (
            (False, self.iva16, "02"),
            (False, none, "01"),
            ("01", none, "01"),
            ("01", self.iva16, "02"),
            ("02", self.iva16, "02"),
            ("02", none, "01"),
            ("03", none, "03"),
            ("03", self.iva16, "02"),
            ("04", none, "04"),
            ("05", none, "05"),
            ("06", none, "06"),
            ("06", self.isr_ret, "06"),
            ("06", self.iva16, "02"),
            ("07", self.ieps8, "07"),
            ("07", none, "01"),
            ("07", self.ieps8 + self.iva16, "02"),
            ("08", none, "08"),
        ):
            with self.subTest(product=product, taxes=taxes.mapped("name")):
                self.product.l10n_mx_facture_tax_object = product
                move = self.line_invoice(tax_ids=taxes)
                self.assertEqual(move.invoice_line_ids.l10n_mx_facture_tax_object, expected)
                self.assertEqual(self.stamped(move).line().get("ObjetoImp"), expected)

    def test_the_tax_object_of_the_line_goes_before_that_of_the_product(self):
        self.product.l10n_mx_facture_tax_object = "03"
        read = self.read_line(tax_ids=self.env["account.tax"], l10n_mx_facture_tax_object="04")
        self.assertEqual(read.line().get("ObjetoImp"), "04")

    def test_another_product_on_a_line_brings_its_tax_object(self):
        fee = self.env["product.product"].create(
            {"name": "Fee", "taxes_id": [Command.set(self.isr_ret.ids)], "l10n_mx_facture_tax_object": "06"}
        )
        with Form(self.create_invoice(post=False)) as form, form.invoice_line_ids.edit(0) as line:
            line.product_id = fee
            self.assertEqual(line.l10n_mx_facture_tax_object, "06")
