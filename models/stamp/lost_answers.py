from datetime import timedelta
from functools import partial

from odoo import api, fields, models

from ...pac.errors import PacError, UnknownOutcome
from ...pac.wire.backoff import backoff
from ..common import protected
from ..common.errors import error_text
from ..common.languages import in_company_language
from ..common.locks import lock_free, lock_free_with_retry, lock_with_retry
from ..common.problem import Problem
from ..common.states import EVER_STAMPED_STATES
from ..common.transactions import checkpoint, commit_or_log, commit_with_retry
from ..service.credits import STAMPING

# seconds for storing; a bulk call itself is two exchanges of at most twice the time-out each
TIMEOUT_MARGIN = 120
# how often the same bytes are sent again, and the wait before, by the number of earlier calls
RESEND_ATTEMPTS = 6
RESEND_WAIT = partial(backoff, first=timedelta(minutes=5), ceiling=timedelta(hours=3))


class L10nMxFactureDocument(models.Model):
    """Resolves calls without an answer by evidence, which is stored with the decision."""

    _inherit = "l10n_mx_facture.document"

    date_asked = fields.Datetime("Sent again on", readonly=True, copy=False)

    # -- crashed processes ----------------------------------------------------------------------

    @api.model
    def _mark_timed_out(self):
        """Mark calls that are pending for longer than possible as unknown: their process has crashed."""
        error = UnknownOutcome("process_died", "The process that sent it ended without an answer.")
        dead = lock_with_retry(self.env, self._lock_timed_out)
        for document in dead:
            in_company_language(document)._store_failure(error)
        pending = self.env["l10n_mx_facture.request"].sudo().search(
            [("outcome", "=", "pending"), ("operation", "in", ("cancel", "resend", "recover"))]
        )
        for request in pending.filtered(lambda row: row.document_id._is_timed_out(row.date_start)):
            env = in_company_language(request.document_id).env
            request._close("unknown", code=error.code, message=error_text(env, error))
        return dead

    @api.model
    def _lock_timed_out(self):
        sending = self.sudo().search([("state", "=", "sending")])
        return lock_free(sending.filtered(lambda document: document._is_timed_out(document.date_sent)))

    def _is_timed_out(self, since):
        """:return: whether a call that began at ``since`` must be over"""
        return since + self._max_call_duration() < fields.Datetime.now()

    def _max_call_duration(self):
        # the second of two steps has a look before it, and may have one after it
        exchanges = 3 if self.account_id._capabilities().needs_create else 2
        return timedelta(seconds=2 * exchanges * self.account_id.timeout + TIMEOUT_MARGIN)

    # -- unknown outcomes -----------------------------------------------------------------------

    @api.model
    def _resolve_unknown(self, accounts):
        """Resolve lost answers, by the service or by the account's credits.

        :param accounts: accounts through which may be sent now. To look up needs none of them: it sends nothing, and
            the call itself shows whether the service works
        """
        unknown = self.sudo().search([("state", "=", "unknown")])
        asked = unknown.filtered(lambda document: document.account_id._capabilities().looks_up)
        asked._look_up_unknown()
        unknown -= asked
        # a call that may still be in process proves nothing yet
        unknown = unknown.filtered(lambda document: document._is_timed_out(document.date_sent))
        asked = unknown.filtered(lambda document: document.account_id in accounts)
        for account, documents in asked.grouped("account_id").items():
            if account.detects_duplicates:
                for document in documents.filtered(lambda document: document._may_be_resent()):
                    in_company_language(document)._resend()
                    # stop at a failing service, or when the time is up
                    if account.failures or not self.env["ir.cron"]._commit_progress():
                        break
            elif account.exclusive:
                account = in_company_language(account)
                account._settle_by_credits(documents.with_env(account.env))
        self.env["l10n_mx_facture.account"]._verify_all_credits()

    def _look_up_unknown(self):
        """Look up each of these, as long as its service answers and time allows."""
        for account, documents in self.grouped("account_id").items():
            # a paused account may still answer look-ups
            failures = account.failures
            for document in documents.filtered(lambda document: document._may_be_looked_up()):
                in_company_language(document)._look_up_stamp()
                if account.failures > failures or not self.env["ir.cron"]._commit_progress():
                    break

    def _may_be_resent(self):
        """:return: whether the next attempt is due; the wait doubles each time"""
        attempts = self.request_ids.filtered(lambda row: row.operation == "resend")
        if len(attempts) >= RESEND_ATTEMPTS or self._call_refusal():
            return False
        last = max(self.request_ids.mapped("date_start"))
        return last + RESEND_WAIT(len(attempts) + 1) < fields.Datetime.now()

    def _resend(self):
        """Send the same bytes again, to a service that answers with the former stamp.

        Only if the account says that the service detects duplicates (error 307), so it can't be stamped twice.
        """
        self.ensure_one()
        if not lock_free_with_retry(self):
            return
        # earlier documents took time, and a user may have resolved this one
        if self.state != "unknown" or self._is_being_resent() or not self._may_be_resent():
            return
        # written on the row that a user's decision locks too, so that one of the two sees the other
        protected.write(self, {"date_asked": fields.Datetime.now()})
        self.env["l10n_mx_facture.request"].sudo().create({"document_id": self.id, "operation": "resend"})
        client, payload, branch = self._client(), self._payload_bytes(), self.branch_id.remote_id
        checkpoint(self.env)
        try:
            stamped = client.stamp(payload, branch)
        except PacError as error:
            commit_with_retry(partial(self._store_resend_error, error), self.env)
            self.account_id._record_failure(error)
        else:
            self._store_stamped(stamped, stamped.http_status, ("resend",), **self._resend_evidence())
            self._after_stamp()

    def _store_resend_error(self, error):
        """Store any other answer: the first call may have been stamped, so nothing is settled."""
        text = error_text(self.env, error)
        rows = self.request_ids.filtered(lambda row: row.operation == "resend" and row.outcome == "pending")
        rows._close(error.outcome, http_status=error.http_status, code=error.code, message=text, raw=error.raw)

    def _resend_evidence(self):
        text = self.env._("The same document was sent again, and the service answered with this stamp.")
        return {"resolution": text, "resolved_date": fields.Datetime.now()}

    def _is_being_resent(self):
        """:return: whether the same bytes are being sent again right now"""
        return bool(
            self.request_ids.filtered(lambda row: row.operation == "resend" and row.outcome == "pending")
        )

    def _settle_not_stamped(self, evidence):
        """Release an invoice that is proven not to be stamped.

        :param evidence: the sentence that is stored as the reason
        """
        self._move_to(
            "rejected",
            message_code=False,
            message_text=evidence,
            resolution=evidence,
            resolved_date=fields.Datetime.now(),
        )
        for document in self:
            document._owner()._message_log(body=self.env._("Not stamped. %s", evidence))
            document._refuse({document._owner(): [Problem(evidence, document._owner())]})


class L10nMxFactureAccount(models.Model):
    """The credits as evidence of what was not stamped."""

    _inherit = "l10n_mx_facture.account"

    def _settle_by_credits(self, unknown):
        """Release invoices that cost no credit; if credits were spent, tell the user, who has to find the UUID.

        :param unknown: unknown documents of this account whose calls are over
        """
        Document = self.env["l10n_mx_facture.document"].sudo()
        all_unknown = Document.search([("account_id", "=", self.id), ("state", "=", "unknown")])
        if not self.witness_date or all_unknown != unknown:
            return
        found = self._credits_if_idle()
        calls = self.env["l10n_mx_facture.request"].sudo().search(
            [
                ("document_id.account_id", "=", self.id),
                ("id", ">", self.witness_request),
                ("operation", "in", STAMPING),
            ]
        )
        # calls before the verified credits are not covered, and a repeated call may have cost nothing
        if not found or unknown - calls.document_id or "resend" in calls.mapped("operation"):
            return
        spent = self.witness_credits - found[0]
        known = len(calls.document_id.filtered(lambda document: document.state in EVER_STAMPED_STATES))
        if spent < 0:
            # credits were bought since, so the count proves nothing
            commit_or_log(
                partial(self.write, {"witness_date": False}), self.env, f"Resetting the verified credits of {self}"
            )
            return
        facts = {
            "before": self.witness_credits,
            "date": fields.Datetime.context_timestamp(self, self.witness_date).strftime("%Y-%m-%d %H:%M:%S"),
            "now": found[0],
            "known": known,
            "unknown": len(unknown),
        }
        if spent == known:
            evidence = self.env._(
                "The account had %(before)s credits on %(date)s and has %(now)s now. Stamps known since then: "
                "%(known)s. They used all the difference, so this one was not stamped.",
                **facts,
            )
            commit_or_log(partial(unknown._settle_not_stamped, evidence), self.env, f"Settling {unknown}")
            return
        hint = self.env._(
            "The account had %(before)s credits on %(date)s and has %(now)s now; %(known)s stamps since then are "
            "known. Of the %(unknown)s unknown ones, probably %(lost)s were stamped. Look for the UUID at the service.",
            lost=spent - known,
            **facts,
        )
        commit_or_log(partial(protected.write, unknown, {"message_text": hint}), self.env, f"Hint for {unknown}")
