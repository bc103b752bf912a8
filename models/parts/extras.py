from odoo import models

from ...cfdi.pedimentos import cuentas_prediales, is_cuenta_predial, is_pedimento, pedimentos
from ...cfdi.rfc import is_generic, is_valid_rfc
from ...cfdi.rules.concepto_nodes import FOREIGN_THIRD_PARTY_NAME, FOREIGN_THIRD_PARTY_RFC
from ...cfdi.values import ACuentaTerceros
from ..common.problem import Problem


class L10nMxFactureCfdi(models.AbstractModel):
    """Data of a line about imports, real estate and the third party for whom it is sold."""

    _inherit = "l10n_mx_facture.cfdi"

    def _extras(self, move, line, name, problems):
        """:return: dict of the other fields of :class:`~..cfdi.values.Concepto` that the line fills"""
        extras = {}
        if line.l10n_mx_facture_customs_numbers:
            extras["pedimentos"] = pedimentos(line.l10n_mx_facture_customs_numbers)
            self._check_customs_numbers(move, extras["pedimentos"], name, problems)
        if line.l10n_mx_facture_predial:
            extras["cuentas_prediales"] = cuentas_prediales(line.l10n_mx_facture_predial)
            self._check_predial(move, extras["cuentas_prediales"], name, problems)
        if third_party := line.l10n_mx_facture_third_party_id:
            known = len(problems)
            self._check_third_party(move, third_party, name, problems)
            if len(problems) == known:
                extras["a_cuenta_terceros"] = self._a_cuenta_terceros(move, third_party)
        return extras

    def _a_cuenta_terceros(self, move, third_party):
        partner = third_party.commercial_partner_id
        rfc = partner._l10n_mx_facture_own_rfc()
        if rfc == FOREIGN_THIRD_PARTY_RFC:
            # CFDI40189, CFDI140223, CFDI40193
            return ACuentaTerceros(rfc, FOREIGN_THIRD_PARTY_NAME, "616", move.l10n_mx_facture_branch_id.zip)
        return ACuentaTerceros(
            rfc=rfc,
            nombre=self._nombre(partner),
            regimen_fiscal=partner.l10n_mx_facture_tax_regime_id.code,
            domicilio_fiscal=third_party._l10n_mx_facture_fiscal_address()._l10n_mx_facture_zip(),
        )

    def _check_customs_numbers(self, move, numbers, name, problems):
        for number in numbers:
            if not is_pedimento(number):
                problems.append(
                    Problem(
                        self.env._(
                            "Line %(line)s: the customs number (pedimento) %(number)s doesn't have the 15 digits of "
                            "year, customs office, patent and number, as in 26  47  3807  6000123 (CFDI40194).",
                            line=name,
                            number=number,
                        ),
                        move,
                    )
                )

    def _check_predial(self, move, numbers, name, problems):
        for number in numbers:
            if not is_cuenta_predial(number):
                problems.append(
                    Problem(
                        self.env._(
                            "Line %(line)s: SAT takes a property tax account (cuenta predial) of 1 to 150 letters and "
                            "digits, without spaces or hyphens, not %(number)s.",
                            line=name,
                            number=number,
                        ),
                        move,
                    )
                )

    def _check_third_party(self, move, third_party, name, problems):
        partner = third_party.commercial_partner_id
        identity = partner._l10n_mx_facture_identity()
        rfc = partner._l10n_mx_facture_own_rfc()
        if rfc == FOREIGN_THIRD_PARTY_RFC:
            return
        if is_generic(rfc) or not is_valid_rfc(rfc):
            problems.append(
                Problem(
                    self.env._(
                        "Line %(line)s: the third party %(partner)s needs a valid RFC of its own, not %(rfc)s "
                        "(CFDI40187); residents abroad have %(foreign)s.",
                        line=name,
                        partner=partner.display_name,
                        rfc=partner.vat or "-",
                        foreign=FOREIGN_THIRD_PARTY_RFC,
                    ),
                    partner,
                )
            )
        elif identity.doubt:
            problems.append(Problem(self._identity_text(partner, identity.doubt), partner))
        self._check_regime(partner, problems)
        if address := third_party._l10n_mx_facture_fiscal_address():
            self._check_zip(address, problems)
        else:
            text = self.env._(
                "Line %(line)s: the third party %(chosen)s has the postal code %(zip)s, but %(partner)s has %(other)s: "
                "choose the one of the constancia de situación fiscal, or its invoice address.",
                line=name,
                chosen=third_party.display_name,
                zip=third_party.zip,
                partner=partner.display_name,
                other=partner.zip or "-",
            )
            problems.append(Problem(text, move))
