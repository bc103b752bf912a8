from odoo import api, fields, models

from ...cfdi.rfc import is_generic


class AccountMove(models.Model):
    """The address whose postal code is DomicilioFiscalReceptor."""

    _inherit = "account.move"

    # no stored default: an address that was chosen as customer of the invoice counts by itself
    l10n_mx_facture_address_id = fields.Many2one(
        "res.partner",
        "Fiscal address",
        check_company=True,
        index="btree_not_null",
        domain="[('commercial_partner_id', '=', commercial_partner_id)]",
        ondelete="restrict",
        help="The address of the customer's constancia de situación fiscal, whose postal code goes into the CFDI. "
        "Empty: the invoice address that this invoice is made to, or else the customer's own.",
    )
    l10n_mx_facture_receiver_zip = fields.Char(
        "Customer's postal code",
        compute="_compute_l10n_mx_facture_receiver_zip",
        help="DomicilioFiscalReceptor. Empty where the fiscal address has to be chosen first, or where the customer "
        "has a generic RFC: the place of issue counts then.",
    )

    @api.depends(
        "commercial_partner_id.zip",
        "commercial_partner_id.vat",
        "commercial_partner_id.country_id",
        "partner_id.zip",
        "partner_id.type",
        "l10n_mx_facture_address_id.zip",
        "l10n_mx_facture_applies",
    )
    def _compute_l10n_mx_facture_receiver_zip(self):
        for move in self:
            customer = move.commercial_partner_id
            address = move.l10n_mx_facture_applies and customer and move._l10n_mx_facture_fiscal_address()
            generic = address and is_generic(customer._l10n_mx_facture_rfc())
            move.l10n_mx_facture_receiver_zip = bool(address) and not generic and address._l10n_mx_facture_zip()

    @api.onchange("partner_id")
    def _onchange_l10n_mx_facture_partner(self):
        if self.l10n_mx_facture_address_id.commercial_partner_id != self.commercial_partner_id:
            self.l10n_mx_facture_address_id = False

    def _l10n_mx_facture_fiscal_address(self):
        """:return: the contact whose postal code counts: the one that was chosen for it, or that of the customer of
            this invoice; none where somebody has to choose
        """
        chosen, customer = self.l10n_mx_facture_address_id, self.partner_id
        # an address of the customer before this one says nothing
        if chosen and chosen.commercial_partner_id == customer.commercial_partner_id:
            return chosen
        return customer._l10n_mx_facture_fiscal_address()
