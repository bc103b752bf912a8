from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from odoo import models
from odoo.exceptions import UserError

from ..common.states import LIVE_STATES, STAMPED_STATES, UNANSWERED_STATES

# an invoice can be fetched, and a refused one corrected, so many days after it was made, whatever the deadline
AFTER = timedelta(days=30)
# what the page offers
FORM_SHOWN, CORRECTION, WAITING, DONE = "form", "correction", "waiting", "done"
# the customer has to ask the shop
LATE, IN_GLOBAL, RETURNED, ASK = "late", "in_global", "returned", "ask"
# a global invoice with it is being sent
LATER = "later"


class L10nMxFactureTicket(models.Model):
    """What the page offers for a ticket, by the facts at this moment. Called as superuser."""

    _inherit = "l10n_mx_facture.ticket"

    def _page_state(self):
        """:return: one of the constants of this file"""
        self.ensure_one()
        if invoice := self._page_invoice():
            return self._page_state_of(invoice)
        if self._page_today() > self._page_deadline():
            return LATE
        if self.state == "credited":
            return RETURNED
        if self.global_id.document_id.state in UNANSWERED_STATES or self._global_is_leaving():
            return LATER
        if self.state == "global" and self.company_id.l10n_mx_facture_self_in_global == "ask":
            return IN_GLOBAL
        if self.state == "left_out" or not self._may_be_named():
            return ASK
        return FORM_SHOWN

    def _page_invoice(self):
        """:return: the invoice that has, or will have, the CFDI of this sale alone; empty: there is none"""
        has_own = self.move_id.l10n_mx_facture_document_id.state in LIVE_STATES
        return self._named_invoice() or (self.move_id if has_own else self._own_invoice())

    def _page_state_of(self, invoice):
        document = invoice.l10n_mx_facture_document_id
        if self._page_today() > max(self._page_deadline(), (invoice.invoice_date or self.date) + AFTER):
            return LATE
        if document.state in STAMPED_STATES:
            return DONE
        if document.date_queued or document.state in UNANSWERED_STATES:
            return WAITING
        return CORRECTION if self._page_refusal() else ASK

    def _page_refusal(self):
        """:return: dict from a name in the form to what SAT refused of it, where the customer can correct it; else
            empty
        """
        partner, document = self._page_own_contact(), self.invoice_move_id.l10n_mx_facture_document_id
        if document.state != "rejected" or not partner:
            return {}
        name, text = partner._l10n_mx_facture_form_error(document._refusal_problem())
        return {name: text} if name else {}

    def _may_be_named(self):
        try:
            self._check_may_be_named()
        except UserError:
            return False
        return True

    def _page_today(self):
        """:return: the date at the place of issue"""
        return datetime.now(ZoneInfo(self.branch_id.tz or "America/Mexico_City")).date()

    def _is_printed(self):
        """:return: whether link and code are printed on it"""
        return self.company_id.l10n_mx_facture_self_invoicing and self._page_state() in (FORM_SHOWN, LATER)


class AccountMove(models.Model):
    _inherit = "account.move"

    def _l10n_mx_facture_page_ticket(self):
        """:return: the ticket, as superuser, whose link is printed on this invoice; empty: nothing is printed"""
        self.ensure_one()
        tickets = self.env["l10n_mx_facture.ticket"].sudo()
        if self.move_type != "out_invoice" or not self.company_id.l10n_mx_facture_self_invoicing:
            return tickets
        return tickets.search([("move_id", "=", self.id)]).filtered(lambda ticket: ticket._is_printed())
