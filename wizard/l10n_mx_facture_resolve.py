from odoo import fields, models
from odoo.exceptions import UserError


class L10nMxFactureResolve(models.TransientModel):
    """A person says what became of a CFDI, with the reason, where no machine can know it."""

    _name = "l10n_mx_facture.resolve"
    _description = "Resolve CFDI"

    move_id = fields.Many2one("account.move", "Invoice", required=True, readonly=True)
    document_id = fields.Many2one(related="move_id.l10n_mx_facture_document_id")
    state = fields.Selection(related="document_id.state")
    message_text = fields.Text(related="document_id.message_text")
    answer = fields.Selection(
        [("stamped", "It was stamped: I have the UUID"), ("not_stamped", "It was not stamped")],
        help="Look the invoice up in the portal of the service, by series, folio and total.",
    )
    cancel_answer = fields.Selection(
        [("cancelled", "SAT shows it as cancelled"), ("valid", "SAT shows it as valid")],
        help="Look it up in SAT's portal of verification.",
    )
    uuid = fields.Char("UUID")
    note = fields.Char("Where did you see it?")

    def action_resolve(self):
        """Store the statement; a UUID is fetched from the service and checked first."""
        self.ensure_one()
        if not (self.note or "").strip():
            raise UserError(self.env._("Say where you saw it: the statement is kept with the CFDI."))
        if self.state == "cancel_requested":
            return self._resolve_cancel()
        if self.answer == "stamped" and not (self.uuid or "").strip():
            raise UserError(self.env._("Give the UUID of the CFDI."))
        if not self.answer:
            raise UserError(self.env._("Say whether it was stamped."))
        uuid = self.uuid if self.answer == "stamped" else None
        self.move_id.l10n_mx_facture_resolve_unknown(uuid, self.note)
        return {"type": "ir.actions.act_window_close"}

    def _resolve_cancel(self):
        self.move_id._l10n_mx_facture_check_group("cancel")
        if not self.cancel_answer:
            raise UserError(self.env._("Say what SAT shows."))
        self.document_id._state_cancelled(self.cancel_answer == "cancelled", self.note)
        return {"type": "ir.actions.act_window_close"}
