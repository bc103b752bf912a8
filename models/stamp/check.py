from odoo import models

from ..common.access import check_group


class AccountMove(models.Model):
    """The button Check CFDI, for a draft, a posted invoice or a selection."""

    _inherit = "account.move"

    def action_l10n_mx_facture_check(self):
        """Build each CFDI and check it by SAT's rules. Nothing is sent; empty fields are filled as when stamping."""
        check_group(self.env, "stamp")
        check = self.env["l10n_mx_facture.check"]._create_for(self)
        return check._open(self.env._("Check CFDI"))

    def _l10n_mx_facture_judge(self):
        """:return: two lists of problems: errors that SAT would refuse, and warnings"""
        self.ensure_one()
        Cfdi = self.env["l10n_mx_facture.cfdi"]
        # a draft is checked before it is posted
        judged = self.l10n_mx_facture_applies and self.state == "draft"
        if not judged and (problems := self._l10n_mx_facture_state_problems()):
            return problems, []
        if self.has_access("write"):
            # relations that stamping adds are not missing
            self._l10n_mx_facture_relate_credited()
        built, problems = self._l10n_mx_facture_build()
        if problems:
            return problems, []
        return [], [Cfdi._finding_problem(self, finding) for finding in built.warnings]
