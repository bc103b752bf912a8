from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    l10n_mx_facture_rep_mode = fields.Selection(
        [("payment", "One for each payment"), ("month", "One for each customer and month")],
        "Receipts of payment",
        default="payment",
        required=True,
        help="RMF 2.7.1.32 allows both. Those of a month are stamped until the 5th of the next one.",
    )
    l10n_mx_facture_rep_auto = fields.Boolean(
        "Stamp receipts of payment by themselves",
        help="What is due and complete is stamped in the background: each payment within minutes, or those of a month "
        "on the first of the next one.",
    )


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    l10n_mx_facture_rep_mode = fields.Selection(
        related="company_id.l10n_mx_facture_rep_mode", readonly=False, required=True
    )
    l10n_mx_facture_rep_auto = fields.Boolean(related="company_id.l10n_mx_facture_rep_auto", readonly=False)
