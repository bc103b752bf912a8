from odoo import api, models

from .invoice.guard import CFDI_FIELDS
from .invoice.protected_fields import check_protected
from .send.confirm import CONFIRMED
from .send.send import IN_BETWEEN


class AccountMove(models.Model):
    """The methods of core's invoices that this module extends: each is defined here once, as a list of steps."""

    _inherit = "account.move"

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._l10n_mx_facture_check_protected(vals)
        return super().create(vals_list)

    def write(self, vals):
        """Checks come first, consequences of the change after it."""
        if "state" in vals and vals["state"] != "cancel":
            self._l10n_mx_facture_check_received_free()
        self._l10n_mx_facture_check_protected(vals)
        if vals.get("state") in ("draft", "cancel"):
            self._l10n_mx_facture_check_state_change(vals["state"])
            self._l10n_mx_facture_check_unreceipted()
            self._l10n_mx_facture_check_ticket_free()
            self._l10n_mx_facture_check_credits_named()
            self._l10n_mx_facture_leave_queue()
        check_protected(self, CFDI_FIELDS, vals)
        result = super().write(vals)
        self._l10n_mx_facture_update_payment_policy(vals)
        if vals.get("state") in ("draft", "cancel"):
            self._l10n_mx_facture_drop_tickets()
        if "state" in vals or "l10n_mx_facture_removed_uuid" in vals:
            self._l10n_mx_facture_review_open()
        if vals.get("state") in ("draft", "posted"):
            self._l10n_mx_facture_refresh_paid_by()
        self._l10n_mx_facture_take_first_receipt(vals)
        return result

    def web_save(self, vals, specification, next_id=None):
        """Check a posted invoice again that a user saves, and reload the form's findings."""
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
        """Posting sets the date at the place of issue and keeps values that a user chose."""
        self._l10n_mx_facture_check_refused_cfdi()
        self._l10n_mx_facture_require_cfdi_if_live()
        posted = self.browse()
        with self.env.protecting(self._l10n_mx_facture_undated()._l10n_mx_facture_manual_values()):
            for moves in self._l10n_mx_facture_group_by_local_date():
                posted += super(AccountMove, moves)._post(soft).with_env(self.env)
        posted._l10n_mx_facture_relate_posted()
        posted._l10n_mx_facture_take_tickets()
        posted._l10n_mx_facture_link_reissued()
        posted._l10n_mx_facture_review_reversed()
        posted._l10n_mx_facture_check_confirmed()
        posted._l10n_mx_facture_stamp_confirmed()
        posted._l10n_mx_facture_queue_returns()
        # a bill that is reset to draft later must not be posted automatically
        posted.sudo().l10n_mx_facture_received_ids._cancel_autopost()
        return posted

    def action_post(self):
        return super(AccountMove, self.with_context(**{CONFIRMED: True})).action_post()

    def _autopost_draft_entries(self, *args, **kwargs):
        return super(AccountMove, self.with_context(**{CONFIRMED: True}))._autopost_draft_entries(*args, **kwargs)

    def _generate_and_send(self, *args, **kwargs):
        """Code sends an invoice that it has just made: nothing may be committed there."""
        return super(AccountMove, self.with_context(**{IN_BETWEEN: True}))._generate_and_send(*args, **kwargs)

    def _reverse_moves(self, default_values_list=None, cancel=False):
        """Relate credit notes to the CFDI that they credit; the reversal of an invoice with a cancelled CFDI needs no
        CFDI.
        """
        cancelled = [move._l10n_mx_facture_cfdi_to_reverse() for move in self]
        values_list = default_values_list or [{} for _move in self]
        for move, values in zip(self, values_list, strict=True):
            move._l10n_mx_facture_default_reversal(values)
        reversals = super()._reverse_moves(values_list, cancel=cancel)
        for document, reversal in zip(cancelled, reversals, strict=True):
            if reversal.l10n_mx_facture_applies:
                reversal._l10n_mx_facture_relate_credited()
            if document and not reversal.l10n_mx_facture_undoes_id:
                reversal._l10n_mx_facture_mark_cancel_reversals(document)
        reversals._l10n_mx_facture_review_reversed()
        return reversals

    def button_draft(self):
        self._l10n_mx_facture_check_state_change("draft")
        self._l10n_mx_facture_do_not_mail()
        return super().button_draft()

    def button_cancel(self):
        self._l10n_mx_facture_check_state_change("cancel")
        return super().button_cancel()

    def button_request_cancel(self):
        """Odoo's button for a fiscal cancellation opens the same wizard."""
        if self.l10n_mx_facture_document_id.state == "stamped":
            return self.action_l10n_mx_facture_cancel()
        return super().button_request_cancel()

    def _get_name_invoice_report(self):
        """A stamped invoice is printed from its stored XML."""
        return self._l10n_mx_facture_print_template() or super()._get_name_invoice_report()

    def _extend_with_attachments(self, files_data, new=False):
        imported = super()._extend_with_attachments(files_data, new)
        if not imported:
            self._l10n_mx_facture_tell_failure(files_data)
        return imported

    def _get_alerts(self):
        """On top of the form, in this order."""
        return {
            **super()._get_alerts(),
            **self._l10n_mx_facture_stamp_alerts(),
            **self._l10n_mx_facture_refusal_alerts(),
            **self._l10n_mx_facture_elsewhere_alerts(),
            **self._l10n_mx_facture_finding_alerts(),
            **self._l10n_mx_facture_rate_alerts(),
            **self._l10n_mx_facture_due_alerts(),
            **self._l10n_mx_facture_ticket_alerts(),
            **self._l10n_mx_facture_cancel_order_alerts(),
            **self._l10n_mx_facture_cancel_refusal_alerts(),
            **self._l10n_mx_facture_cancel_reversal_alerts(),
            **self._l10n_mx_facture_hint_alerts(),
            **self._l10n_mx_facture_discrepancy_alerts(),
            **self._l10n_mx_facture_substitute_alerts(),
        }
