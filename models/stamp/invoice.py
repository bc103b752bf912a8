from odoo import api, models

from ..common.problem import Problem


class AccountMove(models.Model):
    """What holds of invoices alone when they are stamped or checked."""

    _inherit = "account.move"

    @api.model
    def _l10n_mx_facture_prefetch(self, owners):
        self.env["l10n_mx_facture.cfdi"]._prefetch(owners)

    def _l10n_mx_facture_warnings(self, built):
        return self.env["l10n_mx_facture.cfdi"]._warnings(self, built)

    def _l10n_mx_facture_state_problems(self):
        """:return: problems of the invoice's state that keep it from being stamped"""
        self.ensure_one()
        if self.l10n_mx_facture_undoes_id:
            return [self._l10n_mx_facture_cancel_reversal_problem()]
        if not self.l10n_mx_facture_applies:
            return [
                Problem(
                    self.env._("Only customer invoices and credit notes of a Mexican company are stamped.")
                )
            ]
        if self.state != "posted":
            return [Problem(self.env._("Only a posted invoice can be stamped."), self)]
        return self._l10n_mx_facture_ticket_problems() or self._l10n_mx_facture_answer_problems()

    def _l10n_mx_facture_left_out_texts(self):
        """:return: list of sentences: lines of these invoices that their CFDIs don't have"""
        Cfdi = self.env["l10n_mx_facture.cfdi"]
        found = [(move, problem) for move in self for problem in Cfdi._left_out_warnings(move)]
        return [f"{move.name}: {problem.text}" for move, problem in found]

    def _l10n_mx_facture_stamp_alerts(self):
        """:return: dict of alerts: an answer that was lost"""
        alerts = {}
        if self.l10n_mx_facture_state == "unknown":
            alert = {
                "level": "danger",
                "message": self.env._(
                    "It is not known whether this invoice was stamped. Until that is resolved, it can't be stamped, "
                    "reset or cancelled."
                ),
            }
            if self.env.user.has_group("l10n_mx_facture.group_stamp"):
                alert |= {"action_text": self.env._("Resolve"), "action": self.action_l10n_mx_facture_resolve()}
            alerts["l10n_mx_facture_unknown"] = alert
        return alerts

    def _l10n_mx_facture_judge(self):
        """:return: two lists of problems: errors that SAT would refuse, and warnings"""
        self.ensure_one()
        # a draft is checked before it is posted
        judged = self.l10n_mx_facture_applies and self.state == "draft"
        if not judged and (problems := self._l10n_mx_facture_state_problems()):
            return problems, []
        stamped_elsewhere, warnings = self._l10n_mx_facture_elsewhere().get(self, ([], []))
        if stamped_elsewhere:
            return stamped_elsewhere, []
        if self.has_access("write"):
            # relations that stamping adds are not missing
            self._l10n_mx_facture_relate_credited()
        built, problems = self._l10n_mx_facture_build()
        if problems:
            return problems, []
        return [], [*warnings, *self._l10n_mx_facture_warnings(built)]
