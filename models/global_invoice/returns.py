from dataclasses import replace

from odoo import models

from ...cfdi.amounts.totals import totals_of_lines
from ...cfdi.errors import CfdiError
from ...cfdi.global_invoice.line import CENTS, RETURN, concepto_of, within_limits
from ...cfdi.names import GENERAL_PUBLIC
from ..common.access import is_of_group
from ..common.problem import Problem

RETURNS = "G02"


class AccountMove(models.Model):
    """A credit note of a ticket that is in a global invoice: E with relation 01 to the global invoice (SAT's guide,
    appendix 2, I and III), one line with the ticket's number, never more than the rest of the ticket.
    """

    _inherit = "account.move"

    def _l10n_mx_facture_global_of_return(self):
        """:return: the live global invoice, as superuser, that has the ticket which this credit note returns"""
        ticket = self._l10n_mx_facture_returned_ticket()
        found = ticket.global_id.filtered(lambda one: one._is_live() and self not in ticket.refund_ids)
        return found

    def _l10n_mx_facture_one_call(self):
        """Each credit note of a ticket is of what the one before has left of it. What takes the ticket's place comes
        after them.
        """
        first, later = set(), self.browse()
        notes = self.filtered(lambda move: move.move_type == "out_refund")
        for note in notes:
            ticket = note._l10n_mx_facture_returned_ticket()
            later |= note if ticket in first else later.browse()
            first.add(ticket or note)
        return self - later - self.filtered(lambda move: move.l10n_mx_facture_reissues_id & notes.reversed_entry_id)

    def _l10n_mx_facture_queue_returns(self):
        """After posting: where global invoices are stamped by themselves, so are the credit notes of their tickets."""
        waiting = self.filtered(
            lambda note: note.move_type == "out_refund"
            and note.company_id.l10n_mx_facture_global_auto
            and not note.l10n_mx_facture_state
            and note._l10n_mx_facture_global_of_return()
        )
        if waiting and is_of_group(self.env, "stamp"):
            self.env["l10n_mx_facture.run"]._start(waiting, {})

    def _l10n_mx_facture_credited(self):
        global_invoice = self._l10n_mx_facture_global_of_return()
        if not global_invoice:
            return self.reversed_entry_id
        usage = self._l10n_mx_facture_usage(RETURNS)
        if usage and self.l10n_mx_facture_usage_id != usage and not self._l10n_mx_facture_is_live():
            self.l10n_mx_facture_usage_id = usage
        return global_invoice

    def _l10n_mx_facture_receptor(self, receptor):
        # as that of the global invoice, whatever the contact for sales to the public is called
        if self._l10n_mx_facture_global_of_return():
            return replace(receptor, nombre=GENERAL_PUBLIC)
        return super()._l10n_mx_facture_receptor(receptor)

    def _l10n_mx_facture_condensed(self, fit, problems):
        global_invoice = self._l10n_mx_facture_global_of_return()
        if not global_invoice:
            return fit
        ticket, rest = self._l10n_mx_facture_returned_ticket(), None
        try:
            rest = ticket._rest(but=self)
            returned = within_limits(ticket._ticket_of(self)).snapped_to(rest)
            rest.less(returned)
            # what several parts have left of a tax may lie a cent off its rate
            returned = within_limits(returned)
        except CfdiError as error:
            text = self.env._(
                "Of the ticket %(ticket)s (%(total)s in %(name)s) more would be returned than is left of it "
                "(%(left)s): %(error)s Where the taxes of the parts were rounded to a cent too much, edit the tax of "
                "the credit note.",
                ticket=ticket.number,
                total=ticket.amount_in_global,
                name=global_invoice.name,
                left=f"{rest.net} + {rest.tax}" if rest else "-",
                error=ticket._error_text(error),
            )
            problems.append(Problem(text, self, field="invoice_line_ids"))
            return fit
        line = concepto_of(returned, RETURN)
        return replace(fit, conceptos=(line,), totals=totals_of_lines((line,), CENTS))
