from os.path import splitext

from odoo import models

from ..common.transactions import commit_or_log


class AccountMove(models.Model):
    """The one PDF that goes to the customer."""

    _inherit = "account.move"

    def _l10n_mx_facture_pdf_to_send(self):
        """:return: the PDF that goes out, by the company's setting; empty where Odoo has yet to draw it"""
        self.ensure_one()
        service = self._l10n_mx_facture_customer_pdf().sudo(self.env.su)
        return service or self.invoice_pdf_report_id - self._l10n_mx_facture_outdated_pdfs()

    def _l10n_mx_facture_outdated_pdfs(self):
        """:return: Odoo's PDFs that don't show the CFDI as it is now: drawn before its stamp or its cancellation"""
        outdated = self.env["ir.attachment"]
        for move in self:
            pdf, document = move.invoice_pdf_report_id, move._l10n_mx_facture_printed_document()
            if pdf and document and not document._is_shown_by(pdf):
                outdated += pdf
        return outdated

    def _l10n_mx_facture_set_aside_printed(self):
        """Outdated PDFs stay as files of the invoice; the next one is drawn anew."""
        if self._l10n_mx_facture_outdated_pdfs():
            commit_or_log(self._l10n_mx_facture_release_outdated, self.env, f"Setting aside the PDFs of {self}")

    def _l10n_mx_facture_release_outdated(self):
        """As :meth:`_l10n_mx_facture_set_aside_printed`, in the transaction of the caller."""
        for move in self:
            document = move._l10n_mx_facture_printed_document()
            for file in move._l10n_mx_facture_outdated_pdfs().sudo():
                name, extension = splitext(file.name)
                is_early = not document.adopted_from and file.id < document.xml_attachment_id.id
                name = self.env._("%s (before the stamp)", name) if is_early else self.env._("%s (out of date)", name)
                file.write({"name": f"{name}{extension}", "res_field": False})
                if move.message_main_attachment_id == file and document.state != "cancelled":
                    move.with_context(tracking_disable=True).message_main_attachment_id = document.pdf_attachment_id
        self.invalidate_recordset(["invoice_pdf_report_id", "invoice_pdf_report_file"])

    # -- core's other ways to the files -----------------------------------------------------------

    def _get_invoice_legal_documents(self, filetype, allow_fallback=False):
        """Of a CFDI it is the PDF that customers get, drawn where there is none yet: there is no proforma of it."""
        document = self._l10n_mx_facture_printed_document()
        if filetype != "pdf" or not document:
            return super()._get_invoice_legal_documents(filetype, allow_fallback=allow_fallback)
        if pdf := self._l10n_mx_facture_pdf_to_send():
            return {"filename": pdf.name, "filetype": pdf.mimetype, "content": pdf.raw}
        if not allow_fallback:
            return None
        return {**self._get_invoice_pdf_proforma(), "filename": document._file_name("pdf")}

    def _get_invoice_legal_documents_all(self, allow_fallback=False):
        """Of a CFDI they are the files that Send mails."""
        if not self._l10n_mx_facture_printed_document():
            return super()._get_invoice_legal_documents_all(allow_fallback=allow_fallback)
        pdf = self._get_invoice_legal_documents("pdf", allow_fallback=allow_fallback)
        files = self.env["account.move.send"]._get_invoice_extra_attachments(self)
        others = files - self._l10n_mx_facture_pdf_to_send()
        return [
            *filter(None, [pdf]),
            *({"filename": file.name, "filetype": file.mimetype, "content": file.raw} for file in others),
        ]
