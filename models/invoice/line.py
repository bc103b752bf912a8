from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools.sql import SQL, column_exists, create_column

from ..common.taxes import ADMITTED_TAXES, IMPUESTOS, NEEDED_TAXES, TAX_OBJECTS
from .protected_fields import check_protected

# SAT's guide of CFDI 4.0, appendix 6: product code and description of advances
ADVANCE_CODE = "l10n_mx_catalogs.c_clave_prod_serv_84111506"
ADVANCE_TEXT = "Anticipo del bien o servicio"
NO_PRODUCT_CODE = "l10n_mx_catalogs.c_clave_prod_serv_01010101"
NO_UNIT_CODE = "l10n_mx_catalogs.c_clave_unidad_ACT"
# fields of a line that are part of the CFDI
CFDI_FIELDS = {
    "name",
    "product_id",
    "product_uom_id",
    "quantity",
    "price_unit",
    "discount",
    "tax_ids",
    "l10n_mx_facture_tax_object",
    "l10n_mx_facture_product_code_id",
    "l10n_mx_facture_unit_code_id",
    "l10n_mx_facture_identification",
    "l10n_mx_facture_customs_numbers",
    "l10n_mx_facture_predial",
    "l10n_mx_facture_third_party_id",
}


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    l10n_mx_facture_tax_object = fields.Selection(
        TAX_OBJECTS,
        "Tax object",
        compute="_compute_l10n_mx_facture_tax_object",
        store=True,
        readonly=False,
        precompute=True,
        help="ObjetoImp: from the taxes of the line, unless set by hand.",
    )
    l10n_mx_facture_product_code_id = fields.Many2one(
        "l10n_mx_catalogs.c_clave_prod_serv",
        "SAT product code",
        compute="_compute_l10n_mx_facture_product_code_id",
        store=True,
        readonly=False,
        precompute=True,
        help="From the product or its category; a line without product gets 01010101 (not in the catalogue).",
    )
    l10n_mx_facture_unit_code_id = fields.Many2one(
        "l10n_mx_catalogs.c_clave_unidad",
        "SAT unit code",
        compute="_compute_l10n_mx_facture_unit_code_id",
        store=True,
        readonly=False,
        precompute=True,
        help="From the unit of measure; a line without unit gets ACT (activity).",
    )
    l10n_mx_facture_identification = fields.Char(
        "Identification number",
        compute="_compute_l10n_mx_facture_identification",
        store=True,
        readonly=False,
        precompute=True,
        help="NoIdentificacion: part, serial or ticket number of what is sold. The product's internal reference, "
        "unless set by hand; empty: none is written.",
    )
    l10n_mx_facture_customs_numbers = fields.Text(
        "Customs numbers",
        copy=False,
        help="NumeroPedimento of imported goods sold first hand: 15 digits (year, customs office, patent, number). "
        "Several are separated by commas or new lines.",
    )
    l10n_mx_facture_predial = fields.Char(
        "Property tax account",
        help="CuentaPredial of the real estate that is rented out; several are separated by commas.",
    )
    l10n_mx_facture_third_party_id = fields.Many2one(
        "res.partner",
        "On behalf of",
        index="btree_not_null",
        ondelete="restrict",
        help="ACuentaTerceros: the taxpayer for whom this is sold.",
    )

    def _auto_init(self):
        """Fill a new column of this large table by one statement, not line by line."""
        name = "l10n_mx_facture_identification"
        if not column_exists(self.env.cr, self._table, name):
            create_column(self.env.cr, self._table, name, "varchar")
            self.env.cr.execute(
                SQL(
                    """UPDATE account_move_line AS line SET l10n_mx_facture_identification = product.default_code
                        FROM product_product AS product, account_move AS move
                        WHERE product.id = line.product_id AND product.default_code <> ''
                        AND move.id = line.move_id AND move.move_type IN ('out_invoice', 'out_refund')
                        AND line.display_type = 'product'"""
                )
            )
        return super()._auto_init()

    @api.depends("product_id", "display_type")
    def _compute_l10n_mx_facture_identification(self):
        for line in self:
            line.l10n_mx_facture_identification = line._l10n_mx_facture_is_fiscal() and line.product_id.default_code

    @api.depends("tax_ids", "display_type", "product_id")
    def _compute_l10n_mx_facture_tax_object(self):
        for line in self:
            line.l10n_mx_facture_tax_object = (
                line._l10n_mx_facture_is_fiscal() and line._l10n_mx_facture_default_tax_object()
            )

    def _l10n_mx_facture_default_tax_object(self):
        """:return: the product's, if it admits the taxes of the line; else 02 with taxes and 01 without"""
        self.ensure_one()
        kinds = {
            tax.l10n_mx_tax_type for tax in self.tax_ids.flatten_taxes_hierarchy() if tax.l10n_mx_tax_type in IMPUESTOS
        }
        proposed = self.product_id.l10n_mx_facture_tax_object
        if proposed:
            admitted, _code = ADMITTED_TAXES.get(proposed, (tuple(IMPUESTOS), None))
            needed, _code = NEEDED_TAXES.get(proposed, ((), None))
            if kinds.issubset(admitted) and (not needed or kinds.intersection(needed)):
                return proposed
        return "02" if kinds else "01"

    def write(self, vals):
        """Fields that are part of a valid CFDI can't change."""
        check_protected(self.filtered(lambda line: line.display_type == "product"), CFDI_FIELDS, vals)
        return super().write(vals)

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines._l10n_mx_facture_check_move_not_live()
        return lines

    @api.ondelete(at_uninstall=False)
    def _unlink_except_l10n_mx_facture_on_cfdi(self):
        self._l10n_mx_facture_check_move_not_live()

    def _l10n_mx_facture_check_move_not_live(self):
        """Raise if lines of an invoice with a valid CFDI would be added or removed."""
        moves = self.filtered(lambda line: line.display_type == "product").move_id
        for move in moves.filtered("l10n_mx_facture_document_id"):
            if move._l10n_mx_facture_is_live():
                raise UserError(
                    self.env._("The lines of %s are part of its CFDI and can't be changed.", move.display_name)
                )

    def _l10n_mx_facture_is_fiscal(self):
        self.ensure_one()
        return self.display_type == "product" and self.move_id.l10n_mx_facture_applies

    @api.depends("product_id", "display_type", "move_id.l10n_mx_facture_anticipo")
    def _compute_l10n_mx_facture_product_code_id(self):
        for line in self:
            product, code = line.product_id, False
            if line._l10n_mx_facture_is_fiscal():
                code = product.l10n_mx_facture_product_code_id or product.categ_id._l10n_mx_facture_product_code()
                if not code and line._l10n_mx_facture_is_advance():
                    code = self.env.ref(ADVANCE_CODE, raise_if_not_found=False)
                elif not product:
                    code = self.env.ref(NO_PRODUCT_CODE, raise_if_not_found=False)
            line.l10n_mx_facture_product_code_id = code

    @api.depends("product_uom_id", "display_type")
    def _compute_l10n_mx_facture_unit_code_id(self):
        for line in self:
            if not line._l10n_mx_facture_is_fiscal():
                code = False
            elif line.product_uom_id:
                code = line.product_uom_id.l10n_mx_facture_unit_code_id
            else:
                code = self.env.ref(NO_UNIT_CODE, raise_if_not_found=False)
            line.l10n_mx_facture_unit_code_id = code

    def _l10n_mx_facture_is_advance(self):
        """:return: whether the line is an advance: made by our dialog, or a down payment of ``sale``"""
        self.ensure_one()
        made = self.move_id.l10n_mx_facture_anticipo or ("is_downpayment" in self._fields and self.is_downpayment)
        return made and self._l10n_mx_facture_is_fiscal()
