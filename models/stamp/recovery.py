from datetime import timedelta
from functools import partial

from odoo import api, fields, models

from ...pac.errors import PacError, UnknownOutcome
from ...pac.wire.backoff import backoff
from ..common import sealed
from ..common.errors import error_text
from ..common.languages import in_company_language
from ..common.locks import lock_anew, lock_free, lock_free_anew
from ..common.problem import Problem
from ..common.states import EVER_STAMPED_STATES
from ..common.transactions import alone, checkpoint, durably
from ..service.credits import STAMPING

# a bulk call is two exchanges of at most twice the time-out each; this margin is for storing (seconds)
DEAD_AFTER = 120
# the same bytes are sent again so often, each time after this wait, by the number of calls before
RESEND_ATTEMPTS = 6
RESEND_WAIT = partial(backoff, first=timedelta(minutes=5), ceiling=timedelta(hours=3))


class L10nMxFactureDocument(models.Model):
    """What became of a call without answer, found out by evidence. Each piece of it is kept with the decision."""

    _inherit = "l10n_mx_facture.document"

    date_asked = fields.Datetime("Sent again on", readonly=True, copy=False)

    # -- dead processes -------------------------------------------------------------------------

    @api.model
    def _reconcile_dead(self):
        """What is under way for longer than any call can take was left by a dead process: unknown."""
        error = UnknownOutcome("process_died", "The process that sent it ended without an answer.")
        dead = lock_anew(self.env, self._lock_dead)
        for document in dead:
            in_company_language(document)._store_failure(error)
        pending = self.env["l10n_mx_facture.request"].sudo().search(
            [("outcome", "=", "pending"), ("operation", "in", ("cancel", "resend", "recover"))]
        )
        for request in pending.filtered(lambda row: row.document_id._is_dead(row.date_start)):
            env = in_company_language(request.document_id).env
            request._close("unknown", code=error.code, message=error_text(env, error))
        return dead

    @api.model
    def _lock_dead(self):
        sending = self.sudo().search([("state", "=", "sending")])
        return lock_free(sending.filtered(lambda document: document._is_dead(document.date_sent)))

    def _is_dead(self, since):
        """:return: whether a call that began at ``since`` can't be under way any more"""
        return since + self._longest_call() < fields.Datetime.now()

    def _longest_call(self):
        # the second of two steps may be followed by a look at what it left
        exchanges = 3 if self.account_id._capabilities().needs_create else 2
        return timedelta(seconds=2 * exchanges * self.account_id.timeout + DEAD_AFTER)

    # -- unknown outcomes -----------------------------------------------------------------------

    @api.model
    def _reconcile_unknown(self, accounts):
        """Settle what was lost, where the account says that the service or its credits can tell.

        :param accounts: those that can be asked now
        """
        unknown = self.sudo().search([("state", "=", "unknown")])
        asked = unknown.filtered(
            lambda document: document.account_id in accounts and document.account_id._capabilities().recovers
        )
        asked._recover_all()
        unknown -= asked
        # a call that may still be in work there proves nothing yet
        unknown = unknown.filtered(lambda document: document._is_dead(document.date_sent))
        asked = unknown.filtered(lambda document: document.account_id in accounts)
        for account, documents in asked.grouped("account_id").items():
            if account.detects_duplicates:
                for document in documents.filtered(lambda document: document._may_be_resent()):
                    in_company_language(document)._resend()
                    # a service that fails is left in peace, and the time of a round is short
                    if account.failures or not self.env["ir.cron"]._commit_progress():
                        break
            elif account.exclusive:
                account = in_company_language(account)
                account._settle_by_credits(documents.with_env(account.env))
        self.env["l10n_mx_facture.account"]._renew_witnesses()

    def _recover_all(self):
        """Look up each of these, as long as its service answers and the time of this round lasts."""
        for account, documents in self.grouped("account_id").items():
            # it may be held since a stamp failed: that doesn't keep it from answering
            failures = account.failures
            for document in documents.filtered(lambda document: document._may_be_looked_up()):
                in_company_language(document)._recover()
                if account.failures > failures or not self.env["ir.cron"]._commit_progress():
                    break

    def _may_be_resent(self):
        """:return: whether the next attempt is due: each is twice as late as the one before"""
        attempts = self.request_ids.filtered(lambda row: row.operation == "resend")
        if len(attempts) >= RESEND_ATTEMPTS or self._call_refusal():
            return False
        last = max(self.request_ids.mapped("date_start"))
        return last + RESEND_WAIT(len(attempts) + 1) < fields.Datetime.now()

    def _resend(self):
        """Send the same bytes again to a service that knows them by then: the answer is the former stamp.

        It is only asked where the account says that the service detects them (error 307); a stamp made now is the
        first one.
        """
        self.ensure_one()
        if not lock_free_anew(self):
            return
        # the ones before it took their time: a person may have decided meanwhile
        if self.state != "unknown" or self._is_being_asked() or not self._may_be_resent():
            return
        # written on the row that a person's decision locks too: of the two, one comes first and is seen by the other
        sealed.write(self, {"date_asked": fields.Datetime.now()})
        self.env["l10n_mx_facture.request"].sudo().create({"document_id": self.id, "operation": "resend"})
        client, payload, branch = self._client(), self._payload_bytes(), self.branch_id.remote_id
        checkpoint(self.env)
        try:
            stamped = client.stamp(payload, branch)
        except PacError as error:
            durably(partial(self._keep_resend, error), self.env)
            self.account_id._note_failure(error)
        else:
            self._store_stamped(stamped, stamped.http_status, ("resend",), **self._resend_evidence())
            self._after_stamp()

    def _keep_resend(self, error):
        """Whatever else it answers to the same bytes, the first call may have been stamped: nothing is decided."""
        text = error_text(self.env, error)
        rows = self.request_ids.filtered(lambda row: row.operation == "resend" and row.outcome == "pending")
        rows._close(error.outcome, http_status=error.http_status, code=error.code, message=text, raw=error.raw)

    def _resend_evidence(self):
        text = self.env._("The same document was sent again, and the service answered with this stamp.")
        return {"resolution": text, "resolved_date": fields.Datetime.now()}

    def _is_being_asked(self):
        """:return: whether the same bytes are on their way again at this moment"""
        return bool(
            self.request_ids.filtered(lambda row: row.operation == "resend" and row.outcome == "pending")
        )

    def _settle_not_stamped(self, evidence):
        """Free an invoice of which it is proven that it was not stamped.

        :param evidence: the sentence that is kept as the reason
        """
        self._move_to(
            "rejected",
            message_code=False,
            message_text=evidence,
            resolution=evidence,
            resolved_date=fields.Datetime.now(),
        )
        for document in self:
            document.move_id._message_log(body=self.env._("Not stamped. %s", evidence))
            document._refuse({document.move_id: [Problem(evidence, document.move_id)]})


class L10nMxFactureAccount(models.Model):
    """The credits as evidence of what was not stamped."""

    _inherit = "l10n_mx_facture.account"

    def _settle_by_credits(self, unknown):
        """Release what was not paid for; where credits are gone, say so to the person who has to find the UUID.

        :param unknown: documents of this account whose outcome is unknown and whose calls are over
        """
        Document = self.env["l10n_mx_facture.document"].sudo()
        all_unknown = Document.search([("account_id", "=", self.id), ("state", "=", "unknown")])
        if not self.witness_date or all_unknown != unknown:
            return
        found = self._quiet_credits()
        calls = self.env["l10n_mx_facture.request"].sudo().search(
            [
                ("document_id.account_id", "=", self.id),
                ("id", ">", self.witness_request),
                ("operation", "in", STAMPING),
            ]
        )
        # what was sent before the witness is not covered by it, and a repeated call may have cost nothing
        if not found or unknown - calls.document_id or "resend" in calls.mapped("operation"):
            return
        spent = self.witness_credits - found[0]
        known = len(calls.document_id.filtered(lambda document: document.state in EVER_STAMPED_STATES))
        if spent < 0:
            # some were bought since: the count proves nothing any more
            alone(partial(self.write, {"witness_date": False}), self.env, f"Forgetting the credits of {self}")
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
                "The account had %(before)s credits on %(date)s and has %(now)s now. The %(known)s known stamps since "
                "then used all the difference, so this invoice was not stamped.",
                **facts,
            )
            alone(partial(unknown._settle_not_stamped, evidence), self.env, f"Settling {unknown}")
            return
        hint = self.env._(
            "The account had %(before)s credits on %(date)s and has %(now)s now; %(known)s stamps since then are "
            "known. Of the %(unknown)s unknown invoices, probably %(lost)s were stamped. Look for the UUID at the "
            "service.",
            lost=spent - known,
            **facts,
        )
        alone(partial(sealed.write, unknown, {"message_text": hint}), self.env, f"Hint for {unknown}")
