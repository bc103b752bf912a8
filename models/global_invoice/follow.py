from odoo import fields, models
from odoo.fields import Command

from ..common.states import STAMPED_STATES
from ..common.transactions import wake

FREEING = ("rejected", "cancelled")


class L10nMxFactureGlobal(models.Model):
    """What a change of its CFDI's state does to its tickets."""

    _inherit = "l10n_mx_facture.global"

    def _l10n_mx_facture_sending(self):
        # the row of each ticket is written: who stamps its invoice at this moment, or puts it into another global
        # invoice, has to begin again
        self._follow()

    def _follow(self):
        """Refused or cancelled, its tickets are free; else they are its own, unknown too."""
        for one in self.sudo():
            tickets = one.ticket_ids
            if one.document_id.state in FREEING:
                one._free(tickets)
                continue
            if one._is_live() and not tickets:
                one._take_back()
                tickets = one.ticket_ids
            tickets._update_state()

    def _l10n_mx_facture_receipts(self):
        """Credit notes of its tickets without an entry; those of Odoo's name it by a relation."""
        credits = self.sudo().ticket_ids.credit_ids.filtered(lambda one: one.state in STAMPED_STATES and one._is_live())
        return credits.document_id

    def _free(self, tickets):
        self.former_ticket_ids |= tickets
        substitute = self.search([("replaces_id", "in", self.document_ids.ids), ("state", "=", "draft")], limit=1)
        if substitute:
            for ticket in tickets - substitute.former_ticket_ids:
                names = {"new": substitute.name, "old": self.name}
                reason = self.env._("Left out when %(new)s took the place of %(old)s.", **names)
                ticket.write({"reason": reason, "by_hand": True})
            wake(self.env, "cron_global")
        tickets.write({"global_id": False, "refund_ids": [Command.clear()]})
        tickets._update_state()

    def _take_back(self):
        """A late answer: it was stamped after it had counted as refused. Its tickets may be elsewhere by now."""
        free = self.former_ticket_ids.filtered(lambda one: one.state in ("open", "left_out"))
        free.global_id = self
        free._take_refunds_again()
        if lost := self.former_ticket_ids - free:
            self.message_post(
                body=self.env._(
                    "It was stamped although the service had refused it. These tickets are in another CFDI by now, so "
                    "they are in two: %s. Cancel one of the two.",
                    ", ".join(lost.mapped("number")),
                )
            )


class AccountMove(models.Model):
    """What a change of a CFDI's state does to the ticket of its invoice, or of the invoice that it credits."""

    _inherit = "account.move"

    # fields, so that they are read once for all invoices of a call
    l10n_mx_facture_ticket_ids = fields.One2many(
        "l10n_mx_facture.ticket", "move_id", "Tickets", groups="base.group_system"
    )
    l10n_mx_facture_named_ticket_ids = fields.One2many(
        "l10n_mx_facture.ticket", "invoice_move_id", "Invoice to a name", groups="base.group_system"
    )

    def _l10n_mx_facture_sending(self):
        self._l10n_mx_facture_follow_tickets()

    def _l10n_mx_facture_follow_tickets(self):
        """Bring the tickets of these up to date, of which they are the invoice, a credit note or the named one."""
        moves = self.sudo()
        moves._l10n_mx_facture_pass_tickets_on()
        if tickets := moves._l10n_mx_facture_tickets():
            # an invoice with a CFDI of its own is in no draft of a global invoice
            drafted = tickets.filtered(lambda one: one.global_id and not one._live_global())
            tickets._update_state()
            drafted.filtered(lambda one: one.state == "invoiced").global_id = False
            # credited by a CFDI of its own, then
            own = tickets.filtered(lambda one: one.refund_ids and one.move_id._l10n_mx_facture_is_live())
            own.refund_ids = [Command.clear()]

    def _l10n_mx_facture_tickets(self):
        """:return: the tickets, as superuser"""
        moves = self.sudo()
        origins = moves | moves.reversed_entry_id | moves._l10n_mx_facture_same_sale()
        return origins.l10n_mx_facture_ticket_ids | origins.l10n_mx_facture_named_ticket_ids
