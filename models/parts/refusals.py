from odoo import models

from ..common.problem import Problem


class L10nMxFactureCfdi(models.AbstractModel):
    """Errors of :mod:`..cfdi` in the user's language, with the line of the invoice named."""

    _inherit = "l10n_mx_facture.cfdi"

    def _cfdi_problem(self, move, error):
        """:param error: :class:`~..cfdi.errors.CfdiError`
        :return: the same as a problem, with the line of the invoice named
        """
        lines = self._fiscal_lines(move)
        line = lines[error.line] if error.line is not None and error.line < len(lines) else None
        text = self._cfdi_error_texts(error.data).get(error.code, error.text)
        if line:
            text = self.env._(
                "Line %(number)s (%(name)s): %(text)s",
                number=error.line + 1,
                name=self._line_name(line),
                text=text,
            )
        return Problem(text, move)

    def _cfdi_error_texts(self, data):
        """:param data: the values of a :class:`~..cfdi.errors.CfdiError`
        :return: dict from its codes to the messages
        """
        name = data.get("attribute", "-")
        return {
            "zero_price": self.env._(
                "the price is zero, which SAT doesn't accept (CFDI40166). Remove the line, or give it a price and a "
                "discount of 100 %."
            ),
            "zero_amount": self.env._("the amount is zero: remove the line or correct quantity and price."),
            "negative_line": self.env._("the amount is negative, which SAT doesn't accept."),
            "bad_quantity": self.env._("the quantity is zero: remove the line or give it one."),
            "bad_discount": self.env._("the discount is not between 0 and the amount (CFDI40169)."),
            "missing": self.env._("%s is missing.", name),
            "too_long": self.env._(
                "%(name)s has %(length)s characters, SAT accepts %(limit)s: shorten it.",
                name=name,
                length=data.get("length"),
                limit=data.get("limit"),
            ),
            "pipe": self.env._("%s contains the character |, which SAT forbids: remove it.", name),
            "invalid_character": self.env._(
                "character %(position)s of %(name)s is %(code)s, which no XML can hold: delete it.",
                position=data.get("position"),
                name=name,
                code=data.get("character"),
            ),
            "bad_format": self.env._(
                "%(name)s doesn't have the format that SAT requires: %(value)s",
                name=name,
                value=data.get("value"),
            ),
            "amount_out_of_bounds": self.env._(
                "the amounts contradict each other (%s): check quantity, price and taxes.",
                data.get("sat_code"),
            ),
            "total_mismatch": self.env._(
                "no rounding that SAT accepts gives the total of the invoice: it is %(expected)s, the CFDI would have "
                "%(got)s. This line differs the most. Nothing was sent.",
                expected=data.get("expected"),
                got=data.get("got"),
            ),
        }
