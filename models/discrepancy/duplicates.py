from collections import defaultdict
from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

# a substitution takes minutes; if SAT doesn't have the new CFDI yet, the cancellation is registered and waits
MAX_WAIT = timedelta(days=1)


class L10nMxFactureDocument(models.Model):
    """Two valid CFDIs for one sale: SAT counts both until one of them is cancelled."""

    _inherit = "l10n_mx_facture.document"

    @api.model
    def _duplicates_domain(self):
        """:return: domain of the CFDIs that may be one of two valid ones for a sale"""
        relations, copies = self._stamped_with_04([]), self._stamped_copies([])
        # grouped by invoice, as it may have been stamped again since
        invoices = self._invoice_ids_by_uuid(relations.mapped("uuid"))
        by_sale = defaultdict(copies.browse)
        for relation in relations:
            by_sale[invoices.get(relation.uuid, relation.uuid)] |= relation.move_id
        for copy in copies:
            by_sale[copy.l10n_mx_facture_made_for_id.move_id.id] |= copy
        duplicated = [moves for moves in by_sale.values() if len(moves) > 1]
        duplicates = copies.browse().union(*duplicated).l10n_mx_facture_document_id
        substituted_ids = [sale for sale in by_sale if isinstance(sale, int)]
        named = Domain("state", "=", "stamped") & Domain("move_id", "in", substituted_ids)
        return named | Domain("id", "in", duplicates.ids)

    def _review_same_sale(self):
        """Check the open discrepancies of the other CFDIs of the same sale again."""
        others = self.sudo().move_id._l10n_mx_facture_same_sale().l10n_mx_facture_document_ids
        uuids = [*self._named_with_04(), *others.filtered("uuid").mapped("uuid")]
        substitutes = self.env["l10n_mx_facture.relation"]._substitutes(uuids)
        substitutes |= substitutes.search([("l10n_mx_facture_made_for_id", "in", others.ids)])
        self.env["l10n_mx_facture.divergence"]._refresh(others | substitutes.l10n_mx_facture_document_id)

    def _discrepancy_two_live(self):
        if self.state != "stamped" or not self.uuid or not self._is_live_now():
            return None
        if self.cancel_order and self._order_is_ready():
            return None
        since = fields.Datetime.now() - (timedelta(0) if self._is_substitution_refused() else MAX_WAIT)
        if substitutes := self._live_substitutes(self._same_sale_uuids([self.uuid])).filtered(
            lambda one: one.date_sent <= since
        ):
            substitute = substitutes[0]
            names = {"invoice": substitute.sudo().move_id.name, "uuid": substitute.uuid}
            if self.uuid not in substitute._named_with_04():
                return self.env._(
                    "%(invoice)s (%(uuid)s) was made to substitute this invoice but doesn't name its CFDI, and both "
                    "CFDIs are valid. For SAT these are two sales. Cancel the wrong one.",
                    **names,
                )
            return self.env._(
                "%(invoice)s (%(uuid)s) substitutes this CFDI, and both are valid. For SAT these are two sales. "
                "Cancel this CFDI with reason 01.",
                **names,
            )
        # if two substitute the same CFDI, the first one has the discrepancy
        substituted = [*self._named_with_04(), *self.sudo().move_id.l10n_mx_facture_made_for_id.mapped("uuid")]
        duplicates = self._live_substitutes(self._same_sale_uuids(substituted))
        if duplicates := duplicates.filtered(lambda one: one.id > self.id and one.date_sent < since):
            return self.env._(
                "This CFDI and %(invoice)s (%(uuid)s) substitute the same CFDI, and both are valid. For SAT these are "
                "two sales. Cancel the wrong one.",
                invoice=duplicates[0].sudo().move_id.name,
                uuid=duplicates[0].uuid,
            )
        return None

    def _fix_two_live(self):
        """:return: the wizard that cancels this one, with its substitute proposed if it has one"""
        action = self._owner().action_l10n_mx_facture_cancel()
        substitute = self._live_substitutes([self.uuid])[:1]
        # a substitute of another company can't be chosen here
        chosen = substitute.has_access("read") and self.uuid in substitute._named_with_04()
        if chosen and action.get("res_model") == "l10n_mx_facture.cancel":
            proposed = {"default_reason": "01", "default_replacement_id": substitute.id}
            action["context"] = {**action["context"], **proposed}
        return action

    # -- corrected ------------------------------------------------------------------------------
