from odoo import api, fields, models


class AccountMove(models.Model):
    """What the service through which the CFDI went offers beyond the stamp."""

    _inherit = "account.move"

    l10n_mx_facture_has_receipts = fields.Boolean(compute="_compute_l10n_mx_facture_has_receipts")
    l10n_mx_facture_service_paid = fields.Selection(
        related="l10n_mx_facture_document_id.service_paid", string="Payment at the service"
    )
    l10n_mx_facture_paid_difference = fields.Char(
        related="l10n_mx_facture_document_id.paid_difference", string="Payments differ"
    )

    @api.depends("l10n_mx_facture_document_id.account_id.provider")
    def _compute_l10n_mx_facture_has_receipts(self):
        for move in self:
            account = move.l10n_mx_facture_document_id.sudo().account_id
            move.l10n_mx_facture_has_receipts = bool(account) and account._capabilities().receipts
