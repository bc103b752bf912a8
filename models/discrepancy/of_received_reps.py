from odoo import api, fields, models


class L10nMxFactureReceivedRep(models.Model):
    """A supplier's receipt of payment: its file, and whether SAT has it.

    What doesn't match our bills and payments is told on the receipt. What no valid receipt says is in the list of those
    that suppliers owe.
    """

    _name = "l10n_mx_facture.received.rep"
    _inherit = ["l10n_mx_facture.received.rep", "l10n_mx_facture.diverging"]

    divergence_ids = fields.One2many("l10n_mx_facture.divergence", "received_rep_id", "Discrepancies", readonly=True)

    @api.model
    def _discrepancy_domain(self):
        return [("sat_reading", "=", "not_yet_known")]

    @api.model
    def _discrepancy_totals(self):
        # a receipt has no total of its own
        return self.browse()

    @api.model
    def _discrepancy_parties_suspects(self):
        # one of another receiver is refused
        return self.browse()

    def _discrepancy_owner_vals(self):
        # it hangs on no bill
        return {}

    def _close_kind_activities(self, kind):
        """No activity is about a supplier's receipt."""

    def _stamped_since(self):
        # it was stamped before it was received
        return self.create_date
