from odoo import api, fields, models

from ..common.access import users_of
from ..common.actions import open_at

NO_BRANCH = "l10n_mx_facture.mail_activity_no_branch"
BRANCH = "l10n_mx_facture_branch_ids"


class AccountJournal(models.Model):
    """A to-do on each sales journal whose tickets are in no global invoice, as it has no branch; it goes when one is
    chosen.

    Who marks it as done isn't told again before there are tickets of another day.
    """

    _inherit = "account.journal"

    l10n_mx_facture_branch_told = fields.Date(
        "Told of its missing branch",
        readonly=True,
        copy=False,
        groups="base.group_system",
        help="Technical: the day of the last ticket without a branch that somebody was told of.",
    )

    def action_l10n_mx_facture_choose_branch(self):
        """Open the journal at the field that its tickets lack."""
        self.ensure_one()
        return open_at(self, BRANCH)

    def _l10n_mx_facture_without_branch(self, companies=None):
        """:param companies: of these; None: of all
        :return: dict from the journals without a branch, among these or all, to how many of their tickets wait for
            one, and the day of the last one
        """
        tickets = self.env["l10n_mx_facture.ticket"]
        domain = tickets._without_branch_domain(companies)
        if self:
            domain = [*domain, ("move_id.journal_id", "in", self.ids)]
        found = tickets._read_group(domain, ["move_id.journal_id"], ["__count", "date:max"])
        branches = self.env["l10n_mx_facture.branch"]._get_by_journal(self.union(*(row[0] for row in found)))
        return {journal: (count, last) for journal, count, last in found if not branches[journal]}

    @api.model
    def _l10n_mx_facture_announce_branches(self):
        journals = self.sudo()
        waiting = journals._l10n_mx_facture_without_branch()
        told = journals.with_context(active_test=False).search([("l10n_mx_facture_branch_told", "!=", False)])
        for journal in told.filtered(lambda one: one not in waiting):
            journal.activity_unlink([NO_BRANCH])
            journal.l10n_mx_facture_branch_told = False
        for journal, (count, last) in waiting.items():
            journal._l10n_mx_facture_tell_branch(count, last)

    def _l10n_mx_facture_tell_branch(self, count, last):
        """:param count: how many of its tickets have no branch
        :param last: date of the last one
        """
        user = self._l10n_mx_facture_person_of_branch()
        if not user:
            return
        env = self.with_context(lang=user.lang).env
        vals = {
            "summary": env._("%(journal)s: tickets without a CFDI branch: %(count)s", journal=self.name, count=count),
            "note": env._(
                "They are in no global invoice, as it is not known where they were sold. Choose the CFDI branch of the "
                "journal: then they wait for the global invoice of their period."
            ),
        }
        told = self.activity_ids.filtered(lambda one: one.activity_type_id == self.env.ref(NO_BRANCH))
        if told:
            told[:1].write({name: value for name, value in vals.items() if told[:1][name] != value})
        elif not self.l10n_mx_facture_branch_told or last > self.l10n_mx_facture_branch_told:
            self.activity_schedule(NO_BRANCH, user_id=user.id, **vals)
        if self.l10n_mx_facture_branch_told != last:
            self.l10n_mx_facture_branch_told = last

    def _l10n_mx_facture_person_of_branch(self):
        """:return: the first user, perhaps none, who may choose it"""
        return users_of(self.env, "configure", self.company_id)[:1]
