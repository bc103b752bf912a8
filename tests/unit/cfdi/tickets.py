"""Tickets for the tests: by hand, and random ones as an ERP has them."""

from dataclasses import replace
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal

from hypothesis import strategies as st
from l10n_mx_facture.cfdi.global_invoice.document import GlobalHeader, build_global
from l10n_mx_facture.cfdi.global_invoice.period import period_of
from l10n_mx_facture.cfdi.global_invoice.ticket import Ticket, TicketTax
from l10n_mx_facture.cfdi.values import Emisor

D = Decimal
CENT = D("0.01")
HEADER = GlobalHeader(
    serie="GLO",
    folio="1",
    fecha=datetime(2026, 5, 5, 2),
    lugar_expedicion="26015",
    emisor=Emisor("EKU9003173C9", "ESCUELA KEMPER URGATE", "601"),
    period=period_of("01", date(2026, 5, 4)),
)
IVA = {"16": D("0.160000"), "8": D("0.080000"), "0": D("0.000000")}


def tax(base, importe, rate="0.160000", impuesto="002", factor="Tasa"):
    """Return a TicketTax; without `importe` one that is exempt."""
    if importe is None:
        return TicketTax(impuesto, "Exento", None, D(base), None)
    return TicketTax(impuesto, factor, D(rate), D(base), D(importe))


def ticket(number, net, *taxes, **values):
    """Return a Ticket paid in cash."""
    return Ticket(number, D(net), taxes=taxes, **{"forma_pago": "01", **values})


def with_iva(number, net, iva, **values):
    return ticket(number, net, tax(net, iva), **values)


def guide():
    """The tickets of SAT's guide, example of the CFDI global."""
    return [
        with_iva("T-1", "130.00", "20.80"),
        with_iva("T-2", "359.98", "57.60", forma_pago="04"),
        with_iva("T-3", "355.00", "56.80"),
    ]


def built(tickets, **header):
    return build_global(replace(HEADER, **header), tickets)


def cents(value):
    return value.quantize(CENT, ROUND_HALF_UP)


PRICES = st.integers(1, 500_000).map(lambda amount: D(amount) / 100)


@st.composite
def erp_tickets(draw, number="T-0"):
    """A ticket of lines with prices that include IVA, each rounded by itself: its tax lies off base × rate."""
    sums, exempt, gross_exempt, discounts = {}, D(0), D(0), D(0)
    for _line in range(draw(st.integers(1, 40))):
        kind, price = draw(st.sampled_from(["16", "8", "0", "ieps", "exempt"])), draw(PRICES)
        if kind == "exempt":
            exempt += price
            continue
        rate = IVA["16" if kind == "ieps" else kind]
        base = cents(price / (1 + rate))
        ieps = D(0)
        if kind == "ieps":
            net = cents(base / D("1.08"))
            ieps, base_ieps = base - net, net
            row = sums.setdefault(("003", D("0.080000")), [D(0), D(0)])
            row[0] += base_ieps
            row[1] += ieps
        row = sums.setdefault(("002", rate), [D(0), D(0)])
        row[0] += base
        row[1] += price - base
        gross_exempt -= ieps
    net = exempt + gross_exempt + sum((row[0] for key, row in sums.items() if key[0] == "002"), D(0))
    rows = tuple(TicketTax(key[0], "Tasa", key[1], *row) for key, row in sums.items() if row[0])
    if exempt:
        rows += (TicketTax("002", "Exento", None, exempt, None),)
    if draw(st.booleans()):
        discounts = cents(net * draw(st.integers(1, 50)) / 100)
    form = draw(st.sampled_from(["01", "04", "28"]))
    return Ticket(number, net + discounts, discounts, rows, "01", form)
