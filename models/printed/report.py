from collections import OrderedDict

from odoo import models

from odoo.addons.base.models.ir_actions_report import _wkhtml

from .watermark import mark_pages


class IrActionsReport(models.Model):
    _inherit = "ir.actions.report"

    def _render_qweb_pdf_prepare_streams(self, report_ref, data, res_ids=None):
        """Say across each page of a CFDI that it is cancelled or a test."""
        of_invoices = self._get_report(report_ref).model == "account.move" and self._is_invoice_report(report_ref)
        if not res_ids or not of_invoices:
            return super()._render_qweb_pdf_prepare_streams(report_ref, data, res_ids=res_ids)
        moves = self.env["account.move"].browse(res_ids)
        marks = {
            document.move_id.id: document._print_marks() for document in moves._l10n_mx_facture_printed_document()
        }
        if len(set(res_ids)) > 1 and (any(marks.values()) or (marks and not _wkhtml().is_patched_qt)):
            # one by one: each has its own words, and Debian's wkhtmltopdf can't print several at once
            streams = OrderedDict()
            for res_id in dict.fromkeys(res_ids):
                streams.update(self._render_qweb_pdf_prepare_streams(report_ref, data, res_ids=[res_id]))
            return streams
        streams = super()._render_qweb_pdf_prepare_streams(report_ref, data, res_ids=res_ids)
        for res_id, part in streams.items():
            if part["stream"] and (words := marks.get(res_id or res_ids[0])):
                part["stream"] = mark_pages(part["stream"], words)
        return streams
