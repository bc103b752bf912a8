"""Which refusals of a cart are right: for each text of the module, what in the cart is a reason for it, and where."""

import math
import re
from collections import defaultdict
from fractions import Fraction as F

from .carts import IMPUESTOS
from .recount import federal, host_taxes, net, wares

# c_ObjetoImp: the taxes that it admits, and those of which it needs one
ADMITTED = {
    **dict.fromkeys(("01", "03", "04", "05"), set()),
    "02": {"iva", "ieps", "isr"},
    "06": {"isr"},
    "07": {"isr", "ieps"},
    "08": {"isr"},
}
NEEDED = {"02": {"iva", "ieps", "isr"}, "07": {"ieps"}}


def name(number):
    """:return: the description of a line, by which the module names it"""
    return f"Ware {number}."


def cause(cart, text, booked):
    """:param text: a problem as the user reads it
    :param booked: what the books say of each tax: dict from (withheld, Impuesto)
    :return: the cause for which it is legitimate; None if the cart gives no reason for it
    """
    named = re.search(r"Ware (\d+)\.", text)
    for known, (pattern, gives) in CAUSES.items():
        if not re.search(pattern, text):
            continue
        given = [number for number, line in enumerate(cart.lines, 1) if gives(cart, line, booked)]
        if given and (int(named[1]) in given if named and known not in FARTHEST else known in (*NAMELESS, *FARTHEST)):
            return known
    return None


def _zero_price(cart, line, booked):
    # a price that taxes are taken out of is written with six decimals
    return not line.is_reduction and net(line) / F(line.quantity) < F(1, 10**6)


def _wrong_object(cart, line, booked):
    if not line.tax_object:
        return False
    kinds = {tax.kind for tax in federal(line)}
    needed = NEEDED.get(line.tax_object)
    return bool(kinds - ADMITTED[line.tax_object] or (needed and not kinds & needed))


def _has_quota(line):
    return any(tax.factor == "Cuota" for tax in line.taxes)


def _far_from_border(cart, line, booked):
    return not cart.border and any(tax.kind == "iva" and tax.amount == 8 for tax in line.taxes)


def _negative_quota(cart, line, booked):
    return line.is_reduction and _has_quota(line)


def _homeless(cart, line, booked):
    return line.is_reduction and not any(host_taxes(other) == host_taxes(line) for other in wares(cart))


def _too_great(cart, line, booked):
    """All that is taken off the lines of the same taxes is more than they come to, or nearly so."""
    left = defaultdict(F)
    for other in cart.lines:
        left[frozenset(host_taxes(other).items())] += net(other)
    return line.is_reduction and left[frozenset(host_taxes(line).items())] <= F(len(cart.lines), 10**cart.decimals)


def _rounds_down(cart, line, booked):
    return bool(cart.rounding and cart.rounding[0] == "add_invoice_line" and cart.rounding[1] != "UP")


def _rounds_tax(cart, line, booked):
    return bool(cart.rounding and cart.rounding[0] == "biggest_tax")


def _dust(cart, line, booked):
    """Worth less than a unit of the currency, or no more is left of it: Odoo's zero, but not SAT's."""
    unit = F(1, 10**cart.decimals)
    group = [other for other in cart.lines if host_taxes(other) == host_taxes(line)]
    hosts = sum(not other.is_reduction for other in group)
    if hosts < len(group) and sum(net(other) for other in group) < unit * hosts:
        return True
    return 0 < abs(net(line)) < unit


def _half_up(value, cart):
    return F(math.floor(value * 10**cart.decimals + F(1, 2)), 10**cart.decimals)


def _net_limits(cart, line):
    """Between what the net amount of a line may be, less what negative lines take from it."""
    group = [other for other in cart.lines if host_taxes(other) == host_taxes(line)]
    unit = F(1, 10**cart.decimals)
    if len(group) - sum(other.is_reduction for other in group) > 1:  # nobody knows how much of a discount is whose
        return net(line) + sum(net(other) for other in group if other.is_reduction) - unit, net(line) + unit
    lowered = sum(net(other) if cart.globally else _half_up(net(other), cart) for other in group)
    return (lowered - unit, lowered + unit) if cart.globally else (lowered, lowered)


def _limits(cart, line, tax):
    """SAT's limits of a tax of a line (CFDI40180, CFDI40186), with all that its base may be."""
    scale = 10**cart.decimals
    low, high = _net_limits(cart, line)
    if tax.factor == "Cuota":
        low = high = F(line.quantity)
    elif tax.kind == "iva" and tax.amount > 0:
        for other in line.taxes:
            if other.joins:
                least, most = _limits(cart, line, other)
                low, high = low + least, high + most
    half = 0 if tax.factor == "Cuota" else F(1, 2 * scale)
    rate = abs(F(tax.amount)) / (1 if tax.factor == "Cuota" else 100)
    return F(math.floor((low - half) * rate * scale), scale), F(math.ceil((high + half) * rate * scale), scale)


def _unsayable(cart, line, booked):
    """The books' sum of a tax of the line, rounded line by line, is not between SAT's limits of the lines."""
    for tax in federal(line):
        if line.is_reduction or tax.factor == "Exento":
            continue
        row = tax.amount < 0, IMPUESTOS[tax.kind]
        limits = [
            _limits(cart, other, its)
            for other in wares(cart)
            for its in federal(other)
            if (its.amount < 0, IMPUESTOS[its.kind]) == row and its.factor != "Exento"
        ]
        if not sum(low for low, _high in limits) <= F(booked.get(row, 0)) <= sum(high for _low, high in limits):
            return True
    return False


# the line that is named is the one where most cents are missing, which another line may have caused
FARTHEST = ("sum of a tax out of SAT's limits", "less than a unit of the currency")
NAMELESS = ("cash rounding down", "cash rounding of a tax")
CAUSES = {
    "price of zero": (r"price is zero|CFDI40166", _zero_price),
    "amount of zero": (r"amount is zero", lambda cart, line, _booked: abs(F(line.price * line.quantity)) < F(1, 10**9)),
    "tax object": (r"CFDI40171|CFDI40172|CFDI140226|CFDI140227", _wrong_object),
    "IVA of 8 % far from the border": (r"^CFDI40179: .* border region", _far_from_border),
    "negative line with a quota": (r"negative and has the quota", _negative_quota),
    "negative line without place": (r"no other line has the same taxes|no line without taxes", _homeless),
    "negative line too great": (r"larger than the lines with the same taxes", _too_great),
    "cash rounding down": (r"[Cc]ash rounding .* lowers the total|Redondeo is negative", _rounds_down),
    "cash rounding of a tax": (r"changes the largest tax", _rounds_tax),
    "sum of a tax out of SAT's limits": (r"no rounding that SAT accepts|contradict each other", _unsayable),
    "less than a unit of the currency": (r"contradict each other|no rounding that SAT accepts", _dust),
}
