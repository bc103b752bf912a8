import logging
import time
from datetime import timedelta
from functools import partial

from psycopg2 import OperationalError

from odoo import api, fields, models

from ..common import protected
from ..common.languages import in_company_language
from ..common.locks import lock_free, lock_free_with_retry, lock_with_retry
from ..common.owners import OWNERS
from ..common.problem import Problem
from ..common.states import STAMPED_STATES, UNSENT_STATES
from ..common.transactions import commit_with_retry

_logger = logging.getLogger(__name__)

# number of batches to search for rows that no other worker holds
WINDOW = 8
PDF_RETRIED = timedelta(days=1)


class L10nMxFactureDocument(models.Model):
    """The queue: documents that were not sent yet, with the time since when they wait.

    Each worker locks free rows (``SKIP LOCKED``), so any number of workers on any number of hosts can share it.
    """

    _inherit = "l10n_mx_facture.document"

    run_id = fields.Many2one(
        "l10n_mx_facture.run", "Stamping run", readonly=True, ondelete="restrict", index="btree_not_null", copy=False
    )
    date_queued = fields.Datetime("Waiting since", readonly=True, copy=False)

    _queue = models.Index("(branch_id, run_id, id) WHERE state = 'draft' AND date_queued IS NOT NULL")

    @api.model
    def _queue_domain(self):
        return [("state", "=", "draft"), ("date_queued", "!=", False)]

    # -- in and out -----------------------------------------------------------------------------

    @api.model
    def _create_queued(self, owners, run):
        """:param owners: locked invoices, or other owners of one model, without a live document
        :return: their queued documents
        """
        vals = {"run_id": run.id, "date_queued": fields.Datetime.now()}
        drafts = owners.l10n_mx_facture_document_id.filtered(lambda document: document.state == "draft")
        protected.write(drafts, vals)
        drafts._update_branch()
        new = owners - owners.browse().concat(*(draft._owner() for draft in drafts))
        created = self.sudo().with_context(tracking_disable=True).create(
            [
                {**vals, **self._branch_vals(owner), **owner._l10n_mx_facture_document_vals()}
                for owner in new
            ]
        )
        created._set_as_current()
        return drafts | created

    @api.model
    def _branch_vals(self, owner):
        account = owner.l10n_mx_facture_branch_id.account_id
        return {
            "branch_id": owner.l10n_mx_facture_branch_id.id,
            "account_id": account.id,
            "environment": account.environment,
        }

    def _update_branch(self):
        """Update the branch from the owner.

        :return: the documents whose branch has changed
        """
        changed = self.filtered(lambda document: document.branch_id != document._owner().l10n_mx_facture_branch_id)
        for document in changed.filtered(lambda document: document._owner().l10n_mx_facture_branch_id):
            if document.remote_id:
                # its id is not valid at another service, so a new document takes its place in the queue
                run = document.run_id
                document._end_attempt()
                self._create_queued(document._owner(), run)
            else:
                protected.write(document, self._branch_vals(document._owner()))
        return changed

    def _leave_queue(self):
        """Remove from the queue; documents that were never sent are deleted."""
        never_sent = self.filtered(lambda document: document.state == "draft" and not document.date_sent)
        kept = self - never_sent
        protected.write(kept, {"date_queued": False})
        attempted = never_sent.filtered("request_ids")
        protected.write(attempted, {"date_queued": False, "run_id": False})
        (never_sent - attempted).sudo()._discard()

    # -- work -----------------------------------------------------------------------------------

    @api.model
    def _work_queue(self, accounts=None):
        """Send batch after batch, until the queue is empty or the time is up.

        :param accounts: accounts that may send, if they are already known
        """
        cron = self.env["ir.cron"]
        if accounts is None:
            accounts = self.env["l10n_mx_facture.account"]._ready_for_queue()
        cron._commit_progress(remaining=self.sudo().search_count(self._ready_domain(accounts)))
        # Odoo repeats an action up to ten times without checking the time, so another batch could exceed its limit
        if self.env.context.get("cron_end_time", float("inf")) < time.monotonic():
            return
        # documents that stay in the queue after their batch are retried in the next round
        skipped = self.browse()
        while batch := lock_with_retry(self.env, partial(self._take_batch, accounts, skipped)):
            batch._work_batch()
            remaining = batch.exists().filtered_domain(self._queue_domain())
            skipped |= remaining
            if not cron._commit_progress(len(batch) - len(remaining)):
                break
            accounts = accounts._ready_for_queue()

    @api.model
    def _ready_domain(self, accounts):
        due = ["|", ("date_due", "=", False), ("date_due", "<=", fields.Datetime.now())]
        # documents without a run were postponed by the service when a button was pressed
        not_paused = ["|", ("run_id", "=", False), ("run_id.paused", "=", False)]
        return [*self._queue_domain(), *due, *not_paused, ("account_id", "in", accounts.ids)]

    @api.model
    def _take_batch(self, accounts, without):
        """Lock the documents for one call: of one branch and one run, not locked by another worker.

        :param without: documents to leave out
        :return: the locked documents, in the environment of the user who queued them; may be empty
        """
        domain = [*self._ready_domain(accounts), ("id", "not in", without.ids)]
        # documents that were put back come last, so that no branch blocks another
        groups = self.sudo()._read_group(
            domain, ["branch_id", "run_id"], ["date_queued:min"], order="date_queued:min, branch_id"
        )
        for branch, run, _first in groups:
            size = branch.account_id._batch_size()
            mine = [*domain, ("branch_id", "=", branch.id), ("run_id", "=", run.id)]
            waiting = self.sudo().search(mine, order="date_queued, id", limit=WINDOW * size)
            # another worker may have sent them before the lock
            batch = lock_free(waiting, limit=size, reread=["state", "date_queued"])
            batch = batch.filtered_domain(self._queue_domain())
            if batch:
                user = run.user_id or batch.request_ids[:1].user_id or self.env.user
                return batch.with_user(user).with_context(lang=user.lang).sudo().with_company(branch.company_id)
        return self.browse()

    def _work_batch(self):
        """Build, send and store one batch. If that raises, each document is tried alone."""
        try:
            self._stamp_queued()
        except OperationalError:
            # another transaction changed one of the rows: they stay in the queue and are retried
            self.env.cr.rollback()
        except Exception:  # pylint: disable=broad-except
            _logger.exception("A batch of the queue failed before it was sent: one by one")
            self.env.cr.rollback()
            for document in self:
                document._work_single()

    def _work_single(self):
        waiting = lock_free_with_retry(self)
        if not waiting.filtered_domain(self._queue_domain()):
            return
        try:
            waiting._stamp_queued()
        except OperationalError:
            self.env.cr.rollback()
        except Exception as error:  # pylint: disable=broad-except
            _logger.exception("%s could not be built", self)
            self.env.cr.rollback()
            text = self.env._("Its CFDI could not be built: %s. See the server's log.", error)
            commit_with_retry(partial(waiting._refuse, {self._owner(): [Problem(text)]}), self.env)

    def _stamp_queued(self):
        for owners in self._owners():
            self.filtered(OWNERS[owners._name].field)._stamp_queued_owners(owners)

    def _stamp_queued_owners(self, owners):
        """:param owners: what these are of, of one model"""
        field = OWNERS[owners._name].field
        # those that another transaction has locked stay in the queue
        locked = owners._l10n_mx_facture_lock({})
        stamped = owners._l10n_mx_facture_stamped()
        # a button has stamped the owner, or made another document for it
        superseded = self.filtered(
            lambda document: document[field] in stamped or document[field].l10n_mx_facture_document_id != document
        )
        waiting = self - superseded
        superseded._leave_queue()
        rerouted = waiting._update_branch()
        todo = (locked & (waiting - rerouted)[field])._l10n_mx_facture_one_call()
        documents = todo._l10n_mx_facture_stamp_batch({}, refuse=waiting._refuse)
        documents._after_stamp(with_pdf=False)

    def _refuse(self, refusals):
        """Remove what SAT would refuse from the queue, and record the refusals on the run.

        :param refusals: dict from an owner to its problems
        """
        refused = self.exists().filtered(lambda one: one._owner() in refusals and one.state in UNSENT_STATES)
        for document in refused:
            problems = refusals[document._owner()]
            if document.run_id:
                document.run_id._refuse({document._owner(): problems})
            vals = {"date_queued": False}
            if document.state == "draft":
                vals["message_text"] = "\n".join(problem.text for problem in problems)
            protected.write(document, vals)

    # -- the scheduled action ------------------------------------------------------------------

    @api.model
    def _cron_stamp(self):
        """Resolve lost answers, send the queue, and fetch missing PDFs."""
        self._mark_timed_out()
        accounts = self.env["l10n_mx_facture.account"]._ready_for_queue()
        failures = {account: account.failures for account in accounts}
        self._resolve_unknown(accounts)
        # an account that has just failed is skipped
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
                # this service didn't stamp it; the button still asks
                ("adopted_from", "=", False),
                # a failed PDF is retried for a day, then only by the button
                "|",
                ("pdf_error", "=", False),
                ("date_sent", ">", fields.Datetime.now() - PDF_RETRIED),
            ]
        ).filtered(lambda document: not document._call_refusal())
        cron = self.env["ir.cron"]
        cron._commit_progress(remaining=len(missing))
        # PDFs that failed before come last
        for document in missing.sorted(lambda document: bool(document.pdf_error)):
            in_company_language(document)._fetch_pdf()
            if not cron._commit_progress(1):
                break


class AccountMove(models.Model):
    """Queued documents of an invoice that is reset or cancelled."""

    _inherit = "account.move"

    def _l10n_mx_facture_leave_queue(self):
        """Remove documents that a button has put into the queue: after posting again, the user presses the button
        again.

        Documents of a run stay, and the run reports that the invoice is not posted.
        """
        waiting = self.l10n_mx_facture_document_id.sudo().filtered(
            lambda document: document.state == "draft" and document.date_queued and not document.run_id
        )
        if waiting:
            waiting._leave_queue()
