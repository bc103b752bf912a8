"""A ticket of which the taxes alone are known, as goods: each part bears the same taxes.

IEPS is in the base of the IVA of the same goods. Which IVA that is, a ticket says only where it has no other, or where
base and IEPS together are the base of an IVA to the cent. Else nothing is guessed.
"""

from dataclasses import dataclass
from decimal import Decimal
from itertools import islice, product

from ..amounts.arithmetic import ZERO
from ..errors import CfdiError
from ..values import CUOTA
from .ticket import IEPS, IVA, TicketTax

# ways to lay the rows of IEPS into those of IVA, of which so many are looked at
_MOST = 10_000


@dataclass(frozen=True, slots=True)
class Goods:
    """:param net: before taxes
    :param taxes: tuple of the rows of the ticket that it bears: IEPS before the IVA that has it in its base
    """

    net: Decimal
    taxes: tuple[TicketTax, ...] = ()


def goods_of(ticket):
    """Return a tuple of Goods, whose taxes together are those of a Ticket.

    :raises CfdiError: ``other_tax``: neither IVA nor IEPS; ``quota``: IEPS of a Cuota, whose base is a quantity;
        ``which_goods``: it can't be told which goods bear IEPS; ``bad_bases``: the bases are more than what was sold
    """
    ieps = [row for row in ticket.taxes if row.impuesto == IEPS]
    bases = [row for row in ticket.taxes if row.impuesto == IVA]
    if len(ieps) + len(bases) < len(ticket.taxes):
        raise _refused(ticket, "other_tax", "has a tax that is neither IVA nor IEPS")
    if any(row.tipo_factor == CUOTA for row in ieps):
        raise _refused(ticket, "quota", "has IEPS by a quota, whose base is a quantity")
    # what bears no IVA comes last
    room = [*(row.base for row in bases), ticket.untaxed]
    if ticket.untaxed < 0:
        raise _refused(ticket, "bad_bases", "has bases that are more than what was sold")
    places = _places(ticket, [row.base + (row.importe or ZERO) for row in ieps], room)
    return tuple(_goods(ieps, [*bases, None], room, places))


def _places(ticket, sizes, room):
    """Return a tuple: into which base each row of IEPS goes.

    :param sizes: base and IEPS of each together
    :param room: list of the bases
    """
    if not sizes:
        return ()
    open_bases = [i for i, base in enumerate(room) if base]
    ways = list(islice(product(open_bases, repeat=len(sizes)), _MOST + 1))
    fitting = [way for way in ways if _fits(way, sizes, room, open_bases)]
    if len(fitting) != 1 or len(ways) > _MOST:
        raise _refused(ticket, "which_goods", "doesn't say which of its goods bear IEPS")
    return fitting[0]


def _fits(way, sizes, room, open_bases):
    """Whether each base that has IEPS is made of it to the cent, or all but one are and that one has room."""
    left = list(room)
    for place, size in zip(way, sizes, strict=True):
        left[place] -= size
    if min(left) < 0:
        return False
    return not any(left[place] for place in way) or sum(bool(left[place]) for place in open_bases) == 1


def _goods(ieps, bases, room, places):
    """Yield the goods with IEPS and, of each base, those without."""
    left = list(room)
    for row, place in zip(ieps, places, strict=True):
        left[place] -= row.base + (row.importe or ZERO)
        iva = bases[place]
        yield Goods(row.base, (row, iva) if iva else (row,))
    for iva, net in zip(bases, left, strict=True):
        if net:
            yield Goods(net, (iva,) if iva else ())


def _refused(ticket, code, words):
    return CfdiError(code, f"The ticket {ticket.number} {words}.", data={"ticket": ticket.number})
