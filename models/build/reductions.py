from odoo import api, models

from ...cfdi.amounts.discounts import spread_discount
from ...cfdi.errors import CfdiError
from ...cfdi.values import currency_decimals
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

    def _spread(self, move, rows, problems):
        """:param rows: list of (base line of core, :class:`~..cfdi.amounts.lines.InvoiceLine`), in the invoice's order
        :return: the Partidas that are Conceptos, with the others as their discounts
        """
        kept = [row for row in rows if not self._is_reduction(row[0]["record"])]
        partidas = [partida for _base_line, partida in kept]
        if len(kept) == len(rows):
            return partidas
        decimals = currency_decimals(move.currency_id.name)
        for base_line, reduction in rows:
            if not self._is_reduction(base_line["record"]):
                continue
            group = [
                index
                for index, (other, _partida) in enumerate(kept)
                if self._discountable_taxes(other) == self._discountable_taxes(base_line)
            ]
            group = self._same_goods(base_line, reduction, kept, partidas, group) or group
            try:
                problem = self._reduction_problem(base_line, group)
                if not problem:
                    discounted = spread_discount([partidas[index] for index in group], reduction, decimals)
            except CfdiError as error:
                problem = self._too_large_text(base_line, error.data["left"])
            if problem:
                problems.append(Problem(problem, move))
                continue
            for index, partida in zip(group, discounted, strict=True):
                partidas[index] = partida
        return partidas

    def _discountable_taxes(self, base_line):
        """:return: ids of the taxes that a discount lowers; not of quotas, which depend on the quantity alone"""
        taxes = [tax_data["tax"] for tax_data in base_line["tax_details"]["taxes_data"]]
        return sorted(tax.id for tax in taxes if tax.amount_type != "fixed")

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
        if group:
            return None
        if base_line["special_type"] == "cash_rounding":
            return self.env._(
                "The cash rounding %s lowers the total, and there is no line without taxes to deduct it from: use a "
                "rounding that rounds up, or none.",
                name,
            )
        return self.env._(
            "Line %(line)s is negative, which SAT doesn't accept. It can't become a discount, as no other line has "
            "the same taxes (%(taxes)s): give it the taxes of the lines that it lowers, or make a credit note.",
            line=name,
            taxes=", ".join(tax.name for tax in taxes) or "-",
        )

    def _too_large_text(self, base_line, left):
        return self.env._(
            "Line %(line)s is negative, which SAT doesn't accept. As a discount it is larger than the lines with the "
            "same taxes (%(left)s): lower it, or make a credit note.",
            line=self._line_name(base_line["record"]),
            left=left,
        )
