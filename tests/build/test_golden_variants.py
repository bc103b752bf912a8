from lxml import etree

from odoo import Command
from odoo.tests import Form

from odoo.addons.l10n_mx_facture.cfdi.write import to_xml

from ..support.build_case import BuildCase
from ..support.golden import differences
from ..support.golden_samples_kinds import COMPANY, FORM, INCOME, PUE, line, row, sample, summary

SOLD = sample(
    f'{PUE} {FORM} {INCOME} SubTotal="1000.00" Descuento="50.00" Total="1102.00"',
    f'{COMPANY} UsoCFDI="G03"',
    line(
        'ClaveProdServ="43211507" Cantidad="4" ClaveUnidad="H87" Descripcion="Teclado" ValorUnitario="187.50" '
        'Importe="750.00" ObjetoImp="02"',
        row("750.00", "120.00"),
    )
    + line(
        'ClaveProdServ="84111506" Cantidad="2.5" ClaveUnidad="E48" Descripcion="Instalación" ValorUnitario="100.00" '
        'Importe="250.00" Descuento="50.00" ObjetoImp="02"',
        row("200.00", "32.00"),
    ),
    summary(row("950.00", "152.00"), transferred="152.00"),
)


class TestGoldenVariants(BuildCase):
    """The same CFDI, however its invoice was entered in Odoo."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.chart_iva16 = cls.env["account.chart.template"].with_company(cls.company).ref("tax12")
        cls.service = cls.env["uom.uom"].create(
            {"name": "Servicio", "l10n_mx_facture_unit_code_id": cls.sat("c_clave_unidad", "E48").id}
        )
        # as a company that gives neither street nor town, with a buyer below it
        cls.customer.write({"street": False, "city": False, "state_id": False})
        cls.buyer = cls.env["res.partner"].create(
            {"name": "Compras", "parent_id": cls.customer.id, "type": "contact", "lang": "es_MX"}
        )
        cls.keyboard = cls.create_product("Teclado", "43211507", cls.env.ref("uom.product_uom_unit"), 187.50)
        cls.installation = cls.create_product("Instalación", "84111506", cls.service, 100)

    @classmethod
    def create_product(cls, name, code, unit, price, taxes=None):
        """:return: a product whose template has all that an invoice needs"""
        template = cls.env["product.template"].create(
            {
                "name": name,
                "type": "consu",
                "list_price": price,
                "uom_id": unit.id,
                "taxes_id": [Command.set((taxes or cls.chart_iva16).ids)],
                "l10n_mx_facture_product_code_id": cls.sat("c_clave_prod_serv", code).id,
            }
        )
        return template.product_variant_id

    def assert_sold(self, move):
        for method in ("round_per_line", "round_globally"):
            self.company.tax_calculation_rounding_method = method
            again = move.copy({"invoice_date": self.today(), "invoice_date_due": self.today()})
            again.action_post()
            ours = etree.fromstring(to_xml(self.built(again)))
            found = differences(etree.fromstring(SOLD), ours)
            self.assertFalse(found, "\n".join([method, *found]))

    def lines(self, **values):
        return self.create_invoice(
            [
                {"product_id": self.keyboard.id, "quantity": 4, **values},
                {"product_id": self.installation.id, "quantity": 2.5, "discount": 20, **values},
            ],
            post=False,
            partner_id=self.buyer.id,
        )

    def test_products_that_know_everything(self):
        self.assert_sold(self.lines())

    def test_typed_into_the_form(self):
        form = Form(self.env["account.move"].with_context(default_move_type="out_invoice"))
        form.partner_id = self.buyer
        for product, quantity, discount in ((self.keyboard, 4, 0), (self.installation, 2.5, 20)):
            with form.invoice_line_ids.new() as new:
                new.product_id = product
                new.quantity = quantity
                new.discount = discount
        move = form.save()
        self.assertEqual(move.l10n_mx_facture_branch_id, self.branch)
        self.assert_sold(move)

    def test_prices_with_tax_included(self):
        included = self.chart_iva16.copy({"name": "16% included", "price_include_override": "tax_included"})
        unit = self.env.ref("uom.product_uom_unit")
        keyboard = self.create_product("Teclado", "43211507", unit, 217.50, included)
        installation = self.create_product("Instalación", "84111506", self.service, 116, included)
        move = self.create_invoice(
            [
                {"product_id": keyboard.id, "quantity": 4},
                {"product_id": installation.id, "quantity": 2.5, "discount": 20},
            ],
            post=False,
        )
        self.assert_sold(move)

    def test_lines_without_product_and_codes_on_the_line(self):
        move = self.create_invoice(
            [
                {
                    "product_id": False,
                    "name": name,
                    "quantity": quantity,
                    "price_unit": price,
                    "discount": discount,
                    "tax_ids": self.chart_iva16,
                    "l10n_mx_facture_product_code_id": self.sat("c_clave_prod_serv", code).id,
                    "l10n_mx_facture_unit_code_id": self.sat("c_clave_unidad", unit).id,
                }
                for name, code, unit, quantity, price, discount in (
                    ("Teclado", "43211507", "H87", 4, 187.5, 0),
                    ("Instalación", "84111506", "E48", 2.5, 100, 20),
                )
            ],
            post=False,
        )
        self.assert_sold(move)

    def test_a_group_of_taxes(self):
        self.assert_sold(self.lines(tax_ids=self.group_of(self.chart_iva16)))

    def test_a_negative_line_instead_of_a_discount(self):
        move = self.create_invoice(
            [
                {"product_id": self.keyboard.id, "quantity": 4},
                {"product_id": self.installation.id, "quantity": 2.5},
                {"product_id": self.installation.id, "quantity": -0.5, "name": "Descuento"},
            ],
            post=False,
        )
        self.assert_sold(move)

    def test_codes_and_usage_that_come_late(self):
        usage, form = self.customer.l10n_mx_facture_usage_id, self.customer.l10n_mx_facture_payment_form_id
        code = self.keyboard.l10n_mx_facture_product_code_id
        self.customer.write({"l10n_mx_facture_usage_id": False, "l10n_mx_facture_payment_form_id": False})
        self.keyboard.l10n_mx_facture_product_code_id = False
        move = self.lines()
        move.action_post()
        self.customer.write({"l10n_mx_facture_usage_id": usage.id, "l10n_mx_facture_payment_form_id": form.id})
        self.keyboard.l10n_mx_facture_product_code_id = code
        ours = etree.fromstring(to_xml(self.built(move)))
        self.assertFalse(differences(etree.fromstring(SOLD), ours))
