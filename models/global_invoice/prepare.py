from collections import Counter, defaultdict

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import groupby, split_every

from ...cfdi.global_invoice.period import period_of
from ..common.access import check_group
from ..common.actions import open_all
from ..common.locks import serialize_on


class L10nMxFactureTicket(models.Model):
    """From open tickets to global invoices: one for each branch and period, several where a setting limits them."""

    _inherit = "l10n_mx_facture.ticket"

    def action_make_globals(self):
        """Make the global invoices of these tickets, or of all that are open, and open them: what is in each, what is
        left out and why. Nothing is sent.

        :raise UserError: none of them may be in a global invoice
        """
        check_group(self.env, "stamp")
        self.check_access("read")
        if not self:
            self._take_branches(self.env.companies)
        tickets = self or self.search([("state", "=", "open")])
        made = tickets.sudo()._make_globals().sudo(False)
        if not made:
            raise UserError(self.env._("None of these tickets waits for a global invoice. See why they are left out."))
        return open_all(made, self.env._("Global invoices"))

    def _make_globals(self, periodicity=None):
        """Called as superuser. Who makes those of a branch at the same moment waits, begins again and finds these.

        :param periodicity: code of c_Periodicidad; None: the company's
        :return: the global invoices, drafts, of these tickets
        """
        serialize_on(self.branch_id)
        self._read_books()
        made = self.env["l10n_mx_facture.global"].sudo()
        ready = self.filtered(lambda one: one.state == "open").sorted(lambda one: (one.date, one.id))
        for key, tickets in groupby(ready, key=lambda one: one._global_key(periodicity)):
            made |= self.browse([one.id for one in tickets])._into_globals(*key)
        return made

    def _global_key(self, periodicity):
        """:return: what tickets have in common that are in one global invoice"""
        company = self.company_id
        period = period_of(periodicity or company.l10n_mx_facture_global_periodicity, self.date)
        return company, self.branch_id, period, self._fuel_form()

    def _into_globals(self, company, branch, period, fuel_form):
        """:param period: :class:`~..cfdi.global_invoice.period.Period`
        :param fuel_form: the payment form of fuels
        :return: the drafts that these tickets, of one key, are in now
        """
        before = self.global_id
        drafts = before.search(
            [
                ("company_id", "=", company.id),
                ("branch_id", "=", branch.id),
                ("periodicity", "=", period.periodicidad),
                ("date_from", "=", period.first),
                ("date_to", "=", period.last),
                ("fuel_form_id", "=", fuel_form.id),
                ("state", "in", ("draft", "rejected")),
                ("replaces_id", "=", False),
            ],
            order="id",
        ).filtered(lambda one: not one.document_id.date_queued)
        # what waits in the queue keeps its tickets
        todo = self.filtered(lambda one: not one.global_id.document_id.date_queued)
        made = (self - todo).global_id
        for part in todo._parts(company.l10n_mx_facture_global_limit):
            one = drafts[:1] or before.create(self._global_vals(company, branch, period, fuel_form))
            drafts -= one
            (one.ticket_ids - part).global_id = False
            part.filtered(lambda ticket, one=one: ticket.global_id != one).global_id = one
            made |= one
        (before - made).filtered(lambda one: not one.ticket_ids and not one.document_ids).unlink()
        return made

    def _parts(self, limit):
        """Yield the tickets of one global invoice each: at most so many (0: no limit), and each number once
        (NoIdentificacion).
        """
        times, layers = Counter(), defaultdict(list)
        for ticket in self:
            layers[times[ticket.number]].append(ticket.id)
            times[ticket.number] += 1
        for ids in layers.values():
            yield from split_every(limit if limit > 0 else len(ids), ids, self.browse)

    @api.model
    def _global_vals(self, company, branch, period, fuel_form):
        return {
            "company_id": company.id,
            "branch_id": branch.id,
            "periodicity": period.periodicidad,
            "date_from": period.first,
            "date_to": period.last,
            "fuel_form_id": fuel_form.id,
        }
