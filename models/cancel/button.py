from odoo import api, fields, models
from odoo.exceptions import LockError, UserError

from ..common.access import check_group
from ..common.actions import notification, open_dialog
from ..common.locks import lock
from ..common.owners import owner_vals
from ..document.cancel_reasons import CANCEL_REASONS, WITH_REPLACEMENT


class L10nMxFactureOwner(models.AbstractModel):
    """The button Cancel CFDI, for one invoice or other owner of a CFDI, or for many."""

    _inherit = "l10n_mx_facture.owner"

    l10n_mx_facture_cancel_order_text = fields.Text(
        "Waiting cancellation", compute="_compute_l10n_mx_facture_cancel_order_text", compute_sudo=True
    )

    @api.depends("l10n_mx_facture_document_id.cancel_order", "l10n_mx_facture_document_id.cancel_order_text")
    def _compute_l10n_mx_facture_cancel_order_text(self):
        for move in self:
            document = move.l10n_mx_facture_document_id
            move.l10n_mx_facture_cancel_order_text = document._order_text() if document.cancel_order else False

    def _l10n_mx_facture_cancel_order_alerts(self):
        """:return: dict of alerts: the cancellation that waits to be requested"""
        text = self.l10n_mx_facture_cancel_order_text
        return {"l10n_mx_facture_cancel_order": {"level": "info", "message": text}} if text else {}

    def action_l10n_mx_facture_cancel(self):
        """Open the wizard with the expected outcome and the reason; for a single invoice, SAT is asked before.

        :raise UserError: of one invoice: there is nothing to cancel
        """
        check_group(self.env, "cancel")
        if len(self) != 1:
            return self._l10n_mx_facture_open_cancel_many()
        self._l10n_mx_facture_check_cancel_wizard()
        problem = self._l10n_mx_facture_ask_sat()
        # SAT may have answered that it is cancelled
        if self.l10n_mx_facture_state == "cancelled":
            return notification(self.env._("SAT shows the CFDI of %s as cancelled.", self.display_name))
        self._l10n_mx_facture_check_cancel_wizard()
        wizard, name = self.env["l10n_mx_facture.cancel"], self.env._("Cancel CFDI")
        defaults = self._l10n_mx_facture_cancel_defaults()
        return open_dialog(wizard, name, **owner_vals(self), sat_problem=problem, **defaults)

    def _l10n_mx_facture_cancel_defaults(self):
        """:return: dict of defaults: reason 01 if a substitution was begun or a substitute is stamped"""
        document, defaults = self.l10n_mx_facture_document_id, {}
        substitute = self._l10n_mx_facture_find_substitutes().get(document, self.browse())
        if substitute.l10n_mx_facture_state == "stamped" and document.state == "stamped":
            defaults["replacement_id"] = substitute.l10n_mx_facture_document_id.id
        asked = document.state != "stamped" and document.cancel_reason
        if defaults or WITH_REPLACEMENT in (document.cancel_order, asked):
            defaults["reason"] = WITH_REPLACEMENT
        return defaults

    def _l10n_mx_facture_ask_sat(self):
        """:return: why SAT could not be asked, or its answer is inconclusive, as a sentence; None if neither"""
        try:
            self.l10n_mx_facture_document_id._sat_ask_or_raise()
        except UserError as error:
            return str(error)
        return self.l10n_mx_facture_document_id.sat_error or None

    def _l10n_mx_facture_open_cancel_many(self):
        self.check_access("write")
        if not self:
            raise UserError(self.env._("Choose first what is to be cancelled."))
        return self.env["l10n_mx_facture.cancel.many"]._create_for(self)._open()

    def l10n_mx_facture_cancel(self, reason, replacement_uuid=None):
        """Request the cancellation of each invoice's CFDI.

        :param reason: SAT's motivo: ``01`` (replaced, with ``replacement_uuid``), ``02``, ``03`` or ``04``
        :param replacement_uuid: UUID of our stamped CFDI that substitutes it, only with ``01``
        :return: a notification; the state becomes ``cancel_requested`` if the service accepted the request
        :raise UserError: the request is not allowed, and nothing was sent
        """
        check_group(self.env, "cancel")
        replacement_uuid = (replacement_uuid or "").strip().upper() or None
        for move in self:
            move._l10n_mx_facture_check_cancellable()
            move._l10n_mx_facture_check_reason(reason, replacement_uuid)
            move.l10n_mx_facture_document_id._client()
        failures, outcomes = [], set()
        for move in self:
            try:
                move._l10n_mx_facture_lock_cfdi()
            except LockError as error:
                failures.append(str(error))
                outcomes.add("not_sent")
                continue
            move._l10n_mx_facture_check_cancellable()
            document = move.l10n_mx_facture_document_id
            failure = document._request_cancel(reason, replacement_uuid)
            if failure:
                failures.append(f"{move.name}: {failure}")
                outcomes.add(document._last_cancel().outcome)
        return self._l10n_mx_facture_cancel_report(failures, outcomes)

    def _l10n_mx_facture_lock_cfdi(self):
        """:raise LockError: another transaction works on the invoice or its CFDI"""
        lock(self)
        # fails with a conflict, and is retried, if a request was stored since this transaction began
        lock(self.sudo().l10n_mx_facture_document_id, self.display_name)

    def _l10n_mx_facture_order_cancel(self, reason, replacement_uuid=None, waits=None):
        """Register the cancellation of these invoices' CFDIs, to be requested later. The caller commits.

        :param waits: why it can't be requested yet, as a sentence without full stop; None if that is not known
        :raise UserError: it is not allowed, or another transaction works on one of them; nothing was registered
        """
        check_group(self.env, "cancel")
        for move in self:
            move._l10n_mx_facture_lock_cfdi()
            move._l10n_mx_facture_check_cancellable()
            if reason != WITH_REPLACEMENT or replacement_uuid:
                move._l10n_mx_facture_check_reason(reason, replacement_uuid)
        self.l10n_mx_facture_document_id._order_cancel(reason, replacement_uuid, waits)

    def action_l10n_mx_facture_withdraw_cancel(self):
        """Withdraw a registered cancellation that was not requested yet."""
        check_group(self.env, "cancel")
        self.check_access("write")
        for move in self:
            move._l10n_mx_facture_lock_cfdi()
        ordered = self.l10n_mx_facture_document_id.filtered("cancel_order")
        ordered._check_withdrawable()
        ordered._withdraw_order()
        text = self.env._("%s withdrew the cancellation of the CFDI before it was requested.", self.env.user.name)
        for owners in ordered._owners():
            owners._message_log_batch(dict.fromkeys(owners.ids, text))

    def _l10n_mx_facture_cancel_report(self, failures, outcomes):
        """:param failures: list of sentences: why requests were not accepted
        :param outcomes: set of outcomes in the ledger
        """
        message = "\n".join(failures) or self.env._(
            "The cancellation was requested. The CFDI is cancelled only when SAT confirms it."
        )
        if not failures:
            title = self.env._("Cancellation requested")
        elif outcomes == {"not_sent"}:
            title = self.env._("Cancellation not requested")
        elif outcomes <= {"rejected", "not_sent"}:
            title = self.env._("Cancellation refused")
        else:
            # one of the requests may have arrived
            title = self.env._("Not confirmed")
        return notification(message, title, "danger" if failures else "success", sticky=bool(failures))

    def _l10n_mx_facture_check_cancel_wizard(self):
        """:raise UserError: the wizard can't be opened for this invoice"""
        document = self.l10n_mx_facture_document_id
        if document.state == "cancel_requested" and document.cancel_reason == WITH_REPLACEMENT:
            # the wizard shows the status of the substitution
            self.check_access("write")
            return
        self._l10n_mx_facture_check_cancellable()

    def _l10n_mx_facture_check_cancellable(self):
        self.ensure_one()
        self.check_access("write")
        if self.l10n_mx_facture_state == "cancel_requested":
            raise UserError(
                self.env._("The cancellation of %s has been requested already.", self.display_name)
            )
        if self.l10n_mx_facture_document_id._is_cancel_under_way():
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
        """Raise unless reason 01 has our stamped substitute, and any other reason has none."""
        if reason not in dict(CANCEL_REASONS):
            raise UserError(self.env._("The reason is one of 01, 02, 03 and 04, not %s.", reason))
        if reason != WITH_REPLACEMENT:
            if replacement_uuid:
                raise UserError(self.env._("Only reason 01 takes a substitute."))
            return
        if not replacement_uuid:
            raise UserError(self.env._("Reason 01 needs the CFDI that substitutes this one."))
        document = self.l10n_mx_facture_document_id
        replacement = self.env["l10n_mx_facture.document"].search(
            [
                ("uuid", "=", replacement_uuid),
                ("state", "=", "stamped"),
                # branches with one RFC may substitute each other's CFDIs
                ("company_id", "child_of", self.company_id.sudo().root_id.id),
                ("rfc_emisor", "=", document.rfc_emisor),
                ("environment", "=", document.environment),
                ("id", "!=", document.id),
            ]
        )
        if not replacement or replacement.rfc_emisor != document.rfc_emisor:
            raise UserError(
                self.env._(
                    "%s is not one of our stamped CFDIs: stamp the substitute first.",
                    replacement_uuid,
                )
            )
        self._l10n_mx_facture_check_replacement(replacement)

    def _l10n_mx_facture_check_replacement(self, replacement):
        """:raise UserError: for SAT this CFDI of ours is no substitute of the invoice's"""
        document = self.l10n_mx_facture_document_id
        facts = {"substitute": replacement.sudo()._owner().name, "uuid": replacement.uuid, "invoice": self.display_name}
        if document.uuid not in replacement._named_with_04():
            raise UserError(
                self.env._(
                    "%(substitute)s (%(uuid)s) doesn't substitute the CFDI of %(invoice)s: it has no relation 04 to "
                    "it. Make the substitute with the button Substitute, or choose another reason.",
                    **facts,
                )
            )
        if replacement.rfc_receptor != document.rfc_receptor:
            raise UserError(
                self.env._(
                    "%(substitute)s (%(uuid)s) is for %(other)s and the CFDI of %(invoice)s for %(customer)s: a "
                    "substitute is for the same customer. Cancel with reason 02 instead.",
                    other=replacement.rfc_receptor,
                    customer=document.rfc_receptor,
                    **facts,
                )
            )
