"""Where an invoice stands before a receipt: its open rows, its balance, and what was printed of each row."""

from collections import Counter
from dataclasses import dataclass
from decimal import Decimal

from ..amounts.arithmetic import ZERO, exact_sum, round_half_up
from .invoice import TaxRow, proportion
from .netting import open_rows


@dataclass(slots=True)
class Done:
    """What of a row is printed already."""

    base: Decimal = ZERO
    importe: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class Standing:
    """:param total: of the invoice without its credit notes
    :param credited: those notes
    :param elsewhere: settled by receipts of other systems, whose rows nobody knows here
    :param balance: ImpSaldoAnt
    :param rows: the invoice's without those of its notes
    :param done: what is printed of each
    :param fits: False: a note credits what the invoice, or what is left of it, doesn't have
    """

    total: Decimal
    credited: Decimal
    elsewhere: Decimal
    balance: Decimal
    installment: int
    rows: tuple[TaxRow, ...]
    done: tuple[Done, ...]
    fits: bool


def standing(settlement, earlier=()):
    """Return the Standing of a Settlement.

    :param earlier: PrintedReceipts of the same invoice in the receipt that is being made
    """
    invoice = settlement.invoice
    receipts = sorted((*settlement.printed, *earlier), key=lambda one: one.installment)
    credited = exact_sum(note.total for note in settlement.notes)
    total = invoice.total - credited
    elsewhere = _elsewhere(settlement, receipts, total)
    rows, fits = open_rows(invoice, settlement.notes)
    done = _done(rows, receipts, total, elsewhere, credited, invoice.decimals)
    return Standing(
        total=total,
        credited=credited,
        elsewhere=elsewhere,
        balance=total - elsewhere - exact_sum(one.amount for one in receipts),
        installment=receipts[-1].installment + 1 if receipts else settlement.installment or 1,
        rows=rows,
        done=done,
        fits=fits and _fits(rows, receipts),
    )


def _fits(rows, receipts):
    """Whether no tax was told beyond what is open of it."""
    left = Counter()
    for row in rows:
        left[row.key] += row.base
    for row in (row for one in receipts for row in one.rows):
        left[row.key] -= row.base
    return all(base >= 0 for base in left.values())


def _elsewhere(settlement, receipts, total):
    """What other systems' receipts settled: before the first one of ours."""
    if not receipts:
        return ZERO if settlement.balance_before is None else total - settlement.balance_before
    first = receipts[0]
    if first.credited is not None:
        return settlement.invoice.total - first.credited - first.balance_before
    # only its XML is known: what was credited by then is not
    return ZERO if first.installment == 1 else total - first.balance_before


def _done(rows, receipts, total, elsewhere, credited, decimals):
    done = tuple(Done() for _row in rows)
    if elsewhere and total > 0:
        for row, one in zip(rows, done, strict=True):
            one.base = round_half_up(proportion(row.base, elsewhere, total), decimals)
            one.importe = round_half_up(proportion(row.importe or ZERO, elsewhere, total), decimals)
    for receipt in receipts:
        # a note that came since has changed the rows
        as_now = receipt.credited in (None, credited)
        settled = (total - receipt.balance_after, total)
        for key in dict.fromkeys(row.key for row in receipt.rows):
            places = [i for i, row in enumerate(rows) if row.key == key]
            told = [row for row in receipt.rows if row.key == key]
            known = _known_places(rows, done, places, told, settled, decimals) if as_now else None
            _add(done, known or _shared(rows, places, told, decimals))
    return done


def _add(done, triples):
    for place, base, importe in triples:
        done[place].base += base
        done[place].importe += importe or ZERO


def _known_places(rows, done, places, told, settled, decimals):
    """Triples of a place and what was told of it; None where that isn't known.

    An XML doesn't tell: there the rows stand in order, without those of which nothing was due by then.
    """
    if all(row.line in places for row in told):
        places = [row.line for row in told]
    elif len(told) != len(places) and settled[1]:
        due = {i: round_half_up(proportion(rows[i].base, *settled), decimals) - done[i].base for i in places}
        most = sorted((i for i in places if due[i] > 0), key=lambda i: -due[i])
        places = sorted(most[: len(told)])
    if len(told) != len(places):
        return None
    return [(place, row.base, row.importe) for place, row in zip(places, told, strict=True)]


def _shared(rows, places, told, decimals):
    """Triples of a place and what of the sums falls to it, by the bases."""
    whole = exact_sum(rows[i].base for i in places)
    sums = exact_sum(row.base for row in told), exact_sum(row.importe or ZERO for row in told)
    upto, before = ZERO, (ZERO, ZERO)
    for i in places if whole else ():
        upto += rows[i].base
        share = tuple(round_half_up(proportion(value, upto, whole), decimals) for value in sums)
        yield i, share[0] - before[0], share[1] - before[1]
        before = share
