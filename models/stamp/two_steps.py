import json
import random
import time
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from odoo import fields, models

from ...pac.errors import PacError
from ...pac.results import Created
from ...pac.wire.backoff import backoff
from ..common import sealed
from ..common.locks import lock_free
from ..common.schedule import wake_queue
from ..common.transactions import alone, durably

# what the service can't do for the moment is asked again after this time, by the number of attempts
WAIT = partial(backoff, first=timedelta(minutes=1), ceiling=timedelta(minutes=64))


class L10nMxFactureDocument(models.Model):
    """Services of two steps: an invoice is handed over first, which is nothing fiscal, and stamped by its id then.

    Each step has its row in the ledger, and the id is committed before the stamp is asked: a lost answer to the
    second step can always be looked up, and a lost one to the first leaves nothing.
    """

    _inherit = "l10n_mx_facture.document"

    date_due = fields.Datetime("Not before", readonly=True, copy=False)

    def _give_way(self, built):
        """What waits under an id of a service is sent again as it is, or not at all.

        :param built: :class:`~..build.comprobante.Built` of the same invoice
        :return: dict with its place in the queue where something else is sent now, so that this attempt is over;
            else None
        """
        self.ensure_one()
        if not self.remote_id:
            return None
        if self.account_id == built.move.l10n_mx_facture_branch_id.account_id:
            comprobante = replace(built.comprobante, fecha=datetime.fromisoformat(self.fecha))
            then = replace(built, comprobante=comprobante)
            if self.env["l10n_mx_facture.cfdi"]._draft(self.move_id, then, []) == json.loads(self.draft_sent):
                return None
        return self._leave_place()

    def _leave_place(self):
        """End an attempt that waits at a service under its id, in favour of another one.

        :return: dict with its place in the queue
        """
        place = {"run_id": self.run_id.id, "date_queued": self.date_queued}
        self._move_to("rejected", run_id=False, date_queued=False, date_due=False, message_code=False)
        return place

    def _send_in_two_steps(self, call):
        """Hand over what the service doesn't have yet, keep its ids, and have all of it stamped.

        :param call: :class:`~.stamp_call.Call`
        """
        new = self.filtered(lambda document: not call.remote_ids[document])
        drafts = {self._entry_name(document): call.drafts[document] for document in new}
        try:
            answers = call.in_time(partial(call.client.create_many, drafts))
        except PacError as error:
            self._store_call_failure(error, call.rows)
            return
        created = {document: answers[self._entry_name(document)] for document in new}
        # what is asked long after this is written down is not asked at all: others take us for dead then
        begun = time.monotonic()
        going = durably(partial(self._store_created, call.rows, created), self.env)
        if going:
            files = {
                self._entry_name(document): (remote_id, call.payloads[document])
                for document, (remote_id, _row) in going.items()
            }
            result = call.client.stamp_created_many(files, begun)
            rows = call.rows.browse().concat(*(row for _remote_id, row in going.values()))
            self.browse().concat(*going)._store_result(result, rows)
        # last: nothing that fails here keeps what was handed over from being stamped
        for document, answer in created.items():
            if isinstance(answer, PacError):
                store = partial(document._store_failure, answer, rows=call.rows)
                alone(store, self.env, f"Storing the answer for {document}")
                self.account_id._note_failure(answer)

    def _store_created(self, rows, created):
        """Keep the ids under which the service has these invoices by now.

        :param rows: the ledger's rows of this attempt
        :param created: dict from a document to its :class:`~..pac.results.Created`, or to what was raised
        :return: dict from a document to its id and the row of its second step: those that are stamped next
        """
        # who was taken for dead meanwhile, or is being looked at, is left alone: nothing fiscal has happened
        mine = lock_free(self, reread=["state", "request_ids"])
        rows.invalidate_recordset(["outcome"])
        going, own = {}, rows.grouped("document_id")
        for document in mine.filtered(lambda document: document.state == "sending" and document._is_latest(rows)):
            row = own[document]
            answer = created.get(document)
            if isinstance(answer, Created):
                sealed.write(document, {"remote_id": answer.remote_id})
                row._close("done", http_status=answer.http_status)
                row = row.create({"document_id": document.id, "operation": "stamp", "user_id": self.env.uid})
            if document.remote_id:
                going[document] = (document.remote_id, row)
        # the second step has the time of a call of its own
        sealed.write(self.browse().concat(*going), {"date_sent": fields.Datetime.now()})
        return going

    def _wait_for_service(self, error):
        """What the service can't do for the moment waits in the queue and is tried again, each time later."""
        for document in self.filtered(lambda document: document.state == "draft"):
            # a button's invoice waits too where the service said "later", but not where we could not ask
            if error.reason == "temporary" or (error.reason == "former_unknown" and document.date_queued):
                sealed.write(document, document._waiting_vals())
                wake_queue(self.env, document.date_due)

    def _waiting_vals(self):
        attempts = len(self.request_ids.filtered(lambda row: row.outcome == "not_sent"))
        # with jitter: what failed together doesn't come back in step
        due = fields.Datetime.now() + WAIT(attempts) * random.uniform(0.5, 1.0)  # noqa: S311
        return {"date_queued": self.date_queued or fields.Datetime.now(), "date_due": due.replace(microsecond=0)}
