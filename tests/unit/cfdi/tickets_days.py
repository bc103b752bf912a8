"""Random days of a shop: its tickets, what was returned of them, and the one global invoice of all.

A day is replayed by its seed. What the customers have paid is counted here from the lines; what the CFDI says is read
from its XML: nothing of cfdi/ computes either.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_UP
from decimal import Decimal as D
from fractions import Fraction as F
from random import Random

from l10n_mx_facture.cfdi.global_invoice.document import build_global
from l10n_mx_facture.cfdi.global_invoice.period import period_of
from l10n_mx_facture.cfdi.global_invoice.ticket import Ticket, TicketTax
from lxml import etree
from tickets import HEADER

CENT = D("0.01")
# kinds of goods, with their taxes in the order in which each joins the base of the next
GOODS = {
    "16": (("002", "Tasa", "0.160000"),),
    "8": (("002", "Tasa", "0.080000"),),
    "0": (("002", "Tasa", "0.000000"),),
    "exempt": (("002", "Exento", None),),
    "none": (),
    "ieps": (("003", "Tasa", "0.080000"), ("002", "Tasa", "0.160000")),
    "beer": (("003", "Tasa", "0.265000"), ("002", "Tasa", "0.160000")),
    "quota": (("003", "Cuota", "3.081800"), ("002", "Tasa", "0.160000")),
}
MODES = ("per_line", "included", "globally")
FORMS = ("01", "04", "28")


def cents(value):
    return value.quantize(CENT, ROUND_HALF_UP)


@dataclass(frozen=True)
class Line:
    """What was sold: net amount before its discount, and rows (impuesto, factor, rate, base, tax or None)."""

    amount: D
    discount: D
    rows: tuple

    @property
    def paid(self):
        return self.amount - self.discount + sum(row[4] or 0 for row in self.rows)


@dataclass
class Bought:
    """A ticket with its lines, and how its taxes were rounded."""

    number: str
    mode: str
    lines: list
    returned: list

    def paid(self):
        """What the customer has paid and not got back."""
        return self._paid(self.lines) - self._paid(self.returned)

    def _paid(self, lines):
        net = sum((one.amount - one.discount for one in lines), D(0))
        return net + sum(tax or 0 for _base, tax in sums(lines, self.mode).values())

    def left(self):
        """Dict from each tax to [base, tax] that is left."""
        found = {key: list(pair) for key, pair in sums(self.lines, self.mode).items()}
        for key, (base, tax) in sums(self.returned, self.mode).items():
            found[key] = [found[key][0] - base, None if tax is None else found[key][1] - tax]
        return {key: pair for key, pair in found.items() if pair[0]}

    def ticket(self, lines):
        """The Ticket of some of the lines, as another module hands it over."""
        taxes = tuple(
            TicketTax(key[0], key[1], None if key[2] is None else D(key[2]), base, tax)
            for key, (base, tax) in sums(lines, self.mode).items()
        )
        amount, discount = (sum((getattr(one, name) for one in lines), D(0)) for name in ("amount", "discount"))
        return Ticket(self.number, amount, discount, taxes)


def sums(lines, mode):
    """Dict from (impuesto, factor, rate) to (base, tax) of lines, as books have them."""
    found = defaultdict(lambda: [D(0), D(0)])
    for one in lines:
        for impuesto, factor, rate, base, tax in one.rows:
            pair = found[impuesto, factor, rate]
            pair[0] += base
            pair[1] = None if tax is None else pair[1] + tax
    if mode == "globally":
        for (_impuesto, factor, rate), pair in found.items():
            if factor == "Tasa":
                pair[1] = cents(pair[0] * D(rate))
    return {key: tuple(pair) for key, pair in found.items()}


class Day:
    """One day; what was wrong is in `faults`, what happened in `seen`."""

    def __init__(self, seed):
        self.random, self.seen, self.faults = Random(seed), Counter(), []
        self.bought, self.payload = [], None

    def live(self):
        """Sell, take some back, and make the global invoice."""
        r = self.random
        count = r.choice((1, 2, 3, 8, 30))
        self.bought = [bought for number in range(count) if (bought := self._sell(f"T-{number}")).paid() > 0]
        if not self.bought:
            self.seen["days of nothing"] += 1
            return self
        tickets = [self._left(one) for one in self.bought]
        # a time that has been everywhere in Mexico, so that a judge of today takes it
        now = (datetime.now(UTC) - timedelta(hours=9)).replace(microsecond=0, tzinfo=None)
        header = replace(HEADER, fecha=now, period=period_of("01", now.date() - timedelta(days=1)))
        made = build_global(header, tickets)
        self.payload = made.payload
        self.seen.update({"globals": 1, "tickets": len(tickets), "tickets whose tax moved": len(made.proof["moved"])})
        self.faults += recount(self.bought, made.payload)
        return self

    def _left(self, bought):
        """The Ticket of what is left, through its form on disk now and then."""
        form = self.random.choice(FORMS)
        ticket = bought.ticket(bought.lines)
        if bought.returned:
            ticket = ticket.less(bought.ticket(bought.returned))
        if self.random.random() < 0.5:
            ticket = Ticket.from_json(ticket.number, ticket.to_json())
        return replace(ticket, forma_pago=form)

    def _sell(self, number):
        r = self.random
        mode = r.choice(MODES)
        one_kind = r.choice(list(GOODS)) if r.random() < 0.4 else None
        lines = [self._line(one_kind or r.choice(list(GOODS)), mode) for _line in range(r.choice((1, 1, 2, 5, 25)))]
        returned = r.sample(lines, r.randint(1, len(lines))) if r.random() < 0.15 else []
        self.seen["returns"] += bool(returned)
        self.seen["discounts"] += any(one.discount for one in lines)
        self.seen[f"tickets {mode}"] += 1
        return Bought(number, mode, lines, returned)

    def _line(self, kind, mode):
        """In the mode ``included`` the price holds all taxes by rate, and the last one takes what rounding leaves."""
        r, taxes = self.random, GOODS[kind]
        price = D(r.choice((r.randint(5, 999), r.randint(100, 99_999), r.randint(100, 9_999_999)))) / 100
        quantity = D(r.randint(1, 500))
        if mode == "included" and kind not in ("quota", "exempt", "none", "0"):
            return self._included(taxes, price)
        discount = cents(price * r.randint(1, 60) / 100) if r.random() < 0.15 else D(0)
        base, rows = price - discount, []
        for impuesto, factor, rate in taxes:
            own = quantity if factor == "Cuota" else base
            tax = None if factor == "Exento" else cents(own * D(rate))
            rows.append((impuesto, factor, rate, own, tax))
            base += tax if impuesto == "003" else 0
        return Line(price, discount, tuple(rows))

    def _included(self, taxes, price):
        rates = [1 + D(rate) for _impuesto, _factor, rate in taxes]
        base, rows = price, []
        for (impuesto, factor, rate), share in reversed(list(zip(taxes, rates, strict=True))):
            net = cents(base / share)
            rows.insert(0, (impuesto, factor, rate, net, base - net))
            base = net
        return Line(base, D(0), tuple(rows))


def recount(bought, payload):
    """What the XML says otherwise than the lines that were sold."""
    root = etree.fromstring(payload)
    concepts = {node.get("NoIdentificacion"): node for node in root.findall("{*}Conceptos/{*}Concepto")}
    found = []
    if sorted(concepts) != sorted(one.number for one in bought):
        return [f"tickets {sorted(concepts)}"]
    for one in bought:
        found += [f"{one.number}: {fault}" for fault in _line_faults(one, concepts[one.number])]
    total = sum((one.paid() for one in bought), D(0))
    if D(root.get("Total")) != total:
        found.append(f"Total {root.get('Total')}, paid {total}")
    return found


def _line_faults(bought, concept):
    left, found, paid = bought.left(), [], F(concept.get("Importe")) - F(concept.get("Descuento") or 0)
    rows = {
        (row.get("Impuesto"), row.get("TipoFactor"), row.get("TasaOCuota")): row for row in concept.iter("{*}Traslado")
    }
    if rows.keys() != left.keys():
        return [f"taxes {sorted(map(str, rows))}, left {sorted(map(str, left))}"]
    for key, row in rows.items():
        base, tax = left[key]
        own_base, own_tax = F(row.get("Base")), F(row.get("Importe") or 0)
        paid += own_tax
        # half a cent for each line, of what was sold and of what was returned
        apart = F(len(bought.lines) + len(bought.returned) + 1, 100)
        if abs(own_tax - F(tax or 0)) > apart:
            found.append(f"{key} tax {float(own_tax)}, left {tax}")
        if key[1] == "Tasa" and own_base + own_tax != F(base) + F(tax):
            found.append(f"{key} {float(own_base)} + {float(own_tax)}, left {base} + {tax}")
        if key[1] != "Tasa" and own_base != F(base):
            found.append(f"{key} base {float(own_base)}, left {base}")
    if paid != F(bought.paid()):
        found.append(f"{float(paid)}, paid {bought.paid()}")
    return found
