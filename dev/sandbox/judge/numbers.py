"""Exact arithmetic on numbers as they are written."""

import decimal
from decimal import Decimal

CONTEXT = decimal.Context(prec=80)
EPSILON = Decimal(1).scaleb(-12)


def decimals(text):
    """How many decimals a number is written with: '1.50' has two, '7' none."""
    return len(text.partition(".")[2])


def half_up(value, places):
    """Round half up to ``places`` decimals (SAT says only "redondeo")."""
    return value.quantize(Decimal(1).scaleb(-places), decimal.ROUND_HALF_UP, CONTEXT)


def _floor(value, places):
    return value.quantize(Decimal(1).scaleb(-places), decimal.ROUND_FLOOR, CONTEXT)


def _ceiling(value, places):
    return value.quantize(Decimal(1).scaleb(-places), decimal.ROUND_CEILING, CONTEXT)


def _half_unit(text):
    return Decimal(1).scaleb(-decimals(text)) / 2


def product_limits(first, second, places):
    """Limits of Importe for Cantidad and ValorUnitario as written (CFDI40167).

    Each factor may have been rounded by half a unit of its last decimal; the lower limit is cut
    and the upper one raised at ``places`` decimals.
    """
    a, b = Decimal(first), Decimal(second)
    half_a, half_b = _half_unit(first), _half_unit(second)
    low = CONTEXT.multiply(a - half_a, b - half_b)
    high = CONTEXT.multiply(a + half_a - EPSILON, b + half_b - EPSILON)
    return _floor(low, places), _ceiling(high, places)


def rate_limits(base, rate, places):
    """Limits of a tax's Importe for its Base as written (CFDI40180, CFDI40186)."""
    value, factor, half = Decimal(base), Decimal(rate), _half_unit(base)
    low = CONTEXT.multiply(value - half, factor)
    high = CONTEXT.multiply(value + half - EPSILON, factor)
    return _floor(low, places), _ceiling(high, places)


def quotient_floor(amount, divisor, places):
    """The least that ``amount`` / ``divisor`` can be, both as written (CRP20275, CRP20276)."""
    low = Decimal(amount) - _half_unit(amount)
    return _floor(CONTEXT.divide(low, Decimal(divisor) + _half_unit(divisor)), places)
