import hashlib
import logging
from functools import partial
from http import HTTPStatus

from odoo import api, models

from ...cfdi.read import read_timbre
from ...pac.errors import BY_OUTCOME, PacError, UnknownOutcome
from ..common import protected
from ..common.errors import error_text
from ..common.owners import OWNERS
from ..common.states import STATES
from ..common.transactions import commit_or_log, commit_with_retry, wake_queue
from ..service.pause import FAILURES
from .attempt import Call

_logger = logging.getLogger(__name__)

# errors about one document, not about the service
DOCUMENT_ERRORS = ("bad_payload", "bad_name")
FIRST_CALLS = ("create", "stamp", "stamp_many")
SENDING_CALLS = (*FIRST_CALLS, "resend")


class L10nMxFactureDocument(models.Model):
    """From ``sending`` to the service's answer, which is committed at once."""

    _inherit = "l10n_mx_facture.document"

    def _prepare_call(self, ready):
        """:param ready: list of :class:`~..build.comprobante.Built`, one a document
        :return: :class:`~.attempt.Call`
        :raise UserError: nothing may be sent now
        """
        return Call(
            account=self.account_id,
            rows=self._stamp_requests(FIRST_CALLS),
            client=self[:1]._client(),
            branch=self.branch_id.ensure_one().remote_id,
            payloads={
                document: document._payload_bytes() if document.remote_id else one.payload
                for document, one in zip(self, ready, strict=True)
            },
            drafts={document: one.draft for document, one in zip(self, ready, strict=True)},
            remote_ids={document: document.remote_id for document in self},
            former=self._former_attempts(),
        )

    @api.model
    def _entry_name(self, document):
        return f"{document.id}.xml"

    def _send(self, call):
        """Make the calls for these documents. They and their ledger rows are committed, and no lock is held.

        :param call: see :meth:`_prepare_call`
        """
        to_send = self._look_up_former(call) if call.former else self
        if to_send and call.client.capabilities.needs_create:
            to_send._send_in_two_steps(call)
        elif to_send:
            to_send._send_xml(call)

    def _send_xml(self, call):
        payloads = {document: call.payloads[document] for document in self}
        try:
            if len(self) == 1:
                answer = call.in_time(partial(call.client.stamp, payloads[self], call.branch))
            else:
                files = {self._entry_name(document): payload for document, payload in payloads.items()}
                answer = call.in_time(partial(call.client.stamp_many, files, call.branch))
        except PacError as error:
            self._store_call_failure(error, call.rows)
            return
        if len(self) == 1:
            self._store_stamped(answer, answer.http_status, rows=call.rows)
            call.account._record_success()
        else:
            self._store_result(answer, call.rows)

    def _store_call_failure(self, error, rows):
        """Store why the whole call failed, and pause the account if the error calls for it."""
        commit_with_retry(partial(self._store_failure, error, rows=rows), self.env)
        self.account_id._record_failure(error)

    def _store_result(self, result, rows):
        """Store the outcome of each document of a bulk call, stamps first.

        :param result: :class:`~..pac.results.BulkResult`
        :param rows: the ledger rows of the call or calls
        """
        entries = {document: result.entries[self._entry_name(document)] for document in self}
        stamped = {document: entry for document, entry in entries.items() if entry.outcome == "stamped"}
        # if each had a call of its own, these were answered with 200
        http_status = result.http_status or HTTPStatus.OK.value
        try:
            # in one transaction, as a commit for each is slow
            commit_with_retry(partial(self._adopt_many, stamped, http_status, rows), self.env)
        except Exception:  # pylint: disable=broad-except
            _logger.exception("Stamps of a bulk call could not be stored together: one by one")
            for document, entry in stamped.items():
                document._store_stamped(entry, http_status, rows=rows)
        extras = {document: entry for document, entry in entries.items() if entry.paid is not None or entry.pdf}
        if extras:
            commit_or_log(partial(self._keep_extras, extras), self.env, f"Keeping what came with the stamps of {self}")
        failure = None
        for document, entry in entries.items():
            if entry.outcome != "stamped":
                error = self._entry_error(entry, result)
                failure = error if error.reason in FAILURES else failure
                store = partial(document._store_failure, error, entry.uuid, rows=rows)
                # one that can't be stored becomes unknown; the others are still stored
                commit_or_log(store, self.env, f"Storing the answer for {document}")
        if failure:
            self.account_id._record_failure(failure)
        else:
            self.account_id._record_success()

    def _keep_extras(self, entries):
        """Store the PDF and the payment state that came with the stamps."""
        for document, entry in entries.items():
            if vals := self._paid_vals(entry.paid):
                protected.write(document, vals)
            if entry.pdf and document.state == "stamped":
                document._store_pdf(entry.pdf)

    def _entry_error(self, entry, result):
        """:return: the error that a single call would have raised for one file of a bulk call"""
        kind = BY_OUTCOME[entry.outcome]
        detail = entry.detail
        if entry.uuid and kind is UnknownOutcome:
            detail = self.env._("The service reports the UUID %s for it.", entry.uuid)
        return kind(
            entry.code,
            entry.text,
            reason=entry.reason,
            detail=detail,
            http_status=entry.http_status or result.http_status,
            raw=entry.raw or result.raw,
        )

    # -- storing the answer ---------------------------------------------------------------------

    def _store_stamped(self, stamped, http_status, operations=FIRST_CALLS, rows=None, **vals):
        """Store a stamped CFDI; if that fails, its bytes are kept in the ledger.

        :param stamped: :class:`~..pac.results.Stamped`, or the entry of a bulk call
        :param operations: operations of the call that is answered
        :param rows: the ledger rows of the answered call, if known
        :param vals: further values of the document
        """
        self.ensure_one()
        try:
            commit_with_retry(partial(self._adopt, stamped, http_status, rows, **vals), self.env)
        except Exception as error:  # pylint: disable=broad-except
            # the stamp exists: no error of ours may lose it or allow a second stamp
            _logger.exception("CFDI of document %s came back stamped and could not be stored", self.id)
            lost = UnknownOutcome("not_stored", str(error), http_status=http_status)
            # not cut short as the answers of errors are, because the UUID is near the end
            lost.raw = stamped.xml
            keep = partial(self._store_failure, lost, False, operations, rows)
            if not commit_or_log(keep, self.env, f"Keeping the stamp of {self}"):
                _logger.critical("Not stored anywhere, stamped XML of document %s: %s", self.id, stamped.xml)
            commit_or_log(self._announce_lost, self.env, f"Announcing the lost stamp of {self}")

    def _announce_lost(self):
        self._owner().message_post(
            body=self.env._(
                "It was stamped, but the CFDI could not be stored. Its XML is in the calls to the service: look it up "
                "there before you do anything else here."
            )
        )

    def _adopt(self, stamped, http_status=None, rows=None, **vals):
        """Attach the stamped XML and become ``stamped``.

        :param stamped: :class:`~..pac.results.Stamped`, checked by the client against what was sent
        :param http_status: HTTP status of its answer; None if a user found it
        :param rows: the ledger rows of its call; None: the newest one
        """
        self.ensure_one()
        self._adopt_many({self: stamped}, http_status, rows, **vals)

    def _adopt_many(self, stamped, http_status=None, rows=None, **vals):
        """As :meth:`_adopt`, for many in one transaction.

        :param stamped: dict from a document to its :class:`~..pac.results.Stamped`, or the entry of a bulk call
        """
        timbres = {
            document: read_timbre(one.xml if one.root is None else one.root) for document, one in stamped.items()
        }
        # of the others a user has resolved it before the answer came
        adopted = self.browse().concat(*(one for one, timbre in timbres.items() if one.uuid != timbre.uuid.upper()))
        attachments = self.env["ir.attachment"].sudo().create(
            [
                document._attachment_vals(
                    document._file_name("xml", uuid=timbres[document].uuid.upper()),
                    stamped[document].xml,
                    "application/xml",
                )
                for document in adopted
            ]
        )
        writable = adopted.with_context(bin_size=True, tracking_disable=True)
        # of the invoices nothing else is needed here, and they are wide
        for owners in adopted._owners():
            owners.fetch([OWNERS[owners._name].current])
        for document, attachment in zip(writable, attachments, strict=True):
            document._become_stamped(timbres[document], stamped[document].xml, attachment, **vals)
        known = self.browse().concat(*stamped) - adopted
        if known:
            known._rows_of(rows)._close("done", http_status=http_status)
        if adopted and http_status:
            # a UUID that a user found doesn't answer the call: the ledger row stays as it is
            adopted._rows_of(rows)._close("done", http_status=http_status)

    def _become_stamped(self, timbre, xml, attachment, **vals):
        """Become ``stamped`` and the CFDI that the invoice shows.

        :param timbre: with ``uuid`` and ``fecha_timbrado``: a TimbreFiscalDigital, or a CFDI that was read with it
        :param xml: bytes of the stamped XML
        :param attachment: the file with these bytes
        """
        self._move_to(
            "stamped",
            uuid=timbre.uuid.upper(),
            xml_hash=hashlib.sha256(xml).hexdigest(),
            xml_attachment_id=attachment.id,
            date_stamped=timbre.fecha_timbrado.isoformat(sep=" ", timespec="seconds"),
            message_code=False,
            message_text=False,
            date_queued=False,
            **vals,
        )
        self._replace_later_draft()

    def _rows_of(self, rows):
        """:param rows: the ledger rows of a bulk call, or None
        :return: the rows of these documents; for None their newest ones
        """
        if rows is None:
            return self._stamp_requests()
        return rows.filtered(lambda row: row.document_id in self)

    def _is_latest(self, rows):
        """:return: whether the attempt with these ledger rows is the newest one of this document"""
        return self._stamp_requests(FIRST_CALLS) in rows

    def _replace_later_draft(self):
        """A late stamp becomes the invoice's CFDI; a draft that was prepared since is never sent."""
        current = self._owner().l10n_mx_facture_document_id
        if current != self and current.state == "draft":
            self._set_as_current()
            current._leave_queue()

    def _store_failure(self, error, reported_uuid=False, operations=FIRST_CALLS, rows=None):
        """Store an outcome without a stamp: rejected, unknown or not sent.

        :param operations: operations of the call that is answered, so that a late answer closes no other row
        :param rows: the ledger rows of the answered call; None: the newest ones. A document with a newer attempt keeps
            its state
        """
        if rows is not None and not self <= (current := self.filtered(lambda document: document._is_latest(rows))):
            (self - current)._close_late(error, rows)
            return current and current._store_failure(error, reported_uuid, operations, rows)
        outcome = error.outcome
        state = "draft" if outcome == "not_sent" else outcome
        before_stamp = state == "unknown" and self._is_first_step()
        state = "draft" if before_stamp else state
        text = error_text(self.env, error, before_stamp=before_stamp)
        vals = {"message_code": error.code, "message_text": text, "reported_uuid": reported_uuid}
        if outcome == "not_sent" and not self._may_have_been_sent():
            vals["date_sent"] = False
        # without credits, an invoice in the queue keeps waiting, as nothing on it has to be corrected
        single_without_credits = error.reason == "no_credits" and len(self) == 1
        waiting = self.filtered("date_queued") if single_without_credits else self.browse()
        waiting._settle("draft", vals)
        settled = self - waiting
        if outcome == "rejected" and len(self) > 1:
            # a refusal of the whole call says nothing about single files
            if error.reason == "no_credits":
                # the credits may have run out in the middle
                state = outcome = "unknown"
            else:
                state = "draft"
                vals["refused_as_whole"] = True
        settled._settle(state, vals)
        if state == "rejected" or error.reason in DOCUMENT_ERRORS:
            settled._refuse({document._owner(): [document._refusal_problem()] for document in settled})
        answered = self._stamp_requests(operations) if rows is None else self._rows_of(rows)
        answered._close(outcome, http_status=error.http_status, code=error.code, message=text, raw=error.raw)
        self._wait_for_service(error)
        return None

    def _close_late(self, error, rows):
        """Store an answer to an older attempt, only in the ledger."""
        text = error_text(self.env, error)
        self._rows_of(rows)._close(
            error.outcome, http_status=error.http_status, code=error.code, message=text, raw=error.raw
        )

    def _may_have_been_sent(self):
        """:return: whether any of these was sent, as far as it is known"""
        rows = self.sudo().request_ids.filtered(lambda row: row.outcome not in ("pending", "not_sent"))
        return bool(rows) or any(self.mapped("remote_id"))

    def _is_first_step(self):
        """:return: whether all are in the first of two steps: the service has given no id yet, so nothing can be
            stamped
        """
        return all(
            document.account_id._capabilities().needs_create and not document.remote_id for document in self
        )

    def _settle(self, state, vals):
        """A late answer changes no state that is already settled.

        A late refusal doesn't count either if the same bytes were sent again: the second call may be stamped.
        """
        if state != "draft":
            vals = {**vals, "date_queued": False}
        settled = self.filtered(
            lambda document: state in STATES[document.state].to
            and not (document.state == "unknown" and document.date_asked)
        )
        settled._move_to(state, **vals)

    def _stamp_requests(self, operations=(*SENDING_CALLS, "recover")):
        """:return: the ledger row of each document's last attempt, also for late answers"""
        rows = self.env["l10n_mx_facture.request"].sudo()
        # sorted, as a new row is last in the cache
        of_each = (document.request_ids.filtered(lambda row: row.operation in operations) for document in self.sudo())
        return rows.concat(*(found.sorted("id")[-1:] for found in of_each))

    # -- after a stamp --------------------------------------------------------------------------

    def _finish_stamp(self, with_pdf):
        """PDF, chatter and credits: each is committed separately and can't affect the stamp.

        :param with_pdf: whether to fetch PDFs now; the queue leaves them for later
        """
        documents = self.sudo()
        commit_or_log(documents._announce_stamp, self.env, f"Announcing the stamp of {self}")
        if with_pdf:
            # some services send it with the stamp
            for document in documents.filtered(lambda document: not document.pdf_attachment_id):
                document._fetch_pdf()
        elif self:
            wake_queue(self.env)

    def _announce_stamp(self):
        if len(self) == 1:
            body = self.env._("CFDI stamped, UUID %s", self.uuid)
            self._owner()._message_log(body=body, attachment_ids=self.xml_attachment_id.ids)
            return
        # without mails and attachments, so one statement is enough for a whole ZIP
        for owners in self._owners():
            mine = self.filtered(OWNERS[owners._name].field)
            owners._message_log_batch(
                {document._owner().id: self.env._("CFDI stamped, UUID %s", document.uuid) for document in mine}
            )
