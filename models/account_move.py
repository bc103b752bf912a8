from odoo import api, models

from .invoice.guard import STATED
from .invoice.sealed_fields import check_stated


class AccountMove(models.Model):
    """Core's methods of an invoice that this module extends: each stands here once, as a list of what happens."""

    _inherit = "account.move"

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._l10n_mx_facture_check_sealed(vals)
        return super().create(vals_list)

    def write(self, vals):
        """What may not change is refused first; what follows a change comes after it."""
        if "state" in vals and vals["state"] != "cancel":
            self._l10n_mx_facture_check_received_free()
        self._l10n_mx_facture_check_sealed(vals)
        if vals.get("state") in ("draft", "cancel"):
            self._l10n_mx_facture_check_state_change(vals["state"])
            self._l10n_mx_facture_leave_queue()
        check_stated(self, STATED, vals)
        result = super().write(vals)
        self._l10n_mx_facture_follow_due_date(vals)
        if "state" in vals:
            self._l10n_mx_facture_review_open()
        return result

    def web_save(self, vals, specification, next_id=None):
        """A posted invoice that a person saves is checked anew; what was read before shows the former findings."""
        result = super().web_save(vals, specification, next_id)
        if self._l10n_mx_facture_check_saved() and not next_id:
            return self.web_read(specification)
        return result

    @api.model
    def default_get(self, fields):
        return self._l10n_mx_facture_defaults(super().default_get(fields))

    def update(self, values):
        return super().update(values if any(self._ids) else self._l10n_mx_facture_unsaved_values(values))

    def _update_cache(self, values, validate=True):
        return super()._update_cache(values if self.id else self._l10n_mx_facture_unsaved_values(values), validate)

    def copy(self, default=None):
        copies = super().copy(default)
        if default and default.get("debit_origin_id"):
            self._l10n_mx_facture_relate_debit_notes(copies)
        return copies

    def _post(self, soft=True):
        """The date that posting sets is the one at the place of issue, and undoes nothing that a person chose."""
        self._l10n_mx_facture_check_refused_cfdi()
        self._l10n_mx_facture_credit_what_is_live()
        posted = self.browse()
        with self.env.protecting(self._l10n_mx_facture_undated()._l10n_mx_facture_chosen()):
            for moves in self._l10n_mx_facture_by_local_date():
                posted += super(AccountMove, moves)._post(soft).with_env(self.env)
        posted._l10n_mx_facture_relate_posted()
        posted._l10n_mx_facture_look_at_undone()
        posted._l10n_mx_facture_check_confirmed()
        # who resets a bill to draft later wants it to be one
        posted.sudo().l10n_mx_facture_received_ids._wait_no_more()
        return posted

    def _reverse_moves(self, default_values_list=None, cancel=False):
        """A credit note says which CFDI it credits; what reverses an invoice whose CFDI is cancelled needs none."""
        cancelled = [move._l10n_mx_facture_to_undo() for move in self]
        values_list = default_values_list or [{} for _move in self]
        for move, values in zip(self, values_list, strict=True):
            move._l10n_mx_facture_default_reversal(values)
        reversals = super()._reverse_moves(values_list, cancel=cancel)
        for document, reversal in zip(cancelled, reversals, strict=True):
            if reversal.l10n_mx_facture_applies:
                reversal._l10n_mx_facture_relate_credited()
            if document and not reversal.l10n_mx_facture_undoes_id:
                reversal._l10n_mx_facture_mark_undoing(document)
        reversals._l10n_mx_facture_look_at_undone()
        return reversals

    def button_draft(self):
        self._l10n_mx_facture_check_state_change("draft")
        return super().button_draft()

    def button_cancel(self):
        self._l10n_mx_facture_check_state_change("cancel")
        return super().button_cancel()

    def button_request_cancel(self):
        """Odoo's own way to a fiscal cancellation leads to the same wizard."""
        if self.l10n_mx_facture_document_id.state == "stamped":
            return self.action_l10n_mx_facture_cancel()
        return super().button_request_cancel()

    def _get_alerts(self):
        """On top of the form, in this order."""
        return {
            **super()._get_alerts(),
            **self._l10n_mx_facture_stamp_alerts(),
            **self._l10n_mx_facture_finding_alerts(),
            **self._l10n_mx_facture_cancel_order_alerts(),
            **self._l10n_mx_facture_undoes_alerts(),
            **self._l10n_mx_facture_hint_alerts(),
            **self._l10n_mx_facture_divergence_alerts(),
            **self._l10n_mx_facture_made_for_alerts(),
        }
