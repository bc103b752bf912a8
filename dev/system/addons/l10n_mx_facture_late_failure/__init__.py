"""Only for the system tests: what another module of the same request may do to a stamp that is there."""

from odoo import models
from odoo.exceptions import UserError

failed = set()


class AccountMove(models.Model):
    """Fails after the action returned, as the context says; inert without it."""

    _inherit = "account.move"

    def action_l10n_mx_facture_stamp(self):
        result = super().action_l10n_mx_facture_stamp()
        late = self.env.context.get("l10n_mx_facture_late_failure")
        if late == "serialization" and self.ids[0] not in failed:
            failed.add(self.ids[0])
            # a genuine one, with the database's own code: Odoo runs the request again
            self.env.cr.execute("DO $$ BEGIN RAISE EXCEPTION 'late' USING ERRCODE = '40001'; END $$")
        if late == "user_error":
            raise UserError("Another module didn't like it.")
        return result
