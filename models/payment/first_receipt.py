from odoo import fields, models


class AccountMove(models.Model):
    """An invoice of another system: what was receipted before is not in these books."""

    _inherit = "account.move"

    l10n_mx_facture_adopted_from = fields.Selection(related="l10n_mx_facture_document_id.adopted_from")
    l10n_mx_facture_first_installment = fields.Integer(
        "Next installment",
        copy=False,
        help="NumParcialidad of its first receipt of payment from here. 1: it has had none.",
    )
    l10n_mx_facture_first_balance = fields.Monetary(
        "Balance before it",
        copy=False,
        help="ImpSaldoAnt of its first receipt of payment from here: what earlier receipts and credit notes left open.",
    )
