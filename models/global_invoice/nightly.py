from datetime import datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import split_every

from ...cfdi.global_invoice.period import period_of
from ..common.access import users_of
from ..common.languages import in_company_language
from ..common.transactions import commit_or_log

TO_CORRECT = "l10n_mx_facture.mail_activity_to_correct"
# tickets read in one transaction
PART = 200


class L10nMxFactureTicket(models.Model):
    """Which tickets wait although their period is over where they were sold."""

    _inherit = "l10n_mx_facture.ticket"

    is_due = fields.Boolean(
        "Its period is over",
        compute="_compute_is_due",
        search="_search_is_due",
        help="It waits for a global invoice, which SAT wants within 24 hours after the period (RMF 2.7.1.21).",
    )

    @api.depends("state", "date")
    def _compute_is_due(self):
        due = self.filtered_domain(self._due_domain())
        for ticket in self:
            ticket.is_due = ticket in due

    @api.model
    def _search_is_due(self, operator, value):
        if operator != "in":
            return NotImplemented
        return self._due_domain() if True in value else ~self._due_domain()

    @api.model
    def _due_domain(self, grace=timedelta()):
        """:param grace: timedelta: for so long, at least, the period has been over
        :return: Domain of the tickets, of all companies, whose global invoice is due
        """
        waiting = self.sudo()._read_group(
            [("state", "=", "open"), ("branch_id", "!=", False)], ["company_id", "branch_id"]
        )
        return Domain.OR(self._over_domain(company, branch, grace) for company, branch in waiting)

    @api.model
    def _over_domain(self, company, branch, grace=timedelta()):
        """:return: Domain of the open tickets of the periods that are over at a branch"""
        then = datetime.now(ZoneInfo(branch.tz or "America/Mexico_City")) - grace
        period = period_of(company.l10n_mx_facture_global_periodicity, then.date())
        return Domain(
            [
                ("company_id", "=", company.id),
                ("branch_id", "=", branch.id),
                ("state", "=", "open"),
                ("date", "<", period.first),
            ]
        )

    @api.model
    def _read_new(self):
        """Read new tickets from the books as the day goes: of a thousand, that takes most of the time of their global
        invoice, and who looks at them sees at once what is left out.
        """
        new = [("state", "=", "open"), ("seen", "=", False), ("move_id", "!=", False)]
        for company, tickets in self.sudo()._read_group(new, ["company_id"], ["id:recordset"]):
            tickets = in_company_language(tickets, company)
            for part in split_every(PART, tickets.ids, tickets.browse):
                commit_or_log(part._read_books, self.env, f"Reading {len(part)} tickets of {company}")
                if not self.env["ir.cron"]._commit_progress():
                    return


class L10nMxFactureGlobal(models.Model):
    """When a period is over where it was sold, its global invoice is made and put into the queue."""

    _inherit = "l10n_mx_facture.global"

    @api.model
    def _cron_global(self):
        """Hourly, as midnight is at another hour in each zone. Two runs at once make one global invoice."""
        # the substitutes of those that SAT has cancelled
        for substitute in self.sudo().search([("state", "=", "draft"), ("replaces_id.state", "=", "cancelled")]):
            commit_or_log(in_company_language(substitute)._start_ready, self.env, f"Stamping {substitute}")
        commit_or_log(self.sudo()._queue_lost, self.env, "Queueing what was lost of tickets")
        for company in self._companies_without_branch():
            tickets = in_company_language(self.env["l10n_mx_facture.ticket"], company)
            commit_or_log(partial(tickets._take_branches, company), self.env, f"Branches of tickets in {company}")
        for company in self.env["res.company"].sudo().search([("l10n_mx_facture_global_auto", "=", True)]):
            mine = [("company_id", "=", company.id), ("state", "=", "open"), ("branch_id", "!=", False)]
            for branch, in self.env["l10n_mx_facture.ticket"].sudo()._read_group(mine, ["branch_id"]):
                make = partial(self.sudo()._make_due, company, branch)
                commit_or_log(make, self.env, f"Global invoices of {branch} in {company}")
        self.env["l10n_mx_facture.ticket"]._read_new()

    @api.model
    def _companies_without_branch(self):
        """:return: the companies, as superuser, that have tickets of invoices without a branch"""
        tickets, companies = self.env["l10n_mx_facture.ticket"].sudo(), self.env["res.company"].sudo()
        found = tickets._read_group(tickets._without_branch_domain(), ["company_id"])
        return companies.union(*(company for (company,) in found))

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
        tickets = in_company_language(self.env["l10n_mx_facture.ticket"], company)
        tickets = tickets.search(tickets._over_domain(company, branch))
        tickets._make_globals()._start_ready()

    def _start_ready(self):
        """Queue those that nothing is wrong with; of the others it is kept why, and somebody is told once."""
        ready = self.browse()
        # another process may have sent or deleted some of these since they were found
        waiting = self.exists().filtered(lambda one: not one._is_live() and not one.document_id.date_queued)
        for one in waiting:
            if one._refused_lately():
                problems = [one.document_id._refusal_problem()]
            else:
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
        if person := self._person_of(self.company_id, self.branch_id):
            summary = self.env._("The global invoice of %s was not stamped", self.date_to)
            self.activity_schedule(TO_CORRECT, summary=summary, note=text, user_id=person.id)

    @api.model
    def _person_of(self, company, branch):
        """:return: the user, perhaps none, who makes the global invoices of a branch: who made the last one that no
            scheduled action made; else the first one who may stamp
        """
        users = users_of(self.env, "stamp", company)
        mine = [("company_id", "=", company.id), ("branch_id", "=", branch.id), ("create_uid", "in", users.ids)]
        return self.sudo().search(mine, order="id desc", limit=1).create_uid or users[:1]
