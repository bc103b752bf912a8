import hashlib
import os

from odoo import api, models
from odoo.exceptions import UserError

from ..common import protected

_CONTENT = {
    "name",
    "mimetype",
    "public",
    "raw",
    "datas",
    "db_datas",
    "store_fname",
    "checksum",
    "res_model",
    "res_id",
    "res_field",
    "type",
    "url",
}


class IrAttachment(models.Model):
    _inherit = "ir.attachment"

    def write(self, vals):
        content = {name: vals[name] for name in _CONTENT.intersection(vals)}
        if content and not self._l10n_mx_facture_same_content(vals) and not protected.may_write(self, content):
            self._l10n_mx_facture_check_protected()
        return super().write(vals)

    def _l10n_mx_facture_same_content(self, vals):
        """:return: whether the same content is written again, as happens when files move to another storage"""
        return all(attachment[name] == vals[name] for attachment in self for name in _CONTENT.intersection(vals))

    @api.ondelete(at_uninstall=False)
    def _unlink_except_l10n_mx_facture_cfdi(self):
        self._l10n_mx_facture_check_protected()

    def _l10n_mx_facture_check_protected(self):
        """Raise if one is evidence, which can't be changed: the XML of a CFDI (ours or a supplier's) or a receipt."""
        if not self.ids:
            return
        document = (
            self.env["l10n_mx_facture.document"]
            .sudo()
            .search(
                [
                    "|",
                    "|",
                    ("xml_attachment_id", "in", self.ids),
                    ("receipt_attachment_id", "in", self.ids),
                    ("former_receipt_ids", "in", self.ids),
                ],
                limit=1,
            )
        )
        if document:
            raise UserError(
                self.env._(
                    "This file belongs to the CFDI %s: it can't be changed or deleted.", document.uuid
                )
            )
        received = self.env["l10n_mx_facture.received"].sudo().search([("xml_attachment_id", "in", self.ids)], limit=1)
        if received:
            raise UserError(
                self.env._(
                    "This file is the CFDI %(uuid)s of the bill %(bill)s: it can't be changed or deleted. If the bill "
                    "is a draft, remove the CFDI from it first.",
                    uuid=received.uuid,
                    bill=received.move_id.display_name,
                )
            )
        receipts = self.env["l10n_mx_facture.received.rep"].sudo()
        if receipt := receipts.search([("xml_attachment_id", "in", self.ids)], limit=1):
            raise UserError(
                self.env._("This file belongs to the CFDI %s: it can't be changed or deleted.", receipt.uuid)
            )

    @api.model
    def _l10n_mx_facture_move_corrupt_file(self, content):
        """Rename a file of the filestore that has the name of ``content`` but other bytes.

        Odoo would report a checksum collision and refuse to store the content.
        """
        checksum = hashlib.sha1(content, usedforsecurity=False).hexdigest()
        path = self._full_path(f"{checksum[:2]}/{checksum}")
        if os.path.isfile(path) and not self._same_content(content, path):
            os.replace(path, f"{path}.changed")
