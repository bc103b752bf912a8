from odoo import models
from odoo.exceptions import UserError

from ..common.actions import notification, open_record
from ..discrepancy.kinds import KINDS

# for one click, as SAT allows one query a second
AT_ONCE = 10


class L10nMxFactureDivergence(models.Model):
    """The buttons of a discrepancy: correct it, check it again, open what it is about."""

    _inherit = "l10n_mx_facture.divergence"

    def action_fix(self):
        """Correct it, or open the dialog that does."""
        self.ensure_one()
        self._owner().check_access("write")
        if self.state == "solved":
            raise UserError(self.env._("This is already solved."))
        remedy = self._dismiss_removed if self.kind == "removed" else getattr(self._cfdi(), f"_fix_{self.kind}", None)
        action = remedy() if remedy else self.action_open()
        # dialogs and forms are opened; direct corrections show a notification
        return action if isinstance(action, dict) else self._result_notification()

    def action_check_again(self):
        """Check again now: the files, the service or SAT, depending on the kind."""
        for owners in self._owners():
            owners.check_access("write")
        if len(self) > AT_ONCE:
            raise UserError(self.env._("Choose at most %s. All of them are checked every night.", AT_ONCE))
        for divergence in self:
            owner, checked_at = divergence._cfdi(), KINDS[divergence.kind].checked_at
            if checked_at == "files":
                owner._check_integrity()
            elif checked_at == "service":
                owner.action_check_at_service()
            elif checked_at == "look_up":
                owner.sudo()._look_up_one_refused()
            elif checked_at == "sat":
                owner._sat_ask_or_raise()
            self._find_discrepancies(owner)
            if divergence.kind == "removed":
                self._find_removed(divergence.move_id)
        return self._result_notification()

    def _result_notification(self):
        self.invalidate_recordset()
        if "open" in self.mapped("state"):
            left = "\n".join(self.filtered(lambda one: one.state == "open").mapped("text"))
            return notification(left, self.env._("Not solved yet"), "warning", sticky=True)
        return notification(self.env._("Solved."))

    def action_open(self):
        """Open the invoice, the bill or the receipt of payment."""
        self.ensure_one()
        return open_record(self.received_rep_id or self._owner())
