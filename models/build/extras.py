from odoo import models

from ... import cfdi
from ...cfdi.rules.extras import EXTRANJERO, NOMBRE_EXTRANJERO
from ..common.problem import Problem


class L10nMxFactureCfdi(models.AbstractModel):
    """What a line says of its import, of real estate and of the third party for whom it is sold."""

    _inherit = "l10n_mx_facture.cfdi"

    def _extras(self, move, line):
        """:return: dict of the other fields of :class:`~..cfdi.Concepto` that the line fills"""
        extras = {}
        if line.l10n_mx_facture_customs_numbers:
            extras["pedimentos"] = cfdi.pedimentos(line.l10n_mx_facture_customs_numbers)
        if line.l10n_mx_facture_predial:
            extras["cuentas_prediales"] = cfdi.cuentas_prediales(line.l10n_mx_facture_predial)
        if third_party := line.l10n_mx_facture_third_party_id.commercial_partner_id:
            extras["a_cuenta_terceros"] = self._a_cuenta_terceros(move, third_party)
        return extras

    def _a_cuenta_terceros(self, move, partner):
        rfc = partner._l10n_mx_facture_own_rfc()
        if rfc == EXTRANJERO:
            # CFDI40189, CFDI140223, CFDI40193
            return cfdi.ACuentaTerceros(rfc, NOMBRE_EXTRANJERO, "616", move.l10n_mx_facture_branch_id.zip)
        return cfdi.ACuentaTerceros(
            rfc=rfc,
            nombre=self._nombre(partner, rfc),
            regimen_fiscal=partner.l10n_mx_facture_tax_regime_id.code,
            domicilio_fiscal=self._zip(partner),
        )

    def _check_extras(self, move, line, name, problems):
        if line._name == "account.move.line":
            self._check_customs_numbers(move, line, name, problems)
            self._check_predial(move, line, name, problems)
            self._check_third_party(line, name, problems)

    def _check_customs_numbers(self, move, line, name, problems):
        for number in cfdi.pedimentos(line.l10n_mx_facture_customs_numbers):
            if not cfdi.is_pedimento(number):
                problems.append(
                    Problem(
                        self.env._(
                            "Line %(line)s: the customs number (pedimento) %(number)s has not the 15 digits of year, "
                            "customs office, patent and number, as in 26  47  3807  6000123 (CFDI40194).",
                            line=name,
                            number=number,
                        ),
                        move,
                    )
                )

    def _check_predial(self, move, line, name, problems):
        for number in cfdi.cuentas_prediales(line.l10n_mx_facture_predial):
            if not cfdi.is_cuenta_predial(number):
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

    def _check_third_party(self, line, name, problems):
        partner = line.l10n_mx_facture_third_party_id.commercial_partner_id
        rfc = partner and partner._l10n_mx_facture_own_rfc()
        if not partner or rfc == EXTRANJERO:
            return
        if cfdi.is_generic(rfc) or not cfdi.is_valid_rfc(rfc):
            problems.append(
                Problem(
                    self.env._(
                        "Line %(line)s: the third party %(partner)s needs a valid RFC of its own, not %(rfc)s "
                        "(CFDI40187); residents abroad have %(foreign)s.",
                        line=name,
                        partner=partner.display_name,
                        rfc=partner.vat or "-",
                        foreign=EXTRANJERO,
                    ),
                    partner,
                )
            )
        self._check_regime(partner, problems)
        self._check_zip(partner, problems)
