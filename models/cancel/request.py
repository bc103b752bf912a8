from functools import partial

from odoo import fields, models
from odoo.exceptions import UserError

from ...pac.errors import PacError
from ..common import protected
from ..common.errors import cancel_code_text, error_text
from ..common.transactions import checkpoint, commit_or_log, commit_with_retry
from ..document.cancel_reasons import WITH_REPLACEMENT


class L10nMxFactureDocument(models.Model):
    """Cancellation requests. Only SAT cancels; the service's code only says that the request arrived."""

    _inherit = "l10n_mx_facture.document"

    def _request_cancel(self, reason, replacement_uuid=None):
        """Ask the service to cancel.

        :param reason: SAT's motivo, ``01`` to ``04``
        :param replacement_uuid: UUID of the substitute, only with reason ``01``
        :return: None if the request was accepted, else why not
        """
        self.ensure_one()
        client = self._client()
        request = (
            self.env["l10n_mx_facture.request"]
            .sudo()
            .create(
                {
                    "document_id": self.id,
                    "operation": "cancel",
                    "user_id": self.env.uid,
                    "cancel_reason": reason,
                    "cancel_replacement_uuid": replacement_uuid,
                }
            )
        )
        # transactions that wait for the lock fail with a conflict; on retry they see the row above
        protected.write(self, {"cancel_date": fields.Datetime.now()})
        uuid, branch, remote_id = self.uuid, self.branch_id.remote_id, self.remote_id or None
        checkpoint(self.env)
        try:
            answer = client.cancel(uuid, branch, reason, replacement_uuid, remote_id)
        except PacError as error:
            text = commit_with_retry(partial(self._store_cancel_failure, request, error), self.env)
            if error.outcome == "rejected":
                return self._finish_refused(text)
            if error.outcome == "unknown":
                lost = partial(self._announce_cancel_lost, reason, text)
                commit_or_log(lost, self.env, f"Telling that the answer about {self} was lost")
            return text
        if not answer.accepted:
            text = commit_with_retry(partial(self._store_cancel_refused, request, answer), self.env)
            return self._finish_refused(text)
        store = partial(self._store_cancel_requested, request, answer, reason, replacement_uuid)
        commit_with_retry(store, self.env)
        commit_or_log(self._announce_cancel_requested, self.env, f"Announcing the cancellation of {self}")
        return None

    def _store_cancel_requested(self, request, answer, reason, replacement_uuid):
        text = cancel_code_text(self.env, answer)
        request._close("done", answer.http_status, code=answer.code, message=text)
        if self.state == "cancelled":
            # SAT's answer came before the service's and stays; this adds who made the request
            protected.write(
                self,
                {
                    "cancel_reason": reason,
                    "cancel_replacement_uuid": replacement_uuid,
                    "cancel_user_id": self.env.uid,
                    "cancel_code": answer.code,
                },
            )
            return
        if self.state == "cancel_requested":
            # of two requests at the same time, the first answer stays; there is none yet if SAT was faster
            if not self.cancel_code:
                protected.write(self, {"cancel_code": answer.code})
            return
        self._move_to(
            "cancel_requested",
            cancel_reason=reason,
            cancel_replacement_uuid=replacement_uuid,
            cancel_date=fields.Datetime.now(),
            cancel_user_id=self.env.uid,
            cancel_code=answer.code,
            message_code=answer.code,
            message_text=text,
        )

    def _announce_cancel_requested(self):
        self._owner().message_post(
            body=self.env._(
                "Cancellation of CFDI %(uuid)s requested (reason %(reason)s, code %(code)s). The CFDI is cancelled "
                "only when SAT confirms it.",
                uuid=self.uuid,
                reason=self.cancel_reason,
                code=self.cancel_code,
            )
        )

    def _announce_cancel_lost(self, reason, text):
        self._owner()._message_log(
            body=self.env._(
                "The request to cancel CFDI %(uuid)s (reason %(reason)s) was sent, and its answer was lost: %(text)s",
                uuid=self.uuid,
                reason=reason,
                text=text,
            )
        )

    def _store_cancel_refused(self, request, answer):
        """The service refused: the CFDI stays valid."""
        text = cancel_code_text(self.env, answer)
        request._close("rejected", answer.http_status, code=answer.code, message=text, raw=answer.raw)
        protected.write(self, {"message_code": answer.code, "message_text": text})
        return text

    def _finish_refused(self, text):
        """:param text: why the request was refused, which is stored
        :return: the same, and what it means for the substitute
        """
        commit_or_log(self._after_cancel_refused, self.env, f"Checking {self} after a refused cancellation")
        return "\n".join(filter(None, (text, self._two_live_text())))

    def _two_live_text(self):
        """:return: that the refused cancellation leaves two valid CFDIs of one sale, and what to do; None if not"""
        if not self._is_substitution_refused() or not (substitutes := self._live_substitutes([self.uuid])):
            return None
        return self.env._(
            "Now both CFDIs are valid: this one and %(invoice)s (%(uuid)s). Request this cancellation again "
            "when its cause is gone, or cancel the other one.",
            invoice=substitutes[0].sudo()._owner().name,
            uuid=substitutes[0].uuid,
        )

    def _is_substitution_refused(self):
        """:return: whether the last request with reason 01 was refused, by the service or by the customer"""
        rows = self.sudo().request_ids.filtered(lambda row: row.operation == "cancel")[:1]
        refused = rows.outcome == "rejected" or self.sat_reading == "refused"
        return refused and rows.cancel_reason == WITH_REPLACEMENT

    def _store_cancel_failure(self, request, error):
        """A refusal or an unreadable answer changes nothing: the CFDI stays valid."""
        text = error_text(self.env, error)
        request._close(
            error.outcome, http_status=error.http_status, code=error.code, message=text, raw=error.raw
        )
        protected.write(self, {"message_code": error.code, "message_text": text})
        if error.outcome == "unknown":
            text += "\n" + self.env._(
                "It is not known whether the request arrived. You can safely request it again: SAT answers 202 if it "
                "already has it."
            )
            # the request may have arrived: ask SAT soon
            self._sat_schedule()
        return text

    def _record_sat_answer(self, cancelled, note):
        """Record what SAT's portal shows, with user, time and reason.

        :param cancelled: True for "cancelled at SAT", False for "refused, it is valid"
        :param note: where the user saw it
        """
        self.ensure_one()
        if not (note or "").strip():
            raise UserError(self.env._("Enter where you saw it. It is kept with the CFDI."))
        if self.state != "cancel_requested":
            raise UserError(
                self.env._("No cancellation of %s was requested.", self._owner().display_name)
            )
        self._owner().check_access("write")
        self._move_to(
            "cancelled" if cancelled else "stamped",
            resolved_by_id=self.env.uid,
            resolved_date=fields.Datetime.now(),
            resolution=note,
            message_code=False,
            message_text=False,
        )
        self._owner().message_post(
            body=(
                self.env._("%(user)s states that SAT has cancelled the CFDI: %(note)s")
                if cancelled
                else self.env._("%(user)s states that the CFDI is still valid at SAT: %(note)s")
            )
            % {"user": self.env.user.name, "note": note}
        )
