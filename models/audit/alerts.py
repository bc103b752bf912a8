from odoo import models

# kinds that have their own alert
OTHER_ALERT_KINDS = ("unresolved",)


class AccountMove(models.Model):
    """Alerts on the form of an invoice about discrepancies of its CFDI."""

    _inherit = "account.move"

    def _l10n_mx_facture_discrepancy_alerts(self):
        """:return: dict of alerts: the open discrepancies of the invoice's CFDI"""
        alerts = {}
        for number, divergence in enumerate(self._l10n_mx_facture_open_discrepancies()):
            tampered = divergence.kind == "tampered"
            alert = {"level": "danger" if tampered else "warning", "message": divergence.text}
            if divergence.sudo(False).has_access("read"):
                alert["action_text"] = self.env._("What to do") if tampered else self.env._("Show the discrepancy")
                alert["action"] = divergence.get_formview_action()
            alerts[f"l10n_mx_facture_{'tampered' if tampered else 'divergence'}_{number}"] = alert
        return alerts

    def _l10n_mx_facture_open_discrepancies(self):
        """:return: the open discrepancies of its CFDI, as superuser; of a bill only changed files"""
        # sudo: users who may read the invoice see what is wrong with it
        return self._origin.sudo().l10n_mx_facture_divergence_ids.filtered(
            lambda one: one.kind == "tampered" or (one.document_id and one.kind not in OTHER_ALERT_KINDS)
        )
