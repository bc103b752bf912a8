"""The rows of an invoice without what was taken off: by its credit notes, or by receipts before the last of them.

A share of what is left is exact; a share of the whole isn't, where a note credits one line.
"""

from dataclasses import replace

from ..amounts.arithmetic import CONTEXT, UNITS, ZERO, exact_sum, round_ceiling, round_floor, round_half_up, tax_limits
from ..values import EXENTO

# how far the search for a part goes whose tax rounds far enough (100 cents: every fraction of a rate of two decimals)
_SEARCH = 100


def net_rows(rows, taken, decimals):
    """Return (tuple of TaxRow, whether nothing is taken off that isn't there).

    :param taken: TaxRows to take off
    :param decimals: of the currency
    """
    rows, rest = list(rows), []
    for one in taken:
        # a line credited as a whole, where the rows are those of lines
        same = next((row for row in rows if _is_same(row, one)), None)
        if same is None:
            rest.append(one)
        else:
            rows.remove(same)
    fits = True
    for key in dict.fromkeys(row.key for row in rest):
        own, off = (tuple(row for row in some if row.key == key) for some in (rows, rest))
        base, importe = (_sum(own, name) - _sum(off, name) for name in ("base", "importe"))
        left, fits_too = _left((own or off)[0], base, importe, len(own) + len(off), decimals)
        fits &= fits_too
        place = rows.index(own[0]) if own else len(rows)
        rows = [row for row in rows if row.key != key]
        rows[place:place] = left
    return tuple(rows), fits


def _left(like, base, importe, count, decimals):
    """(rows of what is left of a tax, whether there was as much).

    :param like: a row of that tax
    :param count: how many rows it is the sum of: each was rounded, by a cent at most
    """
    left = replace(like, base=base, importe=importe, line=None)
    if left.tipo_factor == EXENTO:
        return [replace(left, importe=None)] if base > 0 else [], base >= 0
    # the tax of a quota is rounded with its base, too
    rounding = count * UNITS[decimals] * max(1, left.tasa_o_cuota)
    if abs(_off(base, importe, left.tasa_o_cuota)) > rounding:
        return [left] if base > 0 else [], False
    held = _held(left, decimals)
    return _within_limits(held, decimals), base >= 0 and held.importe == importe


def _is_same(row, other):
    return (row.key, row.base, row.importe) == (other.key, other.base, other.importe)


def _sum(rows, name):
    return exact_sum(getattr(row, name) or ZERO for row in rows)


def _held(row, decimals):
    """The row with a base that can hold its tax; a tax below zero, which was told already, is none.

    Notes round for themselves: they may take a base as a whole and leave a cent of its tax. A receipt tells no tax
    without a base (CRP20249, CRP20255), so the cent is told of a base that is greater by the least that SAT's limits
    ask for. Rows of one unit of base have the widest limits.
    """
    unit, importe = UNITS[decimals], max(row.importe, ZERO)
    lowest, highest = tax_limits(unit, row.tasa_o_cuota, decimals)
    least = round_ceiling(CONTEXT.divide(importe, highest), 0) * unit if highest else ZERO
    base = max(row.base, least)
    if lowest:
        base = min(base, round_floor(CONTEXT.divide(importe, lowest), 0) * unit)
    # a quota of many pesos leaves gaps between what one unit can hold, and two
    most = CONTEXT.multiply(CONTEXT.divide(base, unit), highest)
    return replace(row, base=base, importe=min(importe, most))


def _within_limits(row, decimals):
    """Rows with the sums of this one, each amount base × rate to half a cent, or within SAT's limits; none of nothing.

    Notes round line by line: what is left of a summed row may be cents away from base × rate, and outside of SAT's
    limits. Parts of it have the same sums and are within: each is cut where its tax rounds the way that is needed.
    """
    parts, rate, unit = [], row.tasa_o_cuota, UNITS[decimals]
    off = _off(row.base, row.importe, rate)
    wanted = int(abs(off) / unit * 2) + 2
    first = round_half_up(CONTEXT.divide(row.base, wanted), decimals)
    while abs(off) > unit / 2 and len(parts) < wanted and unit <= first < row.base:
        cuts = (first + n * unit for n in range(_SEARCH) if first + n * unit < row.base)
        cut = max(cuts, key=lambda one: _gain(one, rate, decimals, off))
        part, rest = _cut(row, cut, round_half_up(CONTEXT.multiply(cut, rate), decimals))
        if _gain(cut, rate, decimals, off) <= 0 or _held(rest, decimals) != rest:
            break
        parts, row = [*parts, part], rest
        off = _off(row.base, row.importe, rate)
    # too little base, or a rate without fractions: SAT's limits are wider than half a cent
    while excess := _outside(row, decimals):
        cuts = (n * unit for n in range(_SEARCH, 0, -1) if n * unit < row.base)
        pairs = (_cut(row, cut, tax_limits(cut, rate, decimals)[excess > 0]) for cut in cuts)
        # a part of one unit always leaves a rest that can hold what is left of the tax
        part, row = max(
            (pair for pair in pairs if _held(pair[1], decimals) == pair[1]),
            key=lambda pair: abs(_off(pair[0].base, pair[0].importe, rate)),
        )
        parts.append(part)
    return [*parts, row] if row.base > 0 else parts


def _cut(row, base, importe):
    """(a part of a row, the rest of it)."""
    return replace(row, base=base, importe=importe), replace(row, base=row.base - base, importe=row.importe - importe)


def _outside(row, decimals):
    """How far its tax is above SAT's limits, or below: a negative number; 0 within."""
    lowest, highest = tax_limits(row.base, row.tasa_o_cuota, decimals)
    return max(row.importe - highest, ZERO) + min(row.importe - lowest, ZERO)


def _off(base, importe, rate):
    """How far a tax is from base × rate."""
    return CONTEXT.subtract(importe, CONTEXT.multiply(base, rate))


def _gain(base, rate, decimals, off):
    """How much of `off` a part takes along by the rounding of its tax."""
    tax = CONTEXT.multiply(base, rate)
    gain = CONTEXT.subtract(round_half_up(tax, decimals), tax)
    return gain if off > 0 else -gain
