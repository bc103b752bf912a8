"""What a receipt prints of each open row: up to the share that is settled with it, less what was printed before.

The tax is clamped into SAT's limits around base × rate (CRP20254, CRP20261).
"""

from dataclasses import replace

from ..amounts.arithmetic import UNITS, ZERO, round_half_up, tax_limits
from ..values import EXENTO, IEPS
from .invoice import proportion

# ObjetoImpDR that ask for a row
NEEDS_TAXES = ("02", "07")


class Share:
    """A receipt's share of what is open."""

    def __init__(self, rows, done, total, after, decimals):
        """:param rows: TaxRows that were open in `total`; `done`: of each what was printed (base, importe)
        :param after: what is open after the receipt
        """
        self._rows, self._done = rows, done
        self._settled = (total - after, total)
        self._decimals, self._unit = decimals, UNITS[decimals]

    def printed(self, objeto_imp):
        """The list of rows that are printed, each with its place as `line`."""
        found = [row for row in map(self._row, range(len(self._rows))) if row]
        if objeto_imp in NEEDS_TAXES and not any(_is_needed(row, objeto_imp) for row in found):
            found += self._least(objeto_imp)
        return found

    def _row(self, i):
        """The row at a place; None where nothing is due of it yet (CRP20249, CRP20255): it comes later."""
        base = self._due(self._rows[i].base, self._done[i].base)
        return self._with_tax(i, base) if base > 0 else None

    def _least(self, objeto_imp):
        """A list with one row of the least base, for a payment that is too small for one; empty if none is left."""
        needed = (i for i, row in enumerate(self._rows) if _is_needed(row, objeto_imp))
        left = {i: base for i in needed if (base := self._rows[i].base - self._done[i].base) > 0}
        place = max(left, key=left.get, default=None)
        return [] if place is None else [self._with_tax(place, self._unit)]

    def _with_tax(self, i, base):
        """A row of this base, with its share of the tax, within SAT's limits.

        What then is left of the tax is within the limits of the rest of the base; without a rest it is nothing. Limits
        of two parts are wider than those of their sum, so both are kept where the whole row is within its own.
        """
        row, done = self._rows[i], self._done[i]
        if row.tipo_factor == EXENTO:
            return replace(row, base=base, line=i)
        left, rest = row.importe - done.importe, row.base - done.base - base
        least, most = self._limits(row, rest) if rest > 0 else (ZERO, ZERO)
        importe = min(max(self._due(row.importe, done.importe), left - most), left - least)
        lowest, highest = self._limits(row, base)
        return replace(row, base=base, importe=min(max(importe, lowest), highest), line=i)

    def _limits(self, row, base):
        return tax_limits(base, row.tasa_o_cuota, self._decimals)

    def _due(self, value, done):
        return round_half_up(proportion(value, *self._settled), self._decimals) - done


def _is_needed(row, objeto_imp):
    """Whether a row is one that ObjetoImpDR asks for: 02 any (CRP20246), 07 transferred IEPS (CRP20279)."""
    return objeto_imp == "02" or (row.impuesto == IEPS and not row.withheld)
