from odoo import api, fields, models

from ...cfdi.names import GENERAL_PUBLIC, fiscal_name, folded_name, is_general_public
from ...cfdi.rfc import is_moral, is_valid_rfc


class ResPartner(models.Model):
    """What a contact is to SAT, as issuer, receiver or third party."""

    _inherit = "res.partner"

    l10n_mx_facture_tax_regime_id = fields.Many2one(
        "l10n_mx_catalogs.c_regimen_fiscal",
        "Tax regime",
        help="SAT's c_RegimenFiscal, as in the constancia de situación fiscal.",
    )
    l10n_mx_facture_usage_id = fields.Many2one(
        "l10n_mx_catalogs.c_uso_cfdi", "CFDI usage", help="UsoCFDI proposed on new invoices."
    )
    l10n_mx_facture_payment_form_id = fields.Many2one(
        "l10n_mx_catalogs.c_forma_pago", "Payment form", help="FormaPago proposed on new invoices."
    )
    l10n_mx_facture_fiscal_name = fields.Char(
        "Fiscal name",
        compute="_compute_l10n_mx_facture_fiscal_name",
        inverse="_inverse_l10n_mx_facture_fiscal_name",
        help="Nombre on CFDIs: the name as in the constancia de situación fiscal, without the legal form. Proposed "
        "from the name; what you enter instead stays until you empty it.",
    )
    # apart, so that a proposal follows the name, and a name that was entered doesn't
    l10n_mx_facture_entered_name = fields.Char("Fiscal name that was entered", copy=False)

    def _commercial_fields(self):
        return super()._commercial_fields() + [
            "l10n_mx_facture_tax_regime_id",
            "l10n_mx_facture_usage_id",
            "l10n_mx_facture_payment_form_id",
        ]

    @api.depends("name", "vat", "country_id", "is_company", "l10n_mx_facture_entered_name")
    def _compute_l10n_mx_facture_fiscal_name(self):
        for partner in self:
            partner.l10n_mx_facture_fiscal_name = (
                partner.l10n_mx_facture_entered_name or partner._l10n_mx_facture_proposed_name()
            )

    def _inverse_l10n_mx_facture_fiscal_name(self):
        for partner in self:
            name = folded_name(partner.l10n_mx_facture_fiscal_name or "")
            if is_general_public(name):
                name = GENERAL_PUBLIC
            partner.l10n_mx_facture_entered_name = name != partner._l10n_mx_facture_proposed_name() and name
        # what is read next is the name as it was kept, not as it was typed
        self.invalidate_recordset(["l10n_mx_facture_fiscal_name"], flush=False)

    def _l10n_mx_facture_proposed_name(self):
        """:return: upper case; names of companies without the legal form"""
        name = folded_name(self.name or "")
        if is_general_public(name):
            return GENERAL_PUBLIC
        rfc = self._l10n_mx_facture_rfc()
        is_company = is_moral(rfc) if is_valid_rfc(rfc) else self.is_company
        return fiscal_name(name) if is_company else name

    def _l10n_mx_facture_zip(self):
        """:return: the postal code without blanks; it may be unknown or empty, which the checks report"""
        return "".join((self.zip or "").split())

    def _l10n_mx_facture_fiscal_address(self):
        """The contact whose postal code goes into a CFDI, for the contact that was chosen on a document.

        :return: its invoice address, or the company or person itself; none where another address was chosen whose
            postal code is not the customer's, so that somebody has to say which of the two counts
        """
        own, main = self._l10n_mx_facture_zip(), self.commercial_partner_id
        if self == main or not own or own == main._l10n_mx_facture_zip():
            return main
        return self if self.type == "invoice" else self.browse()
