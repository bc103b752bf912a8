from odoo import api, models
from odoo.tools import SQL

from ..common.access import check_group
from ..common.actions import open_list

MONTHS = 14


class AccountMove(models.Model):
    """PUE invoices that were not paid in the month of their issue (RMF 2.7.1.39)."""

    _inherit = "account.move"

    @api.model
    def action_l10n_mx_facture_open_late_pue(self):
        """List the stamped PUE invoices of the last months that were paid after their month, or are open since.

        Their remedy: substitute them (relation 04, reason 01) by an invoice with PPD and form 99, then the receipt.
        """
        check_group(self.env, "stamp")
        self.check_access("read")
        found = self.search(self._l10n_mx_facture_late_pue_domain())
        action = open_list(self, self.env._("PUE paid after their month"), [("id", "in", found.ids)])
        help_text = self.env._(
            "SAT wants PUE where an invoice is paid in the month of its issue. Of those listed here, press Substitute: "
            "the new invoice gets PPD and the form 99, and its payment a receipt (RMF 2.7.1.39)."
        )
        return {**action, "help": f"<p>{help_text}</p>", "context": {"create": False}}

    @api.model
    def _l10n_mx_facture_late_pue_domain(self):
        query = SQL(
            """SELECT move.id FROM account_move AS move
                 JOIN l10n_mx_facture_document AS document ON document.id = move.l10n_mx_facture_document_id
                 JOIN account_move_line AS item ON item.move_id = move.id
                 JOIN account_account AS account ON account.id = item.account_id
                WHERE move.move_type = 'out_invoice' AND move.state = 'posted'
                  AND move.l10n_mx_facture_payment_policy = 'PUE' AND document.state = 'stamped'
                  AND move.invoice_date >= CURRENT_DATE - make_interval(months => %s)
                  AND move.invoice_date < date_trunc('month', CURRENT_DATE)
                  AND move.amount_total > 0
                  AND account.account_type = 'asset_receivable'
                  AND (NOT item.reconciled OR EXISTS (
                      SELECT FROM account_partial_reconcile AS partial
                        JOIN account_move_line AS paying ON paying.id = partial.credit_move_id
                        JOIN account_move AS entry ON entry.id = paying.move_id
                       WHERE partial.debit_move_id = item.id AND entry.move_type = 'entry'
                         AND paying.date >= date_trunc('month', move.invoice_date) + interval '1 month'))""",
            MONTHS,
        )
        self.env.flush_all()
        return [("id", "in", [move_id for (move_id,) in self.env.execute_query(query)])]
