"""What each sale to the public, and each return, has in the books, and what valid CFDIs tell of it."""

from dataclasses import dataclass, replace
from decimal import Decimal

from odoo import models
from odoo.tools import SQL

from ..common.states import STAMPED_STATES, UNANSWERED_STATES
from ..common.taxes import booked

ZERO = Decimal()
GLOBAL, INVOICE, CREDIT_NOTE = "global", "invoice", "credit_note"


@dataclass(frozen=True, slots=True)
class Sale:
    """An invoice or credit note that is posted or has a valid CFDI, with its ticket. Amounts in the company's currency;
    those of a credit note are negative.

    :param booked: what the books have
    :param own: what its own CFDI says; None where it has no valid one
    :param in_global: what a stamped global invoice says of its ticket; None where it is in none
    :param returned: what credit notes without a CFDI take off its ticket, 0 or negative
    :param is_return: whether it is a credit note without a CFDI that a ticket takes off
    """

    move_id: int
    day: object
    branch_id: int | None
    move_type: str
    booked: Decimal
    own: Decimal | None
    own_state: str | None
    undoes: bool
    ticket_id: int | None
    ticket_state: str | None
    global_id: int | None
    global_state: str | None
    in_global: Decimal | None
    returned: Decimal
    is_return: bool

    def _really(self, moves, made):
        """:param moves, made: ids whose CFDI is a test, though the company stamps in production: it tells nothing
        :return: Sale
        """
        sale = replace(self, own=None, own_state=None) if self.move_id in moves else self
        return replace(sale, in_global=None, global_state=None) if sale.global_id in made else sale

    @property
    def of_cfdis(self):
        """What valid CFDIs have of it."""
        return (self.own or ZERO) + (self.in_global or ZERO)

    def amounts_by_document(self):
        """Yield pairs of GLOBAL, INVOICE or CREDIT_NOTE, and the amount in such a CFDI."""
        if self.in_global is not None:
            yield GLOBAL, self.in_global
        if self.own is not None:
            yield CREDIT_NOTE if self.move_type == "out_refund" else INVOICE, self.own

    def causes(self):
        """Yield pairs of a kind of cause and an amount; their sum is what CFDIs have less what is booked."""
        left = self.of_cfdis - self.booked
        if self.in_global is not None and self.own is not None:
            yield "twice", self.own
            left -= self.own
        if self.in_global is not None and self.returned:
            yield "returned", self.returned
            left -= self.returned
        if left:
            yield self._difference(), left

    def _difference(self):
        if self.of_cfdis:
            return "amounts" if self.booked else "not_booked"
        if self.own_state in UNANSWERED_STATES or self.global_state in UNANSWERED_STATES:
            return "unknown"
        if self.is_return or self.ticket_state == "invoiced" or (self.returned and self.returned == -self.booked):
            return "returned"
        if self.undoes or self.own_state == "cancelled":
            return "cancelled"
        return {"open": "open", "left_out": "left_out"}.get(self.ticket_state, "without")


class AccountMove(models.Model):
    _inherit = "account.move"

    def _l10n_mx_facture_sales(self, company, first, last):
        """:param first, last: dates, at the place of issue
        :return: list of :class:`Sale`: the company's posted invoices and credit notes of these days in journals whose
            sales go into global invoices, and in those of its tickets
        """
        self.env.flush_all()
        # compiling the query takes ten times as long as running it
        self.env.cr.execute("SET LOCAL jit = off")
        refunds = self.env["l10n_mx_facture.ticket"]._fields["refund_ids"]
        rows = self.env.execute_query(
            SQL(
                _SALES,
                stamped=STAMPED_STATES,
                rel=SQL.identifier(refunds.relation),
                ticket=SQL.identifier(refunds.column1),
                note=SQL.identifier(refunds.column2),
                company=company.id,
                # a branch (res.company) sells in its parent's journals, too
                companies=company.sudo().parent_ids.ids,
                first=first,
                last=last,
            )
        )
        sales = [Sale(*(booked(value) if isinstance(value, float) else value for value in row)) for row in rows]
        moves, made = {one.move_id for one in sales if one.own}, {one.global_id for one in sales if one.in_global}
        moves = set(self.sudo().browse(moves).filtered("l10n_mx_facture_test_only").ids)
        made = set(self.env["l10n_mx_facture.global"].sudo().browse(made).filtered("l10n_mx_facture_test_only").ids)
        return [one._really(moves, made) if moves or made else one for one in sales]


_SALES = """
    SELECT move.id,
           move.invoice_date,
           COALESCE(ticket.branch_id, move.l10n_mx_facture_branch_id),
           move.move_type,
           CASE WHEN move.state = 'posted' THEN move.amount_total_signed ELSE 0 END,
           CASE WHEN own.state IN %(stamped)s
                -- the CFDI's total is positive and in its currency
                THEN COALESCE(ROUND(own.total * move.amount_total_signed / NULLIF(move.amount_total, 0), 2), 0)
           END,
           own.state,
           move.l10n_mx_facture_undoes_id IS NOT NULL,
           ticket.id,
           ticket.state,
           global.id,
           global.state,
           CASE WHEN global.state IN %(stamped)s THEN ticket.amount_in_global END,
           COALESCE(taken.amount, 0),
           own.uuid IS NULL AND (
               EXISTS (SELECT FROM %(rel)s rel WHERE rel.%(note)s = move.id)
               OR sold.state IN ('open', 'left_out')
               OR (sold.state = 'invoiced' AND sold.global_id IS NULL)
           )
      FROM account_move move
 LEFT JOIN l10n_mx_facture_document own ON own.id = move.l10n_mx_facture_document_id
 LEFT JOIN l10n_mx_facture_ticket ticket ON ticket.move_id = move.id
 LEFT JOIN l10n_mx_facture_global global ON global.id = ticket.global_id
 LEFT JOIN l10n_mx_facture_ticket sold ON sold.move_id = move.reversed_entry_id
 LEFT JOIN LATERAL (
               SELECT SUM(note.amount_total_signed) AS amount
                 FROM %(rel)s rel
                 JOIN account_move note ON note.id = rel.%(note)s
                WHERE rel.%(ticket)s = ticket.id
           ) taken ON TRUE
     WHERE move.company_id = %(company)s
       AND (move.state = 'posted' OR own.state IN %(stamped)s)
       AND move.move_type IN ('out_invoice', 'out_refund')
       AND move.invoice_date BETWEEN %(first)s AND %(last)s
       AND move.journal_id IN (
               SELECT id FROM account_journal WHERE company_id = ANY(%(companies)s) AND l10n_mx_facture_to_global
                UNION
               SELECT tickets.journal_id
                 FROM l10n_mx_facture_ticket one
                 JOIN account_move tickets ON tickets.id = one.move_id
                WHERE one.company_id = %(company)s AND one.date BETWEEN %(first)s AND %(last)s
           )
  ORDER BY move.invoice_date, move.id
"""
