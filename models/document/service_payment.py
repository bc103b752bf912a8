from odoo import api, fields, models

from ..common import protected

# payment states of Odoo that count as paid
PAID = ("paid", "in_payment", "reversed")


class L10nMxFactureDocument(models.Model):
    """The payment state at services that keep one. It is shown and compared with Odoo's; nothing depends on it."""

    _inherit = "l10n_mx_facture.document"

    service_paid = fields.Selection(
        [("paid", "Paid"), ("not_paid", "Not paid")], "Payment at the service", readonly=True, copy=False
    )
    paid_difference = fields.Char("Payments differ", compute="_compute_paid_difference")

    # not on payment_state, which would link this to every line of any entry: a form computes it again
    @api.depends("service_paid", "state")
    def _compute_paid_difference(self):
        for document in self:
            paid = document.move_id.payment_state in PAID
            differs = document.move_id and document.service_paid and paid != (document.service_paid == "paid")
            document.paid_difference = differs and document.uuid and document._paid_text(paid)

    def _paid_text(self, paid):
        if paid:
            return self.env._(
                "Paid in Odoo, not paid at the service: mark it as paid there, or look up the payment here."
            )
        return self.env._(
            "Paid at the service, not in Odoo: register the payment here, or correct the state of payment there."
        )

    @api.model
    def _paid_vals(self, paid):
        """:param paid: whether the service has it as paid; None if it doesn't say
        :return: dict of values to write
        """
        return {} if paid is None else {"service_paid": "paid" if paid else "not_paid"}

    def _query_paid(self):
        """Ask the service for its payment state, if it keeps one.

        :return: list with a sentence about the difference, or empty
        """
        if not self.account_id._capabilities().tells_paid:
            return []
        status = self._ask("status", self.remote_id)
        if vals := self._paid_vals(status.paid):
            protected.write(self, vals)
        return [self.paid_difference] if self.paid_difference else []
