from odoo import api, models
from odoo.fields import Domain

from ..common.states import EVER_STAMPED_STATES


class L10nMxFactureRep(models.Model):
    """What the customer gets of a receipt: the print, and the portal."""

    _inherit = "l10n_mx_facture.rep"
    _print_report = "l10n_mx_facture.action_report_rep"

    @api.model
    def _portal_domain(self, partner):
        """:param partner: who is logged in
        :return: domain of the receipts that were stamped for the company of this contact
        """
        return (
            Domain("partner_id", "child_of", partner.commercial_partner_id.ids)
            & Domain("state", "in", EVER_STAMPED_STATES)
            & Domain("document_id.xml_attachment_id", "!=", False)
        )


class AccountMove(models.Model):
    _inherit = "account.move"

    def _l10n_mx_facture_customer_receipts(self):
        """Who may see the invoice sees its receipts, but none that is made to another one (factoring).

        :return: stamped receipts, as superuser, in the order of the payments
        """
        self.ensure_one()
        receipts = self.sudo().l10n_mx_facture_rep_ids.filtered(
            lambda rep: rep.commercial_partner_id == self.sudo().commercial_partner_id
            and rep._l10n_mx_facture_printed_document()
        )
        return receipts.sorted(lambda rep: (rep.date_payment, rep.id))
