from odoo import fields, models


class UomUom(models.Model):
    _inherit = "uom.uom"

    l10n_mx_facture_unit_code_id = fields.Many2one(
        "l10n_mx_catalogs.c_clave_unidad", "SAT unit code", help="SAT's c_ClaveUnidad"
    )
