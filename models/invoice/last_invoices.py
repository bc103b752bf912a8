from odoo import models

from ..common.states import STAMPED_STATES


class AccountMove(models.Model):
    """What a customer's last stamped invoice had is proposed again, where neither the customer nor a journal has it."""

    _inherit = "account.move"

    def _l10n_mx_facture_last_invoices(self):
        """One query for all of them.

        :return: dict from the ids of commercial partners to their last stamped invoice in the same company, as
            superuser: the proposal doesn't depend on whose invoice that was
        """
        applying = self.filtered("l10n_mx_facture_applies")
        partners = applying.commercial_partner_id
        if not partners.ids:
            return {}
        # by partner_id, which has an index on invoices
        domain = [
            ("partner_id.commercial_partner_id", "in", partners.ids),
            ("company_id", "in", applying.company_id.ids),
            ("move_type", "=", "out_invoice"),
            ("l10n_mx_facture_document_id.state", "in", STAMPED_STATES),
            ("id", "not in", self.ids),
        ]
        keys = ["company_id", "commercial_partner_id"]
        groups = self.env["account.move"].sudo()._read_group(domain, keys, ["id:max"])
        return {(company.id, partner.id): self.sudo().browse(last) for company, partner, last in groups}

    def _l10n_mx_facture_last_invoice(self, lasts=None):
        """:param lasts: of :meth:`_l10n_mx_facture_last_invoices`; None: this one alone is asked for
        :return: the customer's last stamped invoice, as superuser; may be none
        """
        self.ensure_one()
        lasts = self._l10n_mx_facture_last_invoices() if lasts is None else lasts
        [partner] = self.commercial_partner_id.ids or [0]
        return lasts.get((self.company_id.id, partner)) or self.sudo().browse()

    def _l10n_mx_facture_usual_usage(self, lasts=None):
        return self._l10n_mx_facture_last_invoice(lasts).l10n_mx_facture_usage_id.sudo(False)

    def _l10n_mx_facture_usual_payment_form(self, lasts=None):
        """:return: that of the last invoice; 99 follows from the policy and is no habit"""
        form = self._l10n_mx_facture_last_invoice(lasts).l10n_mx_facture_payment_form_id.sudo(False)
        return form.filtered(lambda one: one.code != "99")

    def _l10n_mx_facture_usual_payment_policy(self, lasts=None):
        """:return: the policy that a person chose on the last invoice with the same terms, against its due date; else
            False
        """
        last = self._l10n_mx_facture_last_invoice(lasts)
        if not last or last.invoice_payment_term_id.ids != self.invoice_payment_term_id.ids:
            return False
        chosen = last.l10n_mx_facture_payment_policy
        return chosen != last._l10n_mx_facture_policy_by_date() and chosen
