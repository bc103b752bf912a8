from odoo import api, fields, models
from odoo.exceptions import UserError

from ..models.common.access import check_group
from ..models.common.actions import close_dialog
from ..models.common.owners import OWNER_FIELDS


class L10nMxFactureResolve(models.TransientModel):
    """A user records the outcome of a CFDI, with the reason, where it can't be found automatically."""

    _name = "l10n_mx_facture.resolve"
    _inherit = ["l10n_mx_facture.owned", "l10n_mx_facture.access"]
    _description = "Resolve CFDI"

    document_id = fields.Many2one("l10n_mx_facture.document", compute="_compute_document_id", compute_sudo=True)
    state = fields.Selection(related="document_id.state")
    serie = fields.Char(related="document_id.serie")
    folio = fields.Char(related="document_id.folio")
    total = fields.Monetary(related="document_id.total")
    currency_id = fields.Many2one(related="document_id.currency_id")
    message_text = fields.Text(related="document_id.message_text")
    answer = fields.Selection(
        [("stamped", "It was stamped: I have the UUID"), ("not_stamped", "It was not stamped")],
        help="Look it up in the portal of the service, by series and folio.",
    )
    cancel_answer = fields.Selection(
        [("cancelled", "SAT shows it as cancelled"), ("valid", "SAT shows it as valid")],
        help="Look it up in SAT's portal of verification.",
    )
    document_uuid = fields.Char("CFDI", related="document_id.uuid")
    uuid = fields.Char(
        "UUID", compute="_compute_uuid", store=True, readonly=False, help="Filled in where the service reported one."
    )
    note = fields.Char("Where did you see it?")
    insist = fields.Boolean(
        "I have checked it and confirm it",
        help="For when the service or SAT doesn't confirm it: you have checked it there yourself. Your name and your "
        "note are kept.",
    )

    @api.depends(*OWNER_FIELDS)
    def _compute_document_id(self):
        for wizard in self:
            wizard.document_id = wizard._owner().l10n_mx_facture_document_id

    @api.depends("document_id")
    def _compute_uuid(self):
        for wizard in self:
            wizard.uuid = wizard.document_id.sudo().reported_uuid

    def action_resolve(self):
        """Store the decision; the XML of a UUID is fetched from the service and checked first."""
        self.ensure_one()
        if not (self.note or "").strip():
            raise UserError(self.env._("Enter where you saw it. It is kept with the CFDI."))
        if self.state == "cancel_requested":
            return self._resolve_cancel()
        if self.answer == "stamped" and not (self.uuid or "").strip():
            raise UserError(self.env._("Enter the UUID of the CFDI."))
        if not self.answer:
            raise UserError(self.env._("Choose whether it was stamped."))
        uuid = self.uuid if self.answer == "stamped" else None
        self._owner().l10n_mx_facture_resolve_unknown(uuid, self.note, self.insist)
        return close_dialog()

    def _resolve_cancel(self):
        check_group(self.env, "cancel")
        if not self.cancel_answer:
            raise UserError(self.env._("Choose what SAT shows."))
        document, cancelled = self.document_id, self.cancel_answer == "cancelled"
        if not self.insist:
            self._ask_sat_first(cancelled)
        # SAT's answer may have settled it
        if document.state == "cancel_requested":
            document._record_sat_answer(cancelled, self.note)
        return close_dialog()

    def _ask_sat_first(self, cancelled):
        """Ask SAT first: a user's statement can't contradict SAT's current answer.

        :param cancelled: whether the user states that it is cancelled
        :raise UserError: SAT contradicts it
        """
        document = self.document_id
        # if SAT can't be asked, the user's statement is accepted
        if document._sat_refusal() or not document._sat_ask() or document.state != "cancel_requested":
            return
        contradicted = ("live", "cancel_in_process", "refused") if cancelled else ("cancel_in_process",)
        if document.sat_reading in contradicted:
            raise UserError(
                self.env._(
                    "SAT was asked just now and answers otherwise: %s Wait until SAT shows what you saw, or tick “I "
                    "have checked it and confirm it”.",
                    document._sat_text(),
                )
            )
