"""Checks of amounts that several rules share."""

from ..amounts.arithmetic import (
    CONTEXT,
    UNITS,
    importe_limits,
    round_half_up,
    tax_limits,
    written_decimals,
)

# what to do about a sum that is wrong
RECOMPUTE_EN = " Compute the sums again from the lines."
RECOMPUTE_ES = " Vuelva a calcular las sumas a partir de las partidas."


def text(value):
    """An amount as it is written; a dash for one that is not there."""
    return "—" if value is None else format(value, "f")


def exceeds(value, n):
    """Whether an amount is written with more than `n` decimals (None is not)."""
    if value is None or value.same_quantum(UNITS[n]):
        return False
    return written_decimals(value) > n


def too_many_decimals(value, d):
    """Values for a sentence if a sum has more decimals than the currency, or None."""
    if not exceeds(value, d.decimals):
        return None
    moneda = d.comprobante.moneda
    return {"written": text(value), "moneda": moneda, "decimals": d.decimals}


def difference(written, due, **more):
    """Values for a sentence if a sum is not what it has to be, or None."""
    if written == due:
        return None
    return {"written": text(written), "sum": text(due), **more}


def outside_limits(cantidad, valor_unitario, importe, decimals):
    """Return the limits that Importe breaks as values for a sentence, or None.

    The number of decimals of the limits is disputed: PACs take the currency's, SAT's guide (FAQ 41)
    as many as the issuer's system uses. Limits at more decimals lie inside of those at fewer, so the
    greater one of the currency's and the written number meets both readings, and an amount
    rounded to the currency is not compared at six decimals that are not written.
    """
    product = CONTEXT.multiply(cantidad, valor_unitario)
    if product == importe:
        return None
    n = max(decimals, written_decimals(importe))
    # the product rounded either way lies inside of the limits; they cost more to compute
    if round_half_up(product, n) == importe:
        return None
    return _outside(importe, importe_limits(cantidad, valor_unitario, n))


def tax_outside_limits(impuesto, decimals):
    """The same for the Importe of a tax, which may be None (another rule reports that)."""
    importe, tasa = impuesto.importe, impuesto.tasa_o_cuota
    if importe is None or tasa is None:
        return None
    product = CONTEXT.multiply(impuesto.base, tasa)
    if product == importe:
        return None
    n = max(decimals, written_decimals(importe))
    if round_half_up(product, n) == importe:
        return None
    return _outside(importe, tax_limits(impuesto.base, tasa, n))


def _outside(importe, limits):
    lower, upper = limits
    if lower <= importe <= upper:
        return None
    return {"importe": text(importe), "lower": text(lower), "upper": text(upper)}
