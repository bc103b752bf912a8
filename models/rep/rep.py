from odoo import api, fields, models
from odoo.exceptions import UserError

from ..common import protected
from ..common.states import LIVE_STATES, SELECTION

SEQUENCE = "l10n_mx_facture.rep"
USAGE = "l10n_mx_catalogs.c_uso_cfdi_CP01"


class L10nMxFactureRep(models.Model):
    """A receipt of payment (REP): payments of one customer that settle PPD invoices, and its CFDI of type P."""

    _name = "l10n_mx_facture.rep"
    _inherit = [
        "l10n_mx_facture.owner",
        "l10n_mx_facture.access",
        "mail.thread.main.attachment",
        "mail.activity.mixin",
    ]
    _description = "Receipt of Payment (REP)"
    _order = "date_payment desc, id desc"
    _mail_post_access = "read"
    _check_company_auto = True

    name = fields.Char("Number", required=True, readonly=True, copy=False, default="/", index="trigram")
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    branch_id = fields.Many2one(
        "l10n_mx_facture.branch",
        check_company=True,
        help="Place of issue, and the certificate that seals. From the account of the paid invoices.",
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
    replaces_id = fields.Many2one(
        "l10n_mx_facture.document", "Substitutes", readonly=True, copy=False, index="btree_not_null",
        help="The CFDI that it names with relation 04.",
    )
    document_id = fields.Many2one(
        "l10n_mx_facture.document",
        "CFDI",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        help="The live CFDI; where there is none, the last one.",
    )
    document_ids = fields.One2many("l10n_mx_facture.document", "rep_id", "CFDI history", readonly=True)
    state = fields.Selection(SELECTION, compute="_compute_state", store=True, index=True)
    uuid = fields.Char("UUID", related="document_id.uuid")
    message_text = fields.Text(related="document_id.message_text")

    # what serves an invoice reads these names
    l10n_mx_facture_branch_id = fields.Many2one(related="branch_id")
    l10n_mx_facture_document_id = fields.Many2one(related="document_id")
    l10n_mx_facture_document_ids = fields.One2many(related="document_ids")
    l10n_mx_facture_usage_id = fields.Many2one(
        "l10n_mx_catalogs.c_uso_cfdi", compute="_compute_l10n_mx_facture_usage_id", string="CFDI usage"
    )
    l10n_mx_facture_state = fields.Selection(related="document_id.state")
    l10n_mx_facture_uuid = fields.Char(related="document_id.uuid")

    def _compute_l10n_mx_facture_usage_id(self):
        # CRP20110: a receipt of payment has no other
        self.l10n_mx_facture_usage_id = self.env.ref(USAGE)

    @api.depends("document_id.state")
    def _compute_state(self):
        for rep in self:
            rep.state = rep.document_id.state or "draft"

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

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            if vals.get("company_id") and vals.get("name", "/") == "/":
                vals["name"] = self._next_number(self.env["res.company"].browse(vals["company_id"]))
        return super().create(vals_list)

    @api.model
    def _next_number(self, company):
        """:return: the next number of this company's receipts: a series of their own, as a journal's sequence would
            number payments that never get one
        """
        sequences = self.env["ir.sequence"].sudo().with_company(company)
        if not sequences.search_count([("code", "=", SEQUENCE), ("company_id", "=", company.id)], limit=1):
            sequences.create(
                {
                    "name": self.env._("Receipts of payment (REP)"),
                    "code": SEQUENCE,
                    "company_id": company.id,
                    "prefix": "REP-",
                    "padding": 5,
                }
            )
        return sequences.next_by_code(SEQUENCE)

    def _is_live(self):
        """:return: whether its CFDI is, or may be, valid at SAT"""
        self.ensure_one()
        return self.document_id.state in LIVE_STATES and not self.l10n_mx_facture_test_only

    def write(self, vals):
        frozen = {name: vals[name] for name in ("branch_id", "document_id", "replaces_id", "name") if name in vals}
        guarded = frozen and any(rep._is_live() or "document_id" in frozen for rep in self)
        if guarded and not protected.may_write(self, frozen):
            raise UserError(
                self.env._("A receipt of payment with a CFDI can't be edited. Cancel or substitute its CFDI.")
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_sent(self):
        if sent := self.filtered(lambda rep: rep.document_ids.filtered("date_sent")):
            raise UserError(
                self.env._("%s was sent to be stamped: it is kept. Cancel its CFDI instead.", sent[0].name)
            )

    def unlink(self):
        protected.unlink(self.line_ids)
        for document in self.document_ids:
            document._discard()
        return super().unlink()

    # -- as of every owner of a CFDI ----------------------------------------------------------------

    def _l10n_mx_facture_document_vals(self):
        return {
            "rep_id": self.id,
            "company_id": self.company_id.id,
            "currency_id": self.currency_id.id,
            "tipo_de_comprobante": "P",
        }

    def _l10n_mx_facture_named_with_04(self):
        return self.replaces_id.filtered("uuid").mapped("uuid")

    def _l10n_mx_facture_find_substitutes(self):
        found = self.search([("replaces_id", "in", self.document_id._origin.ids), ("state", "!=", "cancelled")])
        # the last one wins: put the stamped one after drafts
        return {rep.replaces_id: rep for rep in found.sorted(lambda rep: rep.state == "stamped")}
