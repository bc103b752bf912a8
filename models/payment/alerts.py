from odoo import fields, models
from odoo.tools import format_date

from ..common.actions import open_list, open_record
from ..common.problem import Problem


class AccountMove(models.Model):
    """On top of an invoice or an entry: the receipts of payment that are due."""

    _inherit = "account.move"

    l10n_mx_facture_receipt_due = fields.Boolean(
        "Owes a receipt of payment", compute="_compute_l10n_mx_facture_receipt_due", compute_sudo=True
    )

    def _compute_l10n_mx_facture_receipt_due(self):
        for move in self:
            move.l10n_mx_facture_receipt_due = bool(move._l10n_mx_facture_due_rows())

    def _l10n_mx_facture_due_rows(self):
        """:return: what is due, as superuser: of what this entry pays, or of what has paid this invoice"""
        Due = self.env["l10n_mx_facture.rep.due"].sudo()
        settled = self.payment_state in ("partial", "in_payment", "paid")
        # most invoices are told apart without a query
        if not (self.move_type == "entry" or (self.l10n_mx_facture_payment_policy == "PPD" and settled)):
            return Due
        return Due.search(["|", ("move_id", "=", self._origin.id), ("entry_id", "=", self._origin.id)])

    def _l10n_mx_facture_due_alerts(self):
        """:return: dict of alerts: the receipts of payment that it still needs"""
        rows = self._l10n_mx_facture_due_rows()
        if not rows:
            return {}
        first = rows[0]
        text = self.env._(
            "A receipt of payment (REP) is due until %(date)s, for what was paid on %(paid)s.",
            date=format_date(self.env, first.date_due),
            paid=format_date(self.env, first.date_payment),
        )
        alert = Problem(text).alert(self.env, shown_on=self)
        if self.env.user.has_group("l10n_mx_facture.group_stamp"):
            alert["action_text"] = self.env._("Show what is due")
            title = self.env._("Receipts due")
            several = open_list(rows, title, [("id", "in", rows.ids)])
            # of one, where it is stamped
            alert["action"] = several if len(rows) > 1 else open_record(rows)
        return {"l10n_mx_facture_rep_due": alert}
