from odoo import fields, models

from ..common.problem import Problem

# an exchange rate entered by hand that is farther from the known one is asked about
PLAUSIBLE = (0.9, 1.1)


class L10nMxFactureCfdi(models.AbstractModel):
    """The exchange rate: one that Odoo made up is refused, an old or an odd one is asked about."""

    _inherit = "l10n_mx_facture.cfdi"

    def _tipo_cambio(self, move):
        """:return: as ``_l10n_mx_facture_tipo_cambio`` of the invoice"""
        return move._l10n_mx_facture_tipo_cambio()

    def _check_rates(self, move):
        """:return: problems: a rate that nobody has entered"""
        rates = move._l10n_mx_facture_rates()
        found = (self._exchange_rate_problem(move, currency, row) for currency, row in rates.items())
        return [problem for problem in found if problem]

    def _exchange_rate_problem(self, move, currency, row):
        """:param row: the newest rate of the currency on the day of the invoice, or none
        :return: why the rate is one that Odoo made up; None if somebody entered it
        """
        of_invoice = currency == move.currency_id
        chosen = of_invoice and move._l10n_mx_facture_rate_is_chosen()
        # 1 is what Odoo takes where there is no rate; it stays on the invoice when the rate is entered later
        left_over = chosen and move.invoice_currency_rate == 1
        if not left_over and (row or chosen):
            return None
        if row:
            return Problem(
                self.env._(
                    "The invoice still has the exchange rate 1, which Odoo takes where a currency has none: reset it "
                    "to draft and reload the rate (the arrow beside it), or enter the rate there.",
                ),
                move,
            )
        text = self.env._(
            "%(currency)s has no exchange rate of %(date)s or before, so Odoo calculates with one that nobody entered: "
            "enter it under Rates of the currency.",
            currency=currency.name,
            date=fields.Date.to_string(move._get_invoice_currency_rate_date()),
        )
        if of_invoice and move.state == "posted":
            text = self.env._("%s Then reset the invoice to draft and reload its rate (the arrow beside it).", text)
        return Problem(text, currency)

    def _rate_warnings(self, move):
        """:return: problems that keep nothing from being stamped: an old rate, or one far from what is known"""
        day, limit = move._get_invoice_currency_rate_date(), move.company_id.l10n_mx_facture_rate_days
        found = []
        for currency, row in move._l10n_mx_facture_rates().items():
            if not row:
                continue
            if currency == move.currency_id and move._l10n_mx_facture_rate_is_chosen():
                found += self._odd_rate_warning(move)
            elif limit and (age := (day - row.name).days) > limit:
                text = self.env._(
                    "The newest exchange rate of %(currency)s is of %(date)s, %(days)s days before the invoice: enter "
                    "the rate of the day under Rates of the currency, if it is another one.",
                    currency=currency.name,
                    date=fields.Date.to_string(row.name),
                    days=age,
                )
                found.append(Problem(text, currency))
        return found

    def _odd_rate_warning(self, move):
        """:return: the problem of a rate entered upside down, or with digits in the wrong place"""
        proposed = move._l10n_mx_facture_odoo_rate(move.company_id.currency_id, move.currency_id)
        low, high = PLAUSIBLE
        if low < move.invoice_currency_rate / proposed < high:
            return []
        text = self.env._(
            "By the rate entered on the invoice, 1 %(currency)s is %(rate)s MXN, more than a tenth away from the rate "
            "of the day: check that it was entered the right way round.",
            currency=move.currency_id.name,
            rate=self._tipo_cambio(move),
        )
        return [Problem(text, move)]
