from datetime import timedelta

from odoo import api, fields, models

from ..common.languages import in_company_language
from ..common.states import STAMPED_STATES

PDF_RETRIED = timedelta(days=1)


class L10nMxFactureDocument(models.Model):
    """What the scheduled action does: lost answers, the queue, missing PDFs."""

    _inherit = "l10n_mx_facture.document"

    @api.model
    def _cron_stamp(self):
        """Resolve lost answers, send the queue, and fetch missing PDFs."""
        self._mark_timed_out()
        accounts = self.env["l10n_mx_facture.account"]._ready_for_queue()
        failures = {account: account.failures for account in accounts}
        self._resolve_unknown(accounts)
        # an account that has just failed is skipped
        accounts = accounts.filtered(lambda account: account.failures <= failures[account])
        self._work_queue(accounts)
        if not self.sudo().search_count(self._ready_domain(accounts.filtered(lambda account: not account.failures))):
            self._fetch_missing_pdfs()

    @api.model
    def _fetch_missing_pdfs(self):
        missing = self.sudo().search(
            [
                ("state", "in", STAMPED_STATES),
                ("pdf_attachment_id", "=", False),
                # this service didn't stamp it; the button still asks
                ("adopted_from", "=", False),
                # a failed PDF is retried for a day, then only by the button
                "|",
                ("pdf_error", "=", False),
                ("date_sent", ">", fields.Datetime.now() - PDF_RETRIED),
            ]
        ).filtered(lambda document: not document._call_refusal())
        cron = self.env["ir.cron"]
        cron._commit_progress(remaining=len(missing))
        # PDFs that failed before come last
        for document in missing.sorted(lambda document: bool(document.pdf_error)):
            in_company_language(document)._fetch_pdf()
            if not cron._commit_progress(1):
                break
