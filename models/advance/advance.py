from odoo import api, fields, models
from odoo.exceptions import UserError

from ..common.access import check_group
from ..common.actions import open_dialog
from ..common.states import STAMPED_STATES, UNSENT_STATES


class AccountMove(models.Model):
    """Advances (anticipos, SAT's procedure A): the remaining amount of each, and the next step on an invoice.

    The advance is an invoice of its own. The invoice of the goods relates to it (07) with the amount to apply; a credit
    note related to that invoice (07) deducts it. The next step is derived from these records, so an interrupted step is
    repeated.
    """

    _inherit = "account.move"

    l10n_mx_facture_anticipo_left = fields.Monetary(
        "Remaining advance",
        compute="_compute_l10n_mx_facture_anticipo_left",
        compute_sudo=True,
        help="Tax included. What was applied to invoices or credited is deducted.",
    )
    l10n_mx_facture_anticipo_step = fields.Selection(
        [
            ("relate", "Relate the customer's advances"),
            ("apply", "Make the credit note that applies them"),
            ("stamp", "Stamp the credit note that applies them"),
        ],
        "Next step of the advances",
        compute="_compute_l10n_mx_facture_anticipo_step",
        compute_sudo=True,
    )
    # not on amount_total, which would link this to every line of any entry: a stamped advance keeps its total
    @api.depends("l10n_mx_facture_anticipo", "l10n_mx_facture_document_id.state")
    def _compute_l10n_mx_facture_anticipo_left(self):
        for move in self:
            move.l10n_mx_facture_anticipo_left = move._l10n_mx_facture_anticipo_remaining()

    def _l10n_mx_facture_anticipos(self):
        """:return: the customer's stamped advances in the currency of this invoice with a remaining amount"""
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
        ).filtered(lambda advance: advance._l10n_mx_facture_anticipo_remaining())

    @api.depends("state", "partner_id", "currency_id", "l10n_mx_facture_document_id.state")
    def _compute_l10n_mx_facture_anticipo_step(self):
        for move in self:
            move.l10n_mx_facture_anticipo_step = move._l10n_mx_facture_due_step()

    def _l10n_mx_facture_due_step(self):
        """:return: ``relate``, ``apply``, ``stamp``, or False if no step is due"""
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

    def action_l10n_mx_facture_anticipo(self):
        """Open the dialog for the next step on this invoice.

        :raise UserError: no step is due
        """
        self.ensure_one()
        check_group(self.env, "stamp")
        self.check_access("write")
        step = self._l10n_mx_facture_due_step()
        if not step:
            raise UserError(
                self.env._(
                    "There are no advances to apply on %s: the customer has no stamped advance in this currency with "
                    "a remaining amount, or it is already applied.",
                    self.display_name,
                )
            )
        wizard = self.env["l10n_mx_facture.anticipo.apply"]._create_for(self)
        steps = dict(self._fields["l10n_mx_facture_anticipo_step"]._description_selection(self.env))
        return open_dialog(wizard, steps[step])
