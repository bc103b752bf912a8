from odoo import models

from ..common.access import check_group


class AccountMove(models.Model):
    """The button Check CFDI, for a draft, a posted invoice or a selection."""

    _inherit = "account.move"

    def action_l10n_mx_facture_check(self):
        """Build each CFDI and put SAT's rules to it. Nothing is sent; what is empty is filled in as by stamping."""
        check_group(self.env, "stamp")
        check = self.env["l10n_mx_facture.check"]._create_for(self)
        return check._open(self.env._("Check CFDI"))

    def _l10n_mx_facture_judge(self):
        """:return: two lists of problems: what SAT would refuse, and what it would not refuse but looks odd"""
        self.ensure_one()
        Cfdi = self.env["l10n_mx_facture.cfdi"]
        # a draft is asked about before it is posted
        judged = self.l10n_mx_facture_applies and self.state == "draft"
        if not judged and (problems := self._l10n_mx_facture_state_problems()):
            return problems, []
        if self.has_access("write"):
            # what stamping adds by itself is not missing
            self._l10n_mx_facture_relate_credited()
        built, problems = self._l10n_mx_facture_build()
        if problems:
            return problems, []
        return [], [Cfdi._finding_problem(self, finding) for finding in built.warnings]
