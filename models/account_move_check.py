from odoo import models

from ..cfdi import rules


class AccountMove(models.Model):
    """The question "Would SAT accept this?", for a draft, a posted invoice or a selection."""

    _inherit = "account.move"

    def action_l10n_mx_facture_check(self):
        """Build each CFDI and put SAT's rules to it. Nothing is sent and nothing is changed."""
        self._l10n_mx_facture_check_group("stamp")
        check = self.env["l10n_mx_facture.check"]._create_for(self)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Would SAT accept this?"),
            "res_model": "l10n_mx_facture.check",
            "res_id": check.id,
            "views": [(False, "form")],
            "target": "new",
        }

    def _l10n_mx_facture_judge(self):
        """:return: two lists of problems: what SAT would refuse, and what it would not refuse but looks odd"""
        self.ensure_one()
        Cfdi = self.env["l10n_mx_facture.cfdi"]
        if not self.l10n_mx_facture_applies:
            return self._l10n_mx_facture_state_problems(), []
        built, problems = Cfdi._build(self)
        if problems:
            return problems, []
        comprobante, _proof = built
        warnings = [
            Cfdi._finding_problem(self, finding)
            for finding in Cfdi._findings(self, comprobante)
            if finding.severity == rules.WARNING
        ]
        return [], warnings
