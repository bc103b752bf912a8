from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

# a substitution takes minutes; SAT may not know a new CFDI for longer, but then its cancellation is ordered
PATIENCE = timedelta(days=1)


class L10nMxFactureDocument(models.Model):
    """Two live CFDIs of one sale: SAT counts both until one of them is cancelled."""

    _inherit = "l10n_mx_facture.document"

    @api.model
    def _divergence_kinds(self):
        return (*super()._divergence_kinds(), "two_live")

    @api.model
    def _divergence_domain(self):
        relations = self._stamped_with_04([])
        named = Domain("state", "=", "stamped") & Domain("uuid", "in", relations.mapped("uuid"))
        twice = [rows for rows in relations.grouped("uuid").values() if len(rows) > 1]
        rivals = relations.browse().union(*twice).move_id.l10n_mx_facture_document_id
        return super()._divergence_domain() | named | Domain("id", "in", rivals.ids)

    @api.model
    def _stamped_with_04(self, domain):
        """:return: relations 04 of invoices whose CFDI is stamped, in whatever company they are"""
        stamped = Domain("move_id.l10n_mx_facture_document_id.state", "=", "stamped")
        return self.env["l10n_mx_facture.relation"].sudo().search(
            stamped & Domain("relation_type_id.code", "=", "04") & Domain(domain)
        )

    def _naming_with_04(self, uuids):
        """:return: other live CFDIs of the same issuer that substitute one of these UUIDs, the last one first"""
        if not uuids:
            return self.browse()
        found = self._stamped_with_04([("uuid", "in", uuids)]).move_id.l10n_mx_facture_document_id.filtered(
            lambda one: one != self and one.rfc_emisor == self.rfc_emisor and one._is_live_now()
        )
        return found.sorted("id", reverse=True).with_env(self.env)

    def _named_with_04(self):
        """:return: UUIDs that these CFDIs substitute"""
        relations = self.sudo().move_id.l10n_mx_facture_relation_ids
        return relations.filtered(lambda relation: relation.relation_type_id.code == "04").mapped("uuid")

    def _divergence_two_live(self):
        if self.state != "stamped" or self.cancel_order or not self.uuid or not self._is_live_now():
            return None
        since = fields.Datetime.now() - PATIENCE
        if substitutes := self._naming_with_04([self.uuid]).filtered(lambda one: one.date_sent < since):
            return self.env._(
                "%(invoice)s (%(uuid)s) substitutes this CFDI, and both are valid: SAT counts both. Request the "
                "cancellation of this one with reason 01.",
                invoice=substitutes[0].sudo().move_id.name,
                uuid=substitutes[0].uuid,
            )
        # of two that substitute the same, the one that came first says so
        rivals = self._naming_with_04(self._named_with_04())
        if rivals := rivals.filtered(lambda one: one.id > self.id and one.date_sent < since):
            return self.env._(
                "This CFDI and %(invoice)s (%(uuid)s) substitute the same one, and both are valid: SAT counts both. "
                "Request the cancellation of the one that is not right.",
                invoice=rivals[0].sudo().move_id.name,
                uuid=rivals[0].uuid,
            )
        return None

    def _remedy_two_live(self):
        """:return: the assistant that cancels this one, with its substitute proposed where it has one"""
        action = self.move_id.action_l10n_mx_facture_cancel()
        substitute = self._naming_with_04([self.uuid])[:1]
        if substitute and action.get("res_model") == "l10n_mx_facture.cancel":
            proposed = {"default_reason": "01", "default_replacement_id": substitute.id}
            action["context"] = {**action["context"], **proposed}
        return action

    # -- mended ---------------------------------------------------------------------------------

    def _order_cancel(self, reason, replacement_uuid=None, waits=None):
        result = super()._order_cancel(reason, replacement_uuid, waits)
        self.env["l10n_mx_facture.divergence"]._refresh(self)
        return result

    def _move_to(self, state, **vals):
        result = super()._move_to(state, **vals)
        if state in ("cancel_requested", "cancelled"):
            # who goes makes room for the others of the same sale
            uuids = self._named_with_04()
            others = self.sudo().search([("uuid", "in", uuids)]) if uuids else self.browse()
            rivals = self.env["l10n_mx_facture.relation"]._substitutes(uuids).l10n_mx_facture_document_id
            self.env["l10n_mx_facture.divergence"]._refresh(others | rivals)
        return result
