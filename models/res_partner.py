from odoo import fields, models

from ..cfdi.rfc import GENERIC_FOREIGN, is_valid_rfc


class ResPartner(models.Model):
    _inherit = "res.partner"

    l10n_mx_facture_tax_regime_id = fields.Many2one(
        "l10n_mx_catalogs.c_regimen_fiscal",
        "Tax regime",
        help="SAT's c_RegimenFiscal, as in the constancia de situación fiscal.",
    )
    l10n_mx_facture_usage_id = fields.Many2one(
        "l10n_mx_catalogs.c_uso_cfdi", "CFDI usage", help="UsoCFDI proposed on new invoices."
    )
    l10n_mx_facture_payment_form_id = fields.Many2one(
        "l10n_mx_catalogs.c_forma_pago", "Payment form", help="FormaPago proposed on new invoices."
    )

    def _commercial_fields(self):
        return super()._commercial_fields() + [
            "l10n_mx_facture_tax_regime_id",
            "l10n_mx_facture_usage_id",
            "l10n_mx_facture_payment_form_id",
        ]

    def _l10n_mx_facture_is_foreign(self):
        self.ensure_one()
        return bool(self.country_id) and self.country_id.code != "MX"

    def _l10n_mx_facture_rfc(self):
        """RFC for a CFDI: the own one, or the generic one of foreigners.

        :return: upper case without separators; it may be invalid or empty, which the checks tell
        """
        self.ensure_one()
        if self._l10n_mx_facture_is_foreign():
            return GENERIC_FOREIGN
        return self._l10n_mx_facture_own_rfc()

    def _l10n_mx_facture_own_rfc(self):
        """:return: what is written as tax id, as an RFC: upper case without separators"""
        self.ensure_one()
        rfc = "".join((self.vat or "").upper().split()).replace("-", "")
        if rfc.startswith("MX") and is_valid_rfc(rfc[2:]):
            rfc = rfc[2:]
        return rfc
