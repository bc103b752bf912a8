from odoo import models

from ..common.states import STAMPED_STATES


class L10nMxFactureOwner(models.AbstractModel):
    """Which PDF of a CFDI the customer gets: one of two, never both."""

    _inherit = "l10n_mx_facture.owner"

    def _l10n_mx_facture_customer_pdf(self):
        """The service's PDF where the company gives that one to customers.

        A cancelled CFDI has none: only Odoo's print says that it is cancelled.

        :return: an ir.attachment as superuser; empty: the customer gets what Odoo prints
        """
        self.ensure_one()
        # sudo: customers on the portal can't read CFDIs
        document = self.sudo().l10n_mx_facture_document_id
        if document.state in STAMPED_STATES and document.company_id.l10n_mx_facture_pdf_source == "service":
            return document.pdf_attachment_id
        return self.env["ir.attachment"].sudo()
