from odoo import models

from ...cfdi.values import CfdiRelacionados
from ..common.problem import Problem
from ..common.states import EVER_STAMPED_STATES, STAMPED_STATES


class L10nMxFactureCfdi(models.AbstractModel):
    """Checks the CFDIs that an invoice relates to: they are stamped, and advances are large enough."""

    _inherit = "l10n_mx_facture.cfdi"

    def _relacionados(self, move, problems):
        """One group a type of relation, in the order of the types."""
        self._check_origins(move, problems)
        problems += move._l10n_mx_facture_same_sale_problems()
        self._check_applied(move, problems)
        groups = {}
        account = move.l10n_mx_facture_branch_id.account_id
        for relation in move.l10n_mx_facture_relation_ids:
            if relation.document_id and relation.document_id.state not in EVER_STAMPED_STATES:
                problems.append(
                    Problem(
                        self.env._(
                            "The related CFDI of %s is not stamped.",
                            relation.document_id.move_id.display_name,
                        ),
                        relation.document_id.move_id,
                    )
                )
            elif relation.document_id and relation.document_id.environment != account.environment:
                problems.append(
                    Problem(
                        self.env._(
                            "The related CFDI %(uuid)s and the account %(account)s must both be in test or both in "
                            "production.",
                            uuid=relation.uuid,
                            account=account.name,
                        ),
                        move,
                    )
                )
            groups.setdefault(relation.relation_type_id.code, []).append(relation.uuid)
        if move.move_type == "out_refund" and not groups:
            origin = move.reversed_entry_id
            problems.append(
                Problem(
                    self.env._("Stamp %s first: the credit note names its CFDI.", origin.display_name)
                    if origin
                    else self.env._("A credit note names the CFDI that it credits: add it under Related CFDIs."),
                    origin or move,
                )
            )
        return tuple(
            CfdiRelacionados(tipo_relacion=code, uuids=tuple(uuids)) for code, uuids in sorted(groups.items())
        )

    def _check_origins(self, move, problems):
        """A debit note or an invoice with down payments needs related CFDIs: ours, or UUIDs entered by hand."""
        related = move.l10n_mx_facture_relation_ids
        by_code = related.grouped(lambda relation: relation.relation_type_id.code)
        debited = move._l10n_mx_facture_debited()
        if debited and "02" not in by_code and debited.l10n_mx_facture_state not in STAMPED_STATES:
            problems.append(
                Problem(self.env._("Stamp %s first: the debit note names its CFDI.", debited.display_name), debited)
            )
        # stamped elsewhere: a user has entered the UUIDs
        foreign = by_code.get("07", related.browse()).filtered(lambda relation: not relation.document_id)
        if foreign:
            return
        for advance in move._l10n_mx_facture_deducted():
            if advance.l10n_mx_facture_state not in STAMPED_STATES:
                problems.append(
                    Problem(
                        self.env._(
                            "Stamp %s first: this invoice deducts that down payment and names its CFDI.",
                            advance.display_name,
                        ),
                        advance,
                    )
                )

    def _check_applied(self, move, problems):
        """Other invoices may have used the advances meanwhile, or the total of this one may have changed.

        A cancelled invoice released its amounts: to stamp it again, they must still be available.
        """
        applied = move.l10n_mx_facture_relation_ids.filtered("anticipo_amount")
        problems += [Problem(text, move) for text in applied._anticipo_refusals(move=move)]
