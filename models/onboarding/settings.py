from odoo import api, fields, models

from ...pac import providers


class ResConfigSettings(models.TransientModel):
    """The block CFDI: who issues, and the account with the service.

    What is typed of the account waits here until Connect or Save puts it on the account. The password comes back to
    nobody: it is moved to the account, which only shows it to system administrators.
    """

    _inherit = "res.config.settings"

    l10n_mx_facture_vat = fields.Char("RFC", related="company_id.vat", readonly=False)
    l10n_mx_facture_fiscal_name = fields.Char(
        "Fiscal name", related="company_id.partner_id.l10n_mx_facture_fiscal_name", readonly=False
    )
    l10n_mx_facture_tax_regime_id = fields.Many2one(
        "l10n_mx_catalogs.c_regimen_fiscal", related="company_id.l10n_mx_facture_tax_regime_id", readonly=False
    )
    l10n_mx_facture_zip = fields.Char("Postal code", related="company_id.zip", readonly=False)
    l10n_mx_facture_usage_id = fields.Many2one(
        "l10n_mx_catalogs.c_uso_cfdi", related="company_id.l10n_mx_facture_usage_id", readonly=False
    )
    l10n_mx_facture_payment_form_id = fields.Many2one(
        "l10n_mx_catalogs.c_forma_pago", related="company_id.l10n_mx_facture_payment_form_id", readonly=False
    )
    l10n_mx_facture_account_id = fields.Many2one(
        "l10n_mx_facture.account", "CFDI account", compute="_compute_l10n_mx_facture_account_id"
    )
    l10n_mx_facture_provider = fields.Selection(list(providers.titles().items()), "Service", default="facture_rest")
    l10n_mx_facture_environment = fields.Selection(
        [("test", "Test"), ("production", "Production")], "Environment", default="test"
    )
    l10n_mx_facture_known_address = fields.Selection(
        [(address, address) for address in providers.addresses()],
        "Known addresses",
        help="Addresses that the service has published. Its contract says which of them is yours.",
    )
    l10n_mx_facture_has_addresses = fields.Boolean(compute="_compute_l10n_mx_facture_service")
    l10n_mx_facture_needs_token = fields.Boolean(compute="_compute_l10n_mx_facture_service")
    l10n_mx_facture_needs_login = fields.Boolean(compute="_compute_l10n_mx_facture_service")
    l10n_mx_facture_base_url = fields.Char("Address")
    l10n_mx_facture_login = fields.Char("User")
    l10n_mx_facture_secret = fields.Char("Password or token", groups="base.group_system")
    l10n_mx_facture_client_id = fields.Char("Client id")
    l10n_mx_facture_client_secret = fields.Char("Client secret", groups="base.group_system")

    @api.depends("company_id")
    def _compute_l10n_mx_facture_account_id(self):
        for settings in self:
            settings.l10n_mx_facture_account_id = settings.company_id._l10n_mx_facture_accounts()[:1]

    @api.depends("l10n_mx_facture_provider", "l10n_mx_facture_account_id")
    def _compute_l10n_mx_facture_service(self):
        for settings in self:
            capabilities = providers.capabilities(settings.l10n_mx_facture_provider or "facture_rest")
            settings.l10n_mx_facture_has_addresses = bool(capabilities.addresses)
            settings.l10n_mx_facture_needs_token = capabilities.needs_token
            account = settings.l10n_mx_facture_account_id
            same = account.provider == settings.l10n_mx_facture_provider
            scheme = account.auth_scheme if account and same else capabilities.auth_schemes[0]
            settings.l10n_mx_facture_needs_login = scheme == "basic"

    @api.onchange("l10n_mx_facture_known_address")
    def _onchange_l10n_mx_facture_known_address(self):
        if self.l10n_mx_facture_known_address:
            self.l10n_mx_facture_base_url = self.l10n_mx_facture_known_address

    @api.model
    def get_values(self):
        values = super().get_values()
        account = self.env.company._l10n_mx_facture_accounts()[:1]
        if account and account.has_access("read"):
            values.update(
                l10n_mx_facture_provider=account.provider,
                l10n_mx_facture_environment=account.environment,
                l10n_mx_facture_base_url=account.base_url,
                l10n_mx_facture_login=account.login,
                l10n_mx_facture_client_id=account.client_id,
            )
        return values

    def action_l10n_mx_facture_checklist(self):
        """Open what is still missing."""
        return self.env["l10n_mx_facture.checklist"].with_company(self.company_id).action_open_checklist()

    def set_values(self):
        result = super().set_values()
        # without an address nothing was entered
        if self.l10n_mx_facture_base_url:
            self._l10n_mx_facture_keep_account()
        return result
