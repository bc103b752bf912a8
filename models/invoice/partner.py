from odoo import fields, models


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
