from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    l10n_mx_facture_on_cancel = fields.Selection(
        [
            ("cancel", "Cancel the invoice"),
            ("reverse", "Reverse the invoice with a date of today"),
            ("nothing", "Do nothing: the user decides"),
        ],
        "When SAT has cancelled a CFDI",
        default="cancel",
        required=True,
        help="What happens to the invoice when SAT confirms a cancellation that was requested here.",
    )


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    l10n_mx_facture_on_cancel = fields.Selection(
        related="company_id.l10n_mx_facture_on_cancel", readonly=False, required=True
    )
