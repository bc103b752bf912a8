from dataclasses import replace

from odoo import models

from ...cfdi.values import CfdiRelacionados
from ..common.problem import Problem
from ..common.states import EVER_STAMPED_STATES, STAMPED_STATES

# SAT's guide, appendix 6, procedure B: the invoice of what an advance has left to pay
REMAINDER = "CFDI por remanente de un anticipo"
DESCRIPTION_SIZE = 1000


class L10nMxFactureCfdi(models.AbstractModel):
    """What an invoice relates to has to be stamped before it, and is worth no more than it was."""

    _inherit = "l10n_mx_facture.cfdi"

    def _relacionados(self, move, problems):
        """One group a type of relation, in the order of the types."""
        self._check_origins(move, problems)
        self._check_substituted(move, problems)
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
        """A debit note and an invoice with down payments name CFDIs, which have to be there, or are entered by hand."""
        related = move.l10n_mx_facture_relation_ids
        by_code = related.grouped(lambda relation: relation.relation_type_id.code)
        debited = move._l10n_mx_facture_debited()
        if debited and "02" not in by_code and debited.l10n_mx_facture_state not in STAMPED_STATES:
            problems.append(
                Problem(self.env._("Stamp %s first: the debit note names its CFDI.", debited.display_name), debited)
            )
        # stamped elsewhere: a person has entered the UUIDs
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

    def _check_substituted(self, move, problems):
        """A CFDI has one substitute (04), which names it: else the same would be invoiced twice."""
        named = move._l10n_mx_facture_named_with_04()
        old, found = move.sudo().l10n_mx_facture_made_for_id, []
        if old.state in STAMPED_STATES and old.uuid not in named:
            text = self.env._(
                "This invoice was made to substitute the CFDI %(uuid)s of %(invoice)s, which is valid, but it no "
                "longer names it. Add that CFDI under Related CFDIs with 04. For another sale, make a new invoice.",
                uuid=old.uuid,
                invoice=old.move_id.display_name,
            )
            found.append(Problem(text, move))
        for uuid in named:
            others = self.env["l10n_mx_facture.relation"]._substitutes([uuid]) - move._origin - move
            for other in others.filtered(lambda one: one._l10n_mx_facture_is_live())[:1]:
                text = self.env._(
                    "%(other)s already substitutes %(uuid)s (04), and its CFDI is valid: substitute or cancel "
                    "%(other)s.",
                    other=other.display_name,
                    uuid=uuid,
                )
                found.append(Problem(text, move._l10n_mx_facture_link_to(other)))
        problems += found or self._same_sale_problems(move)

    def _same_sale_problems(self, move):
        """What it was made to substitute may have another CFDI by now, or another substitute."""
        other = move._l10n_mx_facture_live_of_same_sale()
        if not other:
            return []
        document = other.l10n_mx_facture_document_id
        text = self.env._(
            "%(invoice)s belongs to the same sale and already has a CFDI (%(uuid)s). To substitute that CFDI, add it "
            "under Related CFDIs with 04. Otherwise this invoice is not stamped, as the sale would have two CFDIs.",
            invoice=other.display_name,
            uuid=document.uuid or document._state_label(document.state),
        )
        return [Problem(text, move._l10n_mx_facture_link_to(other))]

    def _check_applied(self, move, problems):
        """The amounts of advances that this invoice applies may have been taken by others since, or its total changed.

        A cancelled invoice gave its amounts back: to stamp it again, they have to be there still.
        """
        applied = move.l10n_mx_facture_relation_ids.filtered("anticipo_amount")
        problems += [Problem(text, move) for text in applied._anticipo_refusals(asking=move)]

    def _with_remainder_text(self, base_line, partida):
        """:return: a line of an invoice that deducts down payments, whose text says so (appendix 6, procedure B)"""
        if base_line["special_type"] or self._is_reduction(base_line["record"]):
            return partida
        room = DESCRIPTION_SIZE - len(REMAINDER) - 1
        return replace(partida, descripcion=f"{partida.descripcion[:room].rstrip()} {REMAINDER}")
