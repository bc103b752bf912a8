from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ..common.problem import Problem
from ..common.sealed import internal, is_internal
from ..sat.status import ALIVE


class AccountMove(models.Model):
    """The invoice of a CFDI that SAT has cancelled, and what undoes it: a reversal that needs no CFDI of its own."""

    _inherit = "account.move"

    l10n_mx_facture_undoes_id = fields.Many2one(
        "l10n_mx_facture.document",
        "Undoes the invoice of",
        readonly=True,
        copy=False,
        ondelete="restrict",
        index="btree_not_null",
        help="The CFDI that SAT had cancelled when this reversal was made: it needs no CFDI of its own.",
    )
    l10n_mx_facture_undone_by_id = fields.Many2one(
        "account.move", "Reversed after the cancellation", compute="_compute_l10n_mx_facture_undone_by_id"
    )

    @api.depends(
        "reversal_move_ids.l10n_mx_facture_undoes_id", "reversal_move_ids.state", "reversal_move_ids.amount_total"
    )
    def _compute_l10n_mx_facture_undone_by_id(self):
        for move in self:
            move.l10n_mx_facture_undone_by_id = move.reversal_move_ids.filtered(
                lambda reversal, move=move: reversal.l10n_mx_facture_undoes_id
                and reversal.state == "posted"
                and reversal._l10n_mx_facture_undoes_all(move)
            )[:1]

    def _l10n_mx_facture_undoing(self):
        """:return: the reversals, posted or not, that were made because SAT had cancelled a CFDI of this invoice"""
        return self.reversal_move_ids.filtered(lambda one: one.l10n_mx_facture_undoes_id and one.state != "cancel")

    def _l10n_mx_facture_undoes_all(self, move):
        """:return: whether this reversal undoes all of an invoice; an entry is always one of all of it"""
        return self.move_type == "entry" or not move.currency_id.compare_amounts(self.amount_total, move.amount_total)

    @api.depends("l10n_mx_facture_undoes_id")
    def _compute_l10n_mx_facture_applies(self):
        result = super()._compute_l10n_mx_facture_applies()
        # what undoes a cancelled CFDI is no new operation
        self.filtered("l10n_mx_facture_undoes_id").l10n_mx_facture_applies = False
        return result

    def _l10n_mx_facture_check_sealed(self, vals):
        result = super()._l10n_mx_facture_check_sealed(vals)
        if "l10n_mx_facture_undoes_id" in vals and not is_internal(self.env):
            raise UserError(self.env._("Which cancelled CFDI a reversal undoes can't be set."))
        return result

    # -- what undoes it ------------------------------------------------------------------------------

    def _reverse_moves(self, default_values_list=None, cancel=False):
        """What reverses an invoice whose CFDI SAT has cancelled says so: it needs no CFDI of its own."""
        cancelled = [move._l10n_mx_facture_to_undo() for move in self]
        reversals = super()._reverse_moves(default_values_list, cancel=cancel)
        for document, reversal in zip(cancelled, reversals, strict=True):
            if document and not reversal.l10n_mx_facture_undoes_id:
                reversal._l10n_mx_facture_mark_undoing(document)
        reversals._l10n_mx_facture_look_at_undone()
        return reversals

    def _l10n_mx_facture_mark_undoing(self, document):
        # it touches no amount and no line: nothing has to be balanced for it
        reversals = self.with_context(skip_invoice_sync=True, check_move_validity=False)
        internal(reversals).l10n_mx_facture_undoes_id = document

    def _l10n_mx_facture_mark_earlier(self):
        """What reversed this invoice before SAT cancelled its CFDI, and has none of its own, needs none any more."""
        if document := self._l10n_mx_facture_to_undo():
            earlier = self.reversal_move_ids.filtered(
                lambda one: one.l10n_mx_facture_applies and one.state != "cancel" and not one._l10n_mx_facture_is_live()
            )
            earlier._l10n_mx_facture_mark_undoing(document)
            earlier._l10n_mx_facture_look_at_undone()

    def _l10n_mx_facture_to_undo(self):
        """:return: the last CFDI of this invoice where it is cancelled and no other is, or may be, alive; else none"""
        self.ensure_one()
        document = self._l10n_mx_facture_cancelled().sorted("id", reverse=True)[:1]
        if not self.l10n_mx_facture_applies or self._l10n_mx_facture_is_live() or document.sat_reading in ALIVE:
            return document.browse()
        return document

    def _post(self, soft=True):
        """An invoice that was stamped again meanwhile is credited: that needs a CFDI, as any credit note does."""
        for move in self.filtered("l10n_mx_facture_undoes_id"):
            if move.sudo().l10n_mx_facture_undoes_id.move_id._l10n_mx_facture_is_live():
                internal(move).l10n_mx_facture_undoes_id = False
        posted = super()._post(soft)
        posted._l10n_mx_facture_look_at_undone()
        return posted

    def _l10n_mx_facture_look_at_undone(self):
        """What was open about the invoices that these undo may be settled."""
        if documents := self.sudo().l10n_mx_facture_undoes_id:
            self.env["l10n_mx_facture.divergence"]._refresh(documents)

    def _l10n_mx_facture_undoes_problem(self):
        """:return: that this reversal needs no CFDI, and why, as a problem of stamping it"""
        origin = self.sudo().l10n_mx_facture_undoes_id.move_id
        text = self.env._("It undoes %s, whose CFDI SAT cancelled: it needs no CFDI of its own.", origin.display_name)
        return Problem(text, self._l10n_mx_facture_link_to(origin))

    def _l10n_mx_facture_state_problems(self):
        if self.l10n_mx_facture_undoes_id:
            return [self._l10n_mx_facture_undoes_problem()]
        return super()._l10n_mx_facture_state_problems()

    def _get_alerts(self):
        alerts = super()._get_alerts()
        if self.l10n_mx_facture_undoes_id:
            alert = self._l10n_mx_facture_undoes_problem().alert(self.env, shown_on=self)
            alerts["l10n_mx_facture_undoes"] = {**alert, "level": "info"}
        return alerts

    # -- when SAT has cancelled --------------------------------------------------------------------

    def _l10n_mx_facture_undo_refusal(self, document):
        """:param document: the CFDI that SAT has cancelled
        :return: why this posted invoice is left to a person, or None
        """
        self.ensure_one()
        way = self.company_id.l10n_mx_facture_on_cancel
        if self.l10n_mx_facture_document_id != document:
            return self.env._("it has another CFDI by now.")
        if way == "nothing":
            return self.env._("the company's setting leaves it to you.")
        if draft := self._l10n_mx_facture_undoing().filtered(lambda one: one.state == "draft")[:1]:
            return self.env._("the draft %s reverses it: post that, or delete it.", draft.display_name)
        # of a branch that the user doesn't work for too
        matched = self.sudo()
        if matched._get_all_reconciled_invoice_partials() or matched.matched_payment_ids.filtered(
            lambda payment: payment.state in ("in_process", "paid")
        ):
            return self.env._("payments or credit notes are matched with it. Unmatch them first.")
        if way == "cancel" and (locks := self._get_violated_lock_dates(self.date, self._affect_tax_report())):
            return self.env._(
                "its date, %(date)s, is locked: %(locks)s. Reverse it with a date of today.",
                date=format_date(self.env, self.date),
                locks=self.env["res.company"]._format_lock_dates(locks),
            )
        return None

    def _l10n_mx_facture_undo(self, document):
        """Cancel or reverse this posted invoice, as the company's setting says.

        :param document: the CFDI that SAT has cancelled
        :raise UserError: Odoo refuses it
        """
        self.ensure_one()
        if self.state != "posted" or self.l10n_mx_facture_undone_by_id:
            return
        if self.company_id.l10n_mx_facture_on_cancel == "cancel":
            self.sudo().button_cancel()
            return
        # the scheduled action's own time zone may have tomorrow already
        today = fields.Date.context_today(self.with_context(tz=document.branch_id.tz))
        values = {
            "ref": self.env._("Reversal of: %s, whose CFDI SAT has cancelled", self.name),
            "date": today,
            "invoice_date": today,
            "invoice_date_due": today,
            # what it undoes was booked at the rate of then: another one would leave a difference
            "invoice_currency_rate": self.invoice_currency_rate,
            "invoice_payment_term_id": False,
            "journal_id": self.journal_id.id,
            "invoice_user_id": self.invoice_user_id.id,
            "l10n_mx_facture_undoes_id": document.id,
        }
        internal(self)._reverse_moves([values], cancel=True)
