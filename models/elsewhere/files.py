from datetime import datetime, time, timedelta

from odoo import api, models
from odoo.fields import Domain

from ...cfdi.errors import CfdiError
from ...cfdi.issued import read_issued
from ...cfdi.received import MAX_BYTES

# where other modules keep a stamped XML that doesn't hang on the invoice itself: OCA's l10n_mx_cfdi
HOMES = (("l10n_mx_cfdi.document", "xml_file"),)
# what every stamped CFDI contains
STAMP = b"TimbreFiscalDigital"
XML_TYPES = ("application/xml", "text/xml", "text/plain")


class IrAttachment(models.Model):
    """Files that may be CFDIs which another system has stamped."""

    _inherit = "ir.attachment"

    @api.model
    def _l10n_mx_facture_xml_domain(self):
        """:return: domain of the files that may be an XML; a user's upload of one may have become text/plain"""
        looks = Domain("name", "=ilike", "%.xml") | Domain("mimetype", "in", XML_TYPES)
        # also those of binary fields
        return looks & Domain("file_size", "<=", MAX_BYTES) & Domain("type", "=", "binary") & Domain("id", "!=", False)

    @api.model
    def _l10n_mx_facture_homes_domain(self):
        """:return: domain of the files in the fields of other modules for CFDIs"""
        homes = (Domain("res_model", "=", model) & Domain("res_field", "=", name) for model, name in HOMES)
        return Domain.OR(homes) & Domain("file_size", "<=", MAX_BYTES) & Domain("type", "=", "binary")

    def _l10n_mx_facture_read_issued(self):
        """:return: (:class:`~..cfdi.issued.IssuedCfdi`, None); (None, :class:`~..cfdi.errors.CfdiError`) where it can't
            be read; (None, None) where the file is no stamped CFDI
        """
        content = self.raw or b""
        if STAMP not in content:
            return None, None
        try:
            return read_issued(content), None
        except CfdiError as error:
            return None, error


class AccountMove(models.Model):
    """The stamped CFDIs among the files of an invoice that no document of ours has."""

    _inherit = "account.move"

    def _l10n_mx_facture_foreign_files(self):
        """:return: dict from an invoice to a list of (file, :class:`~..cfdi.issued.IssuedCfdi`): the files on it, and
            those in the fields of other modules, which may be of any invoice
        """
        if not self:
            return {}
        Attachment = self.env["ir.attachment"].sudo()
        mine = Domain("res_model", "=", self._name) & Domain("res_id", "in", self.ids)
        recent = Domain("create_date", ">=", self._l10n_mx_facture_first_day())
        found = Attachment.search(
            (mine & Attachment._l10n_mx_facture_xml_domain())
            | (recent & Attachment._l10n_mx_facture_homes_domain()),
            order="id",
        )
        read = [(file, one) for file in found for one, _error in [file._l10n_mx_facture_read_issued()] if one]
        known = self.env["l10n_mx_facture.document"]._invoice_ids_by_uuid([one.uuid for _file, one in read])
        foreign = [(file, one) for file, one in read if one.uuid not in known]
        return {
            move: [(file, one) for file, one in foreign if file.res_model != self._name or file.res_id == move.id]
            for move in self
        }

    def _l10n_mx_facture_first_day(self):
        """:return: UTC datetime before which none of these invoices can have been stamped"""
        first = min(filter(None, self.mapped("invoice_date")), default=datetime.min.date())
        if first == datetime.min.date():
            return datetime(1970, 1, 1)
        return datetime.combine(first, time()) - timedelta(days=1)
