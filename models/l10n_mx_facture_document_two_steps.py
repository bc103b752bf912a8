import json
import random
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from odoo import fields, models

from .. import pac
from .durable import durably
from .sealed import internal

# what the service can't do for the moment is asked again after this time, doubled with each attempt
TEMPORARY_AFTER = timedelta(minutes=1)
TEMPORARY_DOUBLINGS = 6


class L10nMxFactureDocument(models.Model):
    """Services of two steps: an invoice is handed over first, which is nothing fiscal, and stamped by its id then.

    Each step has its row in the ledger, and the id is committed before the stamp is asked: a lost answer to the
    second step can always be looked up, and a lost one to the first leaves nothing.
    """

    _inherit = "l10n_mx_facture.document"

    date_due = fields.Datetime("Not before", readonly=True, copy=False)

    def _give_way(self, prepared):
        """What waits under an id of a service is sent again as it is, or not at all.

        :param prepared: :class:`~.account_move_stamp.Prepared` of the same invoice
        :return: whether something else is sent now, so that this attempt is over
        """
        self.ensure_one()
        if not self.remote_id:
            return False
        if self.account_id == prepared.branch.account_id:
            then = replace(prepared.comprobante, fecha=datetime.fromisoformat(self.fecha))
            if self.env["l10n_mx_facture.cfdi"]._draft(self.move_id, then) == json.loads(self.draft_sent):
                return False
        self._move_to("rejected", date_queued=False, message_code=False)
        return True

    def _send_in_two_steps(self, call):
        """Hand over what the service doesn't have yet, keep its ids, and have all of it stamped.

        :param call: :class:`~.l10n_mx_facture_document_stamp.Call`
        """
        new = self.filtered(lambda document: not call.remote_ids[document])
        drafts = {self._entry_name(document): call.drafts[document] for document in new}
        try:
            answers = call.in_time(partial(call.client.create_many, drafts))
        except pac.PacError as error:
            self._store_call_failure(error)
            return
        created = {document: answers[self._entry_name(document)] for document in new}
        going = durably(partial(self._store_created, created), self.env)
        failed = {document: one for document, one in created.items() if isinstance(one, pac.PacError)}
        for document, error in failed.items():
            document._store_call_failure(error)
        if going:
            files = {
                self._entry_name(document): (remote_id, call.payloads[document])
                for document, remote_id in going.items()
            }
            result = call.client.stamp_created_many(files)
            self.browse().concat(*going)._store_result(result)

    def _store_created(self, created):
        """Keep the ids under which the service has these invoices by now.

        :param created: dict from a document to its :class:`~..pac.contract.Created`, or to what was raised
        :return: dict from a document to its id: those that are stamped next
        """
        # who was taken for dead meanwhile, or is being looked at, is left alone: nothing fiscal has happened
        mine = self.try_lock_for_update(allow_referencing=True)
        mine.invalidate_recordset(["state"])
        going = {}
        for document in mine.filtered(lambda document: document.state == "sending"):
            answer = created.get(document)
            if isinstance(answer, pac.Created):
                internal(document).remote_id = answer.remote_id
                document._stamp_requests(("create",))._close("done", http_status=answer.http_status)
                self.env["l10n_mx_facture.request"].sudo().create(
                    {"document_id": document.id, "operation": "stamp", "user_id": self.env.uid}
                )
            if document.remote_id:
                going[document] = document.remote_id
        # the second step has the time of a call of its own
        internal(self.browse().concat(*going)).date_sent = fields.Datetime.now()
        return going

    def _store_failure(self, error, reported_uuid=False, operations=None):
        """What the service can't do for the moment waits in the queue and is tried again, each time later."""
        more = {"operations": operations} if operations else {}
        result = super()._store_failure(error, reported_uuid, **more)
        if error.reason == "temporary":
            for document in self.filtered(lambda document: document.state == "draft"):
                internal(document).write(document._waiting_vals())
                self._wake_queue(document.date_due)
        return result

    def _waiting_vals(self):
        attempts = len(self.request_ids.filtered(lambda row: row.operation == "stamp"))
        wait = TEMPORARY_AFTER * 2 ** min(attempts - 1, TEMPORARY_DOUBLINGS)
        # with jitter: what failed together doesn't come back in step
        due = fields.Datetime.now() + wait * random.uniform(0.5, 1.0)  # noqa: S311
        return {"date_queued": self.date_queued or fields.Datetime.now(), "date_due": due.replace(microsecond=0)}
