from odoo import models

from ..common.access import check_group


class AccountMove(models.Model):
    """Adopt CFDI, for one invoice or many; and the alert on the form of an invoice that another system has stamped."""

    _inherit = "account.move"

    def action_l10n_mx_facture_adopt(self):
        """Show the stamped CFDIs among the files of these invoices, before anything is written."""
        check_group(self.env, "stamp")
        self.check_access("write")
        return self.env["l10n_mx_facture.adopt"]._create_for(self)._open()

    def _l10n_mx_facture_adopt_branch(self, read):
        """:param read: :class:`~..cfdi.issued.IssuedCfdi`
        :return: the branch through which an adopted CFDI is cancelled: the invoice's, the journal's, or one at its
            place of issue; empty if there is none
        """
        self.ensure_one()
        branches = self.env["l10n_mx_facture.branch"]
        own = self.l10n_mx_facture_branch_id or branches._get_by_journal(self.journal_id)[self.journal_id]
        at_place = [("company_id", "parent_of", self.company_id.id), ("zip", "=", read.lugar_expedicion)]
        return own or branches.search(at_place, limit=1)

    def _l10n_mx_facture_elsewhere_alerts(self):
        """:return: dict of alerts: a file on the invoice is its stamped CFDI, or may be"""
        if not self._l10n_mx_facture_waits():
            return {}
        problems, warnings = self._l10n_mx_facture_elsewhere().get(self, ([], []))
        levels = [("danger", problem) for problem in problems] + [("warning", problem) for problem in warnings]
        # a server action, as the dialog shows what is stored for it: opening the form writes nothing
        action = {
            "type": "ir.actions.server",
            "id": self.env["ir.model.data"]._xmlid_to_res_id("l10n_mx_facture.action_move_adopt"),
            "context": {"active_model": self._name, "active_id": self.id, "active_ids": self.ids},
        }
        return {
            f"l10n_mx_facture_elsewhere_{number}": {
                "level": level,
                "message": problem.text,
                "action_text": self.env._("Adopt CFDI"),
                "action": action,
            }
            for number, (level, problem) in enumerate(levels)
        }


class L10nMxFactureProblemLine(models.AbstractModel):
    """The button of a problem that is solved by adopting a CFDI."""

    _inherit = "l10n_mx_facture.problem.line"

    def action_adopt(self):
        """Open Adopt CFDI for the invoice of this line."""
        self.ensure_one()
        return self.move_id.action_l10n_mx_facture_adopt()
