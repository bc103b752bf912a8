from odoo import models
from odoo.exceptions import UserError

from ..common.sealed import is_internal


class IrAttachment(models.Model):
    """The XML of a supplier is evidence as our own is."""

    _inherit = "ir.attachment"

    def _l10n_mx_facture_check_sealed(self):
        result = super()._l10n_mx_facture_check_sealed()
        if not self.ids or is_internal(self.env):
            return result
        received = self.env["l10n_mx_facture.received"].sudo().search([("xml_attachment_id", "in", self.ids)], limit=1)
        if received:
            raise UserError(
                self.env._(
                    "This file is the CFDI %(uuid)s of the bill %(bill)s: it can't be changed or deleted. On a draft "
                    "it can be taken off first.",
                    uuid=received.uuid,
                    bill=received.move_id.display_name,
                )
            )
        return result
