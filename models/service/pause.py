import random
from datetime import timedelta
from functools import partial

from odoo import api, fields, models

from ...pac.errors import PacError
from ...pac.wire.backoff import backoff
from ..common.errors import error_text
from ..common.languages import in_company_language
from ..common.locks import lock_free_anew
from ..common.schedule import wake_queue
from ..common.transactions import alone, checkpoint

# seconds: the wait of the queue after failures in a row
WAIT = partial(backoff, first=15, ceiling=15 * 60)
# what says that the service, or the way to it, is not as it should be; anything else is about one document
FAILURES = frozenset(
    """
    dns connect_timeout refused not_connected tls proxy bad_address bad_credentials bad_timeout bad_header
    bad_provider credentials_refused too_many_requests read_timeout deadline connection_lost cut too_long
    server_error redirected html empty unclear_status service_unsure no_document not_understood no_credits no_token
    """.split()
)


class L10nMxFactureAccount(models.Model):
    """A circuit breaker: the queue leaves a failing service in peace, asks after it, and goes on by itself.

    It holds back the queue alone: who presses a button wants an answer now.
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
        """:return: the accounts through which the queue may send now; one that failed is asked whether it is back

        Who asks has to send something: until that succeeds, nobody else gets the account.
        """
        ready = self.sudo().search([("branch_ids", "!=", False)]).filtered(lambda account: not account._call_refusal())
        # one that had no credits left may have some by now
        failed = ready.filtered(lambda one: one.failures or (one.credits_date and not one.credits))
        due = failed.filtered(lambda one: not one.hold_until or one.hold_until <= fields.Datetime.now())
        return ready - failed + due.filtered(lambda account: in_company_language(account)._is_back())

    def _batch_size(self):
        """:return: how many invoices go in the next call: no more than there are credits for, where that is known"""
        self.ensure_one()
        known = self.credits_date and self.credits > 0
        return min(self._call_size(), self.credits) if known else self._call_size()

    def _hold_text(self):
        """:return: why the queue sends nothing through this account, or None"""
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

    def _note_failure(self, error):
        """Hold the queue where an error says that the next call would fare no better.

        :param error: :class:`~..pac.errors.PacError`
        """
        if error.reason in FAILURES:
            alone(partial(self._hold, error_text(self.env, error)), self.env, f"Holding the queue of {self}")

    def _hold(self, text):
        """:param text: one sentence for the user; told once, however many failures follow"""
        self.ensure_one()
        account = self.sudo()
        failures = account.failures + 1
        # with jitter: several databases that lost the same service don't come back in step
        until = fields.Datetime.now() + timedelta(seconds=round(WAIT(failures) * random.uniform(0.5, 1.0)))  # noqa: S311
        if failures == 1:
            account.message_post(body=self.env._("The queue is paused: %s", text))
        account.with_context(tracking_disable=True).write(
            {"failures": failures, "hold_until": until, "hold_reason": text}
        )
        wake_queue(self.env, until)

    def _note_success(self):
        """The service works: nothing holds the queue any more."""
        if self.sudo().search_count([("id", "in", self.ids), ("failures", "!=", 0)]):
            alone(self._release, self.env, f"Releasing the queue of {self}")

    def _release(self):
        held = self.sudo().filtered("failures")
        held.with_context(tracking_disable=True).write({"failures": 0, "hold_until": False, "hold_reason": False})

    def _is_back(self):
        """Ask a held account who we are, which costs nothing; whether it answers, and has credits.

        One worker asks, and sends one batch if it is back; only a stamp ends the hold. The others wait meanwhile.
        """
        self.ensure_one()
        if not lock_free_anew(self):
            return False
        # the next attempt, should the process die while it asks; it also ends the transaction before the call
        self.hold_until = fields.Datetime.now() + timedelta(seconds=WAIT(1) + 2 * self.timeout)
        client = self._client()
        checkpoint(self.env)
        try:
            status = client.account_status()
        except PacError as error:
            # whatever it is, it is no working service
            alone(partial(self._hold, error_text(self.env, error, reading=True)), self.env, f"Holding {self}")
            return False
        alone(partial(self._keep_status, status), self.env, "Keeping the credits")
        if status.credits == 0:
            alone(partial(self._hold, self.env._("No credits are left: buy some.")), self.env, f"Holding {self}")
            return False
        return True
