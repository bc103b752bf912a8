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
    l10n_mx_facture_rate_days = fields.Integer(
        "Days until an exchange rate is old",
        default=7,
        help="Before stamping, you are told where the newest rate of the invoice's currency is older. 0: never.",
    )
    l10n_mx_facture_auto_stamp = fields.Boolean(
        "Stamp when an invoice is confirmed", help="Confirm stamps the invoice at once, where nothing is missing."
    )
    l10n_mx_facture_pdf_source = fields.Selection(
        [("odoo", "The invoice as Odoo prints it"), ("service", "The PDF of the service")],
        "PDF for customers",
        default="odoo",
        required=True,
        help="The one PDF that is mailed with the XML and offered on the portal.",
    )


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    l10n_mx_facture_on_cancel = fields.Selection(
        related="company_id.l10n_mx_facture_on_cancel", readonly=False, required=True
    )
    l10n_mx_facture_rate_days = fields.Integer(related="company_id.l10n_mx_facture_rate_days", readonly=False)
    l10n_mx_facture_auto_stamp = fields.Boolean(related="company_id.l10n_mx_facture_auto_stamp", readonly=False)
    l10n_mx_facture_pdf_source = fields.Selection(
        related="company_id.l10n_mx_facture_pdf_source", readonly=False, required=True
    )
