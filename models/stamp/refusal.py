from odoo import models

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
        sentence = refusal.text(self.env.lang or "en_US")
        Cfdi = self.env["l10n_mx_facture.cfdi"]
        record = Cfdi._record_at(owner, refusal.fix_in)
        field = Cfdi._field_to_fix(record, refusal.fix_in)
        return Problem(f"{refusal.code}: {sentence}" if sentence else text, record, field=field)

    def _was_changed_since(self, record):
        """:return: whether a record other than the invoice was saved after the last call for this document ended"""
        ended = self.sudo()._stamp_requests().date_end
        return bool(record != self._owner() and ended and record.sudo().write_date > ended)


class AccountMove(models.Model):
    """The refusal stays on top of the invoice until it is mended."""

    _inherit = "account.move"

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
