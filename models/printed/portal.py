from odoo import models


class L10nMxFactureOwner(models.AbstractModel):
    """What a customer sees of a CFDI on the portal. Callers have checked that the customer may see what it is of."""

    _inherit = "l10n_mx_facture.owner"

    def _l10n_mx_facture_customer_files(self):
        """:return: dict of the files beside the PDF, as superuser: ``xml``; ``acuse`` of a cancelled CFDI"""
        self.ensure_one()
        document = self._l10n_mx_facture_printed_document()
        files = {"xml": document.xml_attachment_id}
        if document.state == "cancelled":
            files["acuse"] = document.receipt_attachment_id
        return {kind: attachment for kind, attachment in files.items() if attachment}

    def _l10n_mx_facture_customer_state(self):
        """:return: tuple of a sentence on the CFDI's state and Bootstrap's colour for it; None without a CFDI"""
        self.ensure_one()
        document = self._l10n_mx_facture_printed_document()
        if not document:
            return None
        if document.state == "cancelled":
            return self.env._("No longer valid: cancelled at SAT"), "danger"
        if document.environment == "test":
            return self.env._("Test document, not valid for tax purposes"), "warning"
        if document.state == "cancel_requested":
            return self.env._("Valid at SAT; its cancellation was requested"), "warning"
        return self.env._("Valid at SAT"), "success"
