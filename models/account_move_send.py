from odoo import api, models


class AccountMoveSend(models.AbstractModel):
    _inherit = "account.move.send"

    @api.model
    def _get_invoice_extra_attachments(self, move):
        # the XML is the invoice, the PDF only shows it: the customer gets both
        document = move.l10n_mx_facture_document_id
        attachments = super()._get_invoice_extra_attachments(move)
        if document.state in ("stamped", "cancel_requested"):
            attachments += (document.xml_attachment_id + document.pdf_attachment_id).sudo(False)
        return attachments
