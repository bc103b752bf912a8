from odoo import models
from odoo.exceptions import UserError

from ...cfdi.errors import CfdiError
from ..common.access import check_group
from ..common.actions import open_dialog, open_record
from ..common.locks import serialize_on
from ..common.states import UNSENT_STATES
from ..send.confirm import CONFIRMED
from ..stamp.findings import BY_BUTTON


class L10nMxFactureTicket(models.Model):
    """The customer who wants an invoice later (SAT's guide, appendix 2, III): a credit note for what is left of the
    ticket, and an invoice of the same to the customer's name. ``_invoice_to(partner, **values)`` is the one entry.

    Both are posted and queued in one transaction: after a crash the queue goes on, and what turns out not to have been
    stamped is queued again (``_queue_lost`` in :mod:`.nightly`). The credit note of a ticket that another module has
    brought has no entry.
    """

    _inherit = "l10n_mx_facture.ticket"

    def action_invoice_to_name(self):
        """Ask for the customer."""
        self.ensure_one()
        check_group(self.env, "stamp")
        self.check_access("read")
        self._check_may_be_named()
        return open_dialog(self.env["l10n_mx_facture.ticket.name"], self.env._("Invoice to a name"), ticket_id=self.id)

    def _check_may_be_named(self):
        """:raise UserError: it can't be invoiced to a name now"""
        ticket = self.sudo()
        names = {"ticket": ticket.number}
        if invoice := ticket._named_invoice():
            names["invoice"] = invoice.name
            raise UserError(self.env._("The ticket %(ticket)s is invoiced already: %(invoice)s.", **names))
        if ticket._own_invoice():
            raise UserError(self.env._("%(ticket)s has a CFDI of its own: substitute that.", **names))
        self._check_answered()
        if ticket._global_is_leaving():
            raise UserError(
                self.env._(
                    "The cancellation of %(name)s with the ticket %(ticket)s was requested: wait for SAT's answer, and "
                    "invoice it to a name then.",
                    name=ticket.global_id.name,
                    **names,
                )
            )
        if ticket._live_global() and (waiting := ticket._waiting_credits()):
            names["note"] = waiting[0].name
            raise UserError(
                self.env._(
                    "The credit note %(note)s of the ticket %(ticket)s has no CFDI yet: stamp it first, so that it is "
                    "known what is left.",
                    **names,
                )
            )
        try:
            nothing = not self._left_in_books()
        except CfdiError as error:
            raise UserError(self._error_text(error)) from error
        if nothing:
            text = self.env._("The ticket %(ticket)s was returned as a whole: nothing is left of it.", **names)
            raise UserError(text)

    def _global_is_leaving(self):
        """:return: whether its global invoice may be cancelled any moment: a credit note would name one that is gone"""
        document = self.sudo()._live_global().document_id
        return document.state == "cancel_requested" or bool(document.cancel_order)

    def _left_in_books(self):
        """:return: total of what is left of it"""
        sold = self.sudo().move_id
        if not sold:
            return self._left().total
        returned = sum(sold._l10n_mx_facture_returns().mapped("amount_total"))
        return self.currency_id.round(sold.amount_total - returned)

    def _waiting_credits(self):
        """:return: list of its credit notes, of both kinds, that need a CFDI and have none yet"""
        notes = self.move_id._l10n_mx_facture_returns() - self.refund_ids
        return [
            *notes.filtered(lambda note: not note._l10n_mx_facture_is_live()),
            *self.credit_ids.filtered(lambda credit: credit.state in UNSENT_STATES),
        ]

    def _invoice_to(self, partner, **values):
        """Credit what is left of the ticket and invoice it to a name. Nothing is posted before both checks hold.

        :param partner: the customer, with RFC, regime and postal code
        :param values: of the invoice: usage, payment form
        :return: the invoice
        :raise UserError: what SAT would refuse
        """
        self.ensure_one()
        check_group(self.env, "stamp")
        # two who press at once: the second one begins again and is refused
        serialize_on(self.sudo())
        self._check_may_be_named()
        invoice = self._named_draft(partner, values)
        problems, _warnings = invoice._l10n_mx_facture_judge()
        if problems:
            raise UserError("\n".join(problem.text for problem in problems))
        note = self._credit_note(invoice)
        # queued below, whatever the company does at Confirm
        (note | invoice).with_context(**{CONFIRMED: False, BY_BUTTON: False})._post(soft=False)
        credit = self.env["l10n_mx_facture.ticket.credit"]
        if self.move_id:
            self._settle(self.move_id, note, invoice)
        elif self.sudo()._live_global():
            credit = self._create_credit()
        self.sudo().write({"credit_move_id": note.id, "invoice_move_id": invoice.id})
        in_global = bool(self.sudo()._live_global())
        self._check_credit(credit or note if in_global else credit)
        self._invoiced(invoice)
        self.sudo()._read_books()
        for todo in (credit, note | invoice if in_global else invoice):
            waiting = todo.filtered(lambda one: not one.l10n_mx_facture_document_id.date_queued)
            if waiting:
                self.env["l10n_mx_facture.run"]._start(waiting, {})
        return invoice

    def _credit_note(self, invoice):
        """:return: the credit note of what is left of the ticket's invoice, a draft; none of another module's ticket"""
        sold = self.move_id
        if not sold:
            return sold
        returns = sold._l10n_mx_facture_returns()
        vals = {"ref": self.number, "invoice_date": invoice.invoice_date}
        if self.payment_form_id:
            # nothing is waived, whether the ticket was paid in these books or not
            vals["l10n_mx_facture_payment_form_id"] = self.payment_form_id.id
        note = sold._reverse_moves([vals])
        note._l10n_mx_facture_take_off(sold, returns)
        if self.currency_id.compare_amounts(note.amount_total, invoice.amount_total):
            raise UserError(
                self.env._(
                    "The credit note would come to %(credited)s and the invoice to %(invoiced)s: credit and invoice "
                    "the ticket %(ticket)s by hand.",
                    credited=note.amount_total,
                    invoiced=invoice.amount_total,
                    ticket=self.number,
                )
            )
        return note

    def _check_credit(self, credit):
        """:raise UserError: SAT would refuse the credit note; nothing is posted then"""
        problems = credit._l10n_mx_facture_judge()[0] if credit else []
        if problems:
            raise UserError("\n".join(problem.text for problem in problems))

    def _invoiced(self, invoice):
        """Called when the invoice to a name is posted. Extend it where your module has brought the ticket, and booked
        its sale: take the sale out of your books, as the invoice has it in them now.
        """

    def _settle(self, sold, note, invoice):
        """The credit note settles the ticket, and what had paid that pays the invoice."""
        lines, returned, named = (self._receivables(one) for one in (sold, note, invoice))
        settled = lines.matched_credit_ids.credit_move_id
        earlier = settled.filtered(lambda line: line.move_id in sold.reversal_move_ids)
        lines.remove_move_reconcile()
        # what a payment has beyond the invoice stays on the ticket: it was given back with an earlier credit note
        for group in (lines | earlier | returned, settled - earlier | named, settled - earlier | lines):
            left = group.filtered(lambda line: not line.reconciled)
            # an account of its own for the customer: a person settles it
            if len(left.account_id) == 1 and {line.balance > 0 for line in left} == {True, False}:
                left.reconcile()

    def _receivables(self, move):
        return move.line_ids.filtered(lambda line: line.account_type == "asset_receivable")

    def action_open_invoice(self):
        """Open the invoice to a name."""
        self.ensure_one()
        if not self.invoice_move_id:
            raise UserError(self.env._("The ticket %s was not invoiced to a name.", self.number))
        return open_record(self.invoice_move_id)
