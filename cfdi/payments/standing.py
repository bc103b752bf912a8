"""Where an invoice stands before a receipt: its open rows, its balance, and what was printed of each row."""

from dataclasses import dataclass, replace
from decimal import Decimal

from ..amounts.arithmetic import ZERO, exact_sum, round_half_up
from .invoice import TaxRow, proportion


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
    rows, fits = _open_rows(invoice, settlement.notes)
    done = _done(rows, receipts, total, elsewhere, invoice.decimals)
    return Standing(
        total=total,
        credited=credited,
        elsewhere=elsewhere,
        balance=total - elsewhere - exact_sum(one.amount for one in receipts),
        installment=receipts[-1].installment + 1 if receipts else settlement.installment or 1,
        rows=rows,
        done=done,
        fits=fits and all(row.base >= one.base for row, one in zip(rows, done, strict=True)),
    )


def _elsewhere(settlement, receipts, total):
    """What other systems' receipts settled: before the first one of ours."""
    if not receipts:
        return ZERO if settlement.balance_before is None else total - settlement.balance_before
    first = receipts[0]
    if first.credited is not None:
        return settlement.invoice.total - first.credited - first.balance_before
    # only its XML is known: what was credited by then is not
    return ZERO if first.installment == 1 else total - first.balance_before


def _open_rows(invoice, notes):
    """(rows less those of the notes, whether the notes fit)."""
    rows, rest = list(invoice.rows), []
    untouched = set(range(len(rows)))
    for note_row in (row for note in notes for row in note.rows):
        # a line credited as a whole is that line, where the rows are those of lines
        same = next((i for i in untouched if _is_same(rows[i], note_row)), None)
        if same is None:
            rest.append(note_row)
            continue
        rows[same] = replace(rows[same], base=ZERO, importe=_less(rows[same].importe, note_row.importe))
        untouched.discard(same)
    fits = True
    for key in dict.fromkeys(row.key for row in rest):
        group = [row for row in rest if row.key == key]
        fits &= _take_off(rows, key, group, invoice.decimals)
    return tuple(rows), fits


def _is_same(row, other):
    return row.key == other.key and row.base == other.base and row.importe == other.importe


def _less(value, other):
    return None if value is None else value - (other or ZERO)


def _take_off(rows, key, group, decimals):
    """Take what notes credit of a tax off its rows, in proportion to their bases; False where it is more than all."""
    places = [i for i, row in enumerate(rows) if row.key == key]
    whole = exact_sum(rows[i].base for i in places)
    base, importe = exact_sum(row.base for row in group), exact_sum(row.importe or ZERO for row in group)
    if whole < base:
        for i in places:
            rows[i] = replace(rows[i], base=ZERO)
        return False
    upto, taken = ZERO, (ZERO, ZERO)
    for i in places if whole else ():
        upto += rows[i].base
        share = tuple(round_half_up(proportion(value, upto, whole), decimals) for value in (base, importe))
        rows[i] = replace(
            rows[i],
            base=rows[i].base - (share[0] - taken[0]),
            importe=_less(rows[i].importe, share[1] - taken[1]),
        )
        taken = share
    return True


def _done(rows, receipts, total, elsewhere, decimals):
    done = tuple(Done() for _row in rows)
    if elsewhere and total > 0:
        for row, one in zip(rows, done, strict=True):
            one.base = round_half_up(proportion(row.base, elsewhere, total), decimals)
            one.importe = round_half_up(proportion(row.importe or ZERO, elsewhere, total), decimals)
    for receipt in receipts:
        for place, row in _places(rows, done, receipt.rows):
            done[place].base += row.base
            done[place].importe += row.importe or ZERO
    return done


def _places(rows, done, printed):
    """Pairs of a place in `rows` and the printed row that belongs there.

    Where an XML doesn't tell, rows of one key stand in the order of the invoice; those with the least left were the
    ones that had nothing to print.
    """
    for key in dict.fromkeys(row.key for row in printed):
        group = [row for row in printed if row.key == key]
        places = [i for i, row in enumerate(rows) if row.key == key]
        if all(row.line in places for row in group):
            yield from ((row.line, row) for row in group)
            continue
        left = sorted(sorted(places, key=lambda i: done[i].base - rows[i].base)[: len(group)])
        # a system that prints each line what is one row here
        yield from zip(left + left[-1:] * (len(group) - len(left)), group, strict=bool(left))
