from odoo import api, fields, models

# c_ClaveUnidad of the units that Odoo's modules bring, by the unit's external id
UNIT_CODES = {
    "uom.product_uom_unit": "H87",
    "uom.product_uom_pack_6": "P6",
    "uom.product_uom_dozen": "DZN",
    "uom.product_uom_hour": "HUR",
    "uom.product_uom_day": "DAY",
    "uom.product_uom_minute": "MIN",
    "uom.product_uom_millimeter": "MMT",
    "uom.product_uom_cm": "CMT",
    "uom.product_uom_meter": "MTR",
    "uom.product_uom_km": "KMT",
    "uom.product_uom_square_meter": "MTK",
    "uom.product_uom_milliliter": "MLT",
    "uom.product_uom_litre": "LTR",
    "uom.product_uom_cubic_meter": "MTQ",
    "uom.product_uom_gram": "GRM",
    "uom.product_uom_kgm": "KGM",
    "uom.product_uom_ton": "TNE",
    "uom.product_uom_oz": "ONZ",
    "uom.product_uom_lb": "LBR",
    "uom.product_uom_inch": "INH",
    "uom.product_uom_foot": "FOT",
    "uom.product_uom_yard": "YRD",
    "uom.product_uom_mile": "SMI",
    "uom.product_uom_square_foot": "FTK",
    "uom.product_uom_floz": "OZA",
    "uom.product_uom_qt": "QTL",
    "uom.product_uom_gal": "GLL",
    "uom.product_uom_cubic_inch": "INQ",
    "uom.product_uom_cubic_foot": "FTQ",
    "uom.product_uom_kwh": "KWH",
    "l10n_mx.product_uom_service_unit": "E48",
    "l10n_mx.product_uom_activity": "ACT",
    "l10n_mx.product_uom_job": "E51",
}


class UomUom(models.Model):
    """SAT's code of a unit; other units than Odoo's get theirs from the user."""

    _inherit = "uom.uom"

    l10n_mx_facture_unit_code_id = fields.Many2one(
        "l10n_mx_catalogs.c_clave_unidad", "SAT unit code", help="SAT's c_ClaveUnidad"
    )

    @api.model
    def _l10n_mx_facture_fill_unit_codes(self):
        """Give SAT's code to the units of Odoo's modules that have none. Run at every installation and update."""
        for name, code in UNIT_CODES.items():
            unit = self.env.ref(name, raise_if_not_found=False)
            if unit and not unit.l10n_mx_facture_unit_code_id:
                unit.l10n_mx_facture_unit_code_id = self.env.ref(f"l10n_mx_catalogs.c_clave_unidad_{code}")
