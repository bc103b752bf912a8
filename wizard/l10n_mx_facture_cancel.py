from odoo import api, fields, models

from ..models.l10n_mx_facture_document import CANCEL_REASONS


class L10nMxFactureCancel(models.TransientModel):
    """Asks for SAT's reason before the cancellation is requested."""

    _name = "l10n_mx_facture.cancel"
    _description = "Cancel CFDI"

    move_id = fields.Many2one("account.move", "Invoice", required=True, readonly=True)
    company_id = fields.Many2one(related="move_id.company_id")
    document_id = fields.Many2one(related="move_id.l10n_mx_facture_document_id")
    uuid = fields.Char(related="document_id.uuid")
    partner_id = fields.Many2one(related="move_id.partner_id")
    total = fields.Monetary(related="document_id.total")
    currency_id = fields.Many2one(related="document_id.currency_id")
    reason = fields.Selection(CANCEL_REASONS, required=True)
    replacement_id = fields.Many2one(
        "l10n_mx_facture.document",
        "Replaced by",
        domain="[('state', '=', 'stamped'), ('company_id', '=', company_id), ('id', '!=', document_id)]",
        help="The stamped CFDI that takes its place. It is stamped first, with relation 04 to this one.",
    )
    lacks_relation = fields.Boolean(compute="_compute_lacks_relation")

    @api.depends("replacement_id", "reason")
    def _compute_lacks_relation(self):
        for wizard in self:
            related = wizard.replacement_id.move_id.l10n_mx_facture_relation_ids.filtered(
                lambda relation, wizard=wizard: relation.relation_type_id.code == "04"
                and relation.uuid == wizard.uuid
            )
            wizard.lacks_relation = (
                wizard.reason == "01" and bool(wizard.replacement_id) and not related
            )

    @api.model_create_multi
    def create(self, vals_list):
        wizards = super().create(vals_list)
        # its related fields are read as superuser: only of an invoice that the user may read
        wizards.move_id.check_access("read")
        return wizards

    def action_cancel(self):
        """Request the cancellation."""
        self.ensure_one()
        replacement = self.replacement_id.uuid if self.reason == "01" else None
        return self.move_id.l10n_mx_facture_cancel(self.reason, replacement)
