from odoo import api, fields, models
from odoo.exceptions import UserError

from ..common.states import LIVE_STATES, STAMPED_STATES, UNSENT_STATES

# SAT's guide of CFDI 4.0, appendix 6: an advance is an activity of this kind of goods
PRODUCT_CODE = "l10n_mx_catalogs.c_clave_prod_serv_84111506"


class AccountMove(models.Model):
    """Advances (anticipos, SAT's procedure A): what is left of each, and which step is due on an invoice.

    The advance is an invoice of its own. The invoice of the goods relates to it (07) with the amount to apply; a
    credit note related to that invoice (07) takes it off. Everything is told from these records: a step that was
    broken off is due again.
    """

    _inherit = "account.move"

    l10n_mx_facture_anticipo = fields.Boolean(
        "Advance (anticipo)", readonly=True, copy=False, help="Made by the assistant for advances."
    )
    l10n_mx_facture_anticipo_left = fields.Monetary(
        "Left of the advance",
        compute="_compute_l10n_mx_facture_anticipo_left",
        compute_sudo=True,
        help="Tax included: less what invoices apply and what was credited.",
    )
    l10n_mx_facture_anticipo_step = fields.Selection(
        [
            ("relate", "Relate the customer's advances"),
            ("apply", "Make the credit note that applies them"),
            ("stamp", "Stamp the credit note that applies them"),
        ],
        "Step of the advances that is due",
        compute="_compute_l10n_mx_facture_anticipo_step",
        compute_sudo=True,
    )
    l10n_mx_facture_applied_to_id = fields.Many2one(
        "account.move",
        "Applies advances to",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        help="The invoice of which this credit note takes off the advances.",
    )
    l10n_mx_facture_application_ids = fields.One2many(
        "account.move", "l10n_mx_facture_applied_to_id", "Applications of advances", readonly=True, copy=False
    )

    def _l10n_mx_facture_anticipo_used(self, asking=None):
        """:param asking: an invoice that counts although its CFDI was cancelled
        :return: float, tax included, in the currency of this advance: what invoices apply of it, and what credit
            notes of the advance itself gave back
        """
        self.ensure_one()
        rows = self.env["l10n_mx_facture.relation"].search(
            [("document_id.move_id", "=", self._origin.id), ("anticipo_amount", "!=", 0)]
        )
        moves = rows.move_id.filtered(lambda move: move == asking or move._l10n_mx_facture_anticipo_counts())
        # a substitute applies what the substituted one applied, not as much again
        substitutions = moves.l10n_mx_facture_relation_ids.filtered(lambda row: row.relation_type_id.code == "04")
        moves -= substitutions.document_id.move_id
        credited = self.reversal_move_ids.filtered(
            lambda move: move.state == "posted" and move.l10n_mx_facture_state != "cancelled"
        )
        applied = rows.filtered(lambda row: row.move_id in moves)
        return sum(applied.mapped("anticipo_amount")) + sum(credited.mapped("amount_total"))

    def _l10n_mx_facture_anticipo_counts(self):
        """:return: whether what this invoice applies is gone: cancelled CFDIs of it and of its credit note give back"""
        self.ensure_one()
        alive = self.state != "cancel" and self.l10n_mx_facture_state != "cancelled"
        return alive or any(note.l10n_mx_facture_state in LIVE_STATES for note in self.l10n_mx_facture_application_ids)

    @api.depends("l10n_mx_facture_anticipo", "amount_total", "l10n_mx_facture_document_id.state")
    def _compute_l10n_mx_facture_anticipo_left(self):
        for move in self:
            move.l10n_mx_facture_anticipo_left = move._l10n_mx_facture_anticipo_rest()

    def _l10n_mx_facture_anticipo_rest(self):
        """:return: float, tax included: what can still be applied of this advance, never less than zero"""
        self.ensure_one()
        if not self.l10n_mx_facture_anticipo or self.l10n_mx_facture_state != "stamped":
            return 0.0
        return max(self.currency_id.round(self.amount_total - self._l10n_mx_facture_anticipo_used()), 0.0)

    def _l10n_mx_facture_anticipos(self):
        """:return: the stamped advances of the customer, in the currency of this invoice, of which something is left"""
        self.ensure_one()
        if not self.commercial_partner_id:
            return self.browse()
        return self.search(
            [
                ("l10n_mx_facture_anticipo", "=", True),
                ("commercial_partner_id", "=", self.commercial_partner_id.id),
                ("company_id", "=", self.company_id.id),
                ("currency_id", "=", self.currency_id.id),
                ("l10n_mx_facture_state", "=", "stamped"),
            ],
            order="invoice_date, id",
        ).filtered(lambda advance: advance._l10n_mx_facture_anticipo_rest())

    @api.depends("state", "partner_id", "currency_id", "l10n_mx_facture_document_id.state")
    def _compute_l10n_mx_facture_anticipo_step(self):
        for move in self:
            move.l10n_mx_facture_anticipo_step = move._l10n_mx_facture_due_step()

    def _l10n_mx_facture_due_step(self):
        """:return: ``relate``, ``apply``, ``stamp``, or False where nothing is due"""
        self.ensure_one()
        if self.move_type != "out_invoice" or not self.l10n_mx_facture_applies or self.l10n_mx_facture_anticipo:
            return False
        applied = self.l10n_mx_facture_relation_ids.filtered("anticipo_amount")
        if self.state != "cancel" and self.l10n_mx_facture_state in (*UNSENT_STATES, "cancelled"):
            return "relate" if applied or self._l10n_mx_facture_anticipos() else False
        if not applied or self.l10n_mx_facture_state != "stamped":
            return False
        note = self._l10n_mx_facture_application()
        if not note:
            return "apply"
        return False if note.l10n_mx_facture_state in STAMPED_STATES and note.state == "posted" else "stamp"

    def _l10n_mx_facture_application(self):
        """:return: the credit note that applies the advances of this invoice, if there is one"""
        self.ensure_one()
        return self.l10n_mx_facture_application_ids.filtered(lambda note: note.state != "cancel")[:1]

    def action_l10n_mx_facture_anticipo(self):
        """Open the assistant at the step that is due on this invoice.

        :raise UserError: no step is due
        """
        self.ensure_one()
        self._l10n_mx_facture_check_group("stamp")
        self.check_access("write")
        step = self._l10n_mx_facture_due_step()
        if not step:
            raise UserError(
                self.env._(
                    "Nothing is to be done with advances on %s: the customer has no stamped advance in this currency "
                    "of which something is left, or they are applied already.",
                    self.display_name,
                )
            )
        wizard = self.env["l10n_mx_facture.anticipo.apply"]._create_for(self)
        return {
            "type": "ir.actions.act_window",
            "name": dict(self._fields["l10n_mx_facture_anticipo_step"]._description_selection(self.env))[step],
            "res_model": wizard._name,
            "res_id": wizard.id,
            "views": [(False, "form")],
            "target": "new",
        }


class AccountMoveLine(models.Model):
    """An advance has a code of its own where the line has none."""

    _inherit = "account.move.line"

    @api.depends("move_id.l10n_mx_facture_anticipo")
    def _compute_l10n_mx_facture_product_code_id(self):
        result = super()._compute_l10n_mx_facture_product_code_id()
        advance = self.env.ref(PRODUCT_CODE, raise_if_not_found=False)
        for line in self.filtered(lambda line: line._l10n_mx_facture_is_advance()):
            product = line.product_id
            own = product.l10n_mx_facture_product_code_id or product.categ_id._l10n_mx_facture_product_code()
            line.l10n_mx_facture_product_code_id = own or advance
        return result

    def _l10n_mx_facture_is_advance(self):
        """:return: whether the line is an advance: of the assistant, or a down payment of core's ``sale``"""
        self.ensure_one()
        if not self._l10n_mx_facture_is_fiscal():
            return False
        return self.move_id.l10n_mx_facture_anticipo or ("is_downpayment" in self._fields and self.is_downpayment)
