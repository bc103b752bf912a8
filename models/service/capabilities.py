from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...pac import providers
from ...pac.capabilities import Capabilities
from .token import CREDENTIAL_FIELDS

# capabilities of the service that the views use
CAPABILITY_FIELDS = ("needs_token", "needs_create", "tells_account", "tells_credits", "lists_branches")


class L10nMxFactureAccount(models.Model):
    """What the service of an account can do, and what the account therefore needs."""

    _inherit = "l10n_mx_facture.account"

    auth_scheme = fields.Selection(
        [
            ("basic", "User and password (Basic)"),
            ("bearer", "Token (Bearer)"),
            ("raw", "Authorization header as given"),
        ],
        string="Authorization",
        compute="_compute_auth_scheme",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
    )
    needs_token = fields.Boolean(compute="_compute_capabilities")
    needs_create = fields.Boolean(compute="_compute_capabilities")
    tells_account = fields.Boolean(compute="_compute_capabilities")
    tells_credits = fields.Boolean(compute="_compute_capabilities")
    lists_branches = fields.Boolean(compute="_compute_capabilities")
    chooses_auth_scheme = fields.Boolean(compute="_compute_capabilities")
    # whether the user must say if the service detects documents that are sent twice
    asks_duplicates = fields.Boolean(compute="_compute_capabilities")
    credentials_date = fields.Datetime(
        readonly=True,
        copy=False,
        help="Since when these credentials are used. What was sent before may belong to another user at the service.",
    )
    bulk_limit = fields.Integer("Limit of the service", compute="_compute_capabilities")

    @api.depends("provider")
    def _compute_capabilities(self):
        for account in self:
            # a form without a service shows the fields of all
            capabilities = account._capabilities() if account.provider else Capabilities()
            for name in CAPABILITY_FIELDS:
                account[name] = getattr(capabilities, name)
            account.chooses_auth_scheme = len(capabilities.auth_schemes) > 1
            account.asks_duplicates = capabilities.detects_duplicates is None and not capabilities.looks_up
            account.bulk_limit = capabilities.bulk_size or 0

    @api.depends("provider")
    def _compute_auth_scheme(self):
        for account in self.filtered("provider"):
            schemes = account._capabilities().auth_schemes
            account.auth_scheme = account.auth_scheme if account.auth_scheme in schemes else schemes[0]

    @api.constrains("provider", "auth_scheme")
    def _check_auth_scheme(self):
        for account in self:
            schemes = account._capabilities().auth_schemes
            if account.auth_scheme not in schemes:
                labels = dict(self._fields["auth_scheme"]._description_selection(self.env))
                raise ValidationError(
                    self.env._(
                        "The service of %(account)s doesn't take the authorization %(scheme)s. Choose: %(possible)s.",
                        account=account.name,
                        scheme=labels[account.auth_scheme],
                        possible=", ".join(labels[scheme] for scheme in schemes),
                    )
                )

    def _changes_credentials(self, vals):
        """:return: whether these values change the user or the address at the service"""
        account = self.sudo()
        return any((account[name] or False) != (vals[name] or False) for name in CREDENTIAL_FIELDS if name in vals)

    def _check_no_open_remote_ids(self, vals):
        """Open documents are looked up by ids of the service that they were sent to."""
        if "base_url" not in vals and "login" not in vals:
            return
        affected = self.filtered(lambda account: account._capabilities().by_remote_id)
        open_ones = self.env["l10n_mx_facture.document"].sudo().search(
            [
                ("account_id", "in", affected.ids),
                ("state", "in", ("draft", "sending", "unknown")),
                ("remote_id", "!=", False),
            ],
            limit=1,
        )
        if open_ones:
            raise ValidationError(
                self.env._(
                    "%(invoice)s is still open at the service of %(account)s, under the service's own id. Resolve it "
                    "first, or create a new account for the other address or user.",
                    invoice=open_ones.move_id.display_name,
                    account=open_ones.account_id.name,
                )
            )

    def _check_nothing_sent(self):
        """Ids of branches and CFDIs are valid only at the service that gave them."""
        sent = self.env["l10n_mx_facture.document"].sudo().search(
            [("account_id", "in", self.ids), "|", ("state", "!=", "draft"), ("remote_id", "!=", False)], limit=1
        )
        if sent:
            raise ValidationError(
                self.env._(
                    "The account %s has already sent CFDIs, which another service doesn't have. Create a new account "
                    "for the other service and choose the journals of its branches.",
                    sent.account_id.name,
                )
            )

    def _forget_service(self):
        """Reset what came from the former service; its branches are archived and restored if it is chosen again."""
        self._release()
        for account in self.sudo().with_context(tracking_disable=True):
            account.branch_ids.active = False
            account.write({"holder": False, "remote_user": False, "credits": 0, "credits_date": False})

    def _capabilities(self):
        """:return: the :class:`~..pac.capabilities.Capabilities` of the account's service"""
        self.ensure_one()
        return providers.capabilities(self.provider)

    def _call_size(self):
        """:return: how many invoices go in one call: no more than the service takes"""
        self.ensure_one()
        return min(self.bulk_size, self._capabilities().bulk_size or self.bulk_size)
