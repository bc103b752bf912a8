from odoo import fields, models

from ..common import sealed
from .sat_answer import LOST


class L10nMxFactureDocument(models.Model):
    """What SAT shows of a cancellation that was asked for from here, and that wasn't known to wait for SAT."""

    _inherit = "l10n_mx_facture.document"

    def _note_arrived(self):
        """SAT shows a request under way: ours, whose answer was lost or is still to come, or which a person had stated
        to be none.
        """
        document = self._for_reader()
        request = document._sat_open_requests()[:1]
        under_way, lost = document._is_cancel_under_way(), request.outcome in LOST
        code = not lost and request.code
        document._move_to("cancel_requested", cancel_code=code, message_code=False, message_text=False)
        if under_way:
            # its answer may still come, and is told then
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
        document.move_id._message_log(body=body)

    def _note_refused(self):
        """SAT shows that the customer refused: the requests are answered, and so is the order that they were made for.

        The state is the caller's.
        """
        document = self._for_reader()
        requests = document._sat_open_requests()
        if requests[:1].outcome in LOST:
            sealed.write(document, document._request_vals(requests[0]))
            document._close_lost(requests[0], document.env._("Its answer was lost; SAT shows it refused."))
            document.move_id._message_log(
                body=document.env._(
                    "The answer to the request to cancel CFDI %(uuid)s (reason %(reason)s) was lost, but the request "
                    "arrived: SAT shows it as refused.",
                    uuid=document.uuid,
                    reason=document.cancel_reason,
                )
            )
        sealed.write(requests, {"refused_date": document.sat_date})
        if document.cancel_order and document._last_cancel():
            document._withdraw_order()

    def _close_lost(self, request, text):
        """A request whose answer was lost has arrived: SAT shows it.

        :param request: its row of the ledger
        :param text: what is added to the row, as a sentence
        """
        sealed.write(
            request,
            {
                "outcome": "done",
                "date_end": request.date_end or fields.Datetime.now(),
                "message": f"{request.message or ''} {text}".strip(),
            },
        )

    def _request_vals(self, request):
        """:param request: row of the ledger that asked for the cancellation
        :return: dict of what was asked for, and by whom
        """
        return {
            "cancel_reason": request.cancel_reason,
            "cancel_replacement_uuid": request.cancel_replacement_uuid,
            "cancel_user_id": request.user_id.id,
        }
