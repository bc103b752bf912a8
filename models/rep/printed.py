from odoo import api, models
from odoo.fields import Domain

from ..common.states import EVER_STAMPED_STATES

REPORT = "l10n_mx_facture.action_report_rep"


class L10nMxFactureRep(models.Model):
    """What the customer gets of a receipt: the print, drawn from its stored XML as that of invoices, and the portal."""

    _inherit = "l10n_mx_facture.rep"

    def action_print(self):
        """Print these receipts."""
        self.check_access("read")
        return self.env.ref(REPORT).report_action(self, config=False)

    def _print_problem(self):
        """:return: a sentence: why there is nothing to print; False where there is"""
        if not self._l10n_mx_facture_printed_document():
            return self.env._("%s has no stamped CFDI: there is nothing to print or send yet.", self.name)
        return self._l10n_mx_facture_print_problem()

    def _print_name(self):
        """:return: name of the printed file, without its extension"""
        document = self._l10n_mx_facture_printed_document()
        return document._file_name("pdf").removesuffix(".pdf") if document else self.name

    def _customer_pdf(self):
        """The one PDF that the customer gets: the service's where the company gives that one, else ours, drawn now.

        :return: bytes
        """
        self.ensure_one()
        if pdf := self._l10n_mx_facture_customer_pdf():
            return pdf.raw
        # sudo: customers on the portal can't read receipts
        report = self.env["ir.actions.report"].sudo().with_company(self.company_id)
        return report._render_qweb_pdf(REPORT, self.ids)[0]

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
