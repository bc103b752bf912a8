from functools import partial

from odoo import fields, models
from odoo.exceptions import UserError

from ...pac.errors import PacError
from ..common import sealed
from ..common.errors import cancel_code_text, error_text
from ..common.transactions import alone, checkpoint, durably


class L10nMxFactureDocument(models.Model):
    """Asking for the cancellation. Only SAT cancels: a code says that the request arrived."""

    _inherit = "l10n_mx_facture.document"

    def _request_cancel(self, reason, replacement_uuid=None):
        """Ask the service to cancel.

        :param reason: SAT's motivo, ``01`` to ``04``
        :param replacement_uuid: UUID of the CFDI that replaces this one, with reason ``01`` only
        :return: None where the request was accepted, else the text that says why not
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
        # whoever waits for the lock with an older snapshot has to begin anew, and then sees the row above
        sealed.write(self, {"cancel_date": fields.Datetime.now()})
        uuid, branch, remote_id = self.uuid, self.branch_id.remote_id, self.remote_id or None
        checkpoint(self.env)
        try:
            answer = client.cancel(uuid, branch, reason, replacement_uuid, remote_id)
        except PacError as error:
            text = durably(partial(self._store_cancel_failure, request, error), self.env)
            if error.outcome == "unknown":
                lost = partial(self._announce_cancel_lost, reason, text)
                alone(lost, self.env, f"Telling that the answer about {self} was lost")
            return text
        if not answer.accepted:
            return durably(partial(self._store_cancel_refused, request, answer), self.env)
        store = partial(self._store_cancel_requested, request, answer, reason, replacement_uuid)
        durably(store, self.env)
        alone(self._announce_cancel_requested, self.env, f"Announcing the cancellation of {self}")
        return None

    def _store_cancel_requested(self, request, answer, reason, replacement_uuid):
        text = cancel_code_text(self.env, answer)
        request._close("done", answer.http_status, code=answer.code, message=text)
        if self.state == "cancelled":
            # SAT's answer was faster than the service's: it stands, and this says who had asked
            sealed.write(
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
            # two asked at the same time: the first one's answer stands; none came yet where SAT was faster
            if not self.cancel_code:
                sealed.write(self, {"cancel_code": answer.code})
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
        self.move_id.message_post(
            body=self.env._(
                "Cancellation of CFDI %(uuid)s requested (reason %(reason)s, code %(code)s). The CFDI is cancelled "
                "only when SAT confirms it.",
                uuid=self.uuid,
                reason=self.cancel_reason,
                code=self.cancel_code,
            )
        )

    def _announce_cancel_lost(self, reason, text):
        self.move_id._message_log(
            body=self.env._(
                "The request to cancel CFDI %(uuid)s (reason %(reason)s) was sent, and its answer was lost: %(text)s",
                uuid=self.uuid,
                reason=reason,
                text=text,
            )
        )

    def _store_cancel_refused(self, request, answer):
        """The service said no: the CFDI stays valid."""
        text = cancel_code_text(self.env, answer)
        request._close("rejected", answer.http_status, code=answer.code, message=text, raw=answer.raw)
        sealed.write(self, {"message_code": answer.code, "message_text": text})
        return text

    def _store_cancel_failure(self, request, error):
        """An answer that says no, or that can't be read, changes nothing: the CFDI stays valid."""
        text = error_text(self.env, error)
        request._close(
            error.outcome, http_status=error.http_status, code=error.code, message=text, raw=error.raw
        )
        sealed.write(self, {"message_code": error.code, "message_text": text})
        if error.outcome == "unknown":
            text += "\n" + self.env._(
                "It is not known whether the request arrived. You can safely request it again: SAT answers 202 if it "
                "already has it."
            )
            # it may have arrived: SAT is asked soon
            self._sat_plan()
        return text

    def _state_cancelled(self, cancelled, note):
        """A person says what SAT's portal shows. It is kept with name, time and reason.

        :param cancelled: True for "cancelled at SAT", False for "refused, it is valid"
        :param note: where the person saw it
        """
        self.ensure_one()
        if not (note or "").strip():
            raise UserError(self.env._("Enter where you saw it. It is kept with the CFDI."))
        if self.state != "cancel_requested":
            raise UserError(
                self.env._("No cancellation of %s was requested.", self.move_id.display_name)
            )
        self.move_id.check_access("write")
        self._move_to(
            "cancelled" if cancelled else "stamped",
            resolved_by_id=self.env.uid,
            resolved_date=fields.Datetime.now(),
            resolution=note,
            message_code=False,
            message_text=False,
        )
        self.move_id.message_post(
            body=(
                self.env._("%(user)s states that SAT has cancelled the CFDI: %(note)s")
                if cancelled
                else self.env._("%(user)s states that the CFDI is still valid at SAT: %(note)s")
            )
            % {"user": self.env.user.name, "note": note}
        )
