from odoo import api, fields, models
from odoo.exceptions import UserError

from ..models.common.access import check_group
from ..models.common.actions import close_dialog, open_record


class L10nMxFactureAnticipoApply(models.TransientModel):
    """Relates advances to an invoice (second step), and creates the credit note that applies them (third step)."""

    _name = "l10n_mx_facture.anticipo.apply"
    _inherit = ["l10n_mx_facture.access"]
    _description = "Apply Advances"

    move_id = fields.Many2one("account.move", "Invoice", required=True, readonly=True)
    step = fields.Selection(related="move_id.l10n_mx_facture_anticipo_step")
    partner_id = fields.Many2one(related="move_id.partner_id")
    currency_id = fields.Many2one(related="move_id.currency_id")
    amount_total = fields.Monetary(related="move_id.amount_total", string="Total of the invoice")
    line_ids = fields.One2many("l10n_mx_facture.anticipo.line", "wizard_id", "Advances")
    amount = fields.Monetary("To apply", compute="_compute_amount")
    application_id = fields.Many2one("account.move", "Credit note", compute="_compute_application_id")
    date = fields.Date(
        "Date of the credit note", compute="_compute_date", store=True, readonly=False, help="At the place of issue."
    )
    stamp = fields.Boolean("Stamp it now", default=True)
    issued = fields.Date("Invoice issued on", compute="_compute_issued")

    @api.depends("line_ids.amount")
    def _compute_amount(self):
        for wizard in self:
            wizard.amount = sum(wizard.line_ids.mapped("amount"))

    @api.depends("move_id")
    def _compute_application_id(self):
        self.application_id = False
        for wizard in self.filtered("move_id"):
            wizard.application_id = wizard.move_id._l10n_mx_facture_application()

    @api.depends("move_id")
    def _compute_date(self):
        for wizard in self:
            move = wizard.move_id
            branch = move.l10n_mx_facture_branch_id
            wizard.date = wizard.application_id.invoice_date or (
                move._l10n_mx_facture_today() if branch.tz else fields.Date.context_today(wizard)
            )

    @api.depends("move_id")
    def _compute_issued(self):
        for wizard in self:
            fecha = wizard.move_id.l10n_mx_facture_document_id.fecha
            wizard.issued = fecha and fields.Date.to_date(fecha[:10])

    @api.model
    def _create_for(self, move):
        """:return: the wizard for an invoice, with the customer's advances and proposed amounts"""
        applied = move.l10n_mx_facture_relation_ids.filtered("anticipo_amount")
        room = move.amount_total
        lines = []
        for advance in applied.document_id.move_id | move._l10n_mx_facture_anticipos():
            own = sum(applied.filtered(lambda row, a=advance: row.document_id.move_id == a).mapped("anticipo_amount"))
            left = advance._l10n_mx_facture_anticipo_remaining() + own
            # amounts that were chosen before are kept
            amount = own if applied else min(left, room)
            room -= amount
            lines.append({"advance_id": advance.id, "left": left, "amount": move.currency_id.round(amount)})
        return self.create({"move_id": move.id, "line_ids": [fields.Command.create(vals) for vals in lines]})

    def action_relate(self):
        """Relate the advances with an amount (07), and remove the relations of those without.

        :raise UserError: an amount can't be applied, with the reason why
        """
        self.ensure_one()
        self._check_step("relate")
        move = self.move_id
        rows = move.l10n_mx_facture_relation_ids.filtered("anticipo_amount")
        if not rows and not any(self.line_ids.mapped("amount")):
            raise UserError(self.env._("Enter how much of an advance is applied to %s.", move.display_name))
        for line in self.line_ids.filtered("amount"):
            line._check_stamped()
        relation_type = self.env.ref("l10n_mx_catalogs.c_tipo_relacion_7")
        # in one write, so that the check sees all changes together
        commands = [fields.Command.delete(row.id) for row in rows]
        commands += [
            fields.Command.create(
                {
                    "relation_type_id": relation_type.id,
                    "document_id": line.advance_id.l10n_mx_facture_document_id.id,
                    "uuid": line.advance_id.l10n_mx_facture_uuid,
                    "anticipo_amount": line.amount,
                }
            )
            for line in self.line_ids
            if line.amount
        ]
        move.l10n_mx_facture_relation_ids = commands
        return close_dialog()

    def action_apply(self):
        """Create, post and reconcile the credit note, and stamp it if requested.

        :return: the result of stamping, or the action that opens the credit note
        """
        self.ensure_one()
        self._check_step("apply", "stamp")
        note, report = self.move_id._l10n_mx_facture_apply_anticipos(self.date, self.stamp)
        return report or open_record(note)

    def _check_step(self, *steps):
        check_group(self.env, "stamp")
        self.move_id.check_access("write")
        if self.move_id._l10n_mx_facture_due_step() not in steps:
            raise UserError(
                self.env._(
                    "The next step on %s has changed: open the dialog again.", self.move_id.display_name
                )
            )


class L10nMxFactureAnticipoLine(models.TransientModel):
    """The amount of one advance to apply."""

    _name = "l10n_mx_facture.anticipo.line"
    _inherit = ["l10n_mx_facture.access"]
    _description = "Advance to Apply"

    wizard_id = fields.Many2one("l10n_mx_facture.anticipo.apply", required=True, ondelete="cascade")
    advance_id = fields.Many2one("account.move", required=True)
    currency_id = fields.Many2one(related="advance_id.currency_id")
    date = fields.Date(related="advance_id.invoice_date", string="Invoiced on")
    amount_total = fields.Monetary(related="advance_id.amount_total", string="Advance paid")
    left = fields.Monetary("Remaining", readonly=True)
    amount = fields.Monetary("To apply")

    def _check_stamped(self):
        """:raise UserError: the advance has no valid CFDI"""
        advance = self.advance_id
        if not advance.l10n_mx_facture_anticipo:
            raise UserError(
                self.env._(
                    "%s is not an advance: choose an invoice that was made with “Advance (anticipo)”.",
                    advance.display_name,
                )
            )
        if advance.l10n_mx_facture_state != "stamped":
            raise UserError(
                self.env._(
                    "The advance %s has no valid CFDI that the invoice could name: stamp it first.",
                    advance.display_name,
                )
            )
