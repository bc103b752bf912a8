"""Decimal arithmetic as SAT's rules need it. No float ever gets in here."""

from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Context, Decimal

# t_Importe has up to 18 + 6 digits, so a product has up to 48
CONTEXT = Context(prec=60, rounding=ROUND_HALF_UP)
ZERO = Decimal(0)
UNITS = tuple(Decimal(1).scaleb(-n) for n in range(13))


def round_half_up(value, n):
    """Round half up to `n` decimals; the result carries exactly `n` decimals.

    SAT only says "redondeo"; half up is what every known implementation does.
    """
    return value.quantize(UNITS[n], ROUND_HALF_UP, CONTEXT)


def round_floor(value, n):
    """Cut to `n` decimals (towards minus infinity)."""
    return value.quantize(UNITS[n], ROUND_FLOOR, CONTEXT)


def round_ceiling(value, n):
    """Round up to `n` decimals (towards infinity)."""
    return value.quantize(UNITS[n], ROUND_CEILING, CONTEXT)


def written_decimals(value):
    """How many decimals a Decimal carries, that is, how many are written."""
    return len(f"{value:f}".partition(".")[2])


def strip_zeros(value, minimum=0):
    """Drop trailing zeros of the fraction, but keep at least `minimum` decimals."""
    n = max(minimum, written_decimals(value.normalize(CONTEXT)))
    return value.quantize(UNITS[n], ROUND_HALF_UP, CONTEXT)


def exact_sum(values):
    """Exact sum (the default context would round after 28 digits)."""
    total = ZERO
    for value in values:
        total = CONTEXT.add(total, value)
    return total


def _interval(value):
    """(lower, upper) bound of the exact value behind a written number: half of its last unit around it."""
    half = UNITS[written_decimals(value)] / 2
    # SAT's formula keeps the upper end out by 10^-12
    return CONTEXT.subtract(value, half), CONTEXT.add(value, half - UNITS[12])


def importe_limits(cantidad, valor_unitario, n):
    """Return (lower, upper) limit of a line's Importe at `n` decimals (matrix: CFDI40167).

    Pass the Decimals exactly as they are written: the tolerance depends on their decimals.
    """
    (lower_q, upper_q), (lower_p, upper_p) = _interval(cantidad), _interval(valor_unitario)
    return (
        round_floor(CONTEXT.multiply(lower_q, lower_p), n),
        round_ceiling(CONTEXT.multiply(upper_q, upper_p), n),
    )


def tax_limits(base, tasa_o_cuota, n):
    """Return (lower, upper) limit of a tax's Importe at `n` decimals (CFDI40180, CFDI40186)."""
    lower, upper = _interval(base)
    return (
        round_floor(CONTEXT.multiply(lower, tasa_o_cuota), n),
        round_ceiling(CONTEXT.multiply(upper, tasa_o_cuota), n),
    )
