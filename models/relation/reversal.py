from odoo import api, fields, models

from ..common import protected
from ..common.problem import Problem
from ..sat.status import ALIVE


class AccountMove(models.Model):
    """Reversals of invoices whose CFDI SAT has cancelled: they need no CFDI of their own."""

    _inherit = "account.move"

    l10n_mx_facture_undoes_id = fields.Many2one(
        "l10n_mx_facture.document",
        "Reverses the invoice of the CFDI",
        readonly=True,
        copy=False,
        ondelete="restrict",
        index="btree_not_null",
        help="This reversal belongs to a CFDI that SAT had already cancelled. It needs no CFDI of its own.",
    )
    l10n_mx_facture_undone_by_id = fields.Many2one(
        "account.move", "Reversed after the cancellation", compute="_compute_l10n_mx_facture_undone_by_id"
    )

    # not on amounts, which would link this to every line of any entry: a posted entry keeps its total
    @api.depends(
        "l10n_mx_facture_document_id",
        "reversal_move_ids.l10n_mx_facture_undoes_id",
        "reversal_move_ids.state",
    )
    def _compute_l10n_mx_facture_undone_by_id(self):
        # only an invoice that had a CFDI can have been reversed after its cancellation
        cancellable = self.filtered("l10n_mx_facture_document_id")
        (self - cancellable).l10n_mx_facture_undone_by_id = False
        for move in cancellable:
            move.l10n_mx_facture_undone_by_id = move.reversal_move_ids.filtered(
                lambda reversal, move=move: reversal.l10n_mx_facture_undoes_id
                and reversal.state == "posted"
                and reversal._l10n_mx_facture_reverses_all(move)
            )[:1]

    def _l10n_mx_facture_cancel_reversals(self):
        """:return: the reversals, draft or posted, that were made because SAT had cancelled a CFDI of this invoice"""
        return self.reversal_move_ids.filtered(lambda one: one.l10n_mx_facture_undoes_id and one.state != "cancel")

    def _l10n_mx_facture_reverses_all(self, move):
        """:return: whether this reversal is for the whole invoice; reversals of entries always are"""
        return self.move_type == "entry" or not move.currency_id.compare_amounts(self.amount_total, move.amount_total)

    # -- reversals -----------------------------------------------------------------------------------

    def _l10n_mx_facture_mark_cancel_reversals(self, document):
        # no amount and no line changes, so nothing has to be balanced
        reversals = self.with_context(skip_invoice_sync=True, check_move_validity=False)
        protected.write(reversals, {"l10n_mx_facture_undoes_id": document.id})

    def _l10n_mx_facture_cfdi_to_reverse(self):
        """:return: the last CFDI of this invoice, if it is cancelled and no other is, or may be, valid; else empty"""
        self.ensure_one()
        document = self._l10n_mx_facture_cancelled().sorted("id", reverse=True)[:1]
        if not self.l10n_mx_facture_applies or self._l10n_mx_facture_is_live() or document.sat_reading in ALIVE:
            return document.browse()
        return document

    def _l10n_mx_facture_require_cfdi_if_live(self):
        """A reversal of an invoice that was stamped again is an ordinary credit note: it needs a CFDI."""
        for move in self.filtered("l10n_mx_facture_undoes_id"):
            if move.sudo().l10n_mx_facture_undoes_id.move_id._l10n_mx_facture_is_live():
                protected.write(move, {"l10n_mx_facture_undoes_id": False})

    def _l10n_mx_facture_review_reversed(self):
        """Check the open discrepancies of the reversed invoices again."""
        if documents := self.sudo().l10n_mx_facture_undoes_id:
            documents._review()

    def _l10n_mx_facture_cancel_reversal_problem(self):
        """:return: a problem that says why this reversal needs no CFDI"""
        origin = self.sudo().l10n_mx_facture_undoes_id.move_id
        text = self.env._("It reverses %s, whose CFDI SAT cancelled, so it needs no CFDI.", origin.display_name)
        return Problem(text, self._l10n_mx_facture_link_to(origin))

    def _l10n_mx_facture_cancel_reversal_alerts(self):
        """:return: dict of alerts: this reversal needs no CFDI"""
        if not self.l10n_mx_facture_undoes_id:
            return {}
        alert = self._l10n_mx_facture_cancel_reversal_problem().alert(self.env, shown_on=self)
        return {"l10n_mx_facture_undoes": {**alert, "level": "info"}}
