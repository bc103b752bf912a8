from odoo import models
from odoo.exceptions import UserError

from ..common.actions import download, notification, open_record


class AccountMove(models.Model):
    """The buttons Fetch receipt, Fetch PDF, Check at the service, Resolve."""

    _inherit = "account.move"

    def action_l10n_mx_facture_fetch_pdf(self):
        """Fetch the PDF of the CFDI (again) and attach it."""
        for move in self:
            document = move._l10n_mx_facture_document()
            document._check_stamped()
            if not document._fetch_pdf():
                raise UserError(document.pdf_error)
        return notification(self.env._("The PDF is attached."))

    def action_l10n_mx_facture_open_document(self):
        """Open the CFDI with all its facts."""
        self.ensure_one()
        return open_record(self._l10n_mx_facture_document())

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
