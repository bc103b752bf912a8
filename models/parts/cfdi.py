from odoo import api, models
from odoo.tools import ormcache


class L10nMxFactureCfdi(models.AbstractModel):
    """Maps an invoice to the values of its CFDI, and reports everything that is missing at once.

    Modules that add to the CFDI extend the methods that return its parts.
    """

    _name = "l10n_mx_facture.cfdi"
    _description = "CFDI Values of an Invoice"

    @api.model
    def _code(self, row):
        """:param row: a row of one of SAT's catalogues, or none
        :return: its code, which is what it is known by and never changes; False for none
        """
        return bool(row) and self._catalogue_code(row._name, row.id)

    @api.model
    @ormcache("catalogue", "row_id")
    def _catalogue_code(self, catalogue, row_id):
        return self.env[catalogue].browse(row_id).code
