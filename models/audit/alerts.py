from odoo import models

# told by an alert of its own, with its own way out
TOLD_ELSEWHERE = ("unresolved",)


class AccountMove(models.Model):
    """What contradicts the invoice about its CFDI, on top of its form, and what a substitute is there for."""

    _inherit = "account.move"

    def _l10n_mx_facture_divergence_alerts(self):
        """:return: dict of alerts: what contradicts the invoice about its CFDI"""
        alerts = {}
        for number, divergence in enumerate(self._l10n_mx_facture_told_divergences()):
            tampered = divergence.kind == "tampered"
            alert = {"level": "danger" if tampered else "warning", "message": divergence.text}
            if divergence.sudo(False).has_access("read"):
                alert["action_text"] = self.env._("What to do") if tampered else self.env._("Show the discrepancy")
                alert["action"] = divergence.get_formview_action()
            alerts[f"l10n_mx_facture_{'tampered' if tampered else 'divergence'}_{number}"] = alert
        return alerts

    def _l10n_mx_facture_told_divergences(self):
        """:return: what is open about its CFDI, as superuser; of a bill what was changed in its files"""
        # who may see the invoice is told what is wrong with it, and relies on its files
        return self._origin.sudo().l10n_mx_facture_divergence_ids.filtered(
            lambda one: one.kind == "tampered" or (one.document_id and one.kind not in TOLD_ELSEWHERE)
        )
