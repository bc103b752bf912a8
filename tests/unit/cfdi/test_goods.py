"""Goods of a ticket of which the taxes alone are known."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from l10n_mx_facture.cfdi.errors import CfdiError
from l10n_mx_facture.cfdi.global_invoice.goods import Goods, goods_of
from l10n_mx_facture.cfdi.global_invoice.ticket import Ticket
from tickets import IVA, PRICES, D, cents, tax, ticket

IEPS_RATES = ("0.080000", "0.265000", "0.530000")


def ieps(base, importe, rate="0.080000", factor="Tasa"):
    return tax(base, importe, rate, "003", factor)


def refused(one):
    with pytest.raises(CfdiError) as error:
        goods_of(one)
    assert error.value.data == {"ticket": one.number}
    return error.value.code


def nets(one):
    """Return pairs of a net amount and the rates that it bears."""
    return [(goods.net, [row.tasa_o_cuota for row in goods.taxes]) for goods in goods_of(one)]


def test_iva_alone():
    one = ticket("T", "230", tax("100", "16"), tax("50", "0", "0.000000"), tax("60", None))
    assert nets(one) == [(D(100), [IVA["16"]]), (D(50), [IVA["0"]]), (D(60), [None]), (D(20), [])]
    assert goods_of(ticket("T", "20")) == (Goods(D(20)),)


def test_ieps_in_the_base_of_the_only_iva():
    row, iva = ieps("100", "8"), tax("158", "25.28")
    assert goods_of(ticket("T", "150", row, iva)) == (Goods(D(100), (row, iva)), Goods(D(50), (iva,)))
    # two of them, and nothing else
    other = ieps("10", "2.65", "0.265000")
    both = tax("120.65", "19.30")
    assert goods_of(ticket("T", "110", row, other, both)) == (Goods(D(100), (row, both)), Goods(D(10), (other, both)))


def test_ieps_that_makes_up_a_base():
    row, iva, zero = ieps("100", "8"), tax("200", "32"), tax("108", "0", "0.000000")
    assert goods_of(ticket("T", "300", row, iva, zero)) == (Goods(D(100), (row, zero)), Goods(D(200), (iva,)))
    # then the other row has one base left
    beer = ieps("100", "26.50", "0.265000")
    assert goods_of(ticket("T", "273.50", row, beer, iva, zero)) == (
        Goods(D(100), (row, zero)),
        Goods(D(100), (beer, iva)),
        Goods(D("73.50"), (iva,)),
    )
    exempt = tax("108", None)
    assert goods_of(ticket("T", "300", row, iva, exempt))[0] == Goods(D(100), (row, exempt))


def test_ieps_without_iva():
    row = ieps("100", "8")
    assert goods_of(ticket("T", "100", row)) == (Goods(D(100), (row,)),)
    assert goods_of(ticket("T", "120", row)) == (Goods(D(100), (row,)), Goods(D(20)))


def test_after_a_discount():
    row, iva = ieps("90", "7.20"), tax("97.20", "15.55")
    assert goods_of(ticket("T", "100", row, iva, descuento=D(10))) == (Goods(D(90), (row, iva)),)


@pytest.mark.parametrize(
    ("one", "code"),
    [
        # in which of the two
        (ticket("T", "301", ieps("100", "8"), tax("200", "32"), tax("109", "0", "0.000000")), "which_goods"),
        # goods with IEPS and without IVA, or goods with both beside others with none
        (ticket("T", "300", ieps("100", "8"), tax("150", "24")), "which_goods"),
        # two bases that it makes up
        (ticket("T", "208", ieps("100", "8"), tax("108", "17.28"), tax("108", "0", "0.000000")), "which_goods"),
        # not in the base of IVA
        (ticket("T", "100", ieps("100", "8"), tax("100", "16")), "which_goods"),
        (ticket("T", "100", ieps("10", "30.80", "3.080000", "Cuota"), tax("130.80", "20.93")), "quota"),
        (ticket("T", "100", tax("101", "16.16")), "bad_bases"),
        (ticket("T", "100", tax("100", "1.00", "0.010000", "001")), "other_tax"),
    ],
)
def test_what_is_not_guessed(one, code):
    assert refused(one) == code


GOODS = st.lists(
    st.tuples(PRICES, st.sampled_from([None, *IEPS_RATES]), st.sampled_from([*IVA.values(), "exempt", None])),
    min_size=1,
    max_size=8,
)


def sold(goods):
    """Return the Ticket of goods: pairs of IEPS and IVA, each rounded by itself."""
    rows = {}

    def add(rate, impuesto, base):
        key = impuesto, rate
        importe = None if rate == "exempt" else cents(base * D(rate))
        old_base, old = rows.get(key, (D(0), D(0)))
        rows[key] = old_base + base, None if importe is None else old + importe
        return importe or D(0)

    for net, ieps_rate, iva_rate in goods:
        base = net + (add(ieps_rate, "003", net) if ieps_rate else 0)
        if iva_rate is not None:
            add(iva_rate, "002", base)
    taxes = tuple(tax(base, importe, rate, impuesto) for (impuesto, rate), (base, importe) in rows.items())
    return Ticket("T", sum(net for net, _ieps, _iva in goods), taxes=taxes)


def assert_same(one, found):
    """The goods together are the ticket."""
    assert sum(goods.net for goods in found) == one.net
    for row in one.taxes:
        base = sum(
            goods.net + sum(other.importe or 0 for other in goods.taxes if row.impuesto == "002" != other.impuesto)
            for goods in found
            if row in goods.taxes
        )
        assert base == row.base


@given(GOODS)
def test_goods_are_the_ticket_or_nothing(goods):
    one = sold(goods)
    try:
        found = goods_of(one)
    except CfdiError as error:
        assert error.code == "which_goods"
    else:
        assert_same(one, found)


@given(GOODS, st.sampled_from([*IVA.values(), "exempt", None]))
def test_with_one_iva_it_is_always_told(goods, iva_rate):
    goods = [(net, ieps_rate, iva_rate) for net, ieps_rate, _iva in goods]
    one = sold(goods)
    found = goods_of(one)
    assert_same(one, found)
    for rate in IEPS_RATES:
        key = ("003", "Tasa", D(rate))
        told = [each.net for each in found if each.taxes and each.taxes[0].key == key]
        assert sum(told) == sum(net for net, ieps_rate, _iva in goods if ieps_rate == rate)
