from odoo import fields, models

from ..common import protected
from .sat_answer import LOST


class L10nMxFactureDocument(models.Model):
    """What SAT's answer says about our cancellation requests whose outcome was not known."""

    _inherit = "l10n_mx_facture.document"

    def _record_request_arrived(self):
        """SAT shows a request in process: ours, whose answer was lost, is still pending, or was recorded as refused by
        a user.
        """
        document = self._for_recipient()
        request = document._sat_open_requests()[:1]
        under_way, lost = document._is_cancel_under_way(), request.outcome in LOST
        code = not lost and request.code
        document._move_to("cancel_requested", cancel_code=code, message_code=False, message_text=False)
        if under_way:
            # its answer may still come, with a message of its own
            return
        names = {"uuid": document.uuid, "reason": document.cancel_reason}
        if not lost:
            body = document.env._(
                "SAT shows that the request to cancel CFDI %(uuid)s (reason %(reason)s) is in process.", **names
            )
        else:
            document._close_lost(request, document.env._("Its answer was lost; SAT shows it in process."))
            body = document.env._(
                "The answer to the request to cancel CFDI %(uuid)s (reason %(reason)s) was lost, but the request "
                "arrived: SAT shows it in process.",
                **names,
            )
        document._owner()._message_log(body=body)

    def _record_request_refused(self):
        """SAT shows that the customer refused: close the requests and the order.

        The caller changes the state.
        """
        document = self._for_recipient()
        requests = document._sat_open_requests()
        if requests[:1].outcome in LOST:
            protected.write(document, document._request_vals(requests[0]))
            document._close_lost(requests[0], document.env._("Its answer was lost; SAT shows it refused."))
            document._owner()._message_log(
                body=document.env._(
                    "The answer to the request to cancel CFDI %(uuid)s (reason %(reason)s) was lost, but the request "
                    "arrived: SAT shows it as refused.",
                    uuid=document.uuid,
                    reason=document.cancel_reason,
                )
            )
        protected.write(requests, {"refused_date": document.sat_date})
        if document.cancel_order and document._last_cancel():
            document._withdraw_order()

    def _close_lost(self, request, text):
        """Close a request whose answer was lost, as SAT shows that it arrived.

        :param request: its row of the ledger
        :param text: sentence that is added to the row
        """
        protected.write(
            request,
            {
                "outcome": "done",
                "date_end": request.date_end or fields.Datetime.now(),
                "message": f"{request.message or ''} {text}".strip(),
            },
        )

    def _request_vals(self, request):
        """:param request: ledger row of the cancellation request
        :return: dict of the request's values and user
        """
        return {
            "cancel_reason": request.cancel_reason,
            "cancel_replacement_uuid": request.cancel_replacement_uuid,
            "cancel_user_id": request.user_id.id,
        }
