from odoo import models
from odoo.exceptions import LockError, UserError

from .notification import notification
from .sealed import internal


class AccountMove(models.Model):
    """The button Cancel CFDI."""

    _inherit = "account.move"

    def action_l10n_mx_facture_cancel(self):
        """Open the wizard that asks for the reason."""
        self.ensure_one()
        self._l10n_mx_facture_check_group("cancel")
        self._l10n_mx_facture_check_cancellable()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Cancel CFDI"),
            "res_model": "l10n_mx_facture.cancel",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_move_id": self.id},
        }

    def l10n_mx_facture_cancel(self, reason, replacement_uuid=None):
        """Ask for the cancellation of the CFDI of each invoice.

        :param reason: SAT's motivo: ``01`` (replaced, with ``replacement_uuid``), ``02``, ``03`` or ``04``
        :param replacement_uuid: UUID of the stamped CFDI of ours that replaces it, with ``01`` and only with it
        :return: a notification; the state is ``cancel_requested`` where the service took the request
        :raise UserError: the request is not allowed, and nothing was sent
        """
        self._l10n_mx_facture_check_group("cancel")
        replacement_uuid = (replacement_uuid or "").strip().upper() or None
        for move in self:
            move._l10n_mx_facture_check_cancellable()
            move._l10n_mx_facture_check_reason(reason, replacement_uuid)
            move.l10n_mx_facture_document_id._client()
        failures = []
        for move in self:
            try:
                move.lock_for_update(allow_referencing=True)
                # a request that was stored since this transaction began makes this one begin anew
                internal(move.l10n_mx_facture_document_id).lock_for_update(allow_referencing=True)
            except LockError:
                failures.append(
                    self.env._("%s: somebody else is working on it right now.", move.name)
                )
                continue
            move._l10n_mx_facture_check_cancellable()
            failure = move.l10n_mx_facture_document_id._request_cancel(reason, replacement_uuid)
            if failure:
                failures.append(f"{move.name}: {failure}")
        return self._l10n_mx_facture_cancel_report(failures)

    def _l10n_mx_facture_cancel_report(self, failures):
        message = "\n".join(failures) or self.env._(
            "The cancellation was requested. The CFDI is cancelled when SAT says so."
        )
        title = self.env._("Not confirmed") if failures else self.env._("Cancellation requested")
        return notification(message, title, "danger" if failures else "success", sticky=bool(failures))

    def _l10n_mx_facture_check_cancellable(self):
        self.ensure_one()
        self.check_access("write")
        if self.l10n_mx_facture_state == "cancel_requested":
            raise UserError(
                self.env._("The cancellation of %s has been requested already.", self.display_name)
            )
        if self.l10n_mx_facture_document_id.sudo().request_ids.filtered(
            lambda row: row.operation == "cancel"
            and row.outcome == "pending"
            and not row.document_id._is_dead(row.date_start)
        ):
            raise UserError(
                self.env._(
                    "The cancellation of %s is being requested right now: wait for the answer.",
                    self.display_name,
                )
            )
        if self.l10n_mx_facture_state != "stamped":
            raise UserError(
                self.env._("%s has no stamped CFDI: there is nothing to cancel.", self.display_name)
            )

    def _l10n_mx_facture_check_reason(self, reason, replacement_uuid):
        """Reason 01 names the CFDI that replaces it, which is stamped and ours; the others name none."""
        if reason not in ("01", "02", "03", "04"):
            raise UserError(self.env._("The reason is one of 01, 02, 03 and 04, not %s.", reason))
        if reason != "01":
            if replacement_uuid:
                raise UserError(self.env._("Only reason 01 names a replacement."))
            return
        if not replacement_uuid:
            raise UserError(self.env._("Reason 01 needs the CFDI that replaces this one."))
        document = self.l10n_mx_facture_document_id
        replacement = self.env["l10n_mx_facture.document"].search(
            [
                ("uuid", "=", replacement_uuid),
                ("state", "=", "stamped"),
                # branches of Odoo that issue with one RFC replace each other's
                ("company_id", "child_of", self.company_id.sudo().root_id.id),
                ("rfc_emisor", "=", document.rfc_emisor),
                ("environment", "=", document.environment),
                ("id", "!=", document.id),
            ]
        )
        if not replacement or replacement.rfc_emisor != document.rfc_emisor:
            raise UserError(
                self.env._(
                    "%s is not a stamped CFDI of ours: the replacement has to be stamped first.",
                    replacement_uuid,
                )
            )
