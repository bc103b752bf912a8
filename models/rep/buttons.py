from datetime import date

from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..common.access import check_group
from ..common.actions import open_all, open_record
from ..common.locks import lock_free
from ..common.problem import Problem
from ..stamp.button import DIALOG


class L10nMxFactureRep(models.Model):
    """How receipts of payment are sent."""

    _inherit = "l10n_mx_facture.rep"

    def _l10n_mx_facture_batches(self):
        """As of every owner; receipts of one invoice are sent one after the other, as each goes on from the last."""
        # one of which nothing is left has no date
        ordered = self.sorted(lambda rep: (rep.date_payment or date.max, rep.id))
        yield from super(L10nMxFactureRep, ordered)._l10n_mx_facture_batches()

    def _l10n_mx_facture_one_call(self):
        taken, batch = set(), self.browse()
        for rep in self:
            invoices = set(rep.line_ids.move_id.ids)
            if not invoices & taken:
                batch += rep
            # a later one of the same invoice waits, too
            taken |= invoices
        return batch

    def _l10n_mx_facture_lock(self, refusals):
        """Lock their invoices too: no two receipts of one count the same installment."""
        locked = super()._l10n_mx_facture_lock(refusals)
        free = lock_free(locked.sudo().line_ids.move_id, reread=[])
        busy = locked.filtered(lambda rep: rep.sudo().line_ids.move_id - free)
        for rep in busy:
            text = self.env._("Somebody else is working on one of its invoices right now: try again.")
            refusals[rep] = [Problem(text)]
        return locked - busy


class L10nMxFactureRepDue(models.Model):
    """Receipts due: one press for all that are ready."""

    _inherit = "l10n_mx_facture.rep.due"

    def action_stamp(self):
        """Make the receipts of these payments and stamp them.

        :return: what ``action_stamp`` of the receipts returns
        """
        check_group(self.env, "stamp")
        self.check_access("read")
        return self._prepare_reps().with_context(**{DIALOG: self.env.context.get(DIALOG)}).action_stamp()

    def action_open_invoice(self):
        """Open the paid invoice."""
        return open_record(self.move_id)

    def action_open_payment(self):
        """Open the payment, or the entry that paid."""
        return open_record(self.payment_id or self.entry_id)

    @api.model
    def _stamp_entries(self, domain, names):
        """:param domain: of the rows that are due
        :param names: of what was chosen, for the message
        :raise UserError: none is due
        """
        rows = self.search(domain)
        if not rows:
            raise UserError(
                self.env._(
                    "No receipt of payment is due of %s: none of its invoices is PPD with a valid CFDI, or all have "
                    "theirs.",
                    names,
                )
            )
        return rows.action_stamp()


class AccountPayment(models.Model):
    """The button on payments."""

    _inherit = "account.payment"

    def action_l10n_mx_facture_stamp(self):
        """Make the receipts (REP) of these payments and stamp them.

        :return: a notification or dialog with the result
        :raise UserError: nothing is due of them
        """
        check_group(self.env, "stamp")
        self.check_access("write")
        Due = self.env["l10n_mx_facture.rep.due"]
        Due._refresh(self.move_id.line_ids._l10n_mx_facture_receivables())
        names = ", ".join(payment.display_name for payment in self[:5])
        return Due._stamp_entries([("payment_id", "in", self.ids)], names)

    def action_l10n_mx_facture_open_reps(self):
        """Open the receipts of this payment."""
        self.check_access("read")
        return open_all(self.l10n_mx_facture_rep_ids, self.env._("Receipts of payment"))


class AccountMove(models.Model):
    """The same for an entry that pays without a payment: a statement line, a compensation."""

    _inherit = "account.move"

    def action_l10n_mx_facture_stamp(self):
        """Entries have no CFDI of their own: the button makes the receipts of what they pay."""
        if self and all(move.move_type == "entry" for move in self):
            return self.action_l10n_mx_facture_stamp_receipts()
        return super().action_l10n_mx_facture_stamp()

    def action_l10n_mx_facture_stamp_receipts(self):
        """Make the receipts (REP) of what these entries pay, or of what has paid these invoices, and stamp them.

        :return: a notification or dialog with the result
        :raise UserError: nothing is due of them
        """
        check_group(self.env, "stamp")
        self.check_access("write")
        Due = self.env["l10n_mx_facture.rep.due"]
        Due._refresh(self.line_ids._l10n_mx_facture_receivables())
        Due._refresh_invoices(self)
        names = ", ".join(move.display_name for move in self[:5])
        mine = Domain("entry_id", "in", self.ids) | Domain("move_id", "in", self.ids)
        return Due._stamp_entries(mine, names)

    def action_l10n_mx_facture_open_reps(self):
        """Open the receipts of this invoice or entry."""
        self.check_access("read")
        return open_all(self.l10n_mx_facture_rep_ids, self.env._("Receipts of payment"))


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    def _l10n_mx_facture_receivables(self):
        """:return: those that may pay a customer's invoice"""
        return self.filtered(lambda line: line.account_type == "asset_receivable")
