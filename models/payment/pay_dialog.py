from odoo import api, fields, models
from odoo.tools import format_date

from ..common.actions import notification


class AccountPaymentRegister(models.TransientModel):
    """The dialog *Pay*: it asks how the money came in where a receipt (REP) follows, and says until when it is due."""

    _inherit = "account.payment.register"

    l10n_mx_facture_needs_form = fields.Boolean(
        "Needs SAT's payment form", compute="_compute_l10n_mx_facture_needs_form"
    )

    @api.depends("line_ids")
    def _compute_l10n_mx_facture_needs_form(self):
        for wizard in self:
            wizard.l10n_mx_facture_needs_form = bool(wizard.line_ids.move_id._l10n_mx_facture_on_credit())

    def action_create_payments(self):
        invoices, Due = self.line_ids.move_id, self.env["l10n_mx_facture.rep.due"].sudo()
        before = Due.search([("move_id", "in", invoices.ids)])
        action = super().action_create_payments()
        rows = Due.search([("move_id", "in", invoices.ids)]) - before
        return rows._announce(action) if rows else action


class L10nMxFactureRepDue(models.Model):
    _inherit = "l10n_mx_facture.rep.due"

    def _announce(self, action):
        """:param action: what the dialog goes on with; True: the view behind it
        :return: a notification that says until when the receipts of these are due, and what nobody has said of them
        """
        first = self.sorted("date_due")[0]
        if self.company_id.filtered("l10n_mx_facture_rep_auto"):
            text = self.env._(
                "The receipt of payment (REP) is due until %s. It is stamped automatically.",
                format_date(self.env, first.date_due),
            )
        else:
            text = self.env._(
                "A receipt of payment (REP) is due until %s: press Stamp receipt on the payment, or stamp it in "
                "Receipts due.",
                format_date(self.env, first.date_due),
            )
        texts = [text, *filter(None, self.mapped("question_text"))]
        notice = notification("\n".join(texts), self.env._("Payment registered"), "warning", sticky=True)
        if isinstance(action, dict):
            # what the web client expects of an action that no button returns
            views = [(False, mode) for mode in action["view_mode"].split(",")]
            notice["params"]["next"] = {**action, "views": views}
        return notice
