"""What of each tax the receipts of a paid invoice have to tell, from the lines of the invoice and of its notes.

Nothing of cfdi/ computes it. The sums are exact, but where no rows within SAT's limits can have them (`tellable`).
"""

import math
from collections import Counter, defaultdict
from decimal import ROUND_HALF_UP
from decimal import Decimal as D
from fractions import Fraction as F
from typing import NamedTuple

from judge import half_up


class Credit(NamedTuple):
    """A credit note: its lines, how many receipts came before it, and which part of it credits the invoice."""

    after: int
    lines: list
    part: F

    def sums(self, n):
        """Dict as of `sums`: of a part, each tax of a line is rounded."""
        found = defaultdict(lambda: [F(0), F(0)])
        for one in self.lines:
            for key, pair in sums([one], n).items():
                for place, value in enumerate(pair):
                    found[key][place] += half_up(F(value) * self.part, n)
        return found


def rounded(value, n, way=ROUND_HALF_UP):
    return value.quantize(D(1).scaleb(-n), way)


def sums(lines, n):
    """Dict from (withheld, impuesto, factor, rate) to the rounded [base, tax] of lines: the invoice's summary."""
    found = defaultdict(lambda: [D(0), D(0)])
    for one in lines:
        for withheld, taxes in ((True, one.retenciones), (False, one.traslados)):
            for tax in taxes:
                rate = None if tax.tasa_o_cuota is None else F(tax.tasa_o_cuota)
                row = found[withheld, tax.impuesto, tax.tipo_factor, rate]
                row[0] += tax.base
                row[1] += tax.importe or 0
    return {key: [rounded(value, n) for value in pair] for key, pair in found.items()}


def recount(book, chain):
    """Return (faults in the taxes that the receipts of a paid invoice told, Counter of sums that no rows can have).

    Where more was told, or credited, than there is, the last receipt has to have a warning.

    :param chain: what `payments_judge.printed` yields of its receipts, in order
    """
    before = book.credits[-1].after if book.credits else 0
    due, faults, seen, lost = _due(book), [], Counter(), False
    for credit in book.credits:
        _take(due, credit.sums(book.n))
    for one in chain[:before]:
        _take(due, one[5])
    told = defaultdict(lambda: [F(0), F(0)])
    for one in chain[before:]:
        _take(told, one[5], -1)
    for key in {**due, **told}:
        wanted = tellable(key[3], *due[key], book.n)
        seen["sums that no rows can have"] += wanted != due[key]
        # no receipt takes back what was told, or tells a tax that no rows have
        lost |= due[key][0] < 0 or wanted[1] != due[key][1]
        # rounded apart from the invoice: notes, or another system's share; else its own rows can be told
        apart = book.credits or book.elsewhere
        if told[key] != wanted or (wanted != due[key] and not apart):
            faults.append(f"{book.mode} {key} told {_text(told[key])}, due {_text(wanted)} (open: {_text(due[key])})")
    if lost != book.warned:
        faults.append(f"{book.mode}: REP-NOTA is {'told' if book.warned else 'not told'}")
    return faults, seen


def tellable(rate, base, tax, n):
    """Return [base, tax] that rows within SAT's limits can have: these sums, or the nearest with the same tax.

    A row of m units of base has a tax from floor((m - 1/2) rate) to ceil((m + 1/2) rate), of course none below zero,
    and m is 1 at least (CRP20249, 20254, 20255, 20261). By these limits m rows of one unit can have whatever a row of m
    has: (m - 1/2) ≥ m / 2, and (m + 1/2) ≤ 3m / 2. So B units of base can have a tax from B floor(rate / 2) to
    B ceil(3/2 rate), everything between, and nothing else. `test_what_rows_of_a_base_can_have` tries them all.
    """
    unit = F(1, 10**n)
    base, tax = max(base, F(0)), max(tax, F(0))
    if rate is None:
        return [base, F(0)]
    least, most = limits(1, rate, n)
    if most:
        base = max(base, math.ceil(tax / unit / most) * unit)
    if least:
        base = min(base, math.floor(tax / unit / least) * unit)
    return [base, min(tax, base * most)]


def limits(m, rate, n):
    """(least, most) units of tax in a row of m units of base; SAT keeps the upper end out by 10^-12."""
    return math.floor((m - F(1, 2)) * rate), math.ceil((m + F(1, 2) - F(10**n, 10**12)) * rate)


def _due(book):
    """What falls to the receipts here: without another system's share of each sum."""
    due = defaultdict(lambda: [F(0), F(0)])
    for key, pair in book.whole.items():
        due[key] = [F(value) - F(rounded(value * book.elsewhere / book.paid.total, book.n)) for value in pair]
    return due


def _take(due, sums_, sign=1):
    for key, (base, tax) in sums_.items():
        due[key][0] -= sign * F(base)
        due[key][1] -= sign * F(tax)


def _text(pair):
    return [*map(float, pair)]
