from odoo import fields, models
from odoo.exceptions import RedirectWarning, UserError

from ..common.actions import open_record
from ..common.problem import Problem


class AccountMoveReversal(models.TransientModel):
    """Odoo's *Reverse and Create Invoice* on a ticket's invoice."""

    _inherit = "account.move.reversal"

    def reverse_moves(self, is_modify=False):
        if is_modify:
            self.move_ids._l10n_mx_facture_check_may_be_reissued()
        return super().reverse_moves(is_modify=is_modify)

    def _modify_default_reverse_values(self, origin_move):
        values = super()._modify_default_reverse_values(origin_move)
        if origin_move.sudo().l10n_mx_facture_ticket_ids:
            values |= {"l10n_mx_facture_reissues_id": origin_move.id}
        return values


class AccountMove(models.Model):
    """What takes the place of a ticket's invoice that was reversed as a whole. To a name, it is the ticket's invoice.
    To the public, it is another ticket.
    """

    _inherit = "account.move"

    l10n_mx_facture_reissues_id = fields.Many2one(
        "account.move",
        "In place of the ticket",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="The invoice of a ticket that was reversed when this one was made.",
    )

    def _l10n_mx_facture_check_may_be_reissued(self):
        """:raise UserError: a ticket's invoice would be reversed as a whole, of which less is left"""
        for move in self.filtered(lambda one: one.l10n_mx_facture_by_ticket and not one._l10n_mx_facture_is_live()):
            ticket, returns = move.sudo().l10n_mx_facture_ticket_ids, move._l10n_mx_facture_returns()
            names = {"ticket": ticket.number}
            if ticket.invoice_move_id:
                names["invoice"] = ticket.invoice_move_id.name
                raise UserError(self.env._("The ticket %(ticket)s is invoiced already: %(invoice)s.", **names))
            if ticket and not ticket._left_in_books():
                text = self.env._("The ticket %(ticket)s was returned as a whole: nothing is left of it.", **names)
                raise UserError(text)
            if ticket and returns:
                text = self.env._(
                    "%(note)s has returned a part of the ticket %(ticket)s, and Odoo would credit all of it once more. "
                    "Press Invoice to a name on the ticket: that credits and invoices what is left.",
                    note=returns[0].name,
                    **names,
                )
                raise RedirectWarning(text, open_record(ticket), self.env._("Open the ticket"))

    def _l10n_mx_facture_link_reissued(self):
        """After posting: of these, or of what takes the place of what they return."""
        moves = self.sudo().filtered("l10n_mx_facture_reissues_id")
        if returned := self.sudo().reversed_entry_id.filtered("l10n_mx_facture_ticket_ids"):
            moves |= moves.search([("l10n_mx_facture_reissues_id", "in", returned.ids), ("state", "=", "posted")])
        for move in moves:
            sold = move.l10n_mx_facture_reissues_id
            ticket = sold.l10n_mx_facture_ticket_ids
            if move._l10n_mx_facture_is_sale_to_public():
                ticket.filtered(lambda one, move=move: one.invoice_move_id == move).invoice_move_id = False
            elif ticket and not ticket.invoice_move_id and not ticket._left_in_books():
                note = sold._l10n_mx_facture_returns().sorted("id")[-1:]
                ticket.write({"credit_move_id": note.id, "invoice_move_id": move.id})
                # before its global invoice, what was returned is taken off it
                ticket._read_books()

    def _l10n_mx_facture_reissue_problems(self):
        """:return: why it waits: the credit note of the ticket in whose place it was made comes first"""
        ticket = self.sudo().l10n_mx_facture_reissues_id.l10n_mx_facture_ticket_ids
        told = ticket._live_global()
        if not told:
            return []
        names = {"ticket": ticket.number, "name": told.name}
        if owner := ticket._unanswered():
            return [Problem(ticket._unanswered_text(owner), owner.sudo(False))]
        if ticket.state != "global":
            return []
        if waiting := ticket._waiting_credits():
            text = self.env._(
                "It takes the place of the ticket %(ticket)s, which is in %(name)s: stamp the credit note %(note)s "
                "first, so that the sale never has two CFDIs.",
                note=waiting[0].name,
                **names,
            )
            return [Problem(text, waiting[0].sudo(False))]
        text = self.env._(
            "It takes the place of the ticket %(ticket)s, which is in %(name)s and was not credited: add a credit note "
            "to its invoice and stamp that first, so that the sale never has two CFDIs.",
            **names,
        )
        return [Problem(text, ticket.move_id.sudo(False))]

    def _l10n_mx_facture_reissue_alerts(self):
        """:return: dict of alerts: what it waits for, or what it takes the place of"""
        return {
            f"l10n_mx_facture_reissue_{number}": problem.alert(self.env, shown_on=self)
            for number, problem in enumerate(self._l10n_mx_facture_reissue_problems())
        }
