from odoo import models
from odoo.exceptions import UserError

from ...cfdi.rfc import is_generic, is_valid_rfc
from ...pac.errors import PacError
from ..common.actions import notification
from ..common.errors import error_text
from ..common.transactions import checkpoint


class L10nMxFactureAccount(models.Model):
    """The mirror of the service's branches."""

    _inherit = "l10n_mx_facture.account"

    def action_sync_branches(self):
        """Mirror the branches of the service by remote id: create, update or archive them, never delete."""
        for account in self:
            account.check_access("write")
            if not account.lists_branches:
                raise UserError(
                    self.env._(
                        "The service of %s has no list of branches: enter them in the tab Branches.", account.name
                    )
                )
            rfc = account._issuer_rfc() if account._capabilities().branches_by_rfc else None
            try:
                client = account._client()
                # release the locks on other accounts before this call
                checkpoint(self.env)
                found = client.branches(rfc)
            except PacError as error:
                raise UserError(error_text(self.env, error, reading=True)) from error
            account._mirror_branches(found)
        return notification(
            title=self.env._("Branches synced"),
            message="\n".join(
                self.env._(
                    "%(account)s: %(count)s active branches",
                    account=account.name,
                    count=len(account.branch_ids.filtered("active")),
                )
                for account in self
            ),
        )

    def _issuer_rfc(self):
        """:return: the RFC whose branches are listed: the company's, or its parent's if a branch has none
        :raise UserError: there is none
        """
        rfc = self.company_id._l10n_mx_facture_taxpayer()._l10n_mx_facture_rfc()
        if is_generic(rfc) or not is_valid_rfc(rfc):
            raise UserError(
                self.env._(
                    "The company %(company)s has no valid RFC, by which the service lists its branches: set it first.",
                    company=self.company_id.name,
                )
            )
        return rfc

    def _mirror_branches(self, found):
        """:param found: list of :class:`~..pac.results.BranchInfo`, all active ones of the service"""
        self.ensure_one()
        if not found and self.branch_ids.filtered("active"):
            # an empty list is more likely an error of the service
            raise UserError(
                self.env._("The service lists no active branch for %s: nothing was changed here.", self.name)
            )
        # users have no right to create or rename branches
        known = {branch.remote_id: branch for branch in self.sudo().branch_ids}
        # first, so that journals are free for a branch that is active again
        self._archive_missing(known, {info.remote_id for info in found})
        new = []
        for info in found:
            branch = known.get(info.remote_id)
            vals = {"name": info.name or info.remote_id, "zip": info.zip or False, "active": True}
            if not branch:
                new.append({**vals, "remote_id": info.remote_id, "account_id": self.id})
                continue
            if branch.zip != vals["zip"]:
                self._announce_zip(branch, vals["zip"])
            if not branch.active:
                branch._release_reassigned_journals()
            branch.write({name: value for name, value in vals.items() if branch[name] != value})
        self.env["l10n_mx_facture.branch"].sudo().create(new)

    def _archive_missing(self, known, remote_ids):
        """:param known: dict from remote id to branch
        :param remote_ids: the ones that are active at the service
        """
        for remote_id, branch in known.items():
            if branch.active and remote_id not in remote_ids:
                branch.active = False
                self.message_post(
                    body=self.env._(
                        "Branch %(branch)s is no longer active at the service: archived.",
                        branch=branch.display_name,
                    )
                )

    def _announce_zip(self, branch, new_zip):
        """Post a note: the postal code sets LugarExpedicion, the time zone, and the address of generic receivers."""
        self.message_post(
            body=self.env._(
                "The postal code of branch %(branch)s changed at the service from %(old)s to %(new)s: invoices "
                "stamped from now on are issued there, with the time of that place.",
                branch=branch.display_name,
                old=branch.zip or "-",
                new=new_zip or "-",
            )
        )
