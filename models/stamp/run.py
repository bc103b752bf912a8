from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import split_every

from ..common import protected
from ..common.access import check_group
from ..common.actions import open_list, open_record
from ..common.locks import lock_free
from ..common.problem import Problem
from ..common.states import EVER_STAMPED_STATES, LIVE_STATES, UNSENT_STATES
from ..common.transactions import wake_queue

# number of invoices that are queued together
CHUNK = 500


class L10nMxFactureRun(models.Model):
    """A run: many invoices that are stamped in the background, with its progress.

    It has no logic of its own: its documents in state draft with a queue date form the queue.
    """

    _name = "l10n_mx_facture.run"
    _inherit = ["l10n_mx_facture.access"]
    _description = "CFDI Stamping Run"
    _order = "id desc"

    name = fields.Char(compute="_compute_name")
    user_id = fields.Many2one(
        "res.users", "Started by", required=True, readonly=True, default=lambda self: self.env.user
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    paused = fields.Boolean(readonly=True)
    document_ids = fields.One2many("l10n_mx_facture.document", "run_id", readonly=True)
    refusal_ids = fields.One2many("l10n_mx_facture.run.refusal", "run_id", readonly=True)
    cause_ids = fields.Many2many("l10n_mx_facture.run.refusal", string="Causes", compute="_compute_causes")
    count_all = fields.Integer("Invoices", compute="_compute_counts")
    count_waiting = fields.Integer("Waiting", compute="_compute_counts")
    count_sending = fields.Integer("Being sent", compute="_compute_counts")
    count_stamped = fields.Integer("Stamped", compute="_compute_counts")
    # what the service rejected and what was never sent
    count_refused = fields.Integer("To correct", compute="_compute_counts")
    count_unknown = fields.Integer("Unknown", compute="_compute_counts")
    progress = fields.Float(compute="_compute_counts", help="Percentage of the invoices that have a result.")
    state = fields.Selection(
        [("running", "Running"), ("held", "Waiting for the service"), ("paused", "Paused"), ("done", "Done")],
        compute="_compute_state",
    )
    hold_text = fields.Text("Why it waits", compute="_compute_state")

    @api.depends("create_date")
    def _compute_name(self):
        for run in self:
            start = fields.Datetime.context_timestamp(run, run.create_date or fields.Datetime.now())
            run.name = self.env._("Stamping of %s", start.strftime("%Y-%m-%d %H:%M"))

    @api.depends("refusal_ids", "document_ids.state", "document_ids.date_queued")
    def _compute_causes(self):
        for run in self:
            run.cause_ids = run._open_refusals()._one_of_each_cause()

    def _open_refusals(self):
        """:return: the refusals of invoices that have no later outcome"""
        resolved = {document._owner() for document in self._resolved()}
        return self.refusal_ids.filtered(lambda refusal: refusal._owner() not in resolved)

    def _resolved(self):
        """:return: the documents that wait again or were sent with another outcome than a refusal"""
        return self.document_ids.filtered(lambda one: one.date_queued or one.state not in UNSENT_STATES)

    @api.depends("document_ids.state", "document_ids.date_queued", "refusal_ids")
    def _compute_counts(self):
        counts = self._counts()
        for run in self:
            found = counts.get(run.id, {})
            run.count_waiting = found.get("waiting", 0)
            run.count_sending = found.get("sending", 0)
            run.count_stamped = sum(found.get(state, 0) for state in EVER_STAMPED_STATES)
            run.count_unknown = found.get("unknown", 0)
            # an invoice that was refused and corrected counts by its later outcome
            refused = {refusal._owner() for refusal in run.refusal_ids}
            run.count_refused = len(refused - {document._owner() for document in run._resolved()})
            settled = run.count_stamped + run.count_unknown + run.count_refused
            run.count_all = settled + run.count_waiting + run.count_sending
            run.progress = 100 * settled / run.count_all if run.count_all else 100

    def _counts(self):
        """:return: dict from run id to the number of documents by state; queued drafts count as ``waiting``"""
        counts = {}
        grouped = self.env["l10n_mx_facture.document"]._read_group(
            [("run_id", "in", self.ids)], ["run_id", "state"], ["__count", "date_queued:count"]
        )
        for run, state, count, queued in grouped:
            found = counts.setdefault(run.id, {})
            if state == "draft":
                found["waiting"] = queued
            else:
                found[state] = count
        return counts

    @api.depends("paused", "count_waiting", "count_sending")
    def _compute_state(self):
        for run in self:
            holds = run._pause_texts() if run.count_waiting else []
            run.hold_text = "\n".join(holds)
            if not run.count_waiting and not run.count_sending:
                run.state = "done"
            elif run.paused:
                run.state = "paused"
            else:
                run.state = "held" if holds else "running"

    def _pause_texts(self):
        """:return: one sentence for each account that sends nothing at the moment"""
        self.ensure_one()
        waiting = self.env["l10n_mx_facture.document"].sudo()._read_group(
            [("run_id", "=", self.id), *self.env["l10n_mx_facture.document"]._queue_domain()], ["account_id"]
        )
        return [text for [account] in waiting if (text := account._pause_text())]

    # -- starting -------------------------------------------------------------------------------

    @api.model
    def _start(self, moves, refused):
        """Put invoices into the queue.

        :param moves: invoices without problems
        :param refused: dict from an invoice to its problems
        :return: the runs, one for each company
        """
        runs = self.browse()
        ids = [*moves.ids, *(move.id for move in refused)]
        # grouped in SQL, as reading many invoices would fill the memory
        grouped = moves._read_group([("id", "in", ids)], ["company_id"], ["id:array_agg"])
        for company, found in grouped:
            run = self.sudo().create({"company_id": company.id, "user_id": self.env.uid})
            mine = {move: problems for move, problems in refused.items() if move.id in set(found)}
            todo = sorted(set(found).intersection(moves.ids))
            for part in split_every(CHUNK, todo, moves.browse):
                run._enqueue(part, mine)
                self.env.flush_all()
                self.env.invalidate_all()
            run._refuse(mine)
            runs |= run
        wake_queue(self.env)
        return runs.sudo(False)

    def _enqueue(self, moves, refused):
        """:param refused: dict, filled with invoices that are already being stamped or queued"""
        free = moves.exists()._l10n_mx_facture_lock(refused)
        for move in free:
            document = move.l10n_mx_facture_document_id
            if document.date_queued:
                text = self.env._("It is already waiting in another run: %s.", document.run_id.name)
                refused[move] = [Problem(text, document.run_id)]
            elif move.l10n_mx_facture_test_only:
                text = self.env._("It has a test CFDI: open it and press Stamp to make the real one.")
                refused[move] = [Problem(text, move)]
            elif document.state in LIVE_STATES:
                refused[move] = move._l10n_mx_facture_state_problems()
            elif problems := move._l10n_mx_facture_restamp_problems(single=False):
                refused[move] = problems
        todo = free.filtered(lambda move: move not in refused)
        self.env["l10n_mx_facture.document"]._create_queued(todo, self)

    def _refuse(self, refused):
        """:param refused: dict from an invoice to the problems that have to be corrected first"""
        self.env["l10n_mx_facture.run.refusal"].sudo().create(
            [
                {"run_id": self.id, **problem.vals(move)}
                for move, problems in refused.items()
                for problem in problems
            ]
        )

    # -- buttons --------------------------------------------------------------------------------

    def action_pause(self):
        """Send nothing more; calls in process continue."""
        check_group(self.env, "stamp")
        self.check_access("read")
        self.sudo().paused = True

    def action_resume(self):
        """Continue; accounts that are paused after a failure are tried again at once."""
        check_group(self.env, "stamp")
        self.check_access("read")
        self.sudo().paused = False
        waiting = self.sudo().document_ids.filtered("date_queued")
        waiting.account_id._release()
        protected.write(lock_free(waiting.filtered("date_due")), {"date_due": False})
        wake_queue(self.env)

    def action_leave_queue(self):
        """Remove the waiting invoices from the queue; they stay unstamped."""
        check_group(self.env, "stamp")
        self.check_access("read")
        documents = self.env["l10n_mx_facture.document"].sudo()
        waiting = documents.search([("run_id", "in", self.ids), *documents._queue_domain()])
        if not waiting:
            raise UserError(self.env._("Nothing is waiting."))
        lock_free(waiting)._leave_queue()

    def action_open(self):
        """:return: the action that shows these runs"""
        self.check_access("read")
        name = self.env._("Stamping in the background")
        if len(self) == 1:
            return open_record(self, name=name)
        return open_list(self, name, [("id", "in", self.ids)])

    def action_open_refusals(self):
        """Open the refusals, grouped by cause, with a link to the record on which each is corrected."""
        mine, grouped = [("run_id", "in", self.ids)], {"group_by": ["text"]}
        return open_list(self.refusal_ids, self.env._("To correct"), mine, views=("list",), context=grouped)

    def action_open_stamped(self):
        """The invoices that were stamped."""
        return self._open_owners(EVER_STAMPED_STATES, self.env._("Stamped"))

    def action_open_unknown(self):
        """The invoices whose answer was lost."""
        return self._open_owners(("unknown",), self.env._("Unknown"))

    def _open_owners(self, states, title):
        documents = self.document_ids.filtered(lambda document: document.state in states)
        owners = next(iter(documents._owners()), documents.move_id)
        return open_list(owners, title, [("id", "in", owners.ids)])


class L10nMxFactureRunRefusal(models.Model):
    """Why an invoice of a run was not stamped, and the record on which that is corrected."""

    _name = "l10n_mx_facture.run.refusal"
    _inherit = ["l10n_mx_facture.access", "l10n_mx_facture.problem.line"]
    _description = "CFDI Refusal"
    _order = "text, id"

    run_id = fields.Many2one("l10n_mx_facture.run", required=True, readonly=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="run_id.company_id", store=True, index=True)

    def _siblings(self):
        return self.run_id._open_refusals()
