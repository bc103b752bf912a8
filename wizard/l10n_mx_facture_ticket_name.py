from odoo import api, fields, models

from ..models.common.actions import open_record


class L10nMxFactureTicketName(models.TransientModel):
    """Asks who wants an invoice for a ticket."""

    _name = "l10n_mx_facture.ticket.name"
    _inherit = ["l10n_mx_facture.access"]
    _description = "Invoice of a Ticket to a Name"

    ticket_id = fields.Many2one("l10n_mx_facture.ticket", required=True, readonly=True, ondelete="cascade")
    company_id = fields.Many2one(related="ticket_id.company_id")
    partner_id = fields.Many2one("res.partner", "Customer", required=True, domain="[('vat', '!=', False)]")
    usage_id = fields.Many2one("l10n_mx_catalogs.c_uso_cfdi", "CFDI usage", help="Empty: the customer's.")
    amount_total = fields.Monetary("Total", compute="_compute_amount_total", help="What is left of the ticket.")
    currency_id = fields.Many2one(related="ticket_id.currency_id")

    @api.depends("ticket_id")
    def _compute_amount_total(self):
        for wizard in self:
            wizard.amount_total = wizard.ticket_id._left_in_books() if wizard.ticket_id else 0.0

    def action_invoice(self):
        """Credit the ticket and invoice it; both CFDIs are stamped in the background."""
        self.ensure_one()
        values = {"l10n_mx_facture_usage_id": self.usage_id.id} if self.usage_id else {}
        return open_record(self.ticket_id._invoice_to(self.partner_id, **values))
