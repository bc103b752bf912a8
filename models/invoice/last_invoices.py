from odoo import api, fields, models

from ..common.states import STAMPED_STATES


class AccountMove(models.Model):
    """What a customer's last stamped invoice had is proposed again, where neither the customer nor a journal has it."""

    _inherit = "account.move"

    # asked for once, whatever is proposed from it; computed as superuser, as the proposal doesn't depend on whose
    # invoice that was
    l10n_mx_facture_last_id = fields.Many2one(
        "account.move",
        "Customer's last invoice",
        compute="_compute_l10n_mx_facture_last_id",
        compute_sudo=True,
        help="The last stamped invoice of the same customer and company.",
    )

    @api.depends("commercial_partner_id", "company_id", "l10n_mx_facture_applies")
    def _compute_l10n_mx_facture_last_id(self):
        applying = self.filtered(lambda move: move.l10n_mx_facture_applies and move.commercial_partner_id)
        lasts = applying._l10n_mx_facture_last_by_customer()
        for move in self:
            last = move in applying and lasts.get((move.company_id, move.commercial_partner_id._origin))
            if last and last == move._origin:
                others = [*move._l10n_mx_facture_last_domain(), ("id", "!=", last.id)]
                last = self.search(others, order="id desc", limit=1)
            move.l10n_mx_facture_last_id = last

    def _l10n_mx_facture_last_domain(self):
        # by partner_id, which has an index on invoices
        return [
            ("partner_id.commercial_partner_id", "in", self.commercial_partner_id.ids),
            ("company_id", "in", self.company_id.ids),
            ("move_type", "=", "out_invoice"),
            ("l10n_mx_facture_document_id.state", "in", STAMPED_STATES),
        ]

    def _l10n_mx_facture_last_by_customer(self):
        """One query for all of them.

        :return: dict from company and commercial partner to their last stamped invoice
        """
        if not self.commercial_partner_id.ids:
            return {}
        keys = ["company_id", "commercial_partner_id"]
        groups = self._read_group(self._l10n_mx_facture_last_domain(), keys, ["id:max"])
        return {(company, partner): self.browse(last) for company, partner, last in groups}

    def _l10n_mx_facture_usual_usage(self):
        return self.sudo().l10n_mx_facture_last_id.l10n_mx_facture_usage_id.sudo(False)

    def _l10n_mx_facture_usual_payment_form(self):
        """:return: that of the last invoice; 99 follows from the policy and is no habit"""
        form = self.sudo().l10n_mx_facture_last_id.l10n_mx_facture_payment_form_id.sudo(False)
        return form.filtered(lambda one: one.code != "99")

    def _l10n_mx_facture_usual_payment_policy(self):
        """:return: the policy that a person chose on the last invoice with the same terms, against its due date; else
            False
        """
        last = self.sudo().l10n_mx_facture_last_id
        if not last or last.invoice_payment_term_id.ids != self.invoice_payment_term_id.ids:
            return False
        chosen = last.l10n_mx_facture_payment_policy
        return chosen != last._l10n_mx_facture_policy_by_date() and chosen
