from odoo import api, models

from ...cfdi import rules, taxpayer
from ...cfdi.places import country_code, is_known_postal_code
from ...cfdi.rfc import GENERIC_FOREIGN, is_generic, is_valid_rfc
from ...cfdi.values import Emisor, Receptor
from ..common.problem import Problem


class L10nMxFactureCfdi(models.AbstractModel):
    """Issuer and receiver of an invoice, and what contradicts itself in them."""

    _inherit = "l10n_mx_facture.cfdi"

    # -- issuer -----------------------------------------------------------------------------------

    def _emisor(self, move, problems):
        partner = self._issuer(move)
        # that of the certificate, wherever the address is: a CFDI has none of the issuer
        rfc = partner._l10n_mx_facture_own_rfc()
        if is_generic(rfc) or not is_valid_rfc(rfc):
            problems.append(
                Problem(
                    self.env._(
                        "The company %(company)s has no valid RFC (%(rfc)s).",
                        company=partner.display_name,
                        rfc=partner.vat or "-",
                    ),
                    partner,
                    field="vat",
                )
            )
        self._check_regime(partner, problems)
        return Emisor(
            rfc=rfc,
            nombre=self._nombre(partner),
            regimen_fiscal=self._code(partner.l10n_mx_facture_tax_regime_id),
        )

    @api.model
    def _issuer(self, move):
        """:return: the issuing contact: the company's, or its parent's if a branch has no RFC"""
        return move.company_id._l10n_mx_facture_taxpayer()

    # -- receiver ---------------------------------------------------------------------------------

    def _receptor(self, move, problems):
        partner = move.commercial_partner_id
        if not partner:
            problems.append(Problem(self.env._("The customer is missing."), move))
            return None
        identity = partner._l10n_mx_facture_identity()
        if identity.doubt:
            problems.append(Problem(self._identity_text(partner, identity.doubt), partner, field="vat"))
        if not move.l10n_mx_facture_usage_id:
            problems.append(
                Problem(
                    self.env._(
                        "The CFDI usage (UsoCFDI) is missing: set it on the invoice, or on %s for the next ones.",
                        partner.display_name,
                    ),
                    move,
                    field="l10n_mx_facture_usage_id",
                )
            )
        generic = is_generic(identity.rfc)
        address = move._l10n_mx_facture_fiscal_address()
        if not generic:
            self._check_regime(partner, problems)
        # of an address abroad the country is told, not that its postal code is not Mexican
        if not generic and identity.doubt != taxpayer.RFC_ABROAD:
            self._check_address(move, address, problems)
        foreign = self._foreign(partner, identity, problems) if identity.rfc == GENERIC_FOREIGN else {}
        return Receptor(
            rfc=identity.rfc,
            nombre=self._nombre(partner),
            # generic receivers live where the invoice is issued (CFDI40149)
            domicilio_fiscal=move.l10n_mx_facture_branch_id.zip if generic else address._l10n_mx_facture_zip(),
            regimen_fiscal="616" if generic else self._code(partner.l10n_mx_facture_tax_regime_id),
            uso_cfdi=self._code(move.l10n_mx_facture_usage_id),
            **foreign,
        )

    def _identity_text(self, partner, doubt):
        """:param doubt: of :class:`~..cfdi.taxpayer.Identity`
        :return: what is missing, or the two facts that contradict each other, and the ways out
        """
        names = {"partner": partner.display_name, "rfc": partner.vat, "country": partner.country_id.name}
        if doubt == taxpayer.MISSING:
            return self.env._(
                "The RFC of %s is missing: enter it, or XAXX010101000 for a customer without one.",
                partner.display_name,
            )
        if doubt == taxpayer.NOT_AN_RFC:
            return self.env._(
                "%(rfc)s of %(partner)s is not a valid RFC, and the address is in Mexico: correct the RFC, or choose "
                "the country of a customer abroad.",
                **names,
            )
        if doubt == taxpayer.NO_COUNTRY:
            return self.env._(
                "%(rfc)s of %(partner)s is not a valid RFC, and the address has no country: correct the RFC, or choose "
                "the country whose tax id it is.",
                **names,
            )
        if doubt == taxpayer.RFC_ABROAD:
            return self.env._(
                "%(partner)s has the Mexican RFC %(rfc)s and an address in %(country)s: enter the address of its "
                "constancia de situación fiscal, or the tax id of %(country)s if it resides there.",
                **names,
            )
        if doubt == taxpayer.NATIONAL_ABROAD:
            return self.env._(
                "%(partner)s has the RFC %(rfc)s, which is for customers in Mexico, and an address in %(country)s: "
                "enter XEXX010101000 or the tax id of %(country)s, or correct the address.",
                **names,
            )
        return self.env._(
            "%(partner)s has the RFC %(rfc)s, which is for residents abroad, and an address in Mexico: choose the "
            "country of residence, or enter the RFC, XAXX010101000 for a customer without one.",
            **names,
        )

    def _nombre(self, partner):
        """:return: the name on CFDIs: the one that was entered for them, or the proposed one"""
        return partner.l10n_mx_facture_fiscal_name or ""

    def _foreign(self, partner, identity, problems):
        """Residence and foreign tax id, only for foreign receivers whose country is known (CFDI40151 to 40154)."""
        if not partner.country_id or partner.country_id.code == taxpayer.MEXICO:
            return {}
        country = country_code(partner.country_id.code)
        if not country:
            problems.append(
                Problem(
                    self.env._(
                        "SAT has no code for the country %(country)s of %(partner)s.",
                        country=partner.country_id.name,
                        partner=partner.display_name,
                    ),
                    partner,
                    field="country_id",
                )
            )
        return {"residencia_fiscal": country, "num_reg_id_trib": self._num_reg_id_trib(identity.tax_id, country)}

    @api.model
    def _num_reg_id_trib(self, tax_id, country):
        """:return: the tax id in the format of its country, without separators if that fits (CFDI40156)"""
        if not tax_id:
            return None
        plain = "".join(tax_id.split()).replace("-", "")
        fits = rules.DEFAULT.is_tax_id
        return plain if not fits(country, tax_id) and fits(country, plain) else tax_id

    # -- of receivers and third parties -----------------------------------------------------------

    def _check_regime(self, partner, problems):
        if not partner.l10n_mx_facture_tax_regime_id:
            text = self.env._("The tax regime of %s is missing.", partner.display_name)
            problems.append(Problem(text, partner, field="l10n_mx_facture_tax_regime_id"))

    def _check_address(self, move, address, problems):
        """:param address: the contact whose postal code goes into the CFDI; none where somebody has to choose it"""
        if not address:
            chosen, customer = move.partner_id, move.commercial_partner_id
            text = self.env._(
                "The invoice is made to %(chosen)s with the postal code %(zip)s, but %(partner)s has %(other)s: choose "
                "the fiscal address in the tab CFDI, the one of the customer's constancia de situación fiscal.",
                chosen=chosen.display_name,
                zip=chosen.zip,
                partner=customer.display_name,
                other=customer.zip or "-",
            )
            problems.append(Problem(text, move, field="l10n_mx_facture_address_id"))
            return
        self._check_zip(address, problems)

    def _check_zip(self, address, problems):
        """:param address: a contact, or one of its addresses, whose postal code goes into the CFDI"""
        main, country = address.commercial_partner_id, address.country_id
        # the address of the contact itself is compared with its RFC elsewhere
        if address != main and country and country.code != taxpayer.MEXICO:
            text = self.env._(
                "The fiscal address %(address)s of %(partner)s is in %(country)s, but who has an RFC has one in "
                "Mexico: choose another one, or correct its country.",
                address=address.display_name,
                partner=main.display_name,
                country=country.name,
            )
            problems.append(Problem(text, address, field="country_id"))
        elif not address.zip:
            text = self.env._(
                "The postal code of %s is missing: enter the one of the constancia de situación fiscal.",
                address.display_name,
            )
            problems.append(Problem(text, address, field="zip"))
        elif not is_known_postal_code(address._l10n_mx_facture_zip()):
            text = self.env._(
                "SAT's catalogue doesn't have the postal code %(zip)s of %(partner)s: enter the one of the constancia "
                "de situación fiscal.",
                partner=address.display_name,
                zip=address.zip,
            )
            problems.append(Problem(text, address, field="zip"))
