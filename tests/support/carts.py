"""Random carts for the property test: what an accountant can post, as plain values. Drawn by Hypothesis, no Odoo."""

from dataclasses import dataclass
from decimal import Decimal

from hypothesis import strategies as st

D = Decimal
IMPUESTOS = {"isr": "001", "iva": "002", "ieps": "003"}
DECIMALS = {"MXN": 2, "USD": 2, "EUR": 2, "JPY": 0}


@dataclass(frozen=True)
class Tax:
    """A tax as Odoo has it: ``amount`` in per cent, or in money per unit of a quota; negative: withheld."""

    kind: str  # iva, ieps, isr, local
    amount: D
    factor: str = "Tasa"
    joins: bool = False  # the base of a transferred IVA
    included: bool = False  # in the price


@dataclass(frozen=True)
class Line:
    """``price`` with its included taxes; ``taxes`` in their order; ``tax_object`` None: from the taxes."""

    price: D
    quantity: D
    discount: D = D(0)
    taxes: tuple = ()
    grouped: bool = False
    tax_object: str | None = None
    product: bool = True

    @property
    def amount(self):
        """Price by quantity less discount, as it is on the invoice."""
        return self.price * self.quantity * (1 - self.discount / 100)

    @property
    def is_reduction(self):
        return self.price * self.quantity < 0


@dataclass(frozen=True)
class Cart:
    """``rate``: pesos for one unit of the currency; ``rounding``: (strategy, method, unit) of the cash or None.

    ``border``: issued in Tijuana, where IVA of 8 % exists.
    """

    lines: tuple
    border: bool = False
    currency: str = "MXN"
    rate: D | None = None
    globally: bool = False
    refund: bool = False
    rounding: tuple | None = None

    @property
    def decimals(self):
        return DECIMALS[self.currency]


IVA = [Tax("iva", D(16)), Tax("iva", D(8)), Tax("iva", D(0)), Tax("iva", D(0), "Exento")]
IEPS_RATES = [D(rate) for rate in ("3", "6", "7", "8", "9", "25", "26.5", "30", "30.4", "50", "53", "160")]
QUOTAS = [D(quota) for quota in ("1.6451", "3.0818", "0.5911", "6.7865", "19.8607", "0.0003")]
WITHHELD = [
    Tax("isr", D(-10)),
    Tax("isr", D("-1.25")),
    Tax("isr", D(-35)),
    Tax("iva", D("-10.6667")),
    Tax("iva", D(-4)),
    Tax("iva", D(-6)),
    Tax("ieps", D(-8)),
]
LOCAL = [Tax("local", D(3)), Tax("local", D("2.5")), Tax("local", D("-0.5"))]


def all_taxes():
    """:return: every tax that a cart may have"""
    ways = [(joins, included) for joins in (False, True) for included in (False, True)]
    return [
        *(Tax(tax.kind, tax.amount, tax.factor, included=included) for tax in IVA for included in (False, True)),
        *(Tax("ieps", rate, "Tasa", joins, included) for rate in IEPS_RATES for joins, included in ways),
        *(Tax("ieps", quota, "Cuota", joins) for quota in QUOTAS for joins in (False, True)),
        *WITHHELD,
        *LOCAL,
    ]


def one_in(draw, number):
    """Whether a rare thing happens; what Hypothesis makes simpler, doesn't have it."""
    return draw(st.integers(0, number - 1)) == number - 1


@st.composite
def tax_sets(draw):
    """Taxes of a line: what is transferred, withheld and local, in every combination."""
    shape = draw(st.sampled_from(["iva", "iva", "iva", "none", "ieps", "quota", "both", "rates"]))
    included = shape in ("iva", "ieps") and one_in(draw, 4)
    taxes = []
    if shape in ("ieps", "both"):
        rates = draw(st.lists(st.sampled_from(IEPS_RATES), min_size=1, max_size=2, unique=True))
        # of two that are in the price Odoo counts the first into the base of the second, where it joins IVA's
        joins = st.booleans() if len(rates) == 1 or not included else st.just(False)
        taxes += [Tax("ieps", rate, "Tasa", draw(joins), included) for rate in rates]
    if shape in ("quota", "both"):
        taxes.append(Tax("ieps", draw(st.sampled_from(QUOTAS)), "Cuota", draw(st.booleans())))
    if shape == "rates":
        taxes += draw(st.lists(st.sampled_from(IVA), min_size=2, max_size=2, unique=True))
    elif shape != "none" and (shape == "iva" or not one_in(draw, 5)):
        iva = draw(st.sampled_from([IVA[0], *IVA]))
        taxes.append(Tax(iva.kind, iva.amount, iva.factor, included=included))
    if one_in(draw, 3):
        taxes += draw(st.lists(st.sampled_from(WITHHELD), max_size=3, unique=True))
    if one_in(draw, 10):
        taxes += draw(st.lists(st.sampled_from(LOCAL), max_size=2, unique=True))
    return tuple(taxes)


def numbers(greatest):
    """Positive numbers with 0 to 6 decimals, small ones as often as great ones."""
    digits = st.one_of(st.integers(1, 99), st.integers(1, 9999), st.integers(1, 9_999_999))
    drawn = st.builds(lambda number, places: D(number).scaleb(-places), digits, st.integers(0, 6))
    return drawn.map(lambda number: min(number, D(greatest)))


DISCOUNTS = st.one_of(
    st.just(D(0)),
    st.just(D(0)),
    st.sampled_from([D(5), D(10), D("12.5"), D("33.33"), D(50), D(100)]),
    st.integers(1, 9999).map(lambda number: D(number).scaleb(-2)),
)


@st.composite
def lines(draw, unit):
    """A line worth at least ``unit``, as a rule."""
    taxes = draw(tax_sets())
    price = draw(numbers(999_999))
    quantity = draw(st.one_of(st.integers(1, 24).map(D), numbers(9999)))
    discount = draw(DISCOUNTS)
    if one_in(draw, 80):
        price = D(0)
    elif not one_in(draw, 40):  # else whatever it comes to
        share = 1 - discount / 100 or 1
        while price * quantity * share < 2 * unit:
            price *= 10
    tax_object = None
    if one_in(draw, 12):
        tax_object = f"0{draw(st.integers(1, 8))}"
    return Line(
        price,
        quantity,
        discount,
        taxes,
        grouped=len(taxes) > 1 and not any(tax.included for tax in taxes) and one_in(draw, 10),
        tax_object=tax_object,
        product=not one_in(draw, 6),
    )


@st.composite
def reductions(draw, wares, decimals):
    """A negative line: a global discount, a down payment, or goods given back; mostly one that has a place."""
    of = draw(st.sampled_from(wares))
    if one_in(draw, 4):
        return Line(of.price, -of.quantity, of.discount, of.taxes, of.grouped, of.tax_object, of.product)
    taxes = tuple(tax for tax in of.taxes if tax.factor != "Cuota") if not one_in(draw, 10) else of.taxes
    if one_in(draw, 10):
        taxes = draw(tax_sets())
    share = D(draw(st.sampled_from(["0.05", "0.1", "0.3333", "0.5", "0.99", "1", "1.5"])))
    price = (of.amount * share).quantize(D(1).scaleb(-draw(st.sampled_from([decimals, 2, 6]))))
    return Line(-price, D(1), D(0), taxes, product=False)


@st.composite
def roundings(draw, decimals):
    """A cash rounding: (strategy, method, unit)."""
    strategy = draw(st.sampled_from(["add_invoice_line"] * 5 + ["biggest_tax"]))
    unit = draw(st.sampled_from(["0.05", "0.5", "1"] if decimals else ["5", "10"]))
    return strategy, draw(st.sampled_from(["UP", "DOWN", "HALF-UP"])), unit


@st.composite
def carts(draw):
    """Carts of 1 to 8 lines; one in six has a negative line, one in twelve a cash rounding."""
    currency = draw(st.sampled_from(["MXN", "MXN", "MXN", "USD", "EUR", "JPY"]))
    rate = None if currency == "MXN" else D(draw(st.integers(10_000, 40_000_000))).scaleb(-6)
    decimals = DECIMALS[currency]
    unit = D(1).scaleb(-decimals)
    wares = draw(st.lists(lines(unit), min_size=1, max_size=draw(st.sampled_from([1, 2, 3, 8]))))
    less = []
    if one_in(draw, 6):
        less = draw(st.lists(reductions(wares, decimals), min_size=1, max_size=2))
    low = any(tax.kind == "iva" and tax.amount == 8 for line in wares for tax in line.taxes)
    return Cart(
        lines=(*wares, *(line for line in less if line.price)),
        border=low != one_in(draw, 20),
        currency=currency,
        rate=rate,
        globally=draw(st.booleans()),
        refund=one_in(draw, 5),
        rounding=draw(roundings(decimals)) if one_in(draw, 12) else None,
    )
