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
        "Covered by a ticket",
        compute="_compute_l10n_mx_facture_by_ticket",
        search="_search_l10n_mx_facture_by_ticket",
        help="It is a ticket that is or will be in a global invoice, or was invoiced to a name, or what is returned of "
        "one: it needs no CFDI.",
    )

    def _compute_l10n_mx_facture_by_ticket(self):
        found = self.sudo().search([("id", "in", self.ids), ("l10n_mx_facture_by_ticket", "=", True)]).sudo(False)
        for move in self:
            move.l10n_mx_facture_by_ticket = move._origin in found

    @api.model
    def _search_l10n_mx_facture_by_ticket(self, operator, value):
        if operator != "in":
            return NotImplemented
        tickets = self.env["l10n_mx_facture.ticket"].sudo()
        sold = tickets._search([("move_id", "!=", False), *TOLD]).subselect("move_id")
        # what is returned before the global invoice is taken off the ticket
        waiting = tickets._search([("move_id", "!=", False), *WAITING]).subselect("move_id")
        refunds = tickets._fields["refund_ids"]
        notes = SQL("(SELECT %s FROM %s)", SQL.identifier(refunds.column2), SQL.identifier(refunds.relation))
        lowers = Domain("id", "in", notes)
        lowers |= Domain("move_type", "=", "out_refund") & Domain("reversed_entry_id", "in", waiting)
        found = Domain("id", "in", sold) | lowers & Domain("l10n_mx_facture_document_id", "=", False)
        return found if True in value else ~found

    def _l10n_mx_facture_ticket_problems(self):
        """:return: why it isn't stamped by itself: its sale is in a global invoice"""
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
            self._l10n_mx_facture_uncredited_problems()
            or self._l10n_mx_facture_named_problems(ticket)
            or self._l10n_mx_facture_return_problems()
            or self._l10n_mx_facture_reissue_problems()
        )

    def _l10n_mx_facture_uncredited_problems(self):
        """:return: of a ticket's invoice to a name: why its sale would have two CFDIs"""
        # of one that it substitutes, too
        sold = self.sudo() | self._l10n_mx_facture_same_sale()
        tickets = sold.l10n_mx_facture_named_ticket_ids
        told = tickets.filtered(lambda one: one._live_global() and one.credit_move_id.state in ("draft", "cancel"))
        if not told:
            return []
        text = self.env._(
            "The ticket %(ticket)s is in the global invoice %(name)s, and its credit note %(note)s is not posted: post "
            "that first.",
            ticket=told[0].number,
            name=told[0].global_id.name,
            note=told[0].credit_move_id.display_name,
        )
        return [Problem(text, told[0].credit_move_id.sudo(False))]

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
        """:raise UserError: one of these is in a global invoice that is, or may be, valid"""
        if not self.ids:
            return
        tickets = self.env["l10n_mx_facture.ticket"].sudo().search(
            [
                ("state", "in", ("global", "credited", "invoiced")),
                ("global_id", "!=", False),
                "|",
                ("move_id", "in", self.ids),
                ("refund_ids", "in", self.ids),
            ]
        ).filtered(lambda ticket: ticket._live_global())
        if tickets:
            raise UserError(
                self.env._(
                    "The ticket %(ticket)s is in the global invoice %(name)s, which is or may be valid. Credit the "
                    "invoice instead: the credit note names the global invoice.",
                    ticket=tickets[0].number,
                    name=tickets[0].global_id.name,
                )
            )

    def _l10n_mx_facture_check_credits_named(self):
        """:raise UserError: one of these takes a ticket out of its global invoice, as it is invoiced to a name"""
        credited = self.env["l10n_mx_facture.ticket"].sudo().search([("credit_move_id", "in", self.ids)])
        for ticket in credited.filtered(lambda one: one._live_global()):
            invoice = ticket.invoice_move_id
            if ticket.credit_move_id.l10n_mx_facture_state == "cancelled":
                continue
            if invoice._l10n_mx_facture_is_live() or invoice.l10n_mx_facture_document_id.date_queued:
                raise UserError(
                    self.env._(
                        "%(note)s credits the ticket %(ticket)s, which is invoiced to a name: cancel %(invoice)s "
                        "first.",
                        note=ticket.credit_move_id.name,
                        ticket=ticket.number,
                        invoice=invoice.name,
                    )
                )

    def _l10n_mx_facture_drop_tickets(self):
        """An invoice that is no longer posted is no ticket; posted again it becomes one again. A credit note that is no
        longer posted returns nothing: a ticket that was returned as a whole may be sold again.
        """
        if not self.ids:
            return
        tickets = self.env["l10n_mx_facture.ticket"].sudo()
        tickets.search([("move_id", "in", self.ids)]).unlink()
        returned = self.reversed_entry_id.ids
        if returned:
            tickets.search([("move_id", "in", returned), ("state", "=", "left_out")])._read_books()
