from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..common.transactions import wake

# states of payments that are none any more
UNDONE = ("draft", "canceled", "rejected")


class AccountMoveLine(models.Model):
    """What is reconciled makes receipts of payment due."""

    _inherit = "account.move.line"

    def _reconcile_plan_with_sync(self, plan_list, all_amls):
        result = super()._reconcile_plan_with_sync(plan_list, all_amls)
        # here, as entries for exchange differences say a part of what was paid
        paying = all_amls.filtered(
            lambda line: line.account_type == "asset_receivable" and line.matched_debit_ids._l10n_mx_facture_of_ppd()
        )
        if paying:
            self.env["l10n_mx_facture.rep.due"]._refresh(paying)
            if paying.company_id.filtered("l10n_mx_facture_rep_auto"):
                wake(self.env, "cron_rep_auto")
        return result


class AccountPartialReconcile(models.Model):
    """What has a live receipt of payment stays reconciled."""

    _inherit = "account.partial.reconcile"

    def unlink(self):
        paid = self.sudo()._l10n_mx_facture_of_ppd()
        paying = paid.credit_move_id
        paid._l10n_mx_facture_check_unreceipted()
        result = super().unlink()
        if paying:
            self.env["l10n_mx_facture.rep.due"]._refresh(paying)
        return result

    def _l10n_mx_facture_of_ppd(self):
        """:return: those that pay PPD invoices of ours"""
        return self.filtered(lambda one: one.debit_move_id.move_id._l10n_mx_facture_on_credit())

    def _l10n_mx_facture_check_unreceipted(self):
        """:raise UserError: what one of these pays is on a receipt that is, or may be, valid"""
        for one in self:
            pair = Domain("entry_line_id", "=", one.credit_move_id.id)
            pair &= Domain("move_id", "=", one.debit_move_id.move_id.id)
            self.env["l10n_mx_facture.rep.line"]._check_unreceipted(pair)


class AccountMove(models.Model):
    """An entry whose money has a live receipt stays posted."""

    _inherit = "account.move"

    def _l10n_mx_facture_check_unreceipted(self):
        """:raise UserError: one of these entries pays what is on a receipt that is, or may be, valid"""
        if self.ids:
            self.env["l10n_mx_facture.rep.line"]._check_unreceipted(Domain("entry_line_id.move_id", "in", self.ids))


class AccountPayment(models.Model):
    """So does its payment."""

    _inherit = "account.payment"

    def write(self, vals):
        if vals.get("state") in UNDONE:
            self.move_id._l10n_mx_facture_check_unreceipted()
        result = super().write(vals)
        if "l10n_mx_facture_factoring" in vals:
            # who gets the receipt
            self.env["l10n_mx_facture.rep.due"]._refresh(self.move_id.line_ids._l10n_mx_facture_receivables())
        return result


class L10nMxFactureRepLine(models.Model):
    """What a live receipt says stays true: its payment is not undone before its CFDI is cancelled."""

    _inherit = "l10n_mx_facture.rep.line"

    @api.model
    def _check_unreceipted(self, domain):
        """:param domain: of lines whose payment would be undone
        :raise UserError: one of them is on a receipt that is, or may be, valid
        """
        if line := self.sudo().search(Domain("counts", "=", True) & domain, limit=1):
            raise UserError(
                self.env._(
                    "The payment of %(invoice)s has a receipt (REP) that is, or may be, valid: %(rep)s. Cancel that "
                    "first (button Cancel CFDI on the receipt). When SAT has confirmed it, the payment can be undone.",
                    invoice=line.move_id.name,
                    rep=line.rep_id.name,
                )
            )
