from odoo import models
from odoo.exceptions import UserError

from ..common.access import check_group
from ..common.actions import open_dialog, open_record
from ..common.locks import serialize_on
from ..common.states import UNANSWERED_STATES


class L10nMxFactureTicket(models.Model):
    """The customer who wants an invoice later (SAT's guide, appendix 2, III): a credit note for the ticket, and an
    invoice to the customer's name. Both are posted and queued in one transaction: after a crash the queue goes on.
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
        if not ticket.move_id:
            raise UserError(self.env._("The ticket %(ticket)s has no invoice in Odoo: use the point of sale.", **names))
        if ticket.invoice_move_id:
            names["invoice"] = ticket.invoice_move_id.name
            raise UserError(self.env._("The ticket %(ticket)s is invoiced already: %(invoice)s.", **names))
        if ticket.move_id._l10n_mx_facture_is_live():
            raise UserError(self.env._("%(ticket)s has a CFDI of its own: substitute that.", **names))
        if ticket.global_id.document_id.state in UNANSWERED_STATES:
            names["name"] = ticket.global_id.name
            raise UserError(
                self.env._(
                    "It is not known whether %(name)s with the ticket %(ticket)s was stamped: resolve that first.",
                    **names,
                )
            )
        if ticket.move_id.reversal_move_ids.filtered(lambda note: note.state == "posted"):
            raise UserError(
                self.env._(
                    "A part of the ticket %(ticket)s was returned: credit the rest and invoice it by hand.", **names
                )
            )

    def _invoice_to(self, partner, **values):
        """Credit the ticket and invoice it to a name. Nothing is posted before the invoice's check holds.

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
        move = self.move_id
        # it was sold, and paid, as it is on the ticket
        same = {"ref": self.number, "invoice_payment_term_id": False, "l10n_mx_facture_payment_policy": "PUE"}
        invoice = move.copy({"partner_id": partner.id, **same, **values})
        if self.currency_id.compare_amounts(invoice.amount_total, self.amount_total):
            raise UserError(self.env._("The invoice would have another total than the ticket %s.", self.number))
        problems, _warnings = invoice._l10n_mx_facture_judge()
        if problems:
            raise UserError("\n".join(problem.text for problem in problems))
        note = move._reverse_moves([{"ref": self.number, "invoice_date": invoice.invoice_date}])
        (note | invoice).with_context(l10n_mx_facture_confirmed=False).action_post()
        self.sudo().write({"credit_move_id": note.id, "invoice_move_id": invoice.id})
        self._settle(move, note, invoice)
        todo = note | invoice if self.sudo().global_id._is_live_global() else invoice
        self.sudo()._read_books()
        self.env["l10n_mx_facture.run"]._start(todo, {})
        return invoice

    def _settle(self, move, note, invoice):
        """The credit note settles the ticket, and what had paid that pays the invoice."""
        sold, returned, named = (self._receivables(one) for one in (move, note, invoice))
        paying = sold.matched_credit_ids.credit_move_id
        sold.remove_move_reconcile()
        for lines in (sold | returned, paying | named):
            # an account of its own for the customer: a person settles it
            if len(lines) > 1 and len(lines.account_id) == 1:
                lines.filtered(lambda line: not line.reconciled).reconcile()

    def _receivables(self, move):
        return move.line_ids.filtered(lambda line: line.account_type == "asset_receivable")

    def action_open_invoice(self):
        """Open the invoice to a name."""
        self.ensure_one()
        if not self.invoice_move_id:
            raise UserError(self.env._("The ticket %s was not invoiced to a name.", self.number))
        return open_record(self.invoice_move_id)
