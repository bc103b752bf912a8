from odoo import api, fields, models

TAX_OBJECTS = [
    ("01", "01 Not subject to tax"),
    ("02", "02 Subject to tax"),
    ("03", "03 Subject to tax, no breakdown required"),
    ("04", "04 Subject to tax, none arises"),
    ("05", "05 Subject to tax, PODEBI VAT credit"),
    ("06", "06 Subject to VAT, VAT not passed on"),
    ("07", "07 VAT not passed on, IEPS broken down"),
    ("08", "08 VAT not passed on, IEPS not broken down"),
]


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    l10n_mx_facture_tax_object = fields.Selection(
        TAX_OBJECTS,
        "Tax object",
        compute="_compute_l10n_mx_facture_tax_object",
        store=True,
        readonly=False,
        help="ObjetoImp: from the taxes of the line, unless set by hand.",
    )
    l10n_mx_facture_product_code_id = fields.Many2one(
        "l10n_mx_catalogs.c_clave_prod_serv",
        "SAT product code",
        compute="_compute_l10n_mx_facture_product_code_id",
        store=True,
        readonly=False,
        help="From the product or its category; a line without product gets 01010101 (not in the catalogue).",
    )
    l10n_mx_facture_unit_code_id = fields.Many2one(
        "l10n_mx_catalogs.c_clave_unidad",
        "SAT unit code",
        compute="_compute_l10n_mx_facture_unit_code_id",
        store=True,
        readonly=False,
        help="From the unit of measure; a line without unit gets ACT (activity).",
    )

    @api.depends("tax_ids", "display_type")
    def _compute_l10n_mx_facture_tax_object(self):
        for line in self:
            taxed = line.tax_ids.flatten_taxes_hierarchy().filtered(
                lambda tax: tax.l10n_mx_tax_type in ("iva", "isr", "ieps")
            )
            fiscal = line._l10n_mx_facture_is_fiscal()
            line.l10n_mx_facture_tax_object = fiscal and ("02" if taxed else "01")

    def _l10n_mx_facture_is_fiscal(self):
        self.ensure_one()
        return self.display_type == "product" and self.move_id.l10n_mx_facture_applies

    @api.depends("product_id", "display_type")
    def _compute_l10n_mx_facture_product_code_id(self):
        generic = self.env.ref("l10n_mx_catalogs.c_clave_prod_serv_01010101", raise_if_not_found=False)
        for line in self:
            product = line.product_id
            if not line._l10n_mx_facture_is_fiscal():
                code = False
            elif product:
                code = product.l10n_mx_facture_product_code_id or product.categ_id._l10n_mx_facture_product_code()
            else:
                code = generic
            line.l10n_mx_facture_product_code_id = code

    @api.depends("product_uom_id", "display_type")
    def _compute_l10n_mx_facture_unit_code_id(self):
        generic = self.env.ref("l10n_mx_catalogs.c_clave_unidad_ACT", raise_if_not_found=False)
        for line in self:
            if not line._l10n_mx_facture_is_fiscal():
                code = False
            elif line.product_uom_id:
                code = line.product_uom_id.l10n_mx_facture_unit_code_id
            else:
                code = generic
            line.l10n_mx_facture_unit_code_id = code
