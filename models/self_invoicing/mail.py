from functools import partial

from odoo import api, models

from ..common.states import STAMPED_STATES
from ..common.transactions import commit_or_log, wake

TEMPLATE = "l10n_mx_facture.mail_template_self_invoicing"
REPORT = "account.account_invoices"


class L10nMxFactureTicket(models.Model):
    """PDF and XML to the address that the customer entered, when the CFDI has come."""

    _inherit = "l10n_mx_facture.ticket"

    def _wake_mails(self):
        """After a stamp."""
        if self.filtered("page_email"):
            wake(self.env, "cron_self_invoicing")

    @api.model
    def _cron_self_invoicing(self):
        """Tell the shop what was refused, and mail what is stamped; an address is forgotten with its mail."""
        commit_or_log(self._tell_refusals, self.env, "Telling about refused invoices of customers")
        todo = self.sudo().search(
            [
                ("page_email", "!=", False),
                ("invoice_move_id.l10n_mx_facture_document_id.state", "in", STAMPED_STATES),
            ]
        )
        cron = self.env["ir.cron"]
        cron._commit_progress(remaining=len(todo))
        for ticket in todo:
            commit_or_log(partial(ticket._mail_to_customer), self.env, f"Mailing the invoice of {ticket}")
            if not cron._commit_progress(1):
                return

    def _mail_to_customer(self):
        address, invoice = self.page_email, self.invoice_move_id
        self.page_email = False
        files = invoice._l10n_mx_facture_printed_document().xml_attachment_id
        files |= invoice._l10n_mx_facture_customer_pdf() or self._page_print(invoice)
        template = self.env.ref(TEMPLATE)
        template.send_mail(self.id, email_values={"email_to": address, "attachment_ids": files.ids})

    def _page_print(self, invoice):
        """:return: an attachment that is deleted with the mail"""
        reports = self.env["ir.actions.report"].with_company(self.company_id)
        content, _kind = reports._render_qweb_pdf(REPORT, invoice.ids)
        name = invoice.l10n_mx_facture_document_id._file_name("pdf")
        return self.env["ir.attachment"].create({"name": name, "raw": content, "res_model": "mail.message"})
