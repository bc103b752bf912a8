"""Where an invoice stands before a receipt: its balance, the rows that are open, and what was printed of each.

Receipts share out what is open since the last credit note: each is told up to its share of that, less what was printed.
A note, as a receipt of another system, is a new beginning: what is left then is shared out from there on.
"""

from dataclasses import dataclass, replace
from decimal import Decimal

from ..amounts.arithmetic import ZERO, exact_sum, round_half_up
from .invoice import TaxRow, proportion
from .netting import net_rows
from .share import Share


@dataclass(slots=True)
class Done:
    """What of a row is printed already."""

    base: Decimal = ZERO
    importe: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class Standing:
    """:param total: what was open at the last new beginning; `rows` are its taxes, `done` what was printed since
    :param credited: credit notes
    :param elsewhere: settled by receipts of other systems, whose rows nobody knows here
    :param balance: ImpSaldoAnt
    :param fits: False: a note credits what the invoice, or what was left of it, didn't have
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
    whole = invoice.total - credited
    elsewhere = _elsewhere(settlement, receipts, whole)
    before, since = _divided(receipts, invoice.total - elsewhere, credited)
    total = whole - elsewhere - exact_sum(one.amount for one in before)
    rows, fits = _open_rows(settlement, elsewhere, whole, before)
    return Standing(
        total=total,
        credited=credited,
        elsewhere=elsewhere,
        balance=total - exact_sum(one.amount for one in since),
        installment=receipts[-1].installment + 1 if receipts else settlement.installment or 1,
        rows=rows,
        done=_done(rows, since, total, invoice),
        fits=fits,
    )


def _elsewhere(settlement, receipts, whole):
    """What other systems' receipts settled: before the first one of ours."""
    if not receipts:
        return ZERO if settlement.balance_before is None else whole - settlement.balance_before
    first = receipts[0]
    if first.credited is not None:
        return settlement.invoice.total - first.credited - first.balance_before
    # only its XML is known: what was credited by then is not
    return ZERO if first.installment == 1 else whole - first.balance_before


def _divided(receipts, left, credited):
    """(receipts before the last credit note, those since): what each counted as credited is in its balance.

    :param left: of the invoice's total, what other systems didn't settle
    """
    first = 0
    for place, one in enumerate(receipts):
        if left - one.balance_before != credited:
            first = place + 1
        left -= one.amount
    return receipts[:first], receipts[first:]


def _open_rows(settlement, elsewhere, whole, before):
    """(rows that were open at the last new beginning, whether notes and receipts fit the invoice)."""
    rows, decimals = settlement.invoice.rows, settlement.invoice.decimals
    taken = [row for note in settlement.notes for row in note.rows]
    if elsewhere and whole > 0:
        taken += _shares(net_rows(rows, taken, decimals)[0], elsewhere, whole, decimals)
    return net_rows(rows, [*taken, *(row for one in before for row in one.rows)], decimals)


def _shares(rows, part, whole, decimals):
    """What a payment of `part` of the whole tells of each tax, as far as anybody knows."""
    for key in dict.fromkeys(row.key for row in rows):
        group = [row for row in rows if row.key == key]
        sums = (exact_sum(getattr(row, name) or ZERO for row in group) for name in ("base", "importe"))
        base, importe = (round_half_up(proportion(value, part, whole), decimals) for value in sums)
        yield replace(group[0], base=base, importe=importe)


def _done(rows, receipts, total, invoice):
    done = tuple(Done() for _row in rows)
    for receipt in receipts:
        lines = _lines(rows, done, receipt, total, invoice)
        for key in dict.fromkeys(row.key for row in receipt.rows):
            places = [i for i, row in enumerate(rows) if row.key == key]
            printed = [row for row in receipt.rows if row.key == key]
            known = [line for line in lines if line in places]
            if len(known) == len(printed):
                triples = ((line, row.base, row.importe or ZERO) for line, row in zip(known, printed, strict=True))
            else:
                triples = _spread(rows, places, printed, invoice.decimals)
            for place, base, importe in triples:
                done[place].base += base
                done[place].importe += importe
    return done


def _lines(rows, done, receipt, total, invoice):
    """The places of the rows that a receipt printed. An XML doesn't tell them: what was due by then does."""
    if all(row.line is not None for row in receipt.rows):
        return [row.line for row in receipt.rows]
    if total <= 0:
        return []
    share = Share(rows, done, total, receipt.balance_after, invoice.decimals)
    return [row.line for row in share.printed(invoice.objeto_imp)]


def _spread(rows, places, printed, decimals):
    """Triples of a place and what falls to it of the sums that another system told, by the bases."""
    whole, upto, before = exact_sum(rows[i].base for i in places), ZERO, (ZERO, ZERO)
    sums = exact_sum(row.base for row in printed), exact_sum(row.importe or ZERO for row in printed)
    for i in places if whole else ():
        upto += rows[i].base
        share = tuple(round_half_up(proportion(value, upto, whole), decimals) for value in sums)
        yield i, share[0] - before[0], share[1] - before[1]
        before = share
