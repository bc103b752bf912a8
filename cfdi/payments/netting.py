"""The rows of an invoice without what was taken off: by its credit notes, or by receipts before the last of them.

A share of what is left is exact; a share of the whole isn't, where a note credits one line.
"""

from dataclasses import replace

from ..amounts.arithmetic import CONTEXT, UNITS, ZERO, exact_sum, round_half_up
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
        left, fits_too = _left(own, base, importe, len(own) + len(off), decimals)
        fits &= fits_too
        place = rows.index(own[0]) if own else len(rows)
        rows = [row for row in rows if row.key != key]
        rows[place:place] = left
    return tuple(rows), fits


def _left(own, base, importe, count, decimals):
    """(rows of what is left of a tax, whether there was as much).

    :param count: how many rows it is the sum of: each was rounded, by a cent at most
    """
    if base <= 0:
        return [], base == 0
    left = replace(own[0], base=base, importe=importe)
    if left.tipo_factor == EXENTO:
        return [replace(left, importe=None)], True
    # the tax of a quota is rounded with its base, too
    rounding = count * UNITS[decimals] * max(1, left.tasa_o_cuota)
    if abs(_off(base, importe, left.tasa_o_cuota)) > rounding:
        return [left], False
    return _fitting(left, decimals), True


def _is_same(row, other):
    return (row.key, row.base, row.importe) == (other.key, other.base, other.importe)


def _sum(rows, name):
    return exact_sum(getattr(row, name) or ZERO for row in rows)


def _fitting(row, decimals):
    """Rows with the sums of this one, each amount base × rate to half a cent.

    Notes round line by line: what is left of a summed row may be cents away from base × rate, and outside of SAT's
    limits. Parts of it have the same sums and are within: each is cut where its tax rounds the way that is needed.
    """
    base, importe, rate, unit, parts = row.base, row.importe, row.tasa_o_cuota, UNITS[decimals], []
    off = _off(base, importe, rate)
    wanted = int(abs(off) / unit * 2) + 2
    first = round_half_up(CONTEXT.divide(base, wanted), decimals)
    while abs(off) > unit / 2 and len(parts) < wanted and unit <= first < base:
        cuts = (first + n * unit for n in range(_SEARCH) if first + n * unit < base)
        cut = max(cuts, key=lambda one: _gain(one, rate, decimals, off))
        tax = round_half_up(CONTEXT.multiply(cut, rate), decimals)
        parts.append(replace(row, base=cut, importe=tax))
        base, importe = base - cut, importe - tax
        off = _off(base, importe, rate)
    return [*parts, replace(row, base=base, importe=importe)]


def _off(base, importe, rate):
    """How far a tax is from base × rate."""
    return CONTEXT.subtract(importe, CONTEXT.multiply(base, rate))


def _gain(base, rate, decimals, off):
    """How much of `off` a part takes along by the rounding of its tax."""
    tax = CONTEXT.multiply(base, rate)
    gain = CONTEXT.subtract(round_half_up(tax, decimals), tax)
    return gain if off > 0 else -gain
