from odoo import models
from odoo.exceptions import UserError

from ..common.actions import notification
from ..common.transactions import checkpoint


class AccountMove(models.Model):
    """The buttons Fetch receipt, Fetch PDF, Check at the service, Resolve."""

    _inherit = "account.move"

    def action_l10n_mx_facture_fetch_receipt(self):
        """Fetch the acuse of the cancellation and attach it."""
        for move in self:
            move._l10n_mx_facture_document()._fetch_receipt()
        return notification(self.env._("The receipt is attached."))

    def action_l10n_mx_facture_fetch_pdf(self):
        """Fetch the PDF of the CFDI (again) and attach it."""
        for move in self:
            document = move._l10n_mx_facture_document()
            document._check_stamped()
            if not document._fetch_pdf():
                raise UserError(document.pdf_error)
        return notification(self.env._("The PDF is attached."))

    def l10n_mx_facture_resolve_unknown(self, uuid=None, note=None, insist=False):
        """Settle a stamp whose answer was lost.

        :param uuid: the UUID that a person found at the service or at SAT; its XML is fetched and has to be the
            stamped form of what was sent. None: the person states that it was not stamped
        :param note: where the person saw it; kept with who and when
        :param insist: "not stamped" although the service, asked about it, did not settle it
        """
        self._l10n_mx_facture_check_group("stamp")
        for move in self:
            document = move._l10n_mx_facture_document()
            document._resolve(uuid, note, insist)
            checkpoint(self.env)
            document._after_stamp()
        return True

    def action_l10n_mx_facture_resolve(self):
        """Open the wizard in which a person says what became of it."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": (
                self.env._("State what SAT's portal shows")
                if self.l10n_mx_facture_state == "cancel_requested"
                else self.env._("What became of it?")
            ),
            "res_model": "l10n_mx_facture.resolve",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_move_id": self.id},
        }

    def action_l10n_mx_facture_open_document(self):
        """Open the CFDI with all its facts."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "l10n_mx_facture.document",
            "res_id": self._l10n_mx_facture_document().id,
            "views": [(False, "form")],
        }

    def action_l10n_mx_facture_check_at_service(self):
        """Compare what the service has with what we have."""
        self.ensure_one()
        return self._l10n_mx_facture_document().action_check_at_service()

    def _l10n_mx_facture_document(self):
        self.ensure_one()
        self.check_access("write")
        if not self.l10n_mx_facture_document_id:
            raise UserError(self.env._("%s has no CFDI.", self.display_name))
        return self.l10n_mx_facture_document_id

    def action_l10n_mx_facture_download_xml(self):
        """Download the stamped XML."""
        return self._l10n_mx_facture_download(self.l10n_mx_facture_xml_attachment_id)

    def action_l10n_mx_facture_download_pdf(self):
        """Download the PDF."""
        return self._l10n_mx_facture_download(self.l10n_mx_facture_pdf_attachment_id)

    def action_l10n_mx_facture_download_receipt(self):
        """Download the receipt of the cancellation."""
        return self._l10n_mx_facture_download(self.l10n_mx_facture_receipt_attachment_id)

    def _l10n_mx_facture_download(self, attachment):
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{attachment.id}?download=true",
            "target": "download",
        }
