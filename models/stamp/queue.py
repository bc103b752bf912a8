import logging
import time
from functools import partial

from psycopg2 import OperationalError

from odoo import api, fields, models

from ..common import sealed
from ..common.locks import lock_anew, lock_free, lock_free_anew
from ..common.problem import Problem
from ..common.transactions import durably

_logger = logging.getLogger(__name__)

# other workers hold the first rows of the queue: so many batches are looked through for free ones
WINDOW = 8


class L10nMxFactureDocument(models.Model):
    """The queue: documents that never left, with the moment since when they wait.

    Whoever works on it takes rows that nobody else holds (``SKIP LOCKED``), so that any number of workers on any
    number of hosts share it, and PostgreSQL is all that they need to know of each other.
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
    def _create_queued(self, moves, run):
        """:param moves: locked invoices without a live document
        :return: their documents, waiting
        """
        vals = {"run_id": run.id, "date_queued": fields.Datetime.now()}
        drafts = moves.l10n_mx_facture_document_id.filtered(lambda document: document.state == "draft")
        sealed.write(drafts, vals)
        drafts._follow_branch()
        new = moves - drafts.move_id
        created = self.sudo().with_context(tracking_disable=True).create(
            [
                {
                    **vals,
                    **self._branch_vals(move),
                    "move_id": move.id,
                    "company_id": move.company_id.id,
                    "tipo_de_comprobante": "E" if move.move_type == "out_refund" else "I",
                    "currency_id": move.currency_id.id,
                }
                for move in new
            ]
        )
        created._become_current()
        return drafts | created

    @api.model
    def _branch_vals(self, move):
        account = move.l10n_mx_facture_branch_id.account_id
        return {
            "branch_id": move.l10n_mx_facture_branch_id.id,
            "account_id": account.id,
            "environment": account.environment,
        }

    def _follow_branch(self):
        """Go where the invoice goes by now.

        :return: those that went elsewhere before
        """
        moved = self.filtered(lambda document: document.branch_id != document.move_id.l10n_mx_facture_branch_id)
        for document in moved.filtered("move_id.l10n_mx_facture_branch_id"):
            if document.remote_id:
                # its id means nothing elsewhere: another one waits in its place
                run = document.run_id
                document._leave_place()
                self._create_queued(document.move_id, run)
            else:
                sealed.write(document, self._branch_vals(document.move_id))
        return moved

    def _leave_queue(self):
        """What never left is as if it had never been queued."""
        never_sent = self.filtered(lambda document: document.state == "draft" and not document.date_sent)
        kept = self - never_sent
        sealed.write(kept, {"date_queued": False})
        attempted = never_sent.filtered("request_ids")
        sealed.write(attempted, {"date_queued": False, "run_id": False})
        (never_sent - attempted).sudo()._discard()

    # -- work -----------------------------------------------------------------------------------

    @api.model
    def _work_queue(self, accounts=None):
        """Send batch after batch, until nothing is left that may be sent, or the time of this round is up.

        :param accounts: through which may be sent, where that is known already
        """
        cron = self.env["ir.cron"]
        if accounts is None:
            accounts = self.env["l10n_mx_facture.account"]._ready_for_queue()
        cron._commit_progress(remaining=self.sudo().search_count(self._ready_domain(accounts)))
        # Odoo repeats an action up to ten times, whatever time it took: a batch more could outlive its watchdog
        if self.env.context.get("cron_end_time", float("inf")) < time.monotonic():
            return
        # what stays in the queue although it had its turn comes again in the next round, not in this one
        stayed = self.browse()
        while batch := lock_anew(self.env, partial(self._take_batch, accounts, stayed)):
            batch._work_batch()
            again = batch.exists().filtered_domain(self._queue_domain())
            stayed |= again
            if not cron._commit_progress(len(batch) - len(again)):
                break
            accounts = accounts._ready_for_queue()

    @api.model
    def _ready_domain(self, accounts):
        due = ["|", ("date_due", "=", False), ("date_due", "<=", fields.Datetime.now())]
        # what waits without a run was refused for the moment when a button was pressed
        going = ["|", ("run_id", "=", False), ("run_id.paused", "=", False)]
        return [*self._queue_domain(), *due, *going, ("account_id", "in", accounts.ids)]

    @api.model
    def _take_batch(self, accounts, without):
        """Lock what goes in one call: documents of one branch and one run that no other worker holds.

        :param without: documents that are not taken
        :return: the locked documents, in the environment of the user who asked for them; none if there are none
        """
        domain = [*self._ready_domain(accounts), ("id", "not in", without.ids)]
        # who came back to the queue stands behind the others, so that no branch holds up another
        groups = self.sudo()._read_group(
            domain, ["branch_id", "run_id"], ["date_queued:min"], order="date_queued:min, branch_id"
        )
        for branch, run, _first in groups:
            size = branch.account_id._batch_size()
            mine = [*domain, ("branch_id", "=", branch.id), ("run_id", "=", run.id)]
            waiting = self.sudo().search(mine, order="date_queued, id", limit=WINDOW * size)
            # another worker may have sent them between the search and the lock
            batch = lock_free(waiting, limit=size, reread=["state", "date_queued"])
            batch = batch.filtered_domain(self._queue_domain())
            if batch:
                user = run.user_id or batch.request_ids[:1].user_id or self.env.user
                return batch.with_user(user).with_context(lang=user.lang).sudo().with_company(branch.company_id)
        return self.browse()

    def _work_batch(self):
        """Build, send and store one batch. One invoice at which we ourselves fail doesn't hold up the others."""
        try:
            self._stamp_queued()
        except OperationalError:
            # somebody else was faster with one of the rows: they stay in the queue and come again
            self.env.cr.rollback()
        except Exception:  # pylint: disable=broad-except
            _logger.exception("A batch of the queue failed before it was sent: one by one")
            self.env.cr.rollback()
            for document in self:
                document._work_alone()

    def _work_alone(self):
        waiting = lock_free_anew(self)
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
            durably(partial(waiting._refuse, {self.move_id: [Problem(text)]}), self.env)

    def _stamp_queued(self):
        moves = self.move_id
        # those that somebody else works on stay in the queue; they come again
        locked = moves._l10n_mx_facture_lock({})
        stamped = moves._l10n_mx_facture_stamped()
        # a document that is not the invoice's any more was overtaken by a button
        overtaken = self.filtered(
            lambda document: document.move_id in stamped or document.move_id.l10n_mx_facture_document_id != document
        )
        waiting = self - overtaken
        overtaken._leave_queue()
        elsewhere = waiting._follow_branch()
        todo = locked & (waiting - elsewhere).move_id
        documents = todo._l10n_mx_facture_stamp_batch({}, refuse=waiting._refuse)
        documents._after_stamp(with_pdf=False)

    def _refuse(self, refusals):
        """Take out of the queue what SAT would refuse, and tell the run of it.

        :param refusals: dict from an invoice to its problems
        """
        refused = self.exists().filtered(lambda one: one.move_id in refusals and one.state in ("draft", "rejected"))
        for document in refused:
            problems = refusals[document.move_id]
            if document.run_id:
                document.run_id._refuse({document.move_id: problems})
            vals = {"date_queued": False}
            if document.state == "draft":
                vals["message_text"] = "\n".join(problem.text for problem in problems)
            sealed.write(document, vals)


class AccountMove(models.Model):
    """What waits in the queue follows its invoice."""

    _inherit = "account.move"

    def _l10n_mx_facture_leave_queue(self):
        """Take out of the queue what waits there since a button was pressed: whoever posts it again presses again.

        What waits in a run stays in it, which tells that it was not posted.
        """
        waiting = self.l10n_mx_facture_document_id.sudo().filtered(
            lambda document: document.state == "draft" and document.date_queued and not document.run_id
        )
        if waiting:
            waiting._leave_queue()
