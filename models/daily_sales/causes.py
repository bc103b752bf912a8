from odoo import api, fields, models

from ..common.actions import open_all

KINDS = [
    ("open", "Tickets that wait"),
    ("left_out", "Tickets that are left out"),
    ("without", "Without a CFDI"),
    ("unknown", "With a lost answer"),
    ("returned", "Returned before the global invoice"),
    ("cancelled", "CFDI cancelled"),
    ("twice", "In two CFDIs"),
    ("amounts", "Another amount in the CFDI"),
    ("not_booked", "Valid CFDI, not posted"),
    ("elsewhere", "Booked by another module"),
    ("total", "Global invoice and its tickets differ"),
    ("tax_moved", "Tax moved by rounding"),
]


class L10nMxFactureSalesBooksCause(models.TransientModel):
    """What makes a difference between the CFDIs of a day's sales and the books, with what to do."""

    _name = "l10n_mx_facture.sales.books.cause"
    _inherit = ["l10n_mx_facture.access"]
    _description = "Why Sales to the Public and the Books Differ"
    _order = "id"

    day_id = fields.Many2one(
        "l10n_mx_facture.sales.books.day", required=True, readonly=True, ondelete="cascade", index=True
    )
    currency_id = fields.Many2one(related="day_id.currency_id")
    kind = fields.Selection(KINDS, "Cause", required=True, readonly=True)
    amount = fields.Monetary(readonly=True, help="Its part of the difference.")
    count = fields.Integer("Number", compute="_compute_count")
    advice = fields.Char("What to do", compute="_compute_advice")
    res_model = fields.Char(readonly=True)
    res_ids = fields.Json(readonly=True)

    @api.depends("res_ids")
    def _compute_count(self):
        for cause in self:
            cause.count = len(cause.res_ids or [])

    @api.depends_context("lang")
    @api.depends("kind", "amount", "res_ids")
    def _compute_display_name(self):
        labels = dict(self._fields["kind"]._description_selection(self.env))
        for cause in self:
            amount = cause.amount if cause.kind != "tax_moved" else cause.day_id.tax_moved
            # one that is not saved has no currency
            shown = cause.currency_id.format(amount) if cause.currency_id else amount
            cause.display_name = f"{labels.get(cause.kind)}: {cause.count} ({shown})"

    @api.depends_context("lang")
    @api.depends("kind")
    def _compute_advice(self):
        texts = {
            "open": self.env._("Make their global invoice, and stamp it."),
            "left_out": self.env._("Each says why. What needs a CFDI of its own is to be stamped."),
            "without": self.env._("Stamp them."),
            "unknown": self.env._("Press Resolve: it is not known whether they were stamped."),
            "returned": self.env._("Nothing: taken off on the day of the sale; in the books, on that of the return."),
            "cancelled": self.env._("Stamp it again, or cancel or reverse the invoice, if that was not done yet."),
            "twice": self.env._("It is in a global invoice and has a CFDI of its own: cancel one of the two."),
            "amounts": self.env._("Compare the total of the CFDI with that of the invoice, or of its ticket."),
            "not_booked": self.env._("Post it again, or cancel its CFDI."),
            "elsewhere": self.env._("Nothing: the module that sold them has entries of its own."),
            "total": self.env._("Compare the XML with the tickets."),
            "tax_moved": self.env._("Nothing: the totals are the same, the tax fits SAT's limits."),
        }
        for cause in self:
            cause.advice = texts.get(cause.kind)

    def action_open(self):
        """Open what makes it."""
        self.ensure_one()
        name = dict(self._fields["kind"]._description_selection(self.env))[self.kind]
        return open_all(self.env[self.res_model].browse(self.res_ids), name)
