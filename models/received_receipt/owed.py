from odoo import fields, models
from odoo.tools import SQL

from ..common.actions import open_record

# bills of so many months are looked at: who has not asked by then can't deduct any more
MONTHS = 24
# receipts cover payments from the oldest on: what of the running sum is beyond all receipts is owed
OWED = """
WITH bill AS (
    SELECT move.id, move.company_id, move.commercial_partner_id, move.currency_id, received.uuid,
           received.receipted, left(received.fecha, 10)::date AS issued
      FROM l10n_mx_facture_received AS received
      JOIN account_move AS move ON move.id = received.move_id
     WHERE received.in_use AND received.receipts_missing
       AND move.invoice_date >= (CURRENT_DATE - make_interval(months => %(months)s))::date
       AND move.move_type IN ('in_invoice', 'in_receipt') AND move.state = 'posted'
       AND move.payment_state IN ('partial', 'in_payment', 'paid')
), paid AS (
    SELECT min(partial.id) AS id, bill.id AS move_id, paying.id AS entry_line_id,
           paying.move_id AS entry_id, paying.payment_id, paying.date AS date_payment,
           sum(partial.credit_amount_currency + coalesce(difference.amount, 0)) AS paid
      FROM bill
      JOIN account_move_line AS item ON item.move_id = bill.id AND item.display_type = 'payment_term'
      JOIN account_partial_reconcile AS partial ON partial.credit_move_id = item.id
      JOIN account_move_line AS paying ON paying.id = partial.debit_move_id
      JOIN account_move AS entry
        ON entry.id = paying.move_id AND entry.move_type = 'entry' AND entry.state = 'posted'
 LEFT JOIN LATERAL (
            SELECT sum(other.credit_amount_currency) AS amount
              FROM account_partial_reconcile AS other
              JOIN account_move_line AS exchange ON exchange.id = other.debit_move_id
             WHERE other.credit_move_id = item.id AND exchange.move_id = partial.exchange_move_id
           ) AS difference ON partial.exchange_move_id IS NOT NULL
     WHERE NOT EXISTS (SELECT 1 FROM account_partial_reconcile AS of_other
                        WHERE of_other.exchange_move_id = entry.id)
  GROUP BY bill.id, paying.id
), running AS (
    SELECT paid.*, sum(paid.paid) OVER (PARTITION BY paid.move_id
                                            ORDER BY paid.date_payment, paid.entry_line_id) AS upto
      FROM paid
)
SELECT running.id, running.move_id, bill.uuid, bill.company_id, bill.commercial_partner_id AS partner_id,
       running.entry_id, running.payment_id, running.date_payment, bill.currency_id, running.paid,
       least(running.paid, running.upto - bill.receipted) AS missing,
       greatest(
           (date_trunc('month', running.date_payment) + INTERVAL '1 month 4 days')::date, bill.issued
       ) AS date_due
  FROM running JOIN bill ON bill.id = running.move_id
 WHERE running.upto - bill.receipted >= 0.005
"""


class L10nMxFactureReceivedRepOwed(models.Model):
    """A payment of ours of a PPD bill for which the supplier owes its receipt (REP).

    It is no table: each row follows from the bill's CFDI, its reconciliation and the receipts that are here. Without it
    the expense isn't deducted and its VAT not credited (LISR 27 XVIII, LIVA 5).
    """

    _name = "l10n_mx_facture.received.rep.owed"
    _description = "Receipt That a Supplier Owes"
    _auto = False
    _order = "date_due, partner_id, id"
    _rec_name = "move_id"
    _depends = {
        "account.move": ["state", "move_type", "payment_state", "invoice_date", "commercial_partner_id"],
        "account.move.line": ["date", "payment_id"],
        "account.partial.reconcile": ["credit_amount_currency", "credit_move_id", "debit_move_id", "exchange_move_id"],
        "l10n_mx_facture.received": ["in_use", "uuid", "move_id", "fecha", "receipted", "receipts_missing"],
    }

    move_id = fields.Many2one("account.move", "Bill", readonly=True)
    uuid = fields.Char("UUID of the bill", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    partner_id = fields.Many2one("res.partner", "Vendor", readonly=True)
    entry_id = fields.Many2one("account.move", "Our entry", readonly=True)
    payment_id = fields.Many2one("account.payment", "Our payment", readonly=True)
    date_payment = fields.Date("Paid on", readonly=True)
    date_due = fields.Date(
        "Due until", readonly=True, help="The 5th of the month after the payment (RMF 2.7.1.32); where the CFDI of the "
                                         "bill is newer, its day."
    )
    currency_id = fields.Many2one("res.currency", readonly=True)
    paid = fields.Monetary("We paid", readonly=True, help="Of the bill, in its currency.")
    missing = fields.Monetary("Without a receipt", readonly=True, help="Not covered by any receipt.")
    is_late = fields.Boolean("Late", compute="_compute_is_late")

    def _compute_is_late(self):
        today = fields.Date.context_today(self)
        for owed in self:
            owed.is_late = owed.date_due < today

    @property
    def _table_query(self):
        return SQL(OWED, months=MONTHS)

    def action_open_bill(self):
        """Open the bill."""
        return open_record(self.move_id)

    def action_open_payment(self):
        """Open our payment, or the entry that paid."""
        return open_record(self.payment_id or self.entry_id)
