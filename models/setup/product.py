from odoo import fields, models

from ..common.taxes import TAX_OBJECTS

HELP = "SAT's c_ClaveProdServ"


class ProductTemplate(models.Model):
    _inherit = "product.template"

    l10n_mx_facture_product_code_id = fields.Many2one(
        "l10n_mx_catalogs.c_clave_prod_serv",
        "SAT product code",
        help=f"{HELP}. Where it is empty, the one of the category is used.",
    )
    l10n_mx_facture_tax_object = fields.Selection(
        TAX_OBJECTS,
        "Tax object",
        help="ObjetoImp proposed on invoice lines whose taxes admit it. Where it is empty, it follows from the taxes.",
    )


class ProductCategory(models.Model):
    _inherit = "product.category"

    l10n_mx_facture_product_code_id = fields.Many2one(
        "l10n_mx_catalogs.c_clave_prod_serv",
        "SAT product code",
        help=f"{HELP} of products of this category that have none.",
    )

    def _l10n_mx_facture_product_code(self):
        """:return: the code of this category, or of its nearest parent with one"""
        category = self
        while category and not category.l10n_mx_facture_product_code_id:
            category = category.parent_id
        return category.l10n_mx_facture_product_code_id
