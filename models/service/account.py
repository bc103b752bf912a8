import logging
from functools import partial

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from ...pac import providers
from ...pac.errors import PacError
from ...pac.wire.credentials import Credentials, address_problem
from ..common.actions import notification
from ..common.errors import error_text
from ..common.transactions import checkpoint, commit_or_log
from .token import AccountTokenStore

_logger = logging.getLogger(__name__)

CONNECT_TIMEOUT = 10
# a change of these makes it another account, with other credits
CREDIT_FIELDS = {"login", "secret", "base_url", "auth_scheme", "environment", "provider", "exclusive"}
READ_ONLY = {
    *("holder", "remote_user", "credits", "credits_date", "database_uuid", "database_name"),
    *("credentials_date", "notices"),
    *("witness_credits", "witness_request", "witness_date", "failures", "hold_until", "hold_reason"),
}


class L10nMxFactureAccount(models.Model):
    """A contract with a service that seals and stamps."""

    _name = "l10n_mx_facture.account"
    _description = "CFDI Service Account"
    _inherit = ["l10n_mx_facture.access", "mail.thread"]
    _check_company_auto = True
    # as with Odoo's accounts and journals, branches (res.company) use the records of their parent company
    _check_company_domain = models.check_company_domain_parent_of
    _order = "company_id, id"

    name = fields.Char(required=True, tracking=True)
    active = fields.Boolean(default=True, tracking=True)
    provider = fields.Selection(
        list(providers.titles().items()),
        "Service",
        required=True,
        default="facture_rest",
        tracking=True,
    )
    environment = fields.Selection(
        [("test", "Test"), ("production", "Production")],
        required=True,
        default="test",
        tracking=True,
        help="In production each stamp is a fiscal document and costs a credit. An account in production works in "
        "the database in which it was set to production, and in no copy of it.",
    )
    base_url = fields.Char(
        "Address",
        required=True,
        tracking=True,
        help="Address of the service without the path, as the contract gives it, for example https://service.example",
    )
    login = fields.Char("User", help="Only for user and password.")
    secret = fields.Char(
        "Password or token",
        groups="base.group_system",
        copy=False,
        help="Only system administrators can read it. It is written to no log.",
    )
    client_id = fields.Char("Client id", help="The application for which the service gives a token.")
    client_secret = fields.Char(
        groups="base.group_system",
        copy=False,
        help="Only system administrators can read it. It is written to no log.",
    )
    timeout = fields.Integer(
        "Time-out (s)",
        required=True,
        default=60,
        help="Seconds to wait for an answer. After that the outcome is unknown, not failed.",
    )
    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company, index=True)
    branch_ids = fields.One2many("l10n_mx_facture.branch", "account_id", "Branches", context={"active_test": False})
    holder = fields.Char(readonly=True, copy=False)
    remote_user = fields.Char("User at the service", readonly=True, copy=False)
    credits = fields.Integer("Credits left", readonly=True, copy=False)
    credits_date = fields.Datetime("Credits read on", readonly=True, copy=False)
    credits_minimum = fields.Integer("Warn below", default=50, help="A warning is shown when fewer credits are left.")
    credits_low = fields.Boolean(compute="_compute_credits_low")
    database_uuid = fields.Char(readonly=True, copy=False, groups="base.group_system")
    database_name = fields.Char(readonly=True, copy=False, groups="base.group_system")

    _timeout_positive = models.Constraint(
        "CHECK (timeout BETWEEN 1 AND 600)", "The time-out is a number of seconds from 1 to 600."
    )

    @api.depends("credits", "credits_date", "credits_minimum")
    def _compute_credits_low(self):
        for account in self:
            account.credits_low = bool(account.credits_date and account.credits < account.credits_minimum)

    @api.constrains("company_id")
    def _check_company_unchanged(self):
        for account in self:
            if account.branch_ids.document_ids.filtered(
                lambda document, account=account: account.company_id not in document.company_id.parent_ids
            ):
                raise ValidationError(
                    self.env._(
                        "The account %s has stamped invoices of another company: create a new account instead.",
                        account.name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_read_only(vals)
        accounts = super().create(vals_list)
        accounts._remember_database()
        return accounts

    def write(self, vals):
        """Checks come first; what depended on the old values is reset afterwards."""
        self._check_read_only(vals)
        self._check_address_change(vals)
        others = self.filtered(lambda account: account._changes_credentials(vals))
        provider_changed = self.filtered(lambda account: account.provider != vals.get("provider", account.provider))
        if provider_changed:
            provider_changed._check_nothing_sent()
        if others:
            others._check_no_open_remote_ids(vals)
        # only a changed value binds the account to this database, not the same value sent again by a form or an import
        changed = self.filtered(lambda account: "environment" in vals and account.environment != vals["environment"])
        credits_bought = self.filtered(
            lambda account: account.credits_date and vals.get("credits", 0) > account.credits
        )
        result = super().write(vals)
        changed._remember_database()
        if provider_changed:
            provider_changed._forget_service()
        if others:
            others.sudo().with_context(tracking_disable=True).credentials_date = fields.Datetime.now()
        (self if CREDIT_FIELDS.intersection(vals) else credits_bought)._reset_verified_credits()
        return result

    def _check_read_only(self, vals):
        """Users can't write what comes from the service or the database, through any interface."""
        forbidden = READ_ONLY.intersection(vals)
        if forbidden and not self.env.su:
            raise AccessError(
                self.env._("%s can't be edited: it comes from the service.", ", ".join(sorted(forbidden)))
            )

    @api.constrains("base_url")
    def _check_base_url(self):
        for account in self:
            if problem := address_problem(account.base_url):
                raise ValidationError(
                    self.env._(
                        "The address of %(account)s is not usable (%(problem)s): it starts with https:// and carries "
                        "no user or password.",
                        account=account.name,
                        problem=problem,
                    )
                )

    def _check_address_change(self, vals):
        """A user who can't read the password may not change the address to which it is sent."""
        if "base_url" not in vals or self.env.su or self.env.user._is_system():
            return
        for account in self:
            secrets = account.sudo().secret or account.sudo().client_secret
            if account.base_url != vals["base_url"] and secrets:
                raise AccessError(
                    self.env._(
                        "The password of %s would be sent to another address: only a system administrator can "
                        "change the address.",
                        account.name,
                    )
                )

    def copy_data(self, default=None):
        vals_list = super().copy_data(default)
        return [
            {**vals, "name": self.env._("%s (copy)", account.name), "environment": "test"}
            for account, vals in zip(self, vals_list, strict=True)
        ]

    def _remember_database(self):
        """An account is bound to the database in which it was set to production."""
        database_uuid = self.env["ir.config_parameter"].sudo().get_param("database.uuid")
        for account in self.sudo():
            production = account.environment == "production"
            # a copy made inside PostgreSQL has the same uuid but another name
            account.write(
                {
                    "database_uuid": production and database_uuid,
                    "database_name": production and self.env.cr.dbname,
                }
            )

    def _call_refusal(self):
        """:return: why nothing may be sent from this database; None if it may"""
        self.ensure_one()
        parameters = self.env["ir.config_parameter"].sudo()
        if parameters.get_param("database.is_neutralized"):
            return self.env._(
                "This database is neutralized: nothing is sent to %s. Work in the real database, or remove the "
                "neutralization if this is not a copy.",
                self.name,
            )
        bound = (self.sudo().database_uuid, self.sudo().database_name)
        here = (parameters.get_param("database.uuid"), self.env.cr.dbname)
        if self.environment == "production" and bound != here:
            return self.env._(
                "The account %s was set to production in another database: this one is a copy, and nothing is sent "
                "from it. Set the account to Test; or, if this database has replaced the other one, set it to Test "
                "and then to Production again.",
                self.name,
            )
        return None

    def _check_may_call(self):
        """Raise if nothing may be sent: the database is neutralized, or a copy of production."""
        for account in self:
            if refusal := account._call_refusal():
                raise UserError(refusal)

    def _client(self):
        """:return: the :class:`~..pac.contract.Pac` of this account
        :raise UserError: nothing may be sent from this database
        """
        self._check_may_call()
        return self._new_client()

    def _new_client(self):
        """:return: as :meth:`_client`, for who has asked :meth:`_call_refusal` already"""
        account = self.sudo()
        return providers.client(
            account.provider,
            Credentials(
                base_url=account.base_url,
                auth_scheme=account.auth_scheme,
                login=account.login or "",
                secret=account.secret or "",
                connect_timeout=min(CONNECT_TIMEOUT, account.timeout),
                read_timeout=account.timeout,
                client_id=account.client_id or "",
                client_secret=account.client_secret or "",
            ),
            AccountTokenStore(account) if account._capabilities().needs_token else None,
        )

    def action_test_connection(self):
        """Test the credentials, and store holder, user and credits if the service returns them."""
        texts = []
        for account in self:
            account.check_access("write")
            try:
                client = account._client()
                # release the locks on other accounts before this call
                checkpoint(self.env)
                status = client.account_status()
            except PacError as error:
                raise UserError(error_text(self.env, error, reading=True)) from error
            account._keep_status(status)
            texts.append(account._status_text(status))
        return notification(title=self.env._("Connected"), message="\n".join(texts))

    def _status_text(self, status):
        """:param status: :class:`~..pac.results.AccountStatus`
        :return: holder, user and credits, as far as the service returns them
        """
        facts = {"holder": status.holder, "user": status.user, "credits": status.credits}
        if not self._capabilities().tells_account:
            return self.env._("%s: the service accepts the credentials.", self.name)
        if status.credits is None:
            return self.env._("%(holder)s, user %(user)s", **facts)
        return self.env._("%(holder)s, user %(user)s: %(credits)s credits left", **facts)

    def _keep_status(self, status):
        vals = {"holder": status.holder or False, "remote_user": status.user or False}
        if status.credits is not None:
            vals.update(credits=status.credits, credits_date=fields.Datetime.now())
        # no tracking: the number changes with each stamp
        self.sudo().with_context(tracking_disable=True).write(vals)

    def _refresh_credits(self):
        """Read the credits after stamping; a failure here must not affect the stamp."""
        for account in self.sudo().filtered(lambda account: account._capabilities().tells_credits):
            try:
                status = account._client().account_status()
            except PacError as error:
                _logger.info("Credits of account %s not read: %s", account.id, error.code)
            else:
                commit_or_log(partial(account._keep_status, status), self.env, "Storing the credits")
