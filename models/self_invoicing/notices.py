import logging

from odoo import fields, models

from ..common.access import users_of
from ..common.languages import in_company_language
from ..common.states import STAMPED_STATES

_logger = logging.getLogger(__name__)
TO_CORRECT = "l10n_mx_facture.mail_activity_to_correct"


class L10nMxFactureTicket(models.Model):
    """The shop is told of what customers could not do: OdooBot, who did it for them, reads nothing."""

    _inherit = "l10n_mx_facture.ticket"

    # each refusal is told once
    told_document_id = fields.Many2one("l10n_mx_facture.document", readonly=True, groups="base.group_system")

    def _tell_shop(self, move, text):
        """:param move: the invoice that gets an activity, unless one is open; empty: of another module's ticket"""
        ticket, kind = in_company_language(self), self.env.ref(TO_CORRECT)
        _logger.info("The ticket %s can't be invoiced by the customer: %s", self.number, text)
        if not move or move.activity_ids.filtered(lambda one: one.activity_type_id == kind):
            return
        users = [user for user in move._l10n_mx_facture_responsibles() if user.active and user._is_internal()]
        summary = ticket.env._("A customer could not invoice the ticket %s", self.number)
        user = users[0] if users else self._users_to_tell()[:1]
        move.activity_schedule(TO_CORRECT, summary=summary, note=text, user_id=user.id)

    def _users_to_tell(self):
        return users_of(self.env, "stamp", self.company_id)

    def _tell_refusals(self):
        """Of invoices that customers have made: what SAT has refused, and what was stamped since."""
        made = [("by_customer", "=", True), ("invoice_move_id.state", "=", "posted")]
        waiting = ("invoice_move_id.l10n_mx_facture_document_id.state", "in", ("draft", "rejected"))
        for ticket in self.sudo().search([*made, "|", ("told_document_id", "!=", False), waiting]):
            document = ticket.invoice_move_id.l10n_mx_facture_document_id
            if document.state in STAMPED_STATES and ticket.told_document_id:
                ticket.told_document_id = False
                ticket.invoice_move_id.activity_unlink([TO_CORRECT])
            elif document != ticket.told_document_id and document._waits_for_person():
                ticket.told_document_id = document
                text = in_company_language(document)._refusal_problem().text
                ticket._tell_shop(ticket.invoice_move_id, text)


class L10nMxFactureDocument(models.Model):
    _inherit = "l10n_mx_facture.document"

    def _waits_for_person(self):
        """:return: whether it waits for a person: the service has refused it, or it was not sent"""
        return self.state == "rejected" or (self.state == "draft" and not self.date_queued and bool(self.message_text))
