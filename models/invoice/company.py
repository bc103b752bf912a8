from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    l10n_mx_facture_on_cancel = fields.Selection(
        [
            ("cancel", "Cancel the invoice"),
            ("reverse", "Reverse the invoice with a date of today"),
            ("nothing", "Leave the invoice to the user"),
        ],
        "When SAT has cancelled a CFDI",
        default="cancel",
        required=True,
        help="What becomes of the invoice once SAT has confirmed a cancellation that was asked for here.",
    )


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    l10n_mx_facture_on_cancel = fields.Selection(
        related="company_id.l10n_mx_facture_on_cancel", readonly=False, required=True
    )
