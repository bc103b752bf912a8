from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import formatLang

from ..common.states import LIVE_STATES


class AccountMove(models.Model):
    """The used and the remaining amount of an advance (anticipo)."""

    _inherit = "account.move"

    l10n_mx_facture_anticipo = fields.Boolean(
        "Advance (anticipo)", readonly=True, copy=False, help="Made by the dialog “Advance (anticipo)”."
    )
    l10n_mx_facture_applied_to_id = fields.Many2one(
        "account.move",
        "Applies advances to",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        help="The invoice from which this credit note deducts the advances.",
    )
    l10n_mx_facture_application_ids = fields.One2many(
        "account.move", "l10n_mx_facture_applied_to_id", "Applications of advances", readonly=True, copy=False
    )

    def _l10n_mx_facture_anticipo_used(self, including=None):
        """:param including: an invoice that is included although its CFDI was cancelled
        :return: float, tax included, in the currency of this advance: amounts that invoices apply, and credit notes of
            the advance itself
        """
        self.ensure_one()
        rows = self.env["l10n_mx_facture.relation"].search(
            [("document_id.move_id", "=", self._origin.id), ("anticipo_amount", "!=", 0)]
        )
        moves = rows.move_id.filtered(lambda move: move == including or move._l10n_mx_facture_anticipo_is_used())
        # a substitute applies the same amount as the CFDI that it substitutes, so it counts once
        substitutions = moves.l10n_mx_facture_relation_ids.filtered(lambda row: row.relation_type_id.code == "04")
        moves -= substitutions.document_id.move_id
        credited = self.reversal_move_ids.filtered(
            lambda move: move.state == "posted" and move.l10n_mx_facture_state != "cancelled"
        )
        applied = rows.filtered(lambda row: row.move_id in moves)
        return sum(applied.mapped("anticipo_amount")) + sum(credited.mapped("amount_total"))

    def _l10n_mx_facture_anticipo_is_used(self):
        """:return: whether the amounts that this invoice applies are used: not if its CFDI, or its credit note's, was
            cancelled
        """
        self.ensure_one()
        alive = self.state != "cancel" and self.l10n_mx_facture_state != "cancelled"
        return alive or any(note.l10n_mx_facture_state in LIVE_STATES for note in self.l10n_mx_facture_application_ids)

    def _l10n_mx_facture_anticipo_remaining(self):
        """:return: float, tax included: the remaining amount of this advance, never negative"""
        self.ensure_one()
        if not self.l10n_mx_facture_anticipo or self.l10n_mx_facture_state != "stamped":
            return 0.0
        return max(self.currency_id.round(self.amount_total - self._l10n_mx_facture_anticipo_used()), 0.0)

    def _l10n_mx_facture_application(self):
        """:return: the credit note that applies the advances of this invoice, or an empty recordset"""
        self.ensure_one()
        return self.l10n_mx_facture_application_ids.filtered(lambda note: note.state != "cancel")[:1]


class L10nMxFactureRelation(models.Model):
    """The amount of an advance that a relation 07 applies."""

    _inherit = "l10n_mx_facture.relation"

    currency_id = fields.Many2one(related="move_id.currency_id")
    anticipo_amount = fields.Monetary(
        "Advance to apply", help="Tax included: the part of the advance (07) that a credit note deducts."
    )

    def _anticipos(self):
        """:return: the advances that these rows apply"""
        return self.filtered("anticipo_amount").document_id.move_id

    @api.constrains("anticipo_amount", "document_id", "relation_type_id", "move_id")
    def _check_anticipo(self):
        for move, relations in self.filtered("anticipo_amount").grouped("move_id").items():
            if refusals := relations._anticipo_refusals(move=move):
                raise ValidationError("\n".join(refusals))

    def _anticipo_refusals(self, move):
        """:param move: the invoice of these rows, which is included although its CFDI may have been cancelled
        :return: list of sentences: why the amounts can't be applied to it
        """
        applied = move.l10n_mx_facture_relation_ids.filtered("anticipo_amount")
        texts = [text for relation in self if (text := relation._anticipo_refusal(move, applied))]
        total = move.currency_id.round(sum(applied.mapped("anticipo_amount")))
        if self and move.currency_id.compare_amounts(total, move.amount_total) > 0:
            texts.append(
                self.env._(
                    "The advances to apply (%(applied)s) are more than the total of %(invoice)s (%(total)s): lower "
                    "them.",
                    applied=formatLang(self.env, total, currency_obj=move.currency_id),
                    invoice=move.display_name,
                    total=formatLang(self.env, move.amount_total, currency_obj=move.currency_id),
                )
            )
        return texts

    def _anticipo_refusal(self, move, applied):
        """:return: why the amount of this row can't be applied; None if it can"""
        self.ensure_one()
        advance = self.document_id.move_id
        names = {"advance": advance.display_name or self.uuid, "invoice": move.display_name}
        if not advance.l10n_mx_facture_anticipo or self.relation_type_id.code != "07":
            return self.env._("%(advance)s is not an advance that %(invoice)s names with relation 07.", **names)
        if move.move_type != "out_invoice" or move.l10n_mx_facture_anticipo:
            return self.env._("%(advance)s can be applied to customer invoices only, not to %(invoice)s.", **names)
        if self.anticipo_amount < 0:
            return self.env._("The amount of %(advance)s to apply is negative: enter a positive amount.", **names)
        if advance.l10n_mx_facture_state != "stamped":
            return self.env._(
                "The advance %(advance)s has no valid CFDI that %(invoice)s could name: stamp it first.", **names
            )
        if advance.company_id != move.company_id or advance.commercial_partner_id != move.commercial_partner_id:
            return self.env._(
                "The advance %(advance)s is of %(owner)s, %(invoice)s of %(customer)s: an advance is applied to "
                "invoices of its own customer.",
                owner=advance.commercial_partner_id.display_name,
                customer=move.commercial_partner_id.display_name or "-",
                **names,
            )
        if advance.currency_id != move.currency_id:
            return self.env._(
                "The advance %(advance)s is in %(currency)s, %(invoice)s in %(other)s: an advance is applied in its "
                "own currency.",
                currency=advance.currency_id.name,
                other=move.currency_id.name,
                **names,
            )
        if len(applied.filtered(lambda relation: relation.document_id.move_id == advance)) > 1:
            return self.env._("The advance %(advance)s is applied twice to %(invoice)s: one row is enough.", **names)
        excess = advance._l10n_mx_facture_anticipo_used(move) - advance.amount_total
        if advance.currency_id.compare_amounts(excess, 0) > 0:
            left = advance.currency_id.round(self.anticipo_amount - excess)
            return self.env._(
                "%(amount)s is more than the remaining amount of the advance %(advance)s (%(left)s).",
                amount=formatLang(self.env, self.anticipo_amount, currency_obj=advance.currency_id),
                left=formatLang(self.env, max(left, 0), currency_obj=advance.currency_id),
                **names,
            )
        return None
