"""A day's sales to the public at a branch: what global invoices, nominative invoices and credit notes tell of them,
against the books, to the cent. Nothing is stored for longer than the list is looked at.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal

from odoo import api, fields, models
from odoo.fields import Command
from odoo.tools import format_date

from ..common.actions import open_list
from ..common.states import STAMPED_STATES
from ..common.taxes import booked
from .sales import CREDIT_NOTE, GLOBAL, INVOICE, ZERO

DOCUMENTS = {GLOBAL: "told_globals", INVOICE: "told_invoices", CREDIT_NOTE: "told_credit_notes"}


@dataclass
class Cause:
    """Of a kind of cause: its amount, and the ids of what makes it."""

    amount: Decimal = ZERO
    ids: list = field(default_factory=list)


@dataclass
class Day:
    """Sums of a day and branch, in the company's currency, by the names of the row's fields."""

    sums: dict = field(default_factory=lambda: defaultdict(Decimal))
    causes: dict = field(default_factory=lambda: defaultdict(Cause))

    def add_cause(self, kind, amount, record):
        """:param record: pair of a model's name and an id: what the cause's button opens"""
        cause = self.causes[kind, record[0]]
        cause.amount += amount
        cause.ids.append(record[1])


class L10nMxFactureSalesBooks(models.TransientModel):
    """Days whose sales to the public are compared with the books."""

    _name = "l10n_mx_facture.sales.books"
    _inherit = ["l10n_mx_facture.access"]
    _description = "Sales to the Public against the Books"

    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, default=lambda self: self.env.company, ondelete="cascade"
    )
    date_from = fields.Date(
        "From", required=True, default=lambda self: fields.Date.start_of(fields.Date.context_today(self), "month")
    )
    date_to = fields.Date("To", required=True, default=fields.Date.context_today)
    day_ids = fields.One2many("l10n_mx_facture.sales.books.day", "books_id", "Days", readonly=True)

    def action_compare(self):
        """List each day and branch with what its CFDIs tell beside the books.

        :return: the list
        """
        self.ensure_one()
        self.check_access("read")
        days = self.sudo().day_ids
        days.unlink()
        days.create(self._day_vals())
        span = {"first": format_date(self.env, self.date_from), "last": format_date(self.env, self.date_to)}
        return open_list(
            self.day_ids,
            self.env._("Sales to the public against the books, %(first)s to %(last)s", **span),
            [("books_id", "=", self.id)],
        )

    def _day_vals(self):
        """:return: list of dicts, one for each day and branch with a sale"""
        days = defaultdict(Day)
        for sale in self.env["account.move"]._l10n_mx_facture_sales(self.company_id, self.date_from, self.date_to):
            day = days[sale.day, sale.branch_id]
            day.sums["booked"] += sale.booked
            for document, amount in sale.amounts_by_document():
                day.sums[DOCUMENTS[document]] += amount
            for kind, amount in sale.causes():
                day.add_cause(kind, amount, _record_of(sale, kind))
        self._add_taken(days)
        self._add_globals(days)
        return [self._vals_of(*key, day) for key, day in days.items()]

    def _add_taken(self, days):
        """Tickets of other modules (point of sale) are booked by these, in no invoice."""
        taken = self._records("l10n_mx_facture.ticket", "date", [("move_id", "=", False)])
        for ticket in taken.filtered(lambda one: one.global_id.state in STAMPED_STATES):
            day, amount = days[ticket.date, ticket.branch_id.id], booked(ticket.amount_in_global)
            day.sums[DOCUMENTS[GLOBAL]] += amount
            day.add_cause("elsewhere", amount, (ticket._name, ticket.id))

    def _add_globals(self, days):
        """What a global invoice says as a whole, on the last day of its period: its tax that moved, and a total that is
        not the sum of its tickets.
        """
        made = self._records("l10n_mx_facture.global", "date_to", [("state", "in", STAMPED_STATES)])
        mine = [("global_id", "in", made.ids)]
        tickets = self.env["l10n_mx_facture.ticket"].sudo()
        sums = dict(tickets._read_group(mine, ["global_id"], ["amount_in_global:sum"]))
        for one in made.filtered(lambda one: not one.l10n_mx_facture_test_only):
            record = one._name, one.id
            if moved := booked(one.tax_moved):
                day = days[one.date_to, one.branch_id.id]
                day.sums["tax_moved"] += moved
                day.add_cause("tax_moved", ZERO, record)
            if more := booked(one.document_id.total) - booked(sums.get(one, 0.0)):
                day = days[one.date_to, one.branch_id.id]
                day.sums[DOCUMENTS[GLOBAL]] += more
                day.add_cause("total", more, record)

    def _records(self, model, date, domain):
        """:return: records, as superuser, of the company and these days"""
        mine = [("company_id", "=", self.company_id.id), (date, ">=", self.date_from), (date, "<=", self.date_to)]
        return self.env[model].sudo().search([*mine, *domain])

    def _vals_of(self, date, branch_id, day):
        of_cfdis = sum((day.sums[name] for name in DOCUMENTS.values()), ZERO)
        difference = of_cfdis - day.sums["booked"]
        return {
            "books_id": self.id,
            "date": date,
            "branch_id": branch_id,
            **{name: float(amount) for name, amount in day.sums.items()},
            "told": float(of_cfdis),
            "difference": float(difference),
            "differs": bool(difference),
            "cause_ids": [
                Command.create({"kind": kind, "amount": float(cause.amount), "res_model": model, "res_ids": cause.ids})
                for (kind, model), cause in sorted(day.causes.items())
            ],
        }


def _record_of(sale, kind):
    """:return: pair of a model's name and an id: where the cause is looked at"""
    if kind == "unknown" and sale.global_id:
        return "l10n_mx_facture.global", sale.global_id
    if kind in ("open", "left_out", "returned") and sale.ticket_id:
        return "l10n_mx_facture.ticket", sale.ticket_id
    return "account.move", sale.move_id


class L10nMxFactureSalesBooksDay(models.TransientModel):
    """A day at a branch: what CFDIs tell of its sales to the public, and what the books have."""

    _name = "l10n_mx_facture.sales.books.day"
    _inherit = ["l10n_mx_facture.access"]
    _description = "Day of Sales to the Public against the Books"
    _order = "date desc, branch_id"
    _rec_name = "date"

    books_id = fields.Many2one(
        "l10n_mx_facture.sales.books", required=True, readonly=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="books_id.company_id")
    currency_id = fields.Many2one(related="company_id.currency_id")
    date = fields.Date("Day", readonly=True, help="At the place of issue.")
    branch_id = fields.Many2one("l10n_mx_facture.branch", readonly=True, ondelete="cascade")
    told_globals = fields.Monetary("Globals", readonly=True, help="What stamped ones tell of the day's tickets.")
    told_invoices = fields.Monetary(
        "Invoices",
        readonly=True,
        help="With a CFDI of their own, of the journals whose sales go into global invoices.",
    )
    told_credit_notes = fields.Monetary("Credit notes (E)", readonly=True, help="Those that have a CFDI.")
    told = fields.Monetary("CFDIs", readonly=True, help="Global invoices and invoices less credit notes.")
    booked = fields.Monetary(
        "In the books", readonly=True, help="Posted invoices less credit notes of the journals, with or without CFDI."
    )
    difference = fields.Monetary(readonly=True, help="CFDIs less books.")
    differs = fields.Boolean(readonly=True)
    tax_moved = fields.Monetary(
        "Tax difference from rounding",
        readonly=True,
        help="Tax in the global invoices less tax in the books. The totals are the same.",
    )
    cause_ids = fields.One2many(
        "l10n_mx_facture.sales.books.cause", "day_id", "What makes the difference", readonly=True
    )
    causes = fields.Char("Why they differ", compute="_compute_causes")

    @api.depends_context("lang")
    @api.depends("cause_ids")
    def _compute_causes(self):
        for day in self:
            day.causes = "; ".join(cause.display_name for cause in day.cause_ids)
