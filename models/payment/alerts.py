from odoo import models
from odoo.tools import format_date

from ..common.actions import open_list
from ..common.problem import Problem


class AccountMove(models.Model):
    """On top of an invoice or an entry: the receipts of payment that are due."""

    _inherit = "account.move"

    def _l10n_mx_facture_due_alerts(self):
        """:return: dict of alerts: the receipts of payment that it still needs"""
        settled = self.payment_state in ("partial", "in_payment", "paid")
        if not (self.move_type == "entry" or (self.l10n_mx_facture_payment_policy == "PPD" and settled)):
            return {}
        mine = ["|", ("move_id", "=", self._origin.id), ("entry_id", "=", self._origin.id)]
        rows = self.env["l10n_mx_facture.rep.due"].sudo().search(mine)
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
            alert["action"] = open_list(rows, title, [("id", "in", rows.ids)])
        return {"l10n_mx_facture_rep_due": alert}
