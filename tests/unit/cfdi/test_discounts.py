"""Negative lines as discounts: whatever is spread adds up, and no line gives more than it has."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from l10n_mx_facture.cfdi.amounts.arithmetic import round_half_up
from l10n_mx_facture.cfdi.amounts.discounts import round_down, spread_discount
from l10n_mx_facture.cfdi.amounts.fit import ExpectedTotals, fit_lines
from l10n_mx_facture.cfdi.amounts.lines import InvoiceLine, InvoiceTax
from l10n_mx_facture.cfdi.errors import CfdiError

D = Decimal
CENTS = st.integers(1, 10_000_000).map(lambda cents: D(cents) / 100)
MILLIONTHS = st.integers(10_000, 10**11).map(lambda millionths: D(millionths) / 10**6)


def iva(base, rate="0.16"):
    return InvoiceTax("002", "Tasa", D(rate), False, base, base * D(rate))


def quota(litres):
    return InvoiceTax("003", "Cuota", D("3"), False, litres, litres * 3)


def line(amount, *taxes, discount="0"):
    amount, discount = D(amount), D(discount)
    return InvoiceLine("01010101", D(1), "ACT", "A line", amount, amount, discount, taxes, "02")


def taxed(amount, discount="0"):
    return line(amount, iva(D(amount) - D(discount)), discount=discount)


def test_in_proportion_to_what_is_left():
    lines = spread_discount([taxed("100"), taxed("500", "200")], taxed("40"), 2)
    assert [found.descuento for found in lines] == [10, 230]
    assert [found.impuestos[0].base for found in lines] == [90, 270]
    assert [found.impuestos[0].importe for found in lines] == [D("14.4"), D("43.2")]


def test_what_does_not_divide_goes_to_the_greatest():
    lines = spread_discount([taxed("10"), taxed("10.01"), taxed("10")], taxed("0.10"), 2)
    assert [found.descuento for found in lines] == [D("0.03"), D("0.04"), D("0.03")]


def test_dust_on_lines_of_which_nothing_is_left():
    (spent,) = spread_discount([taxed("10")], taxed("10"), 2)
    assert spread_discount([spent], taxed("0.002259"), 2) == [spent]


def test_less_than_can_be_written_is_left():
    (left,) = spread_discount([taxed("0.43138624")], taxed("0.431386"), 2)
    fit = fit_lines([left], 2, ExpectedTotals(D("0.00"), D("0.00")))
    (concepto,) = fit.conceptos
    assert (concepto.importe, concepto.descuento, concepto.traslados) == (D("0.43"), D("0.43"), ())


def test_all_that_there_is():
    lines = spread_discount([taxed("33.333333"), taxed("0.01")], taxed("33.343333"), 2)
    assert all(found.importe == found.descuento for found in lines)
    assert not any(found.impuestos[0].base for found in lines)


def test_a_hair_more_than_there_is_is_noise():
    (found,) = spread_discount([taxed("99.999")], taxed("100"), 2)
    assert found.descuento == D("99.999")


def test_a_cent_more_is_too_much():
    with pytest.raises(CfdiError) as caught:
        spread_discount([taxed("99.99")], taxed("100"), 2)
    assert caught.value.code == "too_great"
    assert caught.value.data == {"left": "99.99"}


def test_a_quota_stays():
    (found,) = spread_discount([line("100", quota(D(7)), iva(D(121)))], line("50", iva(D(50))), 2)
    assert found.impuestos[0] == quota(D(7))
    assert found.impuestos[1].base == 71


def test_nothing_off_changes_nothing():
    lines = [taxed("100")]
    assert spread_discount(lines, taxed("5", "5"), 2) == lines


def test_an_exempt_base_is_lowered_without_an_amount():
    def exempt(base):
        return InvoiceTax("002", "Exento", None, False, D(base), None)

    (found,) = spread_discount([line("80", exempt(80))], line("30", exempt(30)), 2)
    assert (found.impuestos[0].base, found.impuestos[0].importe) == (50, None)


def test_rounding_down_lowers_no_tax():
    rounded = round_down(taxed("99.99", "10"), D("0.04"))
    booked = {("002", "Tasa", D("0.16"), False): D("14.40")}
    fit = fit_lines([rounded], 2, ExpectedTotals(D("104.35"), D("89.95"), booked))
    (concepto,) = fit.conceptos
    assert (concepto.importe, concepto.descuento) == (D("99.99"), D("10.04"))
    assert (concepto.traslados[0].base, concepto.traslados[0].importe) == (D("89.99"), D("14.40"))


def test_rounding_down_keeps_the_ieps_in_the_base_of_the_iva():
    ieps = InvoiceTax("003", "Tasa", D("0.08"), False, D("100"), D("8"))
    rounded = round_down(line("100", ieps, iva(D("108"))), D("0.28"))
    (concepto,) = fit_lines([rounded], 2, ExpectedTotals(D("125.00"), D("99.72"))).conceptos
    assert [t.base for t in concepto.traslados] == [100, 108]
    assert [t.importe for t in concepto.traslados] == [8, D("17.28")]


@given(CENTS, st.integers(0, 9), st.sampled_from(["0.16", "0.08", "0"]))
def test_a_rounded_line_comes_to_the_rounded_total(price, units, rate):
    tax = round_half_up(price * D(rate), 2)
    total = price + tax
    off = min(D(units) / 100, total % D("0.10"))
    if off >= price:
        return
    rounded = round_down(line(price, iva(price, rate)), off)
    key = ("002", "Tasa", D(rate), False)
    fit = fit_lines([rounded], 2, ExpectedTotals(total - off, price - off, {key: tax}))
    assert fit.totals.total == total - off
    assert not fit.proof["distinto_del_erp"]
    assert fit.conceptos[0].traslados[0].base == price


@given(st.lists(CENTS | MILLIONTHS, min_size=1, max_size=20), st.fractions(0, 1), st.sampled_from([0, 2, 3]))
def test_parts_add_up_and_no_line_gives_more_than_it_has(amounts, share, decimals):
    lines = [taxed(amount) for amount in amounts]
    off = (sum(amounts) * share.numerator / share.denominator).quantize(D("0.000001"), "ROUND_FLOOR")
    if not off:
        return
    spread = spread_discount(lines, taxed(off), decimals)
    assert sum(found.descuento for found in spread) == off
    for found in spread:
        assert 0 <= found.descuento <= found.importe
        assert found.impuestos[0].base == found.importe - found.descuento
        assert abs(found.impuestos[0].importe - found.impuestos[0].base * D("0.16")) < D("1E-15")
