from datetime import timedelta

from markupsafe import Markup

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import format_date

from ...cfdi.global_invoice.period import period_of
from ..common.actions import open_list

GLOBAL_DUE = "l10n_mx_facture.mail_activity_global_due"
# SAT wants it within 24 hours after the period (RMF 2.7.1.21): at noon of the next day a person can still make it
TOLD_AFTER = timedelta(hours=12)
TICKETS = "/odoo/action-l10n_mx_facture.action_l10n_mx_facture_ticket_due"


class L10nMxFactureBranch(models.Model):
    """A to-do on each branch where tickets wait although their period is over; it goes when none is left.

    Who marks it as done isn't told again before the tickets of another period are due.
    """

    _name = "l10n_mx_facture.branch"
    _inherit = ["l10n_mx_facture.branch", "mail.thread", "mail.activity.mixin"]
    # who is told marks it as done, though he may not write on branches
    _mail_post_access = "read"

    due_ticket_count = fields.Integer("Tickets without a global invoice", compute="_compute_due_ticket_count")
    due_told = fields.Json(
        readonly=True,
        copy=False,
        groups="base.group_system",
        help="Technical: by the id of who was told, the day of the last ticket.",
    )

    def _compute_due_ticket_count(self):
        due = [("is_due", "=", True), ("branch_id", "in", self.ids)]
        counts = dict(self.env["l10n_mx_facture.ticket"]._read_group(due, ["branch_id"], ["__count"]))
        for branch in self:
            branch.due_ticket_count = counts.get(branch, 0)

    def action_open_due_tickets(self):
        """List the tickets that wait although their period is over."""
        self.check_access("read")
        return self.env["l10n_mx_facture.ticket"]._open_due([("branch_id", "in", self.ids)])

    @api.model
    def _announce_due_tickets(self):
        due = self.env["l10n_mx_facture.ticket"]._due_domain(TOLD_AFTER)
        branches = self.env["l10n_mx_facture.ticket"].sudo().search(due).branch_id
        noted = self.sudo().with_context(active_test=False).search([("due_told", "!=", False)])
        (branches | noted)._review_due_tickets()

    def _settle_due_tickets(self):
        """A global invoice of these was stamped."""
        self.sudo().filtered("due_told")._review_due_tickets()

    def _review_due_tickets(self):
        """Compare what is due with what was told, of these as superuser."""
        people = self._people_of_due_tickets()
        for branch in self:
            before, now = branch.due_told or {}, people[branch]
            for user in self.env["res.users"].browse(map(int, before)) - self.env["res.users"].union(*now):
                branch.activity_unlink([GLOBAL_DUE], user_id=user.id)
            days = {}
            for user, tickets in now.items():
                last = max(tickets.mapped("date")).isoformat()
                branch._tell_due_tickets(user, tickets, is_new=last > before.get(str(user.id), ""))
                days[user.id] = max(last, before.get(str(user.id), ""))
            days = {str(user_id): day for user_id, day in days.items()}
            if days != before:
                branch.due_told = days or False

    def _people_of_due_tickets(self):
        """:return: dict from each of these to a dict from a user to the tickets that he is told of"""
        Ticket, people = self.env["l10n_mx_facture.ticket"].sudo(), {branch: {} for branch in self}
        due = Ticket.search(Ticket._due_domain(TOLD_AFTER) & Domain("branch_id", "in", self.ids))
        for (company, branch), tickets in due.grouped(lambda one: (one.company_id, one.branch_id)).items():
            if user := self.env["l10n_mx_facture.global"]._person_of(company, branch):
                people[branch][user] = people[branch].get(user, Ticket) | tickets
        return people

    def _tell_due_tickets(self, user, tickets, is_new):
        """:param is_new: whether tickets of another day are due than when the user was told last"""
        env = self.with_context(lang=user.lang).env
        first = min(tickets, key=lambda one: one.date)
        period = period_of(first.company_id.l10n_mx_facture_global_periodicity, first.date)
        text = env._(
            "They wait since %(day)s, and their period is over. SAT wants the global invoice within 24 hours (RMF "
            "2.7.1.21): open them and press Make global invoices.",
            day=format_date(env, first.date),
        )
        vals = {
            "summary": env._(
                "%(branch)s: tickets without a global invoice: %(count)s", branch=self.name, count=len(tickets)
            ),
            "note": Markup('<p>%s</p><p><a href="%s">%s</a></p>') % (text, TICKETS, env._("See the tickets")),
            "date_deadline": period.last + timedelta(days=1),
        }
        activities = self.activity_ids.filtered(
            lambda one: one.user_id == user and one.activity_type_id == self.env.ref(GLOBAL_DUE)
        )
        if activities:
            activities[:1].write({name: value for name, value in vals.items() if activities[:1][name] != value})
        elif is_new:
            self.activity_schedule(GLOBAL_DUE, user_id=user.id, **vals)


class L10nMxFactureTicket(models.Model):
    _inherit = "l10n_mx_facture.ticket"

    @api.model
    def _open_due(self, domain):
        """:param domain: more about the tickets
        :return: the action that lists those that wait although their period is over
        """
        title = self.env._("Tickets without a global invoice")
        return open_list(self.browse(), title, [("is_due", "=", True), *domain])
