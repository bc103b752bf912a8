from odoo import api, models
from odoo.tools import SQL
from odoo.tools.misc import formatLang


class L10nMxFactureDocument(models.Model):
    """Receipts of payment that say more than the books: a payment was undone by SQL, or by another module."""

    _inherit = "l10n_mx_facture.document"

    @api.model
    def _receipts_without_payment(self):
        """:return: ids of receipts with a line that counts and whose journal item is gone, not posted, or no more
            reconciled with its invoice
        """
        query = SQL(
            """SELECT DISTINCT line.rep_id
                 FROM l10n_mx_facture_rep_line AS line
                 LEFT JOIN account_move_line AS paying ON paying.id = line.entry_line_id
                WHERE line.counts
                  AND (paying.id IS NULL OR paying.parent_state <> 'posted' OR NOT EXISTS (
                      SELECT FROM account_partial_reconcile AS partial
                        JOIN account_move_line AS paid ON paid.id = partial.debit_move_id
                       WHERE partial.credit_move_id = paying.id AND paid.move_id = line.move_id))"""
        )
        self.env.flush_all()
        return [rep_id for (rep_id,) in self.env.execute_query(query)]

    def _discrepancy_payment_gone(self):
        if not self.rep_id or not self._is_live_now():
            return None
        lines = self.rep_id.line_ids.filtered("counts")
        paid = {
            (one.entry_line, one.invoice): float(one.amount) for one in lines.entry_line_id._l10n_mx_facture_settled()
        }
        for line in lines:
            if line.stated and (line.entry_line_id, line.move_id) in paid:
                # a person said what the books can't tell
                continue
            found = paid.get((line.entry_line_id, line.move_id), 0.0)
            if line.currency_id.compare_amounts(found, line.amount) < 0:
                return self.env._(
                    "It says that %(amount)s of %(invoice)s was paid, the books say %(paid)s. Reconcile the payment "
                    "again, or cancel or substitute the receipt.",
                    amount=formatLang(self.env, line.amount, currency_obj=line.currency_id),
                    invoice=line.move_id.name,
                    paid=formatLang(self.env, found, currency_obj=line.currency_id),
                )
        return None

    def _fix_payment_gone(self):
        """:return: the dialog that cancels or substitutes it"""
        return self._owner().action_l10n_mx_facture_cancel()
