from odoo import models

from ...cfdi.taxpayer import identify, own_rfc


class ResPartner(models.Model):
    """The RFC of a contact."""

    _inherit = "res.partner"

    def _l10n_mx_facture_identity(self):
        """:return: :class:`~..cfdi.taxpayer.Identity`: what tax id and country say together"""
        self.ensure_one()
        return identify(self.vat or "", self.country_id.code or "")

    def _l10n_mx_facture_rfc(self):
        """RFC for a CFDI: the contact's own, or the generic one for residents abroad.

        :return: upper case without separators; it may be invalid or empty, which the checks report
        """
        return self._l10n_mx_facture_identity().rfc

    def _l10n_mx_facture_own_rfc(self):
        """:return: the tax id as an RFC: upper case without separators; "" where it says that there is none"""
        self.ensure_one()
        return own_rfc(self.vat or "")


class ResCompany(models.Model):
    """Branches of Odoo (``res.company``) issue and receive as the nearest company above them that has an RFC."""

    _inherit = "res.company"

    def _l10n_mx_facture_is_mexican(self):
        """:return: whether the company pays its taxes in Mexico (asked for each invoice: no country is read)"""
        return self.account_fiscal_country_id.id == self.env["ir.model.data"]._xmlid_to_res_id("base.mx")

    def _l10n_mx_facture_lineage(self):
        """:return: the company and those above it, the nearest first; as superuser, because a user of a branch needs no
            access to its parent
        """
        self.ensure_one()
        return self.sudo().parent_ids[::-1]

    def _l10n_mx_facture_taxpayer(self):
        """:return: the contact, as superuser, with the RFC that this company uses"""
        company = self.sudo()
        if not company.partner_id._l10n_mx_facture_own_rfc():
            lineage = self._l10n_mx_facture_lineage()
            company = next((one for one in lineage if one.partner_id._l10n_mx_facture_own_rfc()), lineage[:1])
        return company.partner_id.commercial_partner_id
