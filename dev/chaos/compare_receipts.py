"""What must be so of receipts of payment after a schedule of `make chaos`: the receipts against the books.

Pure functions on what was read, so that they can be tested with made-up books. A pair is (journal item that paid,
invoice); amounts are cents.
"""

from collections import Counter
from dataclasses import dataclass

from dev.chaos.compare import LIVE, Violation


@dataclass(frozen=True)
class Line:
    """An invoice on a receipt; `replaced`: a live receipt substitutes it."""

    rep: int
    pair: tuple
    installment: int
    amount: int
    counts: bool
    state: str | None
    replaced: bool = False


@dataclass(frozen=True)
class Due:
    """A row of what is due."""

    pair: tuple
    amount: int


def receipts(lines, books, due, at_the_end=False):
    """Every way in which receipts, books and what is due contradict each other.

    :param lines: list of :class:`Line`
    :param books: dict from a pair to what is reconciled
    :param due: list of :class:`Due`
    :param at_the_end: everything that can be stamped is
    :return: list of :class:`~dev.chaos.compare.Violation`
    """
    return [
        *_counted(lines),
        *_once(lines),
        *_numbers(lines),
        *_due(lines, books, due),
        *(Violation(0, f"{one.amount} of {one.pair} are due in the end") for one in due if at_the_end),
    ]


def _counted(lines):
    """What counts is what is, or may be, valid at SAT, and isn't substituted."""
    for one in lines:
        should = one.state in LIVE and not one.replaced
        if one.counts != should:
            replaced = ", replaced" if one.replaced else ""
            yield Violation(one.rep, f"installment {one.installment} counts: {one.counts}; it is {one.state}{replaced}")


def _once(lines):
    """No payment of an invoice has two live receipts."""
    for pair, count in Counter(one.pair for one in lines if one.counts).items():
        if count > 1:
            yield Violation(0, f"{pair} has {count} live receipts")


def _numbers(lines):
    """The installments of an invoice are there once."""
    found = Counter((one.pair[1], one.installment) for one in lines if one.counts)
    for (invoice, number), count in found.items():
        if count > 1:
            yield Violation(0, f"installment {number} of invoice {invoice} is there {count} times")


def _due(lines, books, due):
    """What is due is what is paid, less what has a live receipt; no receipt says more than what is paid."""
    told = Counter()
    for one in lines:
        if one.counts:
            told[one.pair] += one.amount
    listed = {one.pair: one.amount for one in due}
    for pair in sorted({*books, *told, *listed}):
        left = books.get(pair, 0) - told[pair]
        if left < 0:
            yield Violation(0, f"{told[pair]} of {pair} are receipted, {books.get(pair, 0)} are paid")
        elif left != listed.get(pair, 0):
            yield Violation(0, f"{listed.get(pair, 0)} of {pair} are due, not {left}")
