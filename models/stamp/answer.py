import hashlib
import logging
from datetime import timedelta
from functools import partial
from http import HTTPStatus

from odoo import api, fields, models

from ...cfdi.read import read_timbre
from ...pac.errors import BY_OUTCOME, PacError, UnknownOutcome
from ..common import sealed
from ..common.errors import error_text
from ..common.languages import in_company_language
from ..common.problem import Problem
from ..common.schedule import wake_queue
from ..common.states import STAMPED_STATES, STATES
from ..common.transactions import alone, durably
from ..service.pause import FAILURES
from .call import Call

_logger = logging.getLogger(__name__)

# why one document can't leave, whatever the state of the service
REASONS_OF_ONE = ("bad_payload", "bad_name")
PDF_RETRIED = timedelta(days=1)
FIRST_CALLS = ("create", "stamp", "stamp_many")
SENDING_CALLS = (*FIRST_CALLS, "resend")


class L10nMxFactureDocument(models.Model):
    """From ``sending`` to what the service answered. Whatever it answered is committed at once."""

    _inherit = "l10n_mx_facture.document"

    def _prepare_call(self, ready):
        """:param ready: list of :class:`~..build.comprobante.Built`, one a document
        :return: :class:`~.call.Call`
        :raise UserError: nothing may be sent from here and now
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
        """Make the calls for these documents. They and their ledger rows are committed already; no lock is held.

        :param call: see :meth:`_prepare_call`
        """
        going = self._look_up_former(call) if call.former else self
        if going and call.client.capabilities.needs_create:
            going._send_in_two_steps(call)
        elif going:
            going._send_xml(call)

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
            call.account._note_success()
        else:
            self._store_result(answer, call.rows)

    def _store_call_failure(self, error, rows):
        """Keep why the call as a whole failed, and whether its account should be left in peace for a while."""
        durably(partial(self._store_failure, error, rows=rows), self.env)
        self.account_id._note_failure(error)

    def _store_result(self, result, rows):
        """Keep what became of each document of several, stamps first.

        :param result: :class:`~..pac.results.BulkResult`
        :param rows: the ledger's rows of the call, or of the calls
        """
        entries = {document: result.entries[self._entry_name(document)] for document in self}
        stamped = {document: entry for document, entry in entries.items() if entry.outcome == "stamped"}
        # where each had a call of its own, each of these was answered well
        http_status = result.http_status or HTTPStatus.OK.value
        try:
            # all at once: a commit for each costs more than the rest of the storing
            durably(partial(self._adopt_many, stamped, http_status, rows), self.env)
        except Exception:  # pylint: disable=broad-except
            _logger.exception("Stamps of a bulk call could not be stored together: one by one")
            for document, entry in stamped.items():
                document._store_stamped(entry, http_status, rows=rows)
        extras = {document: entry for document, entry in entries.items() if entry.paid is not None or entry.pdf}
        if extras:
            alone(partial(self._keep_extras, extras), self.env, f"Keeping what came with the stamps of {self}")
        failure = None
        for document, entry in entries.items():
            if entry.outcome != "stamped":
                error = self._entry_error(entry, result)
                failure = error if error.reason in FAILURES else failure
                store = partial(document._store_failure, error, entry.uuid, rows=rows)
                # one that can't be stored becomes unknown by itself; the others' answers are not lost for it
                alone(store, self.env, f"Storing the answer for {document}")
        if failure:
            self.account_id._note_failure(failure)
        else:
            self.account_id._note_success()

    def _keep_extras(self, entries):
        """Keep what came beside the stamps: the printed form, and whether the service holds it paid."""
        for document, entry in entries.items():
            if vals := self._paid_vals(entry.paid):
                sealed.write(document, vals)
            if entry.pdf and document.state == "stamped":
                document._keep_pdf(entry.pdf)

    def _entry_error(self, entry, result):
        """:return: what became of one file of a bulk call, as the error that a single call would have raised"""
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
        """Keep a stamped CFDI, whatever it takes: if it can't be adopted, its bytes stay in the ledger.

        :param stamped: :class:`~..pac.results.Stamped`, or the entry of a bulk call
        :param operations: of the call that it answers
        :param rows: the ledger's rows of the call that it answers, where they are known
        :param vals: what else is written on the document
        """
        self.ensure_one()
        try:
            durably(partial(self._adopt, stamped, http_status, rows, **vals), self.env)
        except Exception as error:  # pylint: disable=broad-except
            # the stamp exists: no failure of ours may lose it or set the invoice free
            _logger.exception("CFDI of document %s came back stamped and could not be stored", self.id)
            lost = UnknownOutcome("not_stored", str(error), http_status=http_status)
            # whole, not bounded as an error's answer is: the UUID stands at its end
            lost.raw = stamped.xml
            keep = partial(self._store_failure, lost, False, operations, rows)
            if not alone(keep, self.env, f"Keeping the stamp of {self}"):
                _logger.critical("Not stored anywhere, stamped XML of document %s: %s", self.id, stamped.xml)
            alone(self._announce_lost, self.env, f"Announcing the lost stamp of {self}")

    def _announce_lost(self):
        self.move_id.message_post(
            body=self.env._(
                "This invoice was stamped, but the CFDI could not be stored. Its XML is in the calls to the service: "
                "look it up there before you do anything else with the invoice."
            )
        )

    def _adopt(self, stamped, http_status=None, rows=None, **vals):
        """Attach the stamped XML and become ``stamped``.

        :param stamped: :class:`~..pac.results.Stamped`, checked by the client against what was sent
        :param http_status: of the answer that brought it; None where a person found it
        :param rows: the ledger's rows of the call that brought it; None: the newest one
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
        # of the others a person was faster than the answer
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
        adopted.move_id.fetch(["l10n_mx_facture_document_id"])
        for document, attachment in zip(writable, attachments, strict=True):
            timbre = timbres[document]
            document._move_to(
                "stamped",
                uuid=timbre.uuid.upper(),
                xml_hash=hashlib.sha256(stamped[document].xml).hexdigest(),
                xml_attachment_id=attachment.id,
                date_stamped=timbre.fecha_timbrado.isoformat(sep=" ", timespec="seconds"),
                message_code=False,
                message_text=False,
                date_queued=False,
                **vals,
            )
            document._outlive_drafts()
        known = self.browse().concat(*stamped) - adopted
        if known:
            known._rows_of(rows)._close("done", http_status=http_status)
        if adopted and http_status:
            # a UUID that a person found is no answer to the call: its row keeps what came
            adopted._rows_of(rows)._close("done", http_status=http_status)

    def _rows_of(self, rows):
        """:param rows: the ledger's rows of a call for many, or None
        :return: those of these documents; None: their newest ones
        """
        if rows is None:
            return self._stamp_requests()
        return rows.filtered(lambda row: row.document_id in self)

    def _is_latest(self, rows):
        """:return: whether no attempt to stamp this document has begun since the one that ``rows`` stand for"""
        return self._stamp_requests(FIRST_CALLS) in rows

    def _outlive_drafts(self):
        """A stamp that comes late is the CFDI of its invoice; an attempt that has been prepared since never leaves."""
        current = self.move_id.l10n_mx_facture_document_id
        if current != self and current.state == "draft":
            self._become_current()
            current._leave_queue()

    def _store_failure(self, error, reported_uuid=False, operations=FIRST_CALLS, rows=None):
        """Keep what came back instead of a stamp: rejected, unknown, or it never left.

        :param operations: of the call that it answers: a late answer to the first one closes no row of another
        :param rows: the ledger's rows of the call that it answers; None: the newest ones. A document that another
            attempt has begun with since stays as that one makes it
        """
        if rows is not None and not self <= (current := self.filtered(lambda document: document._is_latest(rows))):
            (self - current)._close_late(error, rows)
            return current and current._store_failure(error, reported_uuid, operations, rows)
        outcome = error.outcome
        state = "draft" if outcome == "not_sent" else outcome
        before_stamp = state == "unknown" and self._is_before_stamp()
        state = "draft" if before_stamp else state
        text = error_text(self.env, error, before_stamp=before_stamp)
        vals = {"message_code": error.code, "message_text": text, "reported_uuid": reported_uuid}
        if outcome == "not_sent" and not self._has_left():
            vals["date_sent"] = False
        # that there are no credits is nothing that could be mended on an invoice: it goes on waiting
        alone_spent = error.reason == "no_credits" and len(self) == 1
        waiting = self.filtered("date_queued") if alone_spent else self.browse()
        waiting._settle("draft", vals)
        settled = self - waiting
        if outcome == "rejected" and len(self) > 1:
            # a refusal of the whole call says nothing about any one of its files
            if error.reason == "no_credits":
                # they may have run out in the middle
                state = outcome = "unknown"
            else:
                state = "draft"
                vals["refused_as_whole"] = True
        settled._settle(state, vals)
        if state == "rejected" or error.reason in REASONS_OF_ONE:
            settled._refuse({document.move_id: [Problem(text, document.move_id)] for document in settled})
        answered = self._stamp_requests(operations) if rows is None else self._rows_of(rows)
        answered._close(outcome, http_status=error.http_status, code=error.code, message=text, raw=error.raw)
        self._wait_for_service(error)
        return None

    def _close_late(self, error, rows):
        """Keep an answer that comes when another attempt has begun: in the ledger alone."""
        text = error_text(self.env, error)
        self._rows_of(rows)._close(
            error.outcome, http_status=error.http_status, code=error.code, message=text, raw=error.raw
        )

    def _has_left(self):
        """:return: whether any of these was ever at the service, as far as it is known"""
        rows = self.sudo().request_ids.filtered(lambda row: row.outcome not in ("pending", "not_sent"))
        return bool(rows) or any(self.mapped("remote_id"))

    def _is_before_stamp(self):
        """:return: whether nothing fiscal can have happened yet: an invoice without an id at a service that wants it
        handed over first
        """
        return all(
            document.account_id._capabilities().needs_create and not document.remote_id for document in self
        )

    def _settle(self, state, vals):
        """An answer that comes after all was settled changes no state.

        Nor does a late "no" where the same bytes were sent again since: the second call may be stamped.
        """
        if state != "draft":
            vals = {**vals, "date_queued": False}
        settled = self.filtered(
            lambda document: state in STATES[document.state].to
            and not (document.state == "unknown" and document.date_asked)
        )
        settled._move_to(state, **vals)

    def _stamp_requests(self, operations=(*SENDING_CALLS, "recover")):
        """:return: the row of the last attempt of each document; a late answer still closes its row"""
        rows = self.env["l10n_mx_facture.request"].sudo()
        # a row that was just written stands last in the cache
        of_each = (document.request_ids.filtered(lambda row: row.operation in operations) for document in self.sudo())
        return rows.concat(*(found.sorted("id")[-1:] for found in of_each))

    # -- what follows a stamp, and may fail alone -----------------------------------------------

    def _follow_stamp(self, with_pdf):
        """PDF, chatter and credits: none of them touches the stamp, each is committed by itself.

        :param with_pdf: whether there is time to fetch PDFs; in the queue all the time is for stamping
        """
        documents = self.sudo()
        alone(documents._announce_stamp, self.env, f"Announcing the stamp of {self}")
        if with_pdf:
            # some services give it along with the stamp
            for document in documents.filtered(lambda document: not document.pdf_attachment_id):
                document._fetch_pdf()
        elif self:
            wake_queue(self.env)

    def _announce_stamp(self):
        if len(self) == 1:
            body = self.env._("CFDI stamped, UUID %s", self.uuid)
            self.move_id._message_log(body=body, attachment_ids=self.xml_attachment_id.ids)
            return
        # no mails and no attachments: one statement for all of a ZIP
        bodies = {document.move_id.id: self.env._("CFDI stamped, UUID %s", document.uuid) for document in self}
        self.move_id._message_log_batch(bodies)

    # -- scheduled ------------------------------------------------------------------------------

    @api.model
    def _cron_stamp(self):
        """Tell dead calls apart from running ones, work on the queue, and fetch the PDFs that are still missing."""
        self._reconcile_dead()
        accounts = self.env["l10n_mx_facture.account"]._ready_for_queue()
        failures = {account: account.failures for account in accounts}
        self._reconcile_unknown(accounts)
        # one that failed again just now is not asked any more
        accounts = accounts.filtered(lambda account: account.failures <= failures[account])
        self._work_queue(accounts)
        if not self.sudo().search_count(self._ready_domain(accounts.filtered(lambda account: not account.failures))):
            self._fetch_missing_pdfs()

    @api.model
    def _fetch_missing_pdfs(self):
        missing = self.sudo().search(
            [
                ("state", "in", STAMPED_STATES),
                ("pdf_attachment_id", "=", False),
                # what failed is tried again for a day, then it is left to a person
                "|",
                ("pdf_error", "=", False),
                ("date_sent", ">", fields.Datetime.now() - PDF_RETRIED),
            ]
        ).filtered(lambda document: not document._call_refusal())
        cron = self.env["ir.cron"]
        cron._commit_progress(remaining=len(missing))
        # one that fails doesn't hold up the others
        for document in missing.sorted(lambda document: bool(document.pdf_error)):
            in_company_language(document)._fetch_pdf()
            if not cron._commit_progress(1):
                break
