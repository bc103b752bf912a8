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
from ..common import protected
from ..common.locks import lock_free
from ..common.transactions import commit_or_log, commit_with_retry, wake_queue

# wait after a temporary failure of the service, by the number of attempts
WAIT = partial(backoff, first=timedelta(minutes=1), ceiling=timedelta(minutes=64))
# errors: the service did not say whether this or an earlier attempt is stamped
NOT_LOOKED_UP = ("not_looked_up", "former_unknown")


class L10nMxFactureDocument(models.Model):
    """Services with two steps: an invoice is created there first, without fiscal effect, and then stamped by its id.

    Each step has its ledger row, and the id is committed before the stamp is requested. A lost answer to the second
    step can always be looked up; a lost answer to the first has no fiscal effect.
    """

    _inherit = "l10n_mx_facture.document"

    date_due = fields.Datetime("Not before", readonly=True, copy=False)

    def _end_if_changed(self, built):
        """End an attempt with an id at the service if the invoice's data has changed since; else it is sent as it is.

        :param built: :class:`~..build.comprobante.Built` of the same invoice
        :return: dict of its queue values if this attempt was ended and another one is sent; else None
        """
        self.ensure_one()
        if not self.remote_id:
            return None
        if self.account_id == built.owner.l10n_mx_facture_branch_id.account_id:
            comprobante = replace(built.comprobante, fecha=datetime.fromisoformat(self.fecha))
            frozen = replace(built, comprobante=comprobante)
            if self.env["l10n_mx_facture.cfdi"]._draft(self._owner(), frozen, []) == json.loads(self.draft_sent):
                return None
        return self._end_attempt()

    def _end_attempt(self):
        """End an attempt with an id at the service, in favour of another one.

        :return: dict of its queue values
        """
        queue_vals = {"run_id": self.run_id.id, "date_queued": self.date_queued}
        self._move_to("rejected", run_id=False, date_queued=False, date_due=False, message_code=False)
        return queue_vals

    def _send_in_two_steps(self, call):
        """Create at the service what it doesn't have yet, store the ids, and have all stamped.

        :param call: :class:`~.attempt.Call`
        """
        new = self.filtered(lambda document: not call.remote_ids[document])
        drafts = {self._entry_name(document): call.drafts[document] for document in new}
        try:
            answers = call.in_time(partial(call.client.create_many, drafts))
        except PacError as error:
            self._store_call_failure(error, call.rows)
            return
        created = {document: answers[self._entry_name(document)] for document in new}
        # after a long delay nothing is sent, as others may count the attempt as dead
        started = time.monotonic()
        to_stamp = commit_with_retry(partial(self._store_created, call.rows, created), self.env)
        if to_stamp:
            files = {
                self._entry_name(document): (remote_id, call.payloads[document])
                for document, (remote_id, _row) in to_stamp.items()
            }
            result = call.client.stamp_created_many(files, started)
            rows = call.rows.browse().concat(*(row for _remote_id, row in to_stamp.values()))
            self.browse().concat(*to_stamp)._store_result(result, rows)
        # last, so that an error here doesn't keep the others from being stamped
        for document, answer in created.items():
            if isinstance(answer, PacError):
                store = partial(document._store_failure, answer, rows=call.rows)
                commit_or_log(store, self.env, f"Storing the answer for {document}")
                self.account_id._record_failure(answer)

    def _store_created(self, rows, created):
        """Store the ids that the service has given these invoices.

        :param rows: the ledger rows of this attempt
        :param created: dict from a document to its :class:`~..pac.results.Created` or to the exception
        :return: dict from each document to stamp next to its id and the ledger row of the second step
        """
        # documents that were marked as timed out, or are locked, are skipped: nothing is stamped yet
        locked = lock_free(self, reread=["state", "request_ids"])
        rows.invalidate_recordset(["outcome"])
        to_stamp, rows_by_document = {}, rows.grouped("document_id")
        for document in locked.filtered(lambda document: document.state == "sending" and document._is_latest(rows)):
            row = rows_by_document[document]
            answer = created.get(document)
            if isinstance(answer, Created):
                protected.write(document, {"remote_id": answer.remote_id})
                row._close("done", http_status=answer.http_status)
                row = row.create({"document_id": document.id, "operation": "stamp", "user_id": self.env.uid})
            if document.remote_id:
                to_stamp[document] = (document.remote_id, row)
        # the time limit starts again for the second step
        protected.write(self.browse().concat(*to_stamp), {"date_sent": fields.Datetime.now()})
        return to_stamp

    def _wait_for_service(self, error):
        """Put documents with a temporary failure into the queue, with increasing waits."""
        for document in self.filtered(lambda document: document.state == "draft"):
            # invoices of a button wait only if the service said "later", not if it could not be asked
            if error.reason == "temporary" or (error.reason in NOT_LOOKED_UP and document.date_queued):
                protected.write(document, document._waiting_vals())
                wake_queue(self.env, document.date_due)

    def _waiting_vals(self):
        attempts = len(self.request_ids.filtered(lambda row: row.outcome == "not_sent"))
        # jitter, so that documents that failed together are not retried at the same moment
        due = fields.Datetime.now() + WAIT(attempts) * random.uniform(0.5, 1.0)  # noqa: S311
        return {"date_queued": self.date_queued or fields.Datetime.now(), "date_due": due.replace(microsecond=0)}
