from datetime import datetime
from functools import partial
from zoneinfo import ZoneInfo

from odoo import api, models

from ...cfdi.global_invoice.period import period_of
from ..common.languages import in_company_language
from ..common.transactions import commit_or_log

TO_CORRECT = "l10n_mx_facture.mail_activity_to_correct"


class L10nMxFactureGlobal(models.Model):
    """When a period is over where it was sold, its global invoice is made and put into the queue."""

    _inherit = "l10n_mx_facture.global"

    @api.model
    def _cron_global(self):
        """Hourly, as midnight is at another hour in each zone. Two runs at once make one global invoice."""
        # the substitutes of those that SAT has cancelled
        for substitute in self.sudo().search([("state", "=", "draft"), ("replaces_id.state", "=", "cancelled")]):
            commit_or_log(substitute._start_ready, self.env, f"Stamping {substitute}")
        commit_or_log(self.sudo()._queue_lost, self.env, "Queueing what was lost of tickets")
        for company in self.env["res.company"].sudo().search([("l10n_mx_facture_global_auto", "=", True)]):
            mine = [("company_id", "=", company.id), ("state", "=", "open"), ("branch_id", "!=", False)]
            for branch, in self.env["l10n_mx_facture.ticket"].sudo()._read_group(mine, ["branch_id"]):
                make = partial(self.sudo()._make_due, company, branch)
                commit_or_log(make, self.env, f"Global invoices of {branch} in {company}")

    @api.model
    def _queue_lost(self):
        """Queue again what is made of tickets and turned out not to have been stamped after its answer was lost: their
        credit notes, and invoices to a name. What the service refused waits for a person.
        """
        lost = self.env["l10n_mx_facture.document"].search(
            [
                ("state", "=", "rejected"),
                ("resolution", "!=", False),
                ("resolved_by_id", "=", False),
                ("date_queued", "=", False),
                "|",
                "|",
                ("ticket_credit_id", "!=", False),
                ("move_id.l10n_mx_facture_named_ticket_ids", "!=", False),
                ("move_id.reversed_entry_id.l10n_mx_facture_ticket_ids", "!=", False),
            ]
        ).filtered(lambda one: one._is_current())
        for owners in lost._owners():
            self.env["l10n_mx_facture.run"]._start(owners, {})

    @api.model
    def _make_due(self, company, branch):
        """Make and queue the global invoices of the periods that are over at a branch."""
        today = datetime.now(ZoneInfo(branch.tz or "America/Mexico_City")).date()
        period = period_of(company.l10n_mx_facture_global_periodicity, today)
        tickets = in_company_language(self.env["l10n_mx_facture.ticket"].with_company(company)).search(
            [
                ("company_id", "=", company.id),
                ("branch_id", "=", branch.id),
                ("state", "=", "open"),
                ("date", "<", period.first),
            ]
        )
        tickets._make_globals()._start_ready()

    def _start_ready(self):
        """Queue those that nothing is wrong with; of the others it is kept why, and somebody is told once."""
        ready = self.browse()
        # another process may have sent or deleted some of these since they were found
        waiting = self.exists().filtered(lambda one: not one._is_live() and not one.document_id.date_queued)
        for one in waiting:
            problems, _warnings = one._l10n_mx_facture_judge()
            text = "\n".join(problem.text for problem in problems)
            if text and text != one.question:
                one._tell(text)
            if (one.question or "") != text:
                one.question = text or False
            ready |= one if not problems else self.browse()
        if ready:
            self.env["l10n_mx_facture.run"]._start(ready, {})

    def _tell(self, text):
        """An activity for who set the company up, unless one is open."""
        kind = self.env.ref(TO_CORRECT)
        if self.activity_ids.filtered(lambda one: one.activity_type_id == kind):
            return
        users = self.env.ref("l10n_mx_facture.group_stamp").sudo().all_user_ids
        users = users.filtered(lambda user: user.active and not user.share and self.company_id in user.company_ids)
        if users:
            summary = self.env._("The global invoice of %s was not stamped", self.date_to)
            self.activity_schedule(TO_CORRECT, summary=summary, note=text, user_id=users[0].id)
