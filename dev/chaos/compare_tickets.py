"""What must be so of tickets and global invoices after a schedule of `make chaos`: what SAT was told of each sale.

Pure functions on what was read, so that they can be tested with made-up books. Amounts are cents. An owner is the text
that `make chaos` has for what a CFDI is of, such as "global 7" or "move 12".
"""

from collections import Counter
from dataclasses import dataclass, field

from dev.chaos.compare import Violation

GONE = ("credited", "invoiced")


@dataclass(frozen=True)
class Told:
    """A stamped CFDI.

    :param lines: of a global invoice and of a credit note: amounts by number (NoIdentificacion), a ticket's
    :param credits: UUIDs that it names with relation 01
    """

    owner: str
    uuid: str
    kind: str
    total: int
    valid: bool = True
    is_global: bool = False
    lines: dict = field(default_factory=dict)
    credits: tuple = ()


@dataclass(frozen=True)
class Ticket:
    """A ticket of the database; `owner`: the global invoice that it names."""

    number: str
    state: str
    owner: str | None = None
    amount: int = 0


@dataclass(frozen=True)
class Sale:
    """What the books have of a ticket: what was sold and returned, and what was invoiced to a name.

    :param owners: of its CFDIs beside the global invoice: dict to 1 or, of credit notes, -1
    """

    number: str
    sold: int
    returned: int = 0
    named: int = 0
    owners: dict = field(default_factory=dict)


def tickets(told, known):
    """Every way in which globals, their tickets and their credit notes contradict each other, at any time.

    :param told: list of :class:`Told`
    :param known: list of :class:`Ticket`
    :return: list of :class:`~dev.chaos.compare.Violation`
    """
    valid = [one for one in told if one.valid]
    every = {one.uuid for one in told if one.is_global}
    return [*_once(valid), *_same(valid, known), *_within(valid, every)]


def sales(told, known, books):
    """What SAT was told of each sale is what the books say, when everything is stamped.

    :param books: list of :class:`Sale`
    """
    found, states = [], {one.number: one.state for one in known}
    for sale in books:
        expected = sale.sold - sale.returned + sale.named
        if sale.returned > sale.sold:
            # two people have given back more than was sold: SAT is told no more than that
            continue
        amount = sum(one.lines.get(sale.number, 0) for one in told if one.valid and one.is_global)
        amount += sum(sale.owners.get(one.owner, 0) * one.total for one in told if one.valid)
        if amount != expected:
            found.append(Violation(0, f"{sale.number}: SAT was told {amount}, the books have {expected}"))
        state = states.get(sale.number)
        if state not in ("global", *GONE) and not (state == "left_out" and sale.sold == sale.returned):
            found.append(Violation(0, f"{sale.number} is {state} in the end"))
    return found


def _once(valid):
    """No ticket is in two valid global invoices."""
    counts = Counter(number for one in valid if one.is_global for number in one.lines)
    for number, count in counts.items():
        if count > 1:
            yield Violation(0, f"{number} is in {count} valid global invoices")


def _same(valid, known):
    """A valid global invoice has the tickets that name it, each with its amount, and their sum."""
    for one in valid:
        if not one.is_global:
            continue
        mine = {ticket.number: ticket.amount for ticket in known if ticket.owner == one.owner}
        if mine != one.lines:
            yield Violation(one.owner, f"{one.uuid} has the tickets {one.lines}, the database {mine}")
        if one.total != sum(one.lines.values()):
            yield Violation(one.owner, f"{one.uuid} is of {one.total}, its tickets of {sum(one.lines.values())}")


def _within(valid, every):
    """What credits a global invoice names a valid one, and takes no more of a ticket than that has."""
    globals_, taken = {one.uuid: one for one in valid if one.is_global}, Counter()
    for one in valid:
        # of an invoice with a CFDI of its own it is no business of this
        named = every.intersection(one.credits)
        if one.kind != "E" or not named:
            continue
        if len(named) > 1 or not named <= globals_.keys():
            yield Violation(one.owner, f"{one.uuid} credits {sorted(named)}, valid are {sorted(globals_)}")
            continue
        (uuid,) = named
        taken.update({(uuid, number): amount for number, amount in one.lines.items()})
    for (uuid, number), amount in taken.items():
        had = globals_[uuid].lines.get(number, 0)
        if amount > had:
            yield Violation(globals_[uuid].owner, f"{amount} of {number} are credited, {uuid} has {had}")
