import math
from decimal import Decimal

from odoo import api, fields, models

# of these SAT asks for no rate (CFDI40114, CFDI40116)
WITHOUT_RATE = ("MXN", "XXX")


class AccountMove(models.Model):
    """The exchange rate (TipoCambio) of an invoice, and where it comes from.

    Where a currency has no rate of the day or before, Odoo takes its first later one, or else 1.
    """

    _inherit = "account.move"

    l10n_mx_facture_rate_text = fields.Char(
        "Exchange rate",
        compute="_compute_l10n_mx_facture_rate_text",
        help="TipoCambio: what the CFDI says that one unit of the currency is worth in pesos.",
    )

    @api.depends("currency_id", "invoice_currency_rate", "invoice_date", "company_id")
    def _compute_l10n_mx_facture_rate_text(self):
        for move in self:
            move.l10n_mx_facture_rate_text = move.l10n_mx_facture_applies and move._l10n_mx_facture_rate_source()

    def _l10n_mx_facture_rate_source(self):
        """:return: the exchange rate and where it comes from, for a person; False in pesos"""
        rate = self._l10n_mx_facture_tipo_cambio()
        if rate is None:
            return False
        rates = self._l10n_mx_facture_rates()
        if self._l10n_mx_facture_rate_is_chosen():
            origin = self.env._("entered on the invoice")
        elif all(rates.values()):
            # the older one where two rates are multiplied
            oldest = min(row.name for row in rates.values())
            origin = self.env._("rate of %s", fields.Date.to_string(oldest))
        else:
            origin = self.env._("no rate is known for this day")
        return self.env._(
            "1 %(currency)s = %(rate)s MXN (%(origin)s)",
            currency=self.currency_id.name,
            rate=rate.normalize(),
            origin=origin,
        )

    def _l10n_mx_facture_tipo_cambio(self):
        """:return: pesos for one unit of the currency, with the rate of the invoice, in 6 decimals (CFDI40114 to
            40117); None in pesos
        """
        self.ensure_one()
        if self.currency_id.name in (False, *WITHOUT_RATE) or not self.invoice_currency_rate:
            return None
        rate = Decimal(1) / Decimal(repr(self.invoice_currency_rate))
        books = self.company_id.currency_id
        if books.name != "MXN":
            # the rate of the invoice is to the company's currency
            rate *= Decimal(repr(self._l10n_mx_facture_odoo_rate(books, self.env.ref("base.MXN"))))
        return rate.quantize(Decimal("0.000001"))

    def _l10n_mx_facture_odoo_rate(self, source, target):
        """:return: what Odoo converts with on the day of the invoice, rates that it makes up included"""
        day = self._get_invoice_currency_rate_date()
        return self.env["res.currency"]._get_conversion_rate(source, target, self.company_id, day)

    def _l10n_mx_facture_rates(self):
        """:return: dict from each currency whose rate is looked up to its newest rate of the day of the invoice or
            before, empty where there is none
        """
        self.ensure_one()
        if self.currency_id.name in (False, *WITHOUT_RATE):
            return {}
        wanted = (self.currency_id | self.env.ref("base.MXN")) - self.company_id.currency_id
        return {currency: self._l10n_mx_facture_newest_rate(currency) for currency in wanted}

    def _l10n_mx_facture_newest_rate(self, currency):
        # the company's own rates come before those of all companies, as in core (_get_rates)
        domain = [
            ("currency_id", "=", currency.id),
            ("name", "<=", self._get_invoice_currency_rate_date()),
            ("company_id", "in", (False, self.company_id.root_id.id)),
        ]
        return self.env["res.currency.rate"].sudo().search(domain, order="company_id.id, name DESC", limit=1)

    def _l10n_mx_facture_rate_is_chosen(self):
        """:return: whether the invoice has another rate than Odoo would give it"""
        proposed = self._l10n_mx_facture_odoo_rate(self.company_id.currency_id, self.currency_id)
        return not math.isclose(self.invoice_currency_rate, proposed, rel_tol=1e-9)
