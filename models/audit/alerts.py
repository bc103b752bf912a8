from odoo import api, models

from ..common.actions import notification
from .kinds import LISTED

# told by an alert of its own, with its own way out
TOLD_ELSEWHERE = ("unresolved",)


class AccountMove(models.Model):
    """What contradicts the invoice about its CFDI, on top of its form, and what a substitute is there for."""

    _inherit = "account.move"

    def _get_alerts(self):
        alerts = super()._get_alerts()
        for number, divergence in enumerate(self._l10n_mx_facture_told_divergences()):
            tampered = divergence.kind == "tampered"
            alert = {"level": "danger" if tampered else "warning", "message": divergence.text}
            if divergence.sudo(False).has_access("read"):
                alert["action_text"] = self.env._("What mends it") if tampered else self.env._("See the divergence")
                alert["action"] = divergence.get_formview_action()
            name = "tampered" if tampered else "divergence"
            alerts[f"l10n_mx_facture_{name}_{number}"] = alert
        if text := self._l10n_mx_facture_made_for_text():
            alerts["l10n_mx_facture_made_for"] = {"level": "info", "message": text}
        return alerts

    def _l10n_mx_facture_told_divergences(self):
        """:return: what is open about its CFDI, as superuser; of a bill what was changed in its files"""
        # who may see the invoice is told what is wrong with it, and relies on its files
        return self._origin.sudo().l10n_mx_facture_divergence_ids.filtered(
            lambda one: one.kind == "tampered" or (one.document_id and one.kind not in TOLD_ELSEWHERE)
        )

    def _l10n_mx_facture_made_for_text(self):
        """:return: what this substitute is made for and what follows its stamp, as a sentence; None where it is none"""
        self.ensure_one()
        old = self.sudo().l10n_mx_facture_made_for_id
        if old.state != "stamped" or self.state == "cancel" or self._l10n_mx_facture_is_live():
            return None
        names = {"uuid": old.uuid, "invoice": old.move_id.display_name}
        if old.cancel_order == "01":
            return self.env._(
                "It substitutes the CFDI %(uuid)s of %(invoice)s (04): once this one is stamped, the cancellation of "
                "that one is requested by itself.",
                **names,
            )
        return self.env._(
            "It substitutes the CFDI %(uuid)s of %(invoice)s (04): once this one is stamped, that one is to be "
            "cancelled with reason 01 (button Cancel CFDI there).",
            **names,
        )

    @api.model
    def _l10n_mx_facture_sat_notice(self, record):
        """:param record: a CFDI, ours or a supplier's, that SAT has just been asked about
        :return: the notification with SAT's word; green only where nobody has to do anything
        """
        record = record.sudo()
        listed = record.sat_efos_reading in LISTED
        wrong = record.divergence_ids.filtered(lambda one: one.state == "open")
        good = record.sat_reading == "live" or (record.sat_reading == "cancelled" and record.move_id.state == "cancel")
        texts = [record._sat_text(), *wrong.mapped("text")]
        if listed and not wrong:
            texts.append(dict(record._fields["sat_efos_reading"]._description_selection(self.env))[record.sat_efos_reading])
        bad = listed or wrong or not good
        return notification("\n".join(texts), kind="warning" if bad else "success", sticky=bool(wrong or listed))

    @api.depends("l10n_mx_facture_made_for_id")
    def _compute_duplicated_ref_ids(self):
        """A substitute says the same as what it substitutes: that is no mistake to be warned of."""
        result = super()._compute_duplicated_ref_ids()
        for move in self:
            if move.duplicated_ref_ids and move.l10n_mx_facture_applies:
                made_from_it = self.sudo().search([("l10n_mx_facture_made_for_id.move_id", "in", move._origin.ids)])
                own = move.sudo().l10n_mx_facture_made_for_id.move_id | made_from_it
                move.duplicated_ref_ids -= own.with_env(self.env)
        return result
