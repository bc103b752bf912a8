from odoo import api, models

from ...cfdi.rules.refusals import find_refusal
from ..common.problem import Problem


class L10nMxFactureDocument(models.Model):
    """A refusal of the service as a sentence, with the record and the field on which it is mended."""

    _inherit = "l10n_mx_facture.document"

    def _refusal_problem(self):
        """:return: :class:`~..common.problem.Problem`; of a code that is not known it has the service's text"""
        self.ensure_one()
        owner, text = self._owner(), self.message_text or ""
        refusal = find_refusal(self.message_code, text)
        if not refusal:
            return Problem(text, owner)
        sentence = refusal.text(self.env.lang)
        Cfdi = self.env["l10n_mx_facture.cfdi"]
        said = f"{refusal.code}: {sentence}" if sentence else text
        return Cfdi._problem_at(Cfdi._record_at(owner, refusal.fix_in), said, refusal.fix_in)

    def _was_changed_since(self, record):
        """:return: whether a record other than the invoice was saved after the last call for this document ended"""
        ended = self.sudo()._stamp_requests().date_end
        return bool(record != self._owner() and ended and record.sudo().write_date > ended)


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

    def _l10n_mx_facture_refusal_alerts(self):
        """:return: dict of alerts: why the service refused it, with a link to what mends it"""
        document = self.l10n_mx_facture_document_id
        if document.state != "rejected" or document.resolution or not document.message_text:
            return {}
        if not self._l10n_mx_facture_waits():
            return {}
        problem = document._refusal_problem()
        if document._was_changed_since(problem.record):
            text = self.env._(
                "The service refused it. %s has been changed since: press Stamp to try again.",
                problem.record.display_name,
            )
            return {"l10n_mx_facture_refusal": {"level": "info", "message": text}}
        return {"l10n_mx_facture_refusal": problem.alert(self.env, shown_on=self) | {"level": "danger"}}

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
