from odoo import models
from odoo.exceptions import UserError
from odoo.fields import Command

from ...pac import providers
from ..common.access import check_group
from ..common.actions import notification, open_record
from ..common.transactions import checkpoint

# fields of the account that the settings have too, by the same name after the prefix
ACCOUNT_FIELDS = ("provider", "environment", "base_url", "login", "client_id")
SECRET_FIELDS = ("secret", "client_secret")


class ResConfigSettings(models.TransientModel):
    """Connect: account, credentials, branches and journals with one button."""

    _inherit = "res.config.settings"

    def action_l10n_mx_facture_connect(self):
        """Put what was entered on the account, test it, sync its branches, and give the only one to the journals.

        What was entered stays on the account when the service refuses it, so that it can be corrected.

        :return: a notification that tells what was done
        :raise UserError: something is missing, or the service refuses
        """
        self.ensure_one()
        check_group(self.env, "configure")
        self._l10n_mx_facture_check_entered()
        account = self._l10n_mx_facture_keep_account()
        checkpoint(self.env)
        tested = account.action_test_connection()
        texts = [tested["params"]["message"]]
        if account.lists_branches:
            account.action_sync_branches()
        texts.append(self._l10n_mx_facture_give_branch(account))
        # a notification has no line breaks
        return notification(". ".join(text.rstrip(".") for text in texts) + ".", self.env._("Connected"), sticky=True)

    def action_l10n_mx_facture_open_account(self):
        """Open the account: its branches, and what is seldom changed."""
        self.ensure_one()
        check_group(self.env, "configure")
        return open_record(self.l10n_mx_facture_account_id)

    def _l10n_mx_facture_check_entered(self):
        """:raise UserError: what no connection can do without is missing"""
        if not self.l10n_mx_facture_base_url:
            raise UserError(self.env._("Enter the address of the service, as its contract gives it."))
        account = self._l10n_mx_facture_account_to_keep()
        if self.l10n_mx_facture_needs_login and not self.l10n_mx_facture_login:
            raise UserError(self.env._("Enter the user that the service gave you."))
        if not self.l10n_mx_facture_secret and not account.sudo().secret:
            raise UserError(self.env._("Enter the password or the token that the service gave you."))

    def _l10n_mx_facture_account_to_keep(self):
        """:return: the company's account with the chosen service, or one that has sent nothing yet; else none"""
        accounts = self.company_id._l10n_mx_facture_accounts()
        same = accounts.filtered(lambda account: account.provider == self.l10n_mx_facture_provider)
        unused = accounts.filtered(lambda account: not account.branch_ids.document_ids)
        return same[:1] or unused[:1]

    def _l10n_mx_facture_keep_account(self):
        """Create the account, or change what differs.

        :return: the account
        """
        entered = {name: self[f"l10n_mx_facture_{name}"] for name in ACCOUNT_FIELDS}
        secrets = {name: self[f"l10n_mx_facture_{name}"] for name in SECRET_FIELDS}
        secrets = {name: value for name, value in secrets.items() if value}
        account = self._l10n_mx_facture_account_to_keep()
        if account:
            changed = {name: value for name, value in entered.items() if (account[name] or False) != (value or False)}
            if changed or secrets:
                account.write({**changed, **secrets})
        else:
            name = providers.titles()[self.l10n_mx_facture_provider]
            values = {"name": name, "company_id": self.company_id.id, **entered, **secrets}
            account = self.env["l10n_mx_facture.account"].create(values)
        if secrets:
            self.write({f"l10n_mx_facture_{name}": False for name in SECRET_FIELDS})
        self.invalidate_recordset(["l10n_mx_facture_account_id"], flush=False)
        return account

    def _l10n_mx_facture_give_branch(self, account):
        """Give the account's branch to the sales journals without one, where there is no choice.

        :return: a sentence
        """
        branches = account.branch_ids.filtered("active")
        if not branches:
            return self.env._("The account has no branch yet: enter it on the account (button Branches and advanced).")
        journals = self.env["account.journal"].search(
            [("type", "=", "sale"), ("company_id", "child_of", self.company_id.id)]
        )
        # what is archived doesn't stamp
        stamping = journals.sudo().l10n_mx_facture_branch_ids.filtered(lambda one: one.active and one.account_id.active)
        free = journals - stamping.journal_ids.sudo(False)
        if not free:
            return self.env._("%(count)s active branches; every sales journal has one.", count=len(branches))
        names = ", ".join(free.mapped("name"))
        if len(branches) > 1:
            return self.env._(
                "%(count)s active branches. Choose which of them stamps the journals %(journals)s (button Branches "
                "and advanced).",
                count=len(branches),
                journals=names,
            )
        archived = branches.search([("journal_ids", "in", free.ids), ("account_id.active", "=", False)])
        archived.journal_ids = [Command.unlink(journal.id) for journal in free]
        branches.journal_ids = [Command.link(journal.id) for journal in free]
        return self.env._(
            "The branch %(branch)s stamps the journals %(journals)s.", branch=branches.display_name, journals=names
        )
