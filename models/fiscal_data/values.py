from markupsafe import Markup

from odoo import models


class ResPartner(models.Model):
    """The fields that say who a customer is to SAT, and what they were before they were changed."""

    _inherit = "res.partner"

    def _l10n_mx_facture_fiscal_labels(self):
        """:return: dict from the fields of a customer's fiscal data to their labels, in the order of the forms"""
        return {
            "vat": self.env._("RFC"),
            "l10n_mx_facture_fiscal_name": self.env._("Name on CFDIs"),
            "l10n_mx_facture_tax_regime_id": self.env._("Tax regime"),
            "zip": self.env._("Postal code"),
            "country_id": self.env._("Country"),
            "l10n_mx_facture_usage_id": self.env._("CFDI usage"),
        }

    def _l10n_mx_facture_shown(self, name):
        """:return: the value of a field as text; "" where it is empty"""
        value = self[name]
        return (value.display_name if isinstance(value, models.BaseModel) else value) or ""

    def _l10n_mx_facture_take_fiscal_data(self, values, title, **message):
        """Write fiscal data, and keep in the chatter what was there before.

        :param values: dict of fields of :meth:`_l10n_mx_facture_fiscal_labels`
        :param title: sentence: who or what says so
        :param message: more of ``message_post``
        :return: labels of what was changed
        """
        self.ensure_one()
        before = {name: self._l10n_mx_facture_shown(name) for name in values}
        # Odoo's tracking would say some of it a second time
        self.with_context(tracking_disable=True).write(values)
        rows, changed = [], []
        for name, label in self._l10n_mx_facture_fiscal_labels().items():
            new = self._l10n_mx_facture_shown(name)
            if name in values and new != before[name]:
                changed.append(label)
                rows.append(Markup("<li>%s: %s → %s</li>") % (label, before[name] or "-", new or "-"))
        body = Markup("<p>%s</p><ul>%s</ul>") % (title, Markup().join(rows))
        self.message_post(body=body, **{"subtype_xmlid": "mail.mt_note", **message})
        return changed
