from odoo import api, models

from ..common.problem import Problem

# what is lost if the line isn't written
DETAILS = (
    "l10n_mx_facture_customs_numbers",
    "l10n_mx_facture_predial",
    "l10n_mx_facture_third_party_id",
)


class L10nMxFactureCfdi(models.AbstractModel):
    """Lines that cost nothing: SAT has no use for them (CFDI40166), so they are left out, with a warning."""

    _inherit = "l10n_mx_facture.cfdi"

    @api.model
    def _left_out(self, move):
        """:return: the lines of price or quantity 0 that a CFDI doesn't need; none of an invoice that has no others"""
        lines = move.line_ids.filtered(lambda line: line.display_type == "product")
        sold = lines.filtered(lambda line: line.price_unit and line.quantity)
        return (lines - sold).filtered(lambda line: not self._is_needed(line)) if sold else lines.browse()

    def _is_needed(self, line):
        """:return: whether a line of nothing has a tax by quantity, or says something that no other line says"""
        quotas = line.tax_ids.flatten_taxes_hierarchy().filtered(lambda tax: tax.amount_type == "fixed")
        return bool(line.quantity and quotas) or any(line[name] for name in DETAILS)

    def _left_out_warnings(self, move):
        """:return: problems that keep nothing from being stamped: lines that the CFDI won't have"""
        return [
            Problem(
                self.env._(
                    "Line %s comes to zero, so the CFDI doesn't have it. To show it there, give it its price and a "
                    "discount of 100 %%.",
                    self._line_name(line),
                ),
                move,
            )
            for line in self._left_out(move)
        ]
