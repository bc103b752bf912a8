"""Header totals and tax summary."""

from decimal import Decimal as D

import pytest
from cfdi_values import comprobante, concepto, sample
from hypothesis import given
from hypothesis import strategies as st
from l10n_mx_facture.cfdi.amounts.arithmetic import (
    importe_limits,
    round_ceiling,
    round_floor,
    round_half_up,
    strip_zeros,
    tax_limits,
)
from l10n_mx_facture.cfdi.amounts.totals import compute_totals
from l10n_mx_facture.cfdi.read import read_cfdi
from l10n_mx_facture.cfdi.values import ImpuestoLocal, ImpuestosLocales, Retencion, Traslado


def iva(base, importe, tasa="0.160000"):
    return Traslado(D(base), "002", "Tasa", D(tasa), D(importe))


def line(importe, *traslados, retenciones=(), descuento=None):
    return concepto(
        importe=D(importe),
        valor_unitario=D(importe),
        traslados=traslados,
        retenciones=retenciones,
        descuento=descuento and D(descuento),
    )


@pytest.mark.parametrize("name", ("stamped_invoice", "credit_note_usd", "global_local_taxes"))
def test_samples_total_what_is_written_in_them(name):
    parsed = read_cfdi(sample(name))
    assert compute_totals(parsed.comprobante) == parsed.totals


def test_sums_first_and_rounds_then():
    result = compute_totals(comprobante(*[line("0.333", iva("0.333", "0.05328"))] * 50))
    assert result.sub_total == D("16.65")
    assert result.traslados == (iva("16.65", "2.66"),)
    assert result.total == D("19.31")


def test_total_follows_the_rounded_rows_not_the_exact_sum():
    # 0.004 of each rate: exactly 0.008, but each row is 0.00
    result = compute_totals(comprobante(line("1.00", iva("1.00", "0.004"), iva("1.00", "0.004", "0.08"))))
    assert [t.importe for t in result.traslados] == [D("0.00"), D("0.00")]
    assert result.total_impuestos_trasladados == D("0.00")
    assert result.total == D("1.00")


def test_half_is_rounded_up():
    assert compute_totals(comprobante(line("0.125"))).sub_total == D("0.13")
    assert compute_totals(comprobante(line("0.135"))).sub_total == D("0.14")


def test_rates_written_differently_are_one_row():
    result = compute_totals(comprobante(line("1", iva("1", "0.16", "0.16")), line("1", iva("1", "0.16"))))
    assert len(result.traslados) == 1


def test_only_exempt_has_no_total_of_taxes():
    result = compute_totals(comprobante(line("80.00", Traslado(D("80.00"), "002", "Exento"))))
    assert result.traslados == (Traslado(D("80.00"), "002", "Exento"),)
    assert result.total_impuestos_trasladados is None
    assert result.total == D("80.00")


def test_retentions_are_one_row_per_tax():
    result = compute_totals(
        comprobante(
            line(
                "100",
                iva("100", "16.00"),
                retenciones=(
                    Retencion(D("100"), "002", "Tasa", D("0.04"), D("4.00")),
                    Retencion(D("100"), "001", "Tasa", D("0.1"), D("10.00")),
                ),
            ),
            line(
                "100",
                iva("100", "16.00"),
                retenciones=(Retencion(D("100"), "002", "Tasa", D("0.106667"), D("10.67")),),
            ),
        )
    )
    assert result.retenciones == (("002", D("14.67")), ("001", D("10.00")))
    assert result.total_impuestos_retenidos == D("24.67")
    assert result.total == D("207.33")


def test_discount_only_when_a_line_has_one():
    assert compute_totals(comprobante(line("10"))).descuento is None
    assert compute_totals(comprobante(line("10"), line("10", descuento="0.005"))).descuento == D("0.01")


def test_local_taxes_are_part_of_the_total():
    local_taxes = ImpuestosLocales(
        (ImpuestoLocal("5 al millar", D("0.5"), D("5.00")),),
        (ImpuestoLocal("ISH", D("3"), D("30.00")),),
    )
    result = compute_totals(comprobante(line("1000", iva("1000", "160.00")), impuestos_locales=local_taxes))
    assert result.total == D("1185.00")
    assert result.total_impuestos_trasladados == D("160.00")


@pytest.mark.parametrize("kind", "TP")
def test_transfers_and_payments_total_zero(kind):
    result = compute_totals(comprobante(line("10", iva("10", "1.60")), tipo_de_comprobante=kind))
    assert (result.sub_total, result.total, result.traslados) == (0, 0, ())


def test_currency_decimals():
    assert compute_totals(comprobante(line("1000.5"), moneda="JPY")).sub_total.as_tuple() == D("1001").as_tuple()
    assert str(compute_totals(comprobante(line("1.2345"), moneda="KWD")).sub_total) == "1.235"


def test_huge_amounts_are_exact():
    big = D("999999999999999999.999999")
    result = compute_totals(comprobante(*[concepto(importe=big, traslados=())] * 3))
    assert result.sub_total == D("3000000000000000000.00")


def test_limits_of_the_matrix():
    # 1.000000 × 333.333333 = 333.33 passes with two decimals and fails with six
    menor, mayor = importe_limits(D("1.000000"), D("333.333333"), 2)
    assert menor <= D("333.33") <= mayor
    menor, mayor = importe_limits(D("1.000000"), D("333.333333"), 6)
    assert not menor <= D("333.33") <= mayor
    assert importe_limits(D("2"), D("10.00"), 2) == (D("14.99"), D("25.02"))
    assert tax_limits(D("100.00"), D("0.160000"), 2) == (D("15.99"), D("16.01"))
    assert tax_limits(D("100.000000"), D("0.160000"), 6) == (D("15.999999"), D("16.000001"))


@given(st.decimals("0", "99999", places=8), st.integers(0, 6))
def test_rounding_helpers(value, n):
    unit = D(1).scaleb(-n)
    assert round_floor(value, n) <= value <= round_ceiling(value, n)
    assert abs(round_half_up(value, n) - value) <= unit / 2
    assert strip_zeros(value) == value
    assert strip_zeros(round_half_up(value, n), n).as_tuple().exponent == -n
