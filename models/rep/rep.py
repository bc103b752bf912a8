from odoo import api, fields, models

from ..common import protected

USAGE = "l10n_mx_catalogs.c_uso_cfdi_CP01"


class L10nMxFactureRep(models.Model):
    """A receipt of payment (REP): payments of one customer that settle PPD invoices, and its CFDI of type P."""

    _name = "l10n_mx_facture.rep"
    _inherit = ["l10n_mx_facture.own_document"]
    _description = "Receipt of Payment (REP)"
    _order = "date_payment desc, id desc"

    branch_id = fields.Many2one(
        help="Place of issue, and the certificate that seals. From the account of the paid invoices."
    )
    partner_id = fields.Many2one("res.partner", "Receiver", required=True, readonly=True, index=True)
    commercial_partner_id = fields.Many2one(related="partner_id.commercial_partner_id")
    # SAT writes XXX: a receipt of payment has no total; its payments have currencies of their own
    currency_id = fields.Many2one(related="company_id.currency_id")
    date_payment = fields.Date("Paid on", compute="_compute_amounts", store=True)
    amount_total = fields.Monetary("Paid", compute="_compute_amounts", store=True, help="In the company's currency.")
    line_ids = fields.One2many("l10n_mx_facture.rep.line", "rep_id", "Paid invoices", readonly=True)
    payment_ids = fields.Many2many(
        "account.payment", string="Payments", compute="_compute_payment_ids", search="_search_payment_ids"
    )
    document_ids = fields.One2many("l10n_mx_facture.document", "rep_id", "CFDI history", readonly=True)
    l10n_mx_facture_document_ids = fields.One2many(related="document_ids")
    l10n_mx_facture_usage_id = fields.Many2one(
        "l10n_mx_catalogs.c_uso_cfdi", compute="_compute_l10n_mx_facture_usage_id", string="CFDI usage"
    )

    def _compute_l10n_mx_facture_usage_id(self):
        # CRP20110: a receipt of payment has no other
        self.l10n_mx_facture_usage_id = self.env.ref(USAGE)

    @api.depends("line_ids.date_payment", "line_ids.amount_company")
    def _compute_amounts(self):
        for rep in self:
            rep.date_payment = max(rep.line_ids.mapped("date_payment"), default=False)
            rep.amount_total = sum(rep.line_ids.mapped("amount_company"))

    @api.depends("line_ids.entry_line_id")
    def _compute_payment_ids(self):
        for rep in self:
            rep.payment_ids = rep.line_ids.entry_line_id.payment_id

    @api.model
    def _search_payment_ids(self, operator, value):
        return [("line_ids.entry_line_id.payment_id", operator, value)]

    @api.model
    def _sequence_vals(self):
        return {"name": self.env._("Receipts of payment (REP)"), "prefix": "REP-"}

    def _cancelled_text(self):
        return self.env._(
            "Its CFDI was cancelled. What is still due has a new receipt: press Stamp on the payment, or in "
            "Receipts due."
        )

    def unlink(self):
        self._unlink_except_sent()
        protected.unlink(self.line_ids)
        return super().unlink()

    # -- as of every owner of a CFDI ----------------------------------------------------------------

    def _l10n_mx_facture_document_vals(self):
        return {
            "rep_id": self.id,
            "company_id": self.company_id.id,
            "currency_id": self.currency_id.id,
            "tipo_de_comprobante": "P",
        }
