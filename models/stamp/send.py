from odoo import api, models

from ..common.states import STAMPED_STATES, UNSENT_STATES


class AccountMoveSend(models.AbstractModel):
    _inherit = "account.move.send"

    @api.model
    def _get_invoice_extra_attachments(self, move):
        # the customer gets both: the XML is the invoice, the PDF only its printed form
        document = move.l10n_mx_facture_document_id
        attachments = super()._get_invoice_extra_attachments(move)
        if document.state in STAMPED_STATES:
            attachments += (document.xml_attachment_id + document.pdf_attachment_id).sudo(False)
        return attachments

    @api.model
    def _get_alerts(self, moves, moves_data):
        """Warn before sending about invoices without a CFDI, and why they have none."""
        alerts = super()._get_alerts(moves, moves_data)
        waiting = moves.filtered(
            lambda move: move.l10n_mx_facture_applies
            and move.l10n_mx_facture_branch_id
            and move.l10n_mx_facture_state in UNSENT_STATES
        )
        if not waiting:
            return alerts
        self.env["l10n_mx_facture.cfdi"]._prefetch(waiting)
        refused = waiting.filtered(lambda move: move._l10n_mx_facture_judge()[0])
        alerts["l10n_mx_facture_not_stamped"] = {
            "level": "warning",
            "message": self.env._(
                "%(count)s without a CFDI: %(ready)s ready to be stamped, %(refused)s with problems.",
                count=len(waiting),
                ready=len(waiting - refused),
                refused=len(refused),
            ),
            "action_text": self.env._("Show them"),
            "action": waiting._get_records_action(name=self.env._("Without CFDI")),
        }
        return alerts
