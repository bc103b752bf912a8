from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ..common.problem import Problem

# those that were returned as a whole too
RETURNED = ["&", ("state", "=", "left_out"), ("amount_in_global", "=", 0)]
TOLD = ["|", ("state", "in", ("open", "global", "credited", "invoiced")), *RETURNED]
WAITING = ["|", ("state", "=", "open"), *RETURNED]


class AccountMove(models.Model):
    """What an invoice refuses while it is a ticket in a global invoice that is, or may be, valid."""

    _inherit = "account.move"

    l10n_mx_facture_by_ticket = fields.Boolean(
        "Told by a ticket",
        compute="_compute_l10n_mx_facture_by_ticket",
        search="_search_l10n_mx_facture_by_ticket",
        help="It is a ticket that is or will be in a global invoice, or was invoiced to a name, or what is returned of "
        "one: it needs no CFDI.",
    )

    def _compute_l10n_mx_facture_by_ticket(self):
        told = self.sudo().search([("id", "in", self.ids), ("l10n_mx_facture_by_ticket", "=", True)]).sudo(False)
        for move in self:
            move.l10n_mx_facture_by_ticket = move._origin in told

    @api.model
    def _search_l10n_mx_facture_by_ticket(self, operator, value):
        if operator != "in":
            return NotImplemented
        tickets = self.env["l10n_mx_facture.ticket"].sudo()
        told = tickets._search([("move_id", "!=", False), *TOLD]).subselect("move_id")
        # what is returned before the global invoice is taken off the ticket
        waiting = tickets._search([("move_id", "!=", False), *WAITING]).subselect("move_id")
        refunds = tickets._fields["refund_ids"]
        notes = SQL("(SELECT %s FROM %s)", SQL.identifier(refunds.column2), SQL.identifier(refunds.relation))
        lowers = Domain("id", "in", notes)
        lowers |= Domain("move_type", "=", "out_refund") & Domain("reversed_entry_id", "in", waiting)
        found = Domain("id", "in", told) | lowers & Domain("l10n_mx_facture_document_id", "=", False)
        return found if True in value else ~found

    def _l10n_mx_facture_ticket_problems(self):
        """:return: why it isn't stamped by itself: its sale is told by a global invoice"""
        self.ensure_one()
        if not self.ids:
            return []
        tickets = self.env["l10n_mx_facture.ticket"].sudo()
        ticket = tickets.search([("move_id", "=", self.id)])
        if ticket._live_global():
            text = self.env._(
                "It is a ticket in the global invoice %s, which is or may be valid: its sale would have two CFDIs. For "
                "an invoice to a name press Invoice to a name on the ticket.",
                ticket.global_id.name,
            )
            return [Problem(text, ticket.global_id.sudo(False))]
        return (
            self._l10n_mx_facture_named_problems(ticket)
            or self._l10n_mx_facture_return_problems()
            or self._l10n_mx_facture_reissue_problems()
        )

    def _l10n_mx_facture_named_problems(self, ticket):
        """:param ticket: of this invoice, or of the one that it returns
        :return: why it needs no CFDI: the sale has that of the invoice to a name, and no other
        """
        named = ticket.invoice_move_id
        if ticket.state != "invoiced" or not named or ticket._live_global():
            return []
        if ticket.move_id and ticket.move_id._l10n_mx_facture_is_live():
            return []
        text = self.env._(
            "The sale of the ticket %(ticket)s has its CFDI, that of %(invoice)s, so this one needs none.",
            ticket=ticket.number,
            invoice=named.name,
        )
        return [Problem(text, named.sudo(False))]

    def _l10n_mx_facture_ticket_alerts(self):
        """:return: dict of alerts: what tells the sale, if it is a ticket"""
        if self.move_type != "out_invoice" or self.state != "posted" or self._l10n_mx_facture_is_live():
            return {}
        ticket = self.env["l10n_mx_facture.ticket"].sudo().search([("move_id", "=", self._origin.id)])
        if not ticket:
            return self._l10n_mx_facture_reissue_alerts()
        if ticket.state in ("global", "credited"):
            text = self.env._("It is a ticket in the global invoice %s.", ticket.global_id.name)
        elif ticket.state == "left_out":
            text = self.env._("It is left out of global invoices: %s", ticket.reason)
        else:
            text = self.env._("It is a ticket: it goes into the global invoice of its period.")
        record = (ticket.global_id or ticket).sudo(False)
        return {"l10n_mx_facture_ticket": {**Problem(text, record).alert(self.env, shown_on=self), "level": "info"}}

    def _l10n_mx_facture_is_ticket(self):
        state = self.sudo().l10n_mx_facture_ticket_ids.state
        return state in ("open", "global", "credited") or bool(self._l10n_mx_facture_return_problems())

    def _l10n_mx_facture_return_problems(self):
        """:return: of a credit note of a ticket: why it needs no CFDI"""
        ticket = self._l10n_mx_facture_returned_ticket()
        whole = ticket and ticket.currency_id.is_zero(ticket.amount_in_global)
        if not ticket or (ticket.state == "left_out" and not whole):
            return []
        if self in ticket.refund_ids and ticket._live_global():
            text = self.env._(
                "It lowers the ticket %(ticket)s in the global invoice %(name)s, so it needs no CFDI.",
                ticket=ticket.number,
                name=ticket.global_id.name,
            )
            return [Problem(text, ticket.global_id.sudo(False))]
        if ticket.state in ("open", "left_out"):
            text = self.env._(
                "It lowers the ticket %s, which is in no global invoice yet: there it is taken off, and it needs no "
                "CFDI.",
                ticket.number,
            )
            return [Problem(text, self)]
        return self._l10n_mx_facture_named_problems(ticket)

    def _l10n_mx_facture_returned_ticket(self):
        """:return: the ticket, as superuser, of the invoice that this credit note returns"""
        tickets = self.env["l10n_mx_facture.ticket"].sudo()
        if self.move_type != "out_refund" or not self.reversed_entry_id:
            return tickets
        return tickets.search([("move_id", "=", self.reversed_entry_id.id)])

    def _l10n_mx_facture_check_ticket_free(self):
        """:raise UserError: one of these is told by a global invoice that is, or may be, valid"""
        if not self.ids:
            return
        told = self.env["l10n_mx_facture.ticket"].sudo().search(
            [
                ("state", "in", ("global", "credited", "invoiced")),
                ("global_id", "!=", False),
                "|",
                ("move_id", "in", self.ids),
                ("refund_ids", "in", self.ids),
            ]
        ).filtered(lambda ticket: ticket._live_global())
        if told:
            raise UserError(
                self.env._(
                    "The ticket %(ticket)s is in the global invoice %(name)s, which is or may be valid. Credit the "
                    "invoice instead: the credit note names the global invoice.",
                    ticket=told[0].number,
                    name=told[0].global_id.name,
                )
            )

    def _l10n_mx_facture_drop_tickets(self):
        """An invoice that is no longer posted is no ticket; posted again it becomes one again."""
        if self.ids:
            self.env["l10n_mx_facture.ticket"].sudo().search([("move_id", "in", self.ids)]).unlink()
