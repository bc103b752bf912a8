from decimal import Decimal

from odoo import api, models

from ..common.taxes import tipo_factor

TYPES = {"001": "isr", "002": "iva", "003": "ieps"}
# percentage points of tolerance: two thirds of IVA are 0.106666 or 0.106667 in a CFDI, and 10.67 in some companies
RATE_TOLERANCE = Decimal("0.01")


class Taxes:
    """Finds a company's purchase taxes for the taxes of a CFDI.

    :param taxes: the candidates
    :param rank: sort key of a candidate (lower is better); with equal keys the first is used
    """

    def __init__(self, taxes, rank=lambda tax: ()):
        self._taxes = taxes
        self._rank = rank
        self._known = {}

    def fitting(self, tax):
        """:param tax: :class:`~..cfdi.received.ReceivedTax`
        :return: the account.taxes that fit best, all equally well; may be empty
        """
        if tax.key not in self._known:
            fitting = [
                ((near, self._rank(one)), one.id) for one in self._taxes if (near := _distance(one, tax)) is not None
            ]
            best = min((key for key, _id in fitting), default=None)
            self._known[tax.key] = self._taxes.browse(one for key, one in fitting if key == best)
        return self._known[tax.key]

    def match(self, tax):
        """:return: the account.tax to use, or an empty recordset"""
        return self.fitting(tax)[:1]

    def choices(self, read):
        """:return: list of (tax of the CFDI, account.taxes that fit equally well) for taxes with several candidates"""
        taxes = {tax.key: tax for line in read.lines for tax in line.impuestos}
        return [(tax, found) for tax in taxes.values() if len(found := self.fitting(tax)) > 1]

    def included(self, price, found):
        """:return: the price with its price-included taxes added"""
        for tax in sorted(found, key=lambda tax: (tax.sequence, tax.id)):
            if tax.price_include:
                amount = Decimal(str(tax.amount))
                price = price + amount if tax.amount_type == "fixed" else price * (1 + amount / 100)
        return price

    def local(self, tax):
        """:param tax: :class:`~..cfdi.values.ImpuestoLocal`, negative if withheld
        :return: the tax of a state or town with its rate; empty if there is none, or several
        """
        rate = tax.tasa if tax.importe >= 0 else -tax.tasa
        found = self._taxes.filtered(
            lambda one: one.l10n_mx_tax_type == "local"
            and one.amount_type == "percent"
            and Decimal(str(one.amount)) == rate
            and not (one.price_include or one.include_base_amount)
        )
        return found if len(found) == 1 else found.browse()


def _distance(candidate, tax):
    """:return: difference between the rates of an account.tax and the CFDI's tax; None if it is another tax"""
    if tipo_factor(candidate) != tax.tipo_factor:
        return None
    kind = candidate.l10n_mx_tax_type
    # the chart's tax "Exento" has no SAT type
    if kind != TYPES.get(tax.impuesto) and not (tax.tipo_factor == "Exento" and tax.impuesto == "002" and not kind):
        return None
    if tax.tasa_o_cuota is None:
        return Decimal() if not candidate.amount else None
    wanted = tax.tasa_o_cuota * (100 if tax.tipo_factor == "Tasa" else 1) * (-1 if tax.withheld else 1)
    distance = abs(Decimal(str(candidate.amount)) - wanted)
    return distance if distance <= (RATE_TOLERANCE if tax.tipo_factor == "Tasa" else 0) else None


class L10nMxFactureReceivedTaxes(models.AbstractModel):
    """Chooses among a company's taxes with the same rate."""

    _name = "l10n_mx_facture.received.taxes"
    _description = "Taxes of a Supplier's CFDI"

    @api.model
    def _of(self, move):
        """:return: :class:`Taxes` of the company of a bill

        Order of preference: for the bill's fiscal position, not included in the price, the company's default, by
        sequence.
        """
        company = move.company_id
        position = move.fiscal_position_id or company.domestic_fiscal_position_id
        found = self.env["account.tax"].search(
            [
                *self.env["account.tax"]._check_company_domain(company),
                ("type_tax_use", "=", "purchase"),
                ("amount_type", "in", ("percent", "fixed")),
                ("country_id", "=", company.account_fiscal_country_id.id),
            ]
        )
        return Taxes(
            found.sorted(lambda tax: (tax.sequence, tax.id)),
            lambda tax: (
                # a tax without fiscal positions fits all
                bool(tax.fiscal_position_ids) and position not in tax.fiscal_position_ids,
                tax.price_include,
                tax != company.account_purchase_tax_id,
            ),
        )
