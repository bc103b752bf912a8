from odoo import models


class AccountJournal(models.Model):
    """Reports the uploaded files that need attention."""

    _inherit = "account.journal"

    def create_document_from_attachment(self, attachment_ids):
        """Core's uploader shows ``notifications`` of the context; a single document shows its own alerts.

        :param attachment_ids: list of ids of ir.attachment
        :return: action that opens the created documents
        """
        action = super().create_document_from_attachment(attachment_ids)
        if action.get("res_id") or action.get("res_model") != "account.move":
            return action
        moves = self.env["account.move"].search(action["domain"])
        flagged = moves.filtered("l10n_mx_facture_hint")
        if flagged:
            text = self.env._(
                "%(count)s of %(all)s documents need attention. The column “Notice about the CFDI” says why. Later, "
                "the filter “With a notice about the CFDI” finds them.",
                count=len(flagged),
                all=len(moves),
            )
            uploaded = self.env.ref("l10n_mx_facture.view_uploaded_tree").id
            action["views"] = [[uploaded if kind == "list" else view, kind] for view, kind in action["views"]]
            action["context"] = {
                **action["context"],
                "notifications": {self.env._("CFDI"): text},
            }
        return action
