from odoo import models

from ..common.states import EVER_STAMPED_STATES
from .fiscal_print import CANCELLED, TEST, FiscalPrint


class L10nMxFactureDocument(models.Model):
    _inherit = "l10n_mx_facture.document"

    def _may_be_printed(self):
        """:return: whether it is a CFDI with a stored XML"""
        return bool(self.state in EVER_STAMPED_STATES and self.xml_attachment_id)

    def _print_marks(self):
        """:return: tuple of what is said across each page: while a cancellation waits, the CFDI is valid"""
        return (
            *([CANCELLED] if self.state == "cancelled" else []),
            *([TEST] if self.environment == "test" else []),
        )

    def _printed_as(self):
        """:return: text that is kept with a PDF of Odoo's (``description``): what it shows"""
        return " ".join(("CFDI", self.uuid, *self._print_marks()))

    def _is_shown_by(self, pdf):
        """:param pdf: ir.attachment of a PDF that Odoo has drawn
        :return: whether it would be drawn the same way now
        """
        if (pdf.description or "").startswith("CFDI "):
            return pdf.description == self._printed_as()
        # drawn by an earlier version; by their ids, as files of one transaction have one time
        return self.state != "cancelled" and pdf.id > self.xml_attachment_id.id

    def _print(self, lang):
        """:param lang: code of the reader's language
        :return: :class:`.fiscal_print.FiscalPrint`
        :raise CfdiError: the stored XML can't be read
        """
        self.ensure_one()
        xml = self.sudo().xml_attachment_id.raw or b""
        return FiscalPrint(self.env, xml, self._print_marks(), not (lang or "").startswith("es"))
