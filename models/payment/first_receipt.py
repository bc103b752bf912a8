from decimal import Decimal

from odoo import fields, models

from ..common.taxes import booked

FIRST = {"l10n_mx_facture_first_installment", "l10n_mx_facture_first_balance"}


class AccountMove(models.Model):
    """An invoice of another system: what was receipted before is not in these books."""

    _inherit = "account.move"

    l10n_mx_facture_adopted_from = fields.Selection(related="l10n_mx_facture_document_id.adopted_from")
    l10n_mx_facture_first_installment = fields.Integer(
        "Next installment",
        copy=False,
        help="NumParcialidad of its first receipt of payment from here. 1: it has had none.",
    )
    l10n_mx_facture_first_balance = fields.Monetary(
        "Balance before it",
        copy=False,
        help="ImpSaldoAnt of its first receipt of payment from here: what earlier receipts and credit notes left open.",
    )

    def _l10n_mx_facture_take_first_receipt(self, vals):
        """After a write: which payments another system has receipted follows from these fields."""
        if FIRST & vals.keys():
            self.env["l10n_mx_facture.rep.due"]._refresh_invoices(self)

    def _l10n_mx_facture_receipted_elsewhere(self):
        """What other systems have receipted of payments that are in these books: of those from before the invoice was
        adopted, the oldest ones, until what they leave open is the balance that a person has entered.

        :return: dict from (journal item, invoice) to Decimal, in the invoice's currency
        """
        found = {}
        for move in self.filtered(lambda one: one.l10n_mx_facture_first_installment > 1):
            adopted = move.l10n_mx_facture_document_id.adopted_date
            if not adopted:
                continue
            notes = sum((one.amount for one in move._l10n_mx_facture_reconciled_notes()), Decimal())
            left = booked(move.amount_total) - notes - booked(move.l10n_mx_facture_first_balance)
            for one in move._l10n_mx_facture_settling_lines()._l10n_mx_facture_settled():
                line = one.entry_line
                is_early = line.date < adopted.date() or line.create_date < adopted
                if left > 0 and one.invoice == move and is_early:
                    found[line, move] = min(left, one.amount)
                    left -= one.amount
        return found
