from odoo import models
from odoo.tools import float_compare, format_date
from odoo.tools.misc import formatLang

from ..common.problem import Problem

MOVE_TYPES = {"I": ("in_invoice", "in_receipt"), "E": ("in_refund",)}


class L10nMxFactureReceived(models.Model):
    """Differences between a vendor bill and the supplier's CFDI."""

    _inherit = "l10n_mx_facture.received"

    def _differences(self):
        """What to check before the bill is posted or paid. It doesn't block either.

        :return: list of :class:`~.problem.Problem`
        """
        self.ensure_one()
        texts = [*self._wrong_parties(), *self._wrong_amounts(), *self._wrong_rate(), *self._wrong_header()]
        if self.seal == "broken":
            texts.insert(
                0,
                self.env._(
                    "The seal of the supplier's CFDI is not valid: the XML was changed after it was sealed, or the "
                    "certificate belongs to somebody else. Ask the supplier for the original."
                ),
            )
        return [Problem(text) for text in [*texts, *self._unverified_problems()]]

    def _agrees(self):
        """:return: whether the bill names the parties and amounts of this CFDI"""
        return not any(self._wrong_parties()) and not any(self._wrong_amounts())

    def _unverified_problems(self):
        """Problems about whether the CFDI is genuine."""
        if self.seal == "unverified" and not self._is_valid_at_sat():
            yield self.env._(
                "The seal of the supplier's CFDI can't be verified here (version 3.3, an unknown complement, or a "
                "certificate that can't be read). Don't rely on its content until SAT shows it as valid."
            )
        if self.sat_reading == "not_yet_known":
            yield self.env._(
                "SAT doesn't have the supplier's CFDI: it was stamped minutes ago, or it is false. SAT is asked again "
                "automatically."
            )

    def _expected_rate(self):
        """:return: units of the CFDI's currency for a peso, as in ``invoice_currency_rate``; None if it is not
        needed
        """
        pesos = self.env.ref("base.MXN")
        applies = self.tipo_cambio and self.company_id.currency_id == pesos and self.currency_id != pesos
        return 1 / self.tipo_cambio if applies else None

    def _wrong_rate(self):
        move = self.move_id
        if not self._expected_rate() or move.currency_id != self.currency_id or not move.invoice_currency_rate:
            return
        booked = 1 / move.invoice_currency_rate
        # SAT uses six decimals
        if float_compare(booked, self.tipo_cambio, precision_digits=6):
            yield self.env._(
                "The exchange rate of the CFDI is %(cfdi)s, that of the bill %(bill)s.",
                cfdi=f"{self.tipo_cambio:.6f}",
                bill=f"{booked:.6f}",
            )

    def _is_for_us(self):
        """:return: whether the company of the bill is the receiver"""
        return self.rfc_receptor == self.move_id._l10n_mx_facture_company_rfc()

    def _wrong_parties(self):
        vendor = self.move_id.commercial_partner_id
        if not self._is_for_us():
            yield self.env._(
                "The CFDI was issued to %(receiver)s, not to this company (%(company)s): it can't be deducted here.",
                receiver=self.rfc_receptor,
                company=self.move_id._l10n_mx_facture_company_rfc() or "-",
            )
        if not vendor:
            yield self.env._(
                "The CFDI was issued by %(name)s (%(rfc)s): choose or create that vendor.",
                name=self.nombre_emisor or "-",
                rfc=self.rfc_emisor,
            )
        elif vendor._l10n_mx_facture_own_rfc() != self.rfc_emisor:
            yield self.env._(
                "The CFDI was issued by %(rfc)s, but the RFC of %(vendor)s is %(vat)s.",
                rfc=self.rfc_emisor,
                vendor=vendor.display_name,
                vat=vendor._l10n_mx_facture_own_rfc() or "-",
            )

    def _wrong_amounts(self):
        move = self.move_id
        if self.moneda != move.currency_id.name:
            yield self.env._(
                "The CFDI is in %(cfdi)s, the bill in %(bill)s.", cfdi=self.moneda, bill=move.currency_id.name
            )
        # floats have to be rounded before they are compared
        difference = move.currency_id.round(move.amount_total) - move.currency_id.round(self.total)
        if not move.currency_id.is_zero(difference):
            yield self.env._(
                "The total of the CFDI is %(cfdi)s, that of the bill %(bill)s: a difference of %(difference)s.",
                cfdi=formatLang(self.env, self.total, currency_obj=self.currency_id or move.currency_id),
                bill=formatLang(self.env, move.amount_total, currency_obj=move.currency_id),
                difference=formatLang(self.env, difference, currency_obj=move.currency_id),
            )

    def _wrong_header(self):
        move = self.move_id
        if move.move_type not in MOVE_TYPES[self.tipo_de_comprobante]:
            kind = dict(self._fields["tipo_de_comprobante"]._description_selection(self.env))
            yield self.env._(
                "The CFDI is of type %(type)s, the document in Odoo is a %(document)s.",
                type=kind[self.tipo_de_comprobante],
                document=dict(move._fields["move_type"]._description_selection(self.env))[move.move_type],
            )
        if move.invoice_date and move.invoice_date.isoformat() != self.fecha[:10]:
            yield self.env._(
                "The CFDI was issued on %(cfdi)s, the bill is dated %(bill)s.",
                cfdi=format_date(self.env, self.fecha[:10]),
                bill=format_date(self.env, move.invoice_date),
            )
