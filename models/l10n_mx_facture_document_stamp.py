import logging
from datetime import timedelta
from functools import partial

from odoo import api, fields, models

from .. import cfdi, pac
from .durable import alone, checkpoint, durably
from .l10n_mx_facture_document import TRANSITIONS
from .pac_errors import error_text
from .sealed import internal

_logger = logging.getLogger(__name__)

# entries in one ZIP; the service states no limit, this one keeps a call within a usual time-out
BULK_SIZE = 100
# a bulk call is two exchanges of at most twice the time-out each; this margin is for storing (seconds)
DEAD_AFTER = 120
PDF_RETRIED = timedelta(days=1)


class L10nMxFactureDocument(models.Model):
    """From ``sending`` to what the service answered. Whatever it answered is committed at once."""

    _inherit = "l10n_mx_facture.document"

    def _send(self):
        """Stamp one document. It and its ledger row are committed already; no lock is held."""
        self.ensure_one()
        try:
            client = self._client()
            payload, branch = self._payload_bytes(), self.branch_id.remote_id
            # what was read for the call opened a transaction again
            checkpoint(self.env)
            stamped = client.stamp(payload, branch)
        except pac.PacError as error:
            durably(partial(self._store_failure, error), self.env)
        else:
            self._store_stamped(stamped.xml, stamped.http_status)

    def _send_many(self):
        """Stamp the documents of one branch as one ZIP; each gets its own outcome."""
        names = {f"{document.id}.xml": document for document in self}
        files = {name: document._payload_bytes() for name, document in names.items()}
        try:
            client, branch = self[:1]._client(), self.branch_id.remote_id
            checkpoint(self.env)
            result = client.stamp_many(files, branch)
        except pac.PacError as error:
            durably(partial(self._store_failure, error), self.env)
            return
        for name, document in names.items():
            entry = result.entries[name]
            if entry.outcome == "stamped":
                document._store_stamped(entry.xml, result.http_status)
            else:
                store = partial(document._store_failure, self._entry_error(entry, result), entry.uuid)
                # one that can't be stored becomes unknown by itself; the others' answers are not lost for it
                alone(store, self.env, f"Storing the answer for {document}")

    def _entry_error(self, entry, result):
        """:return: what became of one file of a bulk call, as the error that a single call would have raised"""
        kind = pac.Rejected if entry.outcome == "rejected" else pac.UnknownOutcome
        detail = entry.detail
        if entry.uuid and kind is pac.UnknownOutcome:
            detail = self.env._("The service reports the UUID %s for it.", entry.uuid)
        return kind(
            entry.code,
            entry.text,
            reason=entry.reason,
            detail=detail,
            http_status=result.http_status,
            raw=entry.raw or result.raw,
        )

    # -- storing the answer ---------------------------------------------------------------------

    def _store_stamped(self, xml, http_status):
        """Keep a stamped CFDI, whatever it takes: if it can't be adopted, its bytes stay in the ledger."""
        self.ensure_one()
        try:
            durably(partial(self._adopt, xml, http_status), self.env)
        except Exception as error:  # pylint: disable=broad-except
            # the stamp exists: no failure of ours may lose it or set the invoice free
            _logger.exception("CFDI of document %s came back stamped and could not be stored", self.id)
            lost = pac.UnknownOutcome("not_stored", str(error), http_status=http_status)
            # whole, not bounded as an error's answer is: the UUID stands at its end
            lost.raw = xml
            if not alone(partial(self._store_failure, lost), self.env, f"Keeping the stamp of {self}"):
                _logger.critical("Not stored anywhere, stamped XML of document %s: %s", self.id, xml)
            alone(self._announce_lost, self.env, f"Announcing the lost stamp of {self}")

    def _announce_lost(self):
        self.move_id.message_post(
            body=self.env._(
                "This invoice came back stamped, but the CFDI could not be stored. Its XML is in the calls to the "
                "service: look it up there before anything else is done with the invoice."
            )
        )

    def _adopt(self, xml, http_status=None, **vals):
        """Attach the stamped XML and become ``stamped``.

        :param xml: bytes, checked against what was sent by the client
        :param http_status: of the answer that brought it; None where a person found it
        """
        self.ensure_one()
        read = cfdi.read(xml)
        uuid = read.uuid.upper()
        if self.uuid == uuid:
            # a person was faster than the answer
            self._stamp_requests()._close("done", http_status=http_status)
            return
        self.with_context(bin_size=True)._move_to(
            "stamped",
            uuid=uuid,
            date_stamped=read.timbre.fecha_timbrado.isoformat(sep=" ", timespec="seconds"),
            message_code=False,
            message_text=False,
            **vals,
        )
        internal(self).xml_attachment_id = self._attach(
            self._file_name("xml"), xml, "application/xml"
        )
        if http_status:
            # a UUID that a person found is no answer to the call: its row keeps what came
            self._stamp_requests()._close("done", http_status=http_status)

    def _store_failure(self, error, reported_uuid=False):
        """Keep what came back instead of a stamp: rejected, unknown, or it never left."""
        state, outcome = {
            pac.Rejected: ("rejected", "rejected"),
            pac.NotFound: ("rejected", "rejected"),
            pac.NotSent: ("draft", "not_sent"),
        }.get(type(error), ("unknown", "unknown"))
        text = error_text(self.env, error)
        vals = {"message_code": error.code, "message_text": text, "reported_uuid": reported_uuid}
        if state == "draft":
            vals["date_sent"] = False
        # an answer that comes after all was settled changes no state, but is kept all the same
        self.filtered(lambda document: state in TRANSITIONS[document.state])._move_to(state, **vals)
        self._stamp_requests()._close(
            outcome, http_status=error.http_status, code=error.code, message=text, raw=error.raw
        )

    def _stamp_requests(self):
        """:return: the row of the last attempt of each document; a late answer still closes its row"""
        rows = self.env["l10n_mx_facture.request"]
        for document in self.sudo():
            rows |= document.request_ids.filtered(lambda row: row.operation != "cancel")[:1]
        return rows

    # -- what follows a stamp, and may fail alone -----------------------------------------------

    def _after_stamp(self, with_pdf=True):
        """PDF, chatter and credits: none of them touches the stamp, each is committed by itself."""
        stamped = self.filtered(lambda document: document.state == "stamped")
        for document in stamped:
            alone(document._announce_stamp, self.env, f"Announcing the stamp of {document}")
            if with_pdf:
                document._fetch_pdf()
        if stamped and not with_pdf:
            self.env.ref("l10n_mx_facture.cron_stamp")._trigger()
        stamped.account_id._refresh_credits()

    def _announce_stamp(self):
        self.move_id.message_post(
            body=self.env._("CFDI stamped, UUID %s", self.uuid),
            attachment_ids=self.xml_attachment_id.ids,
        )

    # -- scheduled ------------------------------------------------------------------------------

    @api.model
    def _cron_stamp(self):
        """Tell dead calls apart from running ones, and fetch the PDFs that are still missing."""
        self._reconcile_dead()
        missing = self.sudo().search(
            [
                ("state", "in", ("stamped", "cancel_requested")),
                ("pdf_attachment_id", "=", False),
                # what failed is tried again for a day, then it is left to a person
                "|",
                ("pdf_error", "=", False),
                ("date_sent", ">", fields.Datetime.now() - PDF_RETRIED),
            ]
        ).filtered(lambda document: not document._call_refusal())
        cron = self.env["ir.cron"]
        cron._commit_progress(remaining=len(missing))
        for document in missing:
            document._fetch_pdf()
            if not cron._commit_progress(1):
                break

    @api.model
    def _reconcile_dead(self):
        """What is under way for longer than any call can take was left by a dead process: unknown."""
        error = pac.UnknownOutcome(
            "process_died", "The process that sent it ended without an answer."
        )
        sending = self.sudo().search([("state", "=", "sending")]).try_lock_for_update()
        dead = sending.filtered(lambda document: document._is_dead(document.date_sent))
        for document in dead:
            document._store_failure(error)
        pending = self.env["l10n_mx_facture.request"].sudo().search(
            [("outcome", "=", "pending"), ("operation", "=", "cancel")]
        )
        for request in pending.filtered(lambda row: row.document_id._is_dead(row.date_start)):
            request._close("unknown", code=error.code, message=error_text(self.env, error))
        return dead

    def _is_dead(self, since):
        """:return: whether a call that began at ``since`` can't be under way any more"""
        longest = timedelta(seconds=4 * self.account_id.timeout + DEAD_AFTER)
        return since + longest < fields.Datetime.now()
