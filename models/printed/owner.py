from odoo import models

from ...cfdi.errors import CfdiError


class L10nMxFactureOwner(models.AbstractModel):
    """What is printed of an invoice, a receipt of payment or a global invoice: its stored XML."""

    _inherit = "l10n_mx_facture.owner"

    def _l10n_mx_facture_printed_document(self):
        """:return: the CFDIs, as superuser, that are printed for these"""
        # sudo: customers on the portal can't read CFDIs
        return self.sudo().l10n_mx_facture_document_id.filtered(lambda document: document._may_be_printed())

    def _l10n_mx_facture_print_lang(self):
        """:return: code of the reader's language"""
        return self.partner_id.lang

    def _l10n_mx_facture_print(self):
        """:return: :class:`.fiscal_print.FiscalPrint`; None: there is no CFDI, or its XML can't be read"""
        return self._l10n_mx_facture_try_print()[0]

    def _l10n_mx_facture_print_problem(self):
        """:return: a sentence for the page that is printed without a CFDI, False where nothing is wrong"""
        if not self._l10n_mx_facture_try_print()[1]:
            return False
        return self.env._(
            "The stored XML of the CFDI %s can't be read: this page is not its printed form.", self.l10n_mx_facture_uuid
        )

    def _l10n_mx_facture_try_print(self):
        """:return: tuple of a FiscalPrint or None, and the CfdiError that there was instead, or None"""
        self.ensure_one()
        document = self._l10n_mx_facture_printed_document()
        if not document:
            return None, None
        try:
            return document._print(self._l10n_mx_facture_print_lang()), None
        except CfdiError as error:
            return None, error
