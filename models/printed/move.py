from odoo import models

TEMPLATE = "l10n_mx_facture.report_invoice_document"


class AccountMove(models.Model):
    """Odoo's invoice report prints a stamped invoice from its stored XML."""

    _inherit = "account.move"

    def _l10n_mx_facture_printed_document(self):
        """As of every owner; a draft has none, whatever was before."""
        return super(AccountMove, self.filtered(lambda move: move.state != "draft"))._l10n_mx_facture_printed_document()

    def _l10n_mx_facture_print_template(self):
        """:return: name of the template that prints the CFDI, '' where there is none to print"""
        return TEMPLATE if self._l10n_mx_facture_print() else ""
