from decimal import ROUND_HALF_UP, Decimal

from odoo import Command, models
from odoo.tools.misc import formatLang

# as many as anybody reads in a note
MAX_TOLD = 20


class L10nMxFactureReceived(models.Model):
    """The lines of a bill that is filled from the supplier's CFDI."""

    _inherit = "l10n_mx_facture.received"

    def _bill_values(self, bill):
        """:param bill: :class:`~.parts.BillLines`
        :return: list of dicts of the bill's lines
        """
        values = [one for layout in bill.layouts for one in self._line_values(layout, bill.taxes)]
        return values + [self._extra_values(extra, bill.taxes) for extra in bill.extras]

    def _line_values(self, layout, taxes):
        """:param layout: :class:`~.parts.Layout` of a line of the CFDI
        :return: list of dicts: its parts, and a note about taxes that are not set up
        """
        first, *others = layout.parts
        values = [self._first_values(layout, first, taxes)]
        for part in others:
            name = self.env._("%(line)s (%(taxes)s)", line=layout.line.descripcion, taxes=self._taxes_text(part))
            quantity = Decimal(1) if part.taxed is None else self._in_units(part.taxed)
            values.append(
                {
                    "name": name,
                    "quantity": float(quantity),
                    "price_unit": float(taxes.included(part.amount, part.taxes)),
                    "tax_ids": [Command.set([tax.id for tax in part.taxes])],
                }
            )
        if layout.missing:
            missing = ", ".join(map(self._tax_text, layout.missing))
            note = self.env._("On the CFDI, but not among the purchase taxes: %s", missing)
            values.append({"display_type": "line_note", "name": note})
        return values

    def _first_values(self, layout, part, taxes):
        line = layout.line
        if part.amount == layout.net:
            quantity, price = self._quantity_and_price(line, part.amount)
            discount = float(line.descuento / line.importe * 100) if line.importe else 0.0
        else:
            quantity, discount = self._in_units(line.cantidad), 0.0
            price = part.amount / quantity
        return {
            "name": line.descripcion,
            "quantity": float(quantity),
            "price_unit": float(taxes.included(price, part.taxes)),
            "discount": discount,
            "tax_ids": [Command.set([tax.id for tax in part.taxes])],
        }

    def _extra_values(self, extra, taxes):
        """:param extra: :class:`~.parts.Extra`"""
        return {
            "name": self._extra_text(extra),
            "quantity": 1.0,
            "price_unit": float(taxes.included(extra.amount, extra.taxes)),
            "tax_ids": [Command.set([tax.id for tax in extra.taxes])],
        }

    def _in_units(self, quantity):
        """:return: a quantity in Odoo's decimals, never 0"""
        digits = self.env["decimal.precision"].precision_get("Product Unit")
        return quantity.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP) or Decimal(1)

    def _quantity_and_price(self, line, net):
        """The quantity in Odoo's decimals, and the price that gives ``net``: the CFDI's price if it does."""
        quantity = self._in_units(line.cantidad)
        left = 1 - line.descuento / line.importe if line.importe else Decimal(1)
        amount = quantity * line.valor_unitario * left
        if self.company_id.tax_calculation_rounding_method == "round_per_line":
            amount = amount.quantize(net, ROUND_HALF_UP)
        # with a discount of 100 % any price gives zero
        return quantity, line.valor_unitario if amount == net or not left else net / left / quantity

    def _adjust_tax_cents(self, move, bill):
        """Set the tax amounts of the CFDI where the issuer rounded differently, as Odoo's UBL import does."""
        sign = -1 if move.is_inbound(include_receipts=True) else 1
        for tax, amount in bill.sums().items():
            items = move.line_ids.filtered(lambda item, tax=tax: item.tax_line_id == tax)
            booked = sign * sum(Decimal(str(move.currency_id.round(item.amount_currency))) for item in items)
            difference = amount.quantize(bill.unit, ROUND_HALF_UP) - booked
            # a larger difference than the CFDI explains is not corrected, but shown
            if items and difference and abs(difference) <= bill.allowed(tax):
                items[0].amount_currency += sign * float(difference)

    # -- texts ----------------------------------------------------------------------------------

    def _split_texts(self, bill):
        """:return: list of texts: which lines were split, and which were added"""
        texts = []
        split = [self._split_text(layout) for layout in bill.layouts if layout.is_split]
        if split:
            more = self.env._("and %s more", len(split) - MAX_TOLD) if len(split) > MAX_TOLD else None
            lines = "; ".join(filter(None, [*split[:MAX_TOLD], more]))
            texts.append(self.env._("Split, as the CFDI has taxes on a part of the line only: %s.", lines))
        if bill.extras:
            names = "; ".join(f"{self._extra_text(extra)}: {self._money(extra.amount)}" for extra in bill.extras)
            texts.append(
                self.env._(
                    "Added as lines of their own, as no purchase tax here is this one: %s. Check their account.", names
                )
            )
        return texts

    def _split_text(self, layout):
        parts = " + ".join(f"{self._money(part.amount)} ({self._taxes_text(part)})" for part in layout.parts)
        return f"{layout.line.descripcion}: {parts}"

    def _taxes_text(self, part):
        return ", ".join(tax.name for tax in part.taxes) or self.env._("without taxes")

    def _extra_text(self, extra):
        return extra.name or self._rate_text(extra.tax)

    def _money(self, amount):
        return formatLang(self.env, float(amount), currency_obj=self.currency_id)

    def _choice_texts(self, choices):
        """:param choices: what :meth:`~.l10n_mx_facture_received_taxes.Taxes.choices` returns"""
        return [
            self.env._(
                "%(cfdi)s: the tax “%(taken)s” was used. %(others)s would also fit: check it.",
                cfdi=self._rate_text(tax),
                taken=found[0].display_name,
                others=", ".join(f"“{one.display_name}”" for one in found[1:]),
            )
            for tax, found in choices
        ]

    def _tax_text(self, tax):
        """:param tax: :class:`~..cfdi.received.ReceivedTax`"""
        return self._rate_text(tax) if tax.importe is None else f"{self._rate_text(tax)} ({tax.importe})"

    def _rate_text(self, tax):
        name = {"001": "ISR", "002": "IVA", "003": "IEPS"}.get(tax.impuesto, tax.impuesto)
        if tax.tasa_o_cuota is None:
            return f"{name} {tax.tipo_factor}"
        rate = tax.tasa_o_cuota * 100 if tax.tipo_factor == "Tasa" else tax.tasa_o_cuota
        unit = " %" if tax.tipo_factor == "Tasa" else ""
        sign = "-" if tax.withheld else ""
        return f"{name} {sign}{rate.normalize():f}{unit}"
