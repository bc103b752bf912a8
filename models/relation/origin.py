from odoo import fields, models

from ..common.states import STAMPED_STATES

# SAT's payment form 15: the debt is waived
CONDONATION = "l10n_mx_catalogs.c_forma_pago_15"


class AccountMove(models.Model):
    """Relations by the origin of an invoice: credit notes, debit notes, down payments of a sale."""

    _inherit = "account.move"

    def _l10n_mx_facture_relate_posted(self):
        """Relate posted invoices to the CFDIs that they add to or deduct; credit notes are related when created."""
        for move in self:
            if move.move_type == "out_invoice" and move.l10n_mx_facture_applies and not move._l10n_mx_facture_is_live():
                move._l10n_mx_facture_relate_credited()

    def _l10n_mx_facture_relate_debit_notes(self, copies):
        """Relate debit notes, which core makes as copies, to the CFDI that they add to (relation 02).

        :param copies: copies of these invoices, in the same order
        """
        for old, move in zip(self, copies, strict=True):
            if not move.l10n_mx_facture_applies:
                continue
            if old.move_type != move.move_type:
                # a credit note's usage differs from an invoice's
                move.l10n_mx_facture_usage_id = move._l10n_mx_facture_default_usage(move.move_type)
            move._l10n_mx_facture_relate_credited()

    def _l10n_mx_facture_default_reversal(self, values):
        """Set the place of issue and the payment form of a credit note.

        An unpaid invoice is waived (15); a paid one is refunded as it was paid (guide of CFDI 4.0, type E).

        :param values: dict of values of the credit note, completed in place
        """
        self.ensure_one()
        if not self.l10n_mx_facture_applies:
            return
        values.setdefault("l10n_mx_facture_usage_id", self._l10n_mx_facture_default_usage("out_refund").id)
        if values.get("journal_id", self.journal_id.id) == self.journal_id.id:
            values.setdefault("l10n_mx_facture_branch_id", self.l10n_mx_facture_branch_id.id)
        form = self.env["l10n_mx_catalogs.c_forma_pago"]
        if self.payment_state == "not_paid":
            form = self.env.ref(CONDONATION, raise_if_not_found=False) or form
        elif self.l10n_mx_facture_payment_policy == "PUE":
            form = self.l10n_mx_facture_payment_form_id
        if form:
            values.setdefault("l10n_mx_facture_payment_form_id", form.id)

    def _l10n_mx_facture_relate_credited(self):
        """Add the relations that the origin of this invoice requires, if their CFDIs exist.

        01 to the credited CFDI, if nothing is related by hand; 02 to the CFDI that a debit note adds to; 07 to the down
        payments that an invoice of a sale deducts.
        """
        self.ensure_one()
        # sudo: users who may post or credit an invoice need no access to CFDIs
        move = self.sudo()
        related = move.l10n_mx_facture_relation_ids
        # what credits a ticket names the global invoice that has it now, not one that was cancelled since
        gone = related.filtered(
            lambda row: row.document_id.global_id and row.document_id.state not in STAMPED_STATES
        )
        gone.unlink()
        related -= gone
        implied = []
        if move.move_type == "out_refund" and not related:
            implied.append(("01", move._l10n_mx_facture_credited()))
        if not related.filtered(lambda relation: relation.relation_type_id.code == "02"):
            implied.append(("02", move._l10n_mx_facture_debited()))
        implied += [("07", old) for old in move._l10n_mx_facture_deducted() - related.document_id.move_id]
        move._l10n_mx_facture_relate(
            [
                (code, old.l10n_mx_facture_document_id)
                for code, old in implied
                if old.l10n_mx_facture_state in STAMPED_STATES
            ]
        )

    def _l10n_mx_facture_relate(self, related):
        """:param related: list of (code of c_TipoRelacion, our CFDI) to add"""
        self.ensure_one()
        if related:
            self.l10n_mx_facture_relation_ids = [
                fields.Command.create(
                    {
                        "relation_type_id": self.env.ref(f"l10n_mx_catalogs.c_tipo_relacion_{int(code)}").id,
                        "document_id": document.id,
                    }
                )
                for code, document in related
            ]


    def _l10n_mx_facture_debited(self):
        """:return: the invoice to which this debit note adds; empty without ``account_debit_note``"""
        self.ensure_one()
        none = self.browse()
        if self.move_type != "out_invoice" or "debit_origin_id" not in self._fields:
            return none
        return self.debit_origin_id.filtered("l10n_mx_facture_applies")

    def _l10n_mx_facture_deducted(self):
        """:return: the posted down payment invoices that lines of this one deduct; empty without ``sale``"""
        self.ensure_one()
        if self.move_type != "out_invoice" or "is_downpayment" not in self.env["account.move.line"]._fields:
            return self.browse()
        lines = self.line_ids.filtered(
            lambda line: line.display_type == "product" and line.quantity * line.price_unit < 0
        )
        # a hook of core that sale implements
        return lines._get_downpayment_lines().move_id.filtered(
            lambda move: move.move_type == "out_invoice" and move.state == "posted" and move != self
        )
