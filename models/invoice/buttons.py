from odoo import models

from ..common.actions import download


class AccountMove(models.Model):
    """The files of the CFDI."""

    _inherit = "account.move"

    def action_l10n_mx_facture_download_xml(self):
        """Download the stamped XML."""
        self.check_access("read")
        return download(self.l10n_mx_facture_xml_attachment_id.id)

    def action_l10n_mx_facture_download_pdf(self):
        """Download the PDF."""
        self.check_access("read")
        return download(self.l10n_mx_facture_pdf_attachment_id.id)

    def action_l10n_mx_facture_download_receipt(self):
        """Download the receipt of the cancellation."""
        self.check_access("read")
        return download(self.l10n_mx_facture_receipt_attachment_id.id)
