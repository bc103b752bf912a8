from functools import partial

from odoo import api, fields, models

from ..common.languages import in_company_language
from ..common.transactions import commit_with_retry


class L10nMxFactureRepDue(models.Model):
    """Receipts that are stamped by themselves, where the company's setting says so."""

    _inherit = "l10n_mx_facture.rep.due"

    @api.model
    def _stamp_due(self):
        """Put into the queue what is complete; what isn't stays in Receipts due, where a person sees why."""
        for company in self.env["res.company"].sudo().search([("l10n_mx_facture_rep_auto", "=", True)]):
            # again where somebody works on one of them at this moment
            commit_with_retry(partial(self._queue_due, company), self.env)

    @api.model
    def _queue_due(self, company):
        rows = self.sudo().search([("company_id", "=", company.id)])
        rows = rows.filtered(lambda due: due._is_time() and (not due.question or due.stated))
        if not rows:
            return
        reps = in_company_language(rows.with_company(company))._prepare_reps().sudo()
        waiting = reps.filtered(lambda rep: not rep.document_id.date_queued)
        waiting._l10n_mx_facture_prefetch(waiting)
        if ready := waiting.filtered(lambda rep: not rep._l10n_mx_facture_judge()[0]):
            self.env["l10n_mx_facture.run"]._start(ready, {})

    def _is_time(self):
        """:return: whether its receipt is made now: with one a month, when the month is over where it is issued"""
        if self.company_id.l10n_mx_facture_rep_mode != "month":
            return True
        tz = self._branch().tz or self.env.user.tz or "America/Mexico_City"
        today = fields.Date.context_today(self.with_context(tz=tz))
        return (self.date_payment.year, self.date_payment.month) < (today.year, today.month)
