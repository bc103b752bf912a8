from odoo import api, fields, models
from odoo.exceptions import UserError

from ..common import protected


class L10nMxFactureRepLine(models.Model):
    """An invoice that a payment settles, in a receipt of payment (a DoctoRelacionado)."""

    _name = "l10n_mx_facture.rep.line"
    _inherit = ["l10n_mx_facture.access"]
    _description = "Invoice on a Receipt of Payment"
    _order = "rep_id, date_payment, id"

    rep_id = fields.Many2one("l10n_mx_facture.rep", required=True, readonly=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="rep_id.company_id", store=True, index=True)
    move_id = fields.Many2one("account.move", "Invoice", readonly=True, ondelete="restrict", index=True)
    entry_line_id = fields.Many2one(
        "account.move.line",
        "Journal item that paid",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
        help="Empty where the payment was deleted past the guard.",
    )
    date_payment = fields.Date("Paid on", readonly=True)
    uuid = fields.Char("UUID of the invoice", readonly=True, index=True)
    # SAT's NumParcialidad, ImpSaldoAnt, ImpPagado, ImpSaldoInsoluto, EquivalenciaDR
    installment = fields.Integer(readonly=True)
    balance_before = fields.Monetary(compute="_compute_balances")
    amount = fields.Monetary("Paid", readonly=True)
    balance_after = fields.Monetary(compute="_compute_balances")
    currency_id = fields.Many2one("res.currency", required=True, readonly=True)
    equivalence = fields.Char(readonly=True, help="Units of the invoice's currency for one of the payment's.")
    applied = fields.Monetary(
        "Paid, in the payment's currency", readonly=True, currency_field="payment_currency_id"
    )
    payment_currency_id = fields.Many2one("res.currency", "Payment's currency", required=True, readonly=True)
    amount_company = fields.Monetary(
        "Paid, in the company's currency", readonly=True, currency_field="company_currency_id"
    )
    company_currency_id = fields.Many2one(related="company_id.currency_id")
    stated = fields.Boolean("Said by a person", readonly=True, help="The books can't tell how much of it was paid.")
    printed = fields.Json(readonly=True, help="Technical: amounts and taxes as they stand in the CFDI.")
    counts = fields.Boolean(
        readonly=True, help="Technical: its CFDI is, or may be, valid, and no live one substitutes it."
    )

    late = fields.Boolean(
        readonly=True, help="Technical: it was stamped after another receipt had taken its installment."
    )

    _installment_unique = models.UniqueIndex(
        "(uuid, installment) WHERE counts AND NOT COALESCE(late, FALSE)",
        "This installment of the invoice has a receipt of payment already.",
    )

    @api.depends("printed")
    def _compute_balances(self):
        for line in self:
            printed = line.printed or {}
            line.balance_before = float(printed.get("balance_before", 0))
            line.balance_after = float(printed.get("balance_after", 0))

    def write(self, vals):
        if not protected.may_write(self, vals):
            raise UserError(self.env._("What a receipt of payment says about an invoice follows from the payment."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_live(self):
        if any(line.counts for line in self):
            raise UserError(
                self.env._("A receipt of payment with a CFDI can't be edited. Cancel or substitute its CFDI.")
            )
