from odoo import api, models

from ...pac import providers
from ...pac.errors import NotSent
from ...pac.results import IssuingBranch
from ..common.problem import Problem


class L10nMxFactureCfdi(models.AbstractModel):
    """Data in a service's own format is checked before anything is sent, together with all other rules."""

    _inherit = "l10n_mx_facture.cfdi"

    @api.model
    def _draft(self, move, built, problems):
        """:param built: :class:`~..cfdi.build.Built`
        :return: dict that is sent before the stamp; None if the service takes the XML; None with a problem if it can't
            be expressed
        """
        branch = move.l10n_mx_facture_branch_id
        account = branch.account_id.sudo()
        if not account._capabilities().needs_create:
            return None
        number = branch.remote_id if branch.remote_id.isascii() and branch.remote_id.isdigit() else None
        try:
            return providers.PROVIDERS[account.provider].invoice(
                built.comprobante,
                built.totals,
                account._service_ids(),
                IssuingBranch(branch.name, number),
                is_test=account.environment == "test",
            )
        except NotSent as error:
            problems.append(self._draft_problem(move, error))
            return None

    def _draft_problem(self, move, error):
        """:param error: why a service can't take this invoice"""
        account = move.l10n_mx_facture_branch_id.account_id
        if error.reason == "missing_ids":
            text = self.env._(
                "The service's ids of %(codes)s are missing: fill in these rows of the table on the account "
                "%(account)s.",
                codes=error.detail,
                account=account.name,
            )
            return Problem(text, account)
        if error.reason == "not_expressible":
            text = self.env._(
                "The service of the account %(account)s can't take %(what)s as on this invoice (it needs a series and "
                "a numeric folio): stamp it through another service.",
                account=account.name,
                what=error.detail,
            )
            return Problem(text, move)
        return Problem(error.text, account)
