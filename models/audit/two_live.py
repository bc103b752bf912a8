from collections import defaultdict
from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

# a substitution takes minutes; SAT may not know a new CFDI for longer, but then its cancellation is ordered
PATIENCE = timedelta(days=1)


class L10nMxFactureDocument(models.Model):
    """Two live CFDIs of one sale: SAT counts both until one of them is cancelled."""

    _inherit = "l10n_mx_facture.document"

    @api.model
    def _two_live_domain(self):
        """:return: domain of the CFDIs that may be one of two live ones of a sale"""
        relations, copies = self._stamped_with_04([]), self._stamped_copies([])
        # by the invoice: it may have been stamped again since another substitutes it
        invoices = self._invoices_of(relations.mapped("uuid"))
        by_sale = defaultdict(copies.browse)
        for relation in relations:
            by_sale[invoices.get(relation.uuid, relation.uuid)] |= relation.move_id
        for copy in copies:
            by_sale[copy.l10n_mx_facture_made_for_id.move_id.id] |= copy
        twice = [moves for moves in by_sale.values() if len(moves) > 1]
        rivals = copies.browse().union(*twice).l10n_mx_facture_document_id
        behind = [sale for sale in by_sale if isinstance(sale, int)]
        named = Domain("state", "=", "stamped") & Domain("move_id", "in", behind)
        return named | Domain("id", "in", rivals.ids)

    def _review_same_sale(self):
        """One that goes makes room for the others of the same sale: look again at what is open about them."""
        others = self.sudo().move_id._l10n_mx_facture_same_sale().l10n_mx_facture_document_ids
        uuids = [*self._named_with_04(), *others.filtered("uuid").mapped("uuid")]
        rivals = self.env["l10n_mx_facture.relation"]._substitutes(uuids)
        rivals |= rivals.search([("l10n_mx_facture_made_for_id", "in", others.ids)])
        self.env["l10n_mx_facture.divergence"]._refresh(others | rivals.l10n_mx_facture_document_id)

    def _divergence_two_live(self):
        if self.state != "stamped" or not self.uuid or not self._is_live_now():
            return None
        if self.cancel_order and self._order_is_ready():
            return None
        since = fields.Datetime.now() - PATIENCE
        if substitutes := self._taking_place_of(self._sale_of([self.uuid])).filtered(lambda one: one.date_sent < since):
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
        # of two that substitute the same, the one that came first says so
        meant = [*self._named_with_04(), *self.sudo().move_id.l10n_mx_facture_made_for_id.mapped("uuid")]
        rivals = self._taking_place_of(self._sale_of(meant))
        if rivals := rivals.filtered(lambda one: one.id > self.id and one.date_sent < since):
            return self.env._(
                "This CFDI and %(invoice)s (%(uuid)s) substitute the same CFDI, and both are valid. For SAT these are "
                "two sales. Cancel the wrong one.",
                invoice=rivals[0].sudo().move_id.name,
                uuid=rivals[0].uuid,
            )
        return None

    def _remedy_two_live(self):
        """:return: the assistant that cancels this one, with its substitute proposed where it has one"""
        action = self.move_id.action_l10n_mx_facture_cancel()
        substitute = self._taking_place_of([self.uuid])[:1]
        # one of another company can't be chosen here
        chosen = substitute.has_access("read") and self.uuid in substitute._named_with_04()
        if chosen and action.get("res_model") == "l10n_mx_facture.cancel":
            proposed = {"default_reason": "01", "default_replacement_id": substitute.id}
            action["context"] = {**action["context"], **proposed}
        return action

    # -- mended ---------------------------------------------------------------------------------
