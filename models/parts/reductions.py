from collections import Counter

from odoo import api, models

from ...cfdi.amounts.discounts import round_down, spread_discount
from ...cfdi.amounts.lines import tax_key
from ...cfdi.errors import CfdiError
from ...cfdi.values import CUOTA, currency_decimals
from ..common.problem import Problem


class L10nMxFactureCfdi(models.AbstractModel):
    """Turns negative lines (global discounts, down payments, returned goods) into discounts of other lines."""

    _inherit = "l10n_mx_facture.cfdi"

    @api.model
    def _is_reduction(self, line):
        """:return: whether a line lowers the total, so that it becomes a discount of others instead of a Concepto"""
        if line.display_type == "rounding":
            return line.move_id.direction_sign * line.amount_currency < 0
        return line.quantity * line.price_unit < 0

    @api.model
    def _reduces(self, base_line):
        """:return: the same of a base line of core, which has the numbers already"""
        return base_line["quantity"] * base_line["price_unit"] < 0

    def _spread(self, move, rows, problems):
        """:param rows: list of (base line of core, :class:`~..cfdi.amounts.lines.InvoiceLine`), in the invoice's order
        :return: the Partidas that are Conceptos, with the others as their discounts
        """
        kept = [row for row in rows if not self._reduces(row[0])]
        partidas = [partida for _base_line, partida in kept]
        if len(kept) == len(rows):
            return partidas
        for base_line, reduction in rows:
            if not self._reduces(base_line):
                continue
            take_off = self._round_down if base_line["special_type"] == "cash_rounding" else self._take_off
            if text := take_off(move, base_line, reduction, kept, partidas):
                problems.append(Problem(text, move))
        return partidas

    def _take_off(self, move, base_line, reduction, kept, partidas):
        """Turn a negative line into discounts of the lines with the same taxes of SAT's.

        :param kept: the rows that are Conceptos
        :param partidas: their lines, changed in place
        :return: why it can't be; None if it is done
        """
        taxes = self._discountable_taxes(base_line, reduction)
        group = [index for index, row in enumerate(kept) if self._discountable_taxes(*row) == taxes]
        group = self._same_goods(base_line, reduction, kept, partidas, group) or group
        if text := self._reduction_problem(base_line, group):
            return text
        try:
            decimals = currency_decimals(move.currency_id.name)
            discounted = spread_discount([partidas[index] for index in group], reduction, decimals)
        except CfdiError as error:
            return self._too_large_text(base_line, error.data["left"])
        for index, partida in zip(group, discounted, strict=True):
            partidas[index] = partida
        return None

    def _round_down(self, move, base_line, reduction, kept, partidas):
        """Turn a cash rounding that lowers the total into a discount of the lines without taxes, or else of the
        greatest line, whose taxes stay as they are.

        :return: as :meth:`_take_off`
        """
        left = [partida.importe - partida.descuento for partida in partidas]
        untaxed = [amount for amount, row in zip(left, kept, strict=True) if not self._discountable_taxes(*row)]
        if sum(untaxed) >= reduction.importe:
            return self._take_off(move, base_line, reduction, kept, partidas)
        greatest = max(range(len(left)), key=left.__getitem__, default=None)
        if greatest is None or left[greatest] <= reduction.importe:
            return self.env._(
                "The cash rounding %s lowers the total by more than any line comes to: use a rounding with smaller "
                "steps, or none.",
                self._line_name(base_line["record"]),
            )
        partidas[greatest] = round_down(partidas[greatest], reduction.importe)
        return None

    def _discountable_taxes(self, base_line, partida):
        """:return: counts of the taxes that a discount lowers, as SAT tells them apart; not of quotas, which depend on
            the quantity alone
        """
        taxes = [tax_data["tax"] for tax_data in base_line["tax_details"]["taxes_data"]]
        federal = [tax_key(impuesto) for impuesto in partida.impuestos if impuesto.tipo_factor != CUOTA]
        local = [(self._local_tax_name(tax), tax.amount) for tax in taxes if tax.l10n_mx_tax_type == "local"]
        return Counter(federal + local)

    def _same_goods(self, base_line, reduction, kept, partidas, group):
        """:return: the lines of the group with the returned product, if the discount fits into them"""
        product = base_line["quantity"] < 0 and base_line["product_id"]
        same = [index for index in group if product and kept[index][0]["product_id"] == product]
        left = sum(partidas[index].importe - partidas[index].descuento for index in same)
        return same if left >= reduction.importe - reduction.descuento else []

    def _reduction_problem(self, base_line, group):
        """:return: why a negative line can't become a discount of others; None if it can"""
        name = self._line_name(base_line["record"])
        taxes = [tax_data["tax"] for tax_data in base_line["tax_details"]["taxes_data"]]
        quota = next((tax for tax in taxes if tax.amount_type == "fixed"), None)
        if quota:
            return self.env._(
                "Line %(line)s is negative and has the quota %(tax)s. A quota is charged by quantity, so a discount "
                "doesn't lower it: reduce the quantity of the corrected line, or make a credit note.",
                line=name,
                tax=quota.name,
            )
        if not taxes and self._pays(base_line["product_id"]):
            return self.env._(
                "Line %s is a gift card or a wallet. It pays the invoice and is no discount, so a CFDI doesn't have "
                "it: take it off the invoice and register it as a payment. If an advance was invoiced when it was "
                "bought, apply that one (button Advances).",
                name,
            )
        if group:
            return None
        if not taxes:
            return self.env._(
                "Line %s is negative and has no taxes, and there is no line without taxes that it could lower. If it "
                "pays (a gift card, a wallet, a voucher), take it off the invoice and register it as a payment; if it "
                "is a discount, give it the taxes of the lines that it lowers.",
                name,
            )
        return self.env._(
            "Line %(line)s is negative, which SAT doesn't accept. It can't become a discount, as no other line has "
            "the same taxes (%(taxes)s): give it the taxes of the lines that it lowers, or make a credit note.",
            line=name,
            taxes=", ".join(tax.name for tax in taxes),
        )

    def _pays(self, product):
        """:return: whether a product stands for a gift card or a wallet that pays (module ``loyalty``)"""
        if "loyalty.reward" not in self.env or not product:
            return False
        # sudo: an accountant needs no access to loyalty programs
        rewards = self.env["loyalty.reward"].sudo().with_context(active_test=False)
        paying = [
            ("discount_line_product_id", "=", product.id),
            ("program_id.program_type", "in", ("gift_card", "ewallet")),
        ]
        return bool(rewards.search_count(paying, limit=1))

    def _too_large_text(self, base_line, left):
        return self.env._(
            "Line %(line)s is negative, which SAT doesn't accept. As a discount it is larger than the lines with the "
            "same taxes (%(left)s): lower it, or make a credit note.",
            line=self._line_name(base_line["record"]),
            left=left,
        )
