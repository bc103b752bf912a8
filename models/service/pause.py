import random
from datetime import timedelta
from functools import partial

from odoo import api, fields, models

from ...pac.errors import PacError
from ...pac.wire.backoff import backoff
from ..common.errors import error_text
from ..common.languages import in_company_language
from ..common.locks import lock_free_with_retry
from ..common.transactions import checkpoint, commit_or_log, wake_queue

# seconds to wait after failures in a row
WAIT = partial(backoff, first=15, ceiling=15 * 60)
# errors of the service or the connection; all others are about one document
FAILURES = frozenset(
    """
    dns connect_timeout refused not_connected tls proxy bad_address bad_credentials bad_timeout bad_header
    bad_provider credentials_refused too_many_requests read_timeout deadline connection_lost cut too_long
    server_error redirected html empty unclear_status service_unsure no_document not_understood no_credits no_token
    not_looked_up not_this_service
    """.split()
)


class L10nMxFactureAccount(models.Model):
    """A circuit breaker: the queue pauses for a failing service, probes it, and resumes automatically.

    Only the queue is paused: a button always calls the service.
    """

    _inherit = "l10n_mx_facture.account"

    bulk_size = fields.Integer(
        "Invoices per call",
        required=True,
        default=100,
        help="How many invoices go in one call when many are stamped; never more than the service takes.",
    )
    failures = fields.Integer("Failures in a row", readonly=True, copy=False)
    hold_until = fields.Datetime("Queue paused until", readonly=True, copy=False)
    hold_reason = fields.Text("Why the queue is paused", readonly=True, copy=False)

    _bulk_size_range = models.Constraint(
        "CHECK (bulk_size BETWEEN 1 AND 1000)", "The number of invoices per call is from 1 to 1000."
    )

    @api.model
    def _ready_for_queue(self):
        """:return: the accounts through which the queue may send now; accounts that failed are probed first

        The caller has to send something: until that succeeds, no other worker gets the account.
        """
        ready = self.sudo().search([("branch_ids", "!=", False)]).filtered(lambda account: not account._call_refusal())
        # credits may have been bought since
        failed = ready.filtered(lambda one: one.failures or (one.credits_date and not one.credits))
        due = failed.filtered(lambda one: not one.hold_until or one.hold_until <= fields.Datetime.now())
        return ready - failed + due.filtered(lambda account: in_company_language(account)._probe_service())

    def _batch_size(self):
        """:return: number of invoices for the next call: at most the remaining credits, if they are known; one while it
            is not known whether the service works again
        """
        self.ensure_one()
        if self.failures:
            return 1
        known = self.credits_date and self.credits > 0
        return min(self._call_size(), self.credits) if known else self._call_size()

    def _pause_text(self):
        """:return: why the queue sends nothing through this account; None if it sends"""
        self.ensure_one()
        if refusal := self._call_refusal():
            return refusal
        if not self.active:
            return self.env._("The account %s is archived: nothing is sent through it.", self.name)
        if not self.failures:
            return None
        return self.env._(
            "%(account)s: %(reason)s The next attempt is after %(time)s, or now with Resume.",
            account=self.name,
            reason=self.sudo().hold_reason,
            time=fields.Datetime.context_timestamp(self, self.hold_until).strftime("%H:%M:%S"),
        )

    def _record_failure(self, error):
        """Pause the queue after an error that the next call would meet too.

        :param error: :class:`~..pac.errors.PacError`
        """
        if error.reason in FAILURES:
            commit_or_log(partial(self._pause, error_text(self.env, error)), self.env, f"Pausing the queue of {self}")

    def _pause(self, text):
        """:param text: one sentence for the user, posted only at the first failure"""
        self.ensure_one()
        account = self.sudo()
        failures = account.failures + 1
        # jitter, so that several databases don't retry at the same moment
        until = fields.Datetime.now() + timedelta(seconds=round(WAIT(failures) * random.uniform(0.5, 1.0)))  # noqa: S311
        if failures == 1:
            account.message_post(body=self.env._("The queue is paused: %s", text))
        account.with_context(tracking_disable=True).write(
            {"failures": failures, "hold_until": until, "hold_reason": text}
        )
        wake_queue(self.env, until)

    def _record_success(self):
        """The service works: end the pause."""
        if self.sudo().search_count([("id", "in", self.ids), ("failures", "!=", 0)]):
            commit_or_log(self._release, self.env, f"Ending the pause of {self}")

    def _release(self):
        paused = self.sudo().filtered("failures")
        paused.with_context(tracking_disable=True).write({"failures": 0, "hold_until": False, "hold_reason": False})

    def _probe_service(self):
        """Read the status of a paused account, which costs nothing; return whether it answers and has credits.

        One worker probes and sends one batch if the service works; only a stamp ends the pause. Other workers wait.
        Where the service has no such status, the next call is the probe: a batch of one.
        """
        self.ensure_one()
        if not lock_free_with_retry(self):
            return False
        # the next attempt if this process dies during the call
        self.hold_until = fields.Datetime.now() + timedelta(seconds=WAIT(1) + 2 * self.timeout)
        client = self._client()
        checkpoint(self.env)
        if not client.capabilities.tells_account:
            return True
        try:
            status = client.account_status()
        except PacError as error:
            # any error means that the service doesn't work
            commit_or_log(partial(self._pause, error_text(self.env, error, reading=True)), self.env, f"Pausing {self}")
            return False
        commit_or_log(partial(self._keep_status, status), self.env, "Storing the credits")
        if status.credits == 0:
            text = self.env._("No credits are left: buy some.")
            commit_or_log(partial(self._pause, text), self.env, f"Pausing {self}")
            return False
        return True
