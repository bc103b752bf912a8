from collections import OrderedDict

from odoo import models

from odoo.addons.base.models.ir_actions_report import _wkhtml

from ..common.owners import OWNERS
from .watermark import mark_pages


class IrActionsReport(models.Model):
    _inherit = "ir.actions.report"

    def _render_qweb_pdf_prepare_streams(self, report_ref, data, res_ids=None):
        """Say across each page of a CFDI that it is cancelled or a test."""
        model = self._get_report(report_ref).model
        if not res_ids or model not in OWNERS or (model == "account.move" and not self._is_invoice_report(report_ref)):
            return super()._render_qweb_pdf_prepare_streams(report_ref, data, res_ids=res_ids)
        owners = self.env[model].browse(res_ids)
        marks = {
            document._owner().id: document._print_marks() for document in owners._l10n_mx_facture_printed_document()
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
