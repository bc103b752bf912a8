from odoo import api, fields, models

from ..ticket.settings import PERIODICITIES


class L10nMxFactureGlobal(models.Model):
    """A global invoice: the tickets of a branch and a period, and their CFDI. It has no entry: each sale has one."""

    _name = "l10n_mx_facture.global"
    _inherit = ["l10n_mx_facture.own_document"]
    _description = "Global Invoice"
    _order = "date_to desc, id desc"
    _print_report = "l10n_mx_facture.action_report_global"
    _frozen = ("branch_id", "document_id", "replaces_id", "name", "periodicity", "date_from", "date_to", "fuel_form_id")

    periodicity = fields.Selection(PERIODICITIES, required=True, readonly=True, help="Periodicidad.")
    date_from = fields.Date("From", required=True, readonly=True)
    date_to = fields.Date("To", required=True, readonly=True, index=True)
    fuel_form_id = fields.Many2one(
        "l10n_mx_catalogs.c_forma_pago",
        "Fuels paid by",
        readonly=True,
        help="A global invoice of fuels: all of its tickets were paid in this form, and its CFDI is never cancelled "
        "(SAT's guide, appendix 3).",
    )
    currency_id = fields.Many2one(
        "res.currency", required=True, readonly=True, default=lambda self: self.env.ref("base.MXN")
    )
    # the receiver has no address: it is SAT's PUBLICO EN GENERAL
    partner_id = fields.Many2one("res.partner", "Receiver", compute="_compute_partner_id", store=True)
    commercial_partner_id = fields.Many2one(related="partner_id.commercial_partner_id")
    ticket_ids = fields.One2many("l10n_mx_facture.ticket", "global_id", "Tickets", readonly=True)
    former_ticket_ids = fields.Many2many(
        "l10n_mx_facture.ticket",
        string="Tickets before",
        readonly=True,
        help="Of a CFDI that was cancelled or refused: the tickets that it had. Of a substitute: those that it will "
        "have.",
    )
    left_out_ids = fields.Many2many(
        "l10n_mx_facture.ticket", string="Left out", compute="_compute_left_out_ids",
        help="Sales to the public of the same branch and period that are not in it, with the reason.",
    )
    ticket_count = fields.Integer("Number of tickets", compute="_compute_amounts", store=True)
    amount_total = fields.Monetary("Total", compute="_compute_amounts", store=True)
    tax_moved = fields.Monetary(
        "Tax difference from rounding",
        readonly=True,
        copy=False,
        help="Tax in the CFDI less tax in the books: of tickets whose taxes were rounded for each line. Their totals "
        "are the same.",
    )
    question = fields.Text("Why it waits", readonly=True, copy=False, help="What keeps it from its stamp.")
    document_ids = fields.One2many("l10n_mx_facture.document", "global_id", "CFDI history", readonly=True)
    l10n_mx_facture_document_ids = fields.One2many(related="document_ids")

    @api.depends("ticket_ids.move_id")
    def _compute_partner_id(self):
        for one in self:
            one.partner_id = one.ticket_ids[:1].move_id.commercial_partner_id

    @api.depends("ticket_ids.amount_in_global", "document_id.total", "document_id.state")
    def _compute_amounts(self):
        for one in self:
            stamped = one.document_id.uuid and one.document_id.state != "rejected"
            one.amount_total = one.document_id.total if stamped else sum(one.ticket_ids.mapped("amount_in_global"))
            one.ticket_count = len(one.ticket_ids or one.former_ticket_ids)

    @api.depends("ticket_ids", "branch_id", "date_from", "date_to")
    def _compute_left_out_ids(self):
        for one in self:
            one.left_out_ids = self.env["l10n_mx_facture.ticket"].search(
                [
                    ("company_id", "=", one.company_id.id),
                    ("branch_id", "in", (one.branch_id.id, False)),
                    ("date", ">=", one.date_from),
                    ("date", "<=", one.date_to),
                    ("state", "in", ("left_out", "invoiced")),
                    ("global_id", "=", False),
                ]
            )

    @api.model
    def _sequence_vals(self):
        return {"name": self.env._("Global invoices"), "prefix": "GLO-"}

    def _cancelled_text(self):
        return self.env._(
            "Its CFDI was cancelled and its tickets are free: make a new global invoice of their period (Tickets, "
            "button Make global invoices)."
        )

    def _l10n_mx_facture_print_lang(self):
        # the public gets none: it is the company's own
        return self.company_id.partner_id.lang

    def _l10n_mx_facture_document_vals(self):
        return {
            "global_id": self.id,
            "company_id": self.company_id.id,
            "currency_id": self.currency_id.id,
            "tipo_de_comprobante": "I",
        }
