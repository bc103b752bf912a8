from functools import partial
from os.path import splitext

from odoo import models

from ..common.states import STAMPED_STATES
from ..common.transactions import commit_or_log


class AccountMove(models.Model):
    """The one PDF that goes to the customer."""

    _inherit = "account.move"

    def _l10n_mx_facture_pdf_to_send(self):
        """:return: the PDF that goes out with the XML, by the company's setting; empty where Odoo has yet to draw it"""
        self.ensure_one()
        service = self._l10n_mx_facture_customer_pdf().sudo(self.env.su)
        return service or self.invoice_pdf_report_id - self._l10n_mx_facture_printed_early()

    def _l10n_mx_facture_printed_early(self):
        """:return: Odoo's PDFs of stamped invoices that are older than their XML, and so show no UUID"""
        stamped = self.filtered(lambda move: move.l10n_mx_facture_document_id.state in STAMPED_STATES)
        # by their ids, as files of one transaction have one time
        early = stamped.filtered(
            lambda move: move.invoice_pdf_report_id.id < move.l10n_mx_facture_document_id.xml_attachment_id.id
        )
        return early.invoice_pdf_report_id

    def _l10n_mx_facture_set_aside_printed(self):
        """PDFs that were drawn before the stamp stay as files of the invoice; the next one is drawn anew."""
        if early := self._l10n_mx_facture_printed_early():
            what = f"Setting aside the PDFs of {self}"
            commit_or_log(partial(self._l10n_mx_facture_release_files, early.sudo()), self.env, what)

    def _l10n_mx_facture_release_files(self, files):
        for file in files:
            name, extension = splitext(file.name)
            name = self.env._("%s (before the stamp)", name)
            file.write({"name": f"{name}{extension}", "res_field": False})
        for move in self.filtered(lambda move: move.message_main_attachment_id in files):
            other = move.l10n_mx_facture_document_id.pdf_attachment_id
            move.with_context(tracking_disable=True).message_main_attachment_id = other
        self.invalidate_recordset(["invoice_pdf_report_id", "invoice_pdf_report_file"])
