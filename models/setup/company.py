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


    l10n_mx_facture_tax_regime_id = fields.Many2one(related="partner_id.l10n_mx_facture_tax_regime_id", readonly=False)
    l10n_mx_facture_usage_id = fields.Many2one(
        "l10n_mx_catalogs.c_uso_cfdi", "Default CFDI usage", help="UsoCFDI for customers that have none of their own."
    )
    l10n_mx_facture_payment_form_id = fields.Many2one(
        "l10n_mx_catalogs.c_forma_pago",
        "Default payment form",
        domain=[("code", "!=", "99")],
        help="FormaPago of PUE invoices where neither the customer nor the journal has one.",
    )

    def _l10n_mx_facture_accounts(self):
        """:return: the active accounts of the company, its own before those of the companies above it"""
        domain = [("company_id", "parent_of", self.ids)]
        # settings are saved in a context that shows archived records, too
        Account = self.env["l10n_mx_facture.account"].with_context(active_test=True).sudo()
        accounts = Account.search(domain).sudo(False)
        return accounts.sorted(lambda account: (account.sudo().company_id not in self, account.id))


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
