"""Negative lines of an ERP as discounts of other lines: a CFDI knows no negative line."""

from dataclasses import replace

from ..errors import CfdiError
from ..values import CUOTA
from .arithmetic import UNITS, ZERO, exact_sum, round_half_up
from .lines import tax_key


def spread_discount(invoice_lines, reduction, decimals):
    """Return the InvoiceLines with the net amount of `reduction` taken off as discount.

    Each gives in proportion to what is left of it, in whole units of the currency; so do its taxes.
    What exceeds the lines by less than one unit is noise of rounding and is left out.

    :param invoice_lines: the lines of the same taxes; they may have quotas besides, which a discount does
        not lower (the base of a quota is the quantity)
    :param InvoiceLine reduction: the negative line, with positive amounts
    :param int decimals: of the currency
    :raises CfdiError: ``too_great`` (data: left, the sum that is left of the lines)
    """
    net = reduction.importe - reduction.descuento
    if not net:
        return list(invoice_lines)
    left = [invoice_line.importe - invoice_line.descuento for invoice_line in invoice_lines]
    total_left = exact_sum(left)
    if net - total_left >= UNITS[decimals]:
        raise CfdiError(
            "too_great",
            f"{net} can't be taken off lines of which {total_left} is left.",
            data={"left": str(round_half_up(total_left, decimals))},
        )
    if not total_left:
        return list(invoice_lines)
    parts = _parts(left, min(net, total_left), decimals)
    return [
        _reduced(invoice_line, reduction, part, net) if part else invoice_line
        for invoice_line, part in zip(invoice_lines, parts, strict=True)
    ]


def round_down(invoice_line, amount):
    """Return an InvoiceLine with `amount` taken off as a discount that lowers no tax.

    The customer pays less because there is no smaller coin; what is taxed is the price as it was agreed.
    """
    rounded = invoice_line.rounded_importe
    return replace(
        invoice_line,
        descuento=invoice_line.descuento + amount,
        untaxed_discount=invoice_line.untaxed_discount + amount,
        rounded_importe=None if rounded is None else rounded - amount,
    )


def _parts(left, importe, decimals):
    """`importe` in parts, none greater than its rest, in proportion to them."""
    total_left = exact_sum(left)
    parts = [min(rest, round_half_up(importe * rest / total_left, decimals)) for rest in left]
    missing = importe - exact_sum(parts)
    # the greatest first: there the cents that are left over are felt least
    for i in sorted(range(len(left)), key=lambda i: -left[i]):
        part = min(max(parts[i] + missing, ZERO), left[i])
        missing -= part - parts[i]
        parts[i] = part
    return parts


def _reduced(invoice_line, reduction, part, net):
    """A line less `part` of the `net` of a negative line, and less as much of its taxes."""
    their_taxes = list(reduction.impuestos)
    impuestos = []
    for impuesto in invoice_line.impuestos:
        their_tax = next((i for i in their_taxes if tax_key(i) == tax_key(impuesto)), None)
        if their_tax is None or impuesto.tipo_factor == CUOTA:
            impuestos.append(impuesto)
            continue
        their_taxes.remove(their_tax)
        impuestos.append(
            replace(
                impuesto,
                # exact where the base is the net amount, so that no other tax is looked for in it
                base=impuesto.base - (part if their_tax.base == net else their_tax.base * part / net),
                importe=None if impuesto.importe is None else impuesto.importe - their_tax.importe * part / net,
                rounded_importe=None,
            )
        )
    return replace(
        invoice_line,
        descuento=invoice_line.descuento + part,
        impuestos=tuple(impuestos),
        rounded_importe=None,
    )
