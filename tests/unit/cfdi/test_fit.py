"""The engine of amounts: the ERP's total to the cent inside SAT's limits, or a refusal."""

import json
from decimal import Decimal as D

import pytest
from carts import (
    EXENTO,
    IVA0,
    IVA8,
    IVA16,
    RET_FLETE,
    RET_ISR,
    RET_IVA,
    Cart,
    cart,
    carts,
    cuota,
    ieps,
)
from fits import CURRENCY, changed, fitted, judged, one, refused
from hypothesis import given, settings
from l10n_mx_facture.cfdi.amounts.fit import ExpectedTotals, fit_lines
from l10n_mx_facture.cfdi.amounts.lines import InvoiceTax
from l10n_mx_facture.cfdi.errors import CfdiError
from l10n_mx_facture.cfdi.values import ImpuestoLocal, ImpuestosLocales


@given(carts())
def test_every_cart_of_an_erp_fits(case):
    fit = fitted(case)
    judged(fit, case)
    totals = fit.totals
    assert totals.sub_total - (totals.descuento or 0) == case.expected.net_sub_total
    if case.expected.impuestos:
        assert fit.proof["distinto_del_erp"] == {}
        for impuesto in {k[0] for k in case.expected.impuestos}:
            withheld = sum(v for k, v in case.expected.impuestos.items() if k[3] and k[0] == impuesto)
            assert dict(totals.retenciones).get(impuesto, 0) == withheld


@settings(max_examples=30)
@given(carts(min_lines=20, max_lines=60))
def test_long_carts_fit_too(case):
    judged(fitted(case), case)


@given(carts(tiny=True))
def test_amounts_below_a_cent_fit_or_are_refused(case):
    try:
        fit = fitted(case)
    except CfdiError as error:
        assert error.code in ("total_mismatch", "amount_out_of_bounds", "zero_amount", "zero_price")
        return
    judged(fit, case)


@given(carts())
def test_another_total_is_never_accepted(case):
    wrong = D(1).scaleb(-case.decimals)
    other = ExpectedTotals(case.expected.total + wrong, case.expected.net_sub_total, case.expected.impuestos)
    try:
        fit = fit_lines(case.invoice_lines, case.decimals, other, case.globally)
    except CfdiError as error:
        assert error.code == "total_mismatch"
        assert D(error.data["expected"]) == other.total
        assert 0 <= error.line < len(case.invoice_lines)
        return
    # inside SAT's limits another model may reach it; then it must really be that total
    judged(fit, Cart(case.invoice_lines, case.decimals, other, case.globally))


def test_fifty_lines_of_a_third():
    lines = [((IVA16,), D("0.33"), D(1), D(0))] * 50
    for globally in (False, True):
        case = cart(lines, 2, globally)
        fit = fitted(case)
        judged(fit, case)
        assert fit.method == ("seis_decimales" if globally else "por_linea")
    assert case.expected.total == D("19.14")


def test_a_round_invoice_reads_the_same_in_both_ways():
    for globally in (False, True):
        (concepto,) = fitted(one(globally=globally)).conceptos
        assert [
            str(v)
            for v in (
                concepto.valor_unitario,
                concepto.importe,
                concepto.traslados[0].base,
                concepto.traslados[0].importe,
            )
        ] == ["100.00", "100.00", "100.00", "16.00"]


def test_price_with_six_decimals_per_line():
    (concepto,) = fitted(one(price="0.123457", quantity="1000")).conceptos
    assert (concepto.valor_unitario, concepto.importe) == (D("0.123457"), D("123.46"))
    assert concepto.traslados[0].importe == D("19.75")


def test_price_with_six_decimals_globally():
    case = one(price="0.333333", quantity="1.5", globally=True)
    (concepto,) = fitted(case).conceptos
    judged(fitted(case), case)
    assert str(concepto.importe) == "0.50" and case.expected.total == D("0.58")


def test_price_with_taxes_in_it():
    for globally in (False, True):
        case = one(price="100", quantity="3", globally=globally, included=True)
        fit = fitted(case)
        judged(fit, case)
        assert fit.totals.total == D("300.00")


def test_the_erps_own_rounding_when_taxes_are_in_the_price():
    # 0.04 with 8 % in it: the tax is round(0.00296) = 0.00, the base 0.04
    case = one((ieps("0.08"), IVA16), "0.94", included=True)
    fit = fitted(case)
    judged(fit, case)
    assert fit.totals.total == D("0.94")


def test_discount():
    (concepto,) = fitted(one(quantity="3", discount="3.5")).conceptos
    assert (concepto.importe, concepto.descuento, concepto.traslados[0].base) == (
        D("300.00"),
        D("10.50"),
        D("289.50"),
    )


def test_gross_and_discount_whose_sums_round_apart():
    lines = [((IVA16,), D("10.005"), D(1), D("10")), ((IVA16,), D("0.99"), D(1), D("3.33"))] * 3
    case = cart(lines, 2, True)
    fit = fitted(case)
    judged(fit, case)
    assert fit.totals.sub_total - fit.totals.descuento == case.expected.net_sub_total


def test_given_away_is_not_subject_to_tax():
    case = cart([((IVA16,), D(50), D(2), D(100)), ((IVA16,), D(10), D(1), D(0))], 2, False)
    given_away, _sold = fitted(case).conceptos
    judged(fitted(case), case)
    assert (given_away.importe, given_away.descuento) == (D("100.00"), D("100.00"))
    assert (given_away.objeto_imp, given_away.traslados) == ("01", ())


def test_given_away_keeps_an_objeto_that_needs_no_taxes():
    case = changed(one((), discount="100"), objeto_imp="04")
    assert fitted(case).conceptos[0].objeto_imp == "04"


def test_quota_still_due_on_what_is_given_away():
    case = one((cuota("1.5"),), discount="100")
    tax = InvoiceTax("003", "Cuota", D("1.5"), False, D(2), D("3.00"))
    case = changed(case, impuestos=(tax,))
    case = Cart(case.invoice_lines, 2, ExpectedTotals(D("3.00"), D("0.00")), False)
    (concepto,) = fitted(case).conceptos
    assert concepto.traslados[0].importe == D("3.00") and concepto.objeto_imp == "02"


def test_ieps_joins_the_base_of_iva_when_the_raw_base_says_so():
    (concepto,) = fitted(one((ieps("0.265"), IVA16))).conceptos
    assert [t.base for t in concepto.traslados] == [D("100.00"), D("126.50")]
    invoice_line = one((ieps("0.265"), IVA16)).invoice_lines[0]
    apart = InvoiceTax("002", "Tasa", D("0.16"), False, D(100), D(16))
    case = changed(one(), impuestos=(invoice_line.impuestos[0], apart))
    case = Cart(case.invoice_lines, 2, ExpectedTotals(D("142.50"), D("100.00")), False)
    assert [t.base for t in fitted(case).conceptos[0].traslados] == [D("100.00"), D("100.00")]


def test_quota_is_multiplied_by_its_own_quantity():
    case = one((cuota("3.0818"), IVA16), "12", "10", globally=True)
    (concepto,) = fitted(case).conceptos
    judged(fitted(case), case)
    quota, iva = concepto.traslados
    assert (str(quota.base), quota.importe) == ("10", D("30.818"))
    assert (iva.base, iva.importe) == (D("150.818"), D("24.13088"))
    assert case.expected.total == D("174.95")


def test_the_quantity_of_a_quota_is_never_rounded_to_cents():
    for globally in (False, True):
        case = one((cuota("1.5"),), "10", "1.2345", globally=globally)
        judged(fitted(case), case)
        assert fitted(case).conceptos[0].traslados[0].base == D("1.2345")


def test_a_base_of_its_own_is_taken_as_it_is():
    half = InvoiceTax("002", "Tasa", D("0.16"), False, D("40"), D("6.40"))
    case = changed(one(), impuestos=(half,))
    case = Cart(case.invoice_lines, 2, ExpectedTotals(D("106.40"), D("100.00")), False)
    assert fitted(case).conceptos[0].traslados[0].base == D("40.00")


def test_retentions_of_two_rates_are_one_row():
    # each rate rounds to 0.00, SAT's row of both to 0.01; the ERP's sum is what counts
    lines = [((IVA16, RET_IVA), D("0.02"), D(1), D(0)), ((IVA16, RET_FLETE), D("0.10"), D(1), D(0))]
    for with_taxes in (True, False):
        case = cart(lines, 2, True, with_taxes=with_taxes)
        judged(fitted(case), case)


def test_two_taxes_of_the_erp_that_are_one_to_sat():
    # 16 % goods and 16 % services, each rounded by the ERP: 0.064 -> 0.06 twice, together 0.13
    lines = [((IVA16,), D("0.40"), D(1), D(0))] * 2
    case = cart(lines, 2, True)
    (key,) = case.expected.impuestos
    case = Cart(case.invoice_lines, 2, ExpectedTotals(D("0.92"), D("0.80"), {key: D("0.12")}), True)
    assert fitted(case).totals.total_impuestos_trasladados == D("0.12")
    judged(fitted(case), case)


def test_a_cent_that_the_user_put_on_a_tax_line():
    case = cart([((IVA16,), D("33.33"), D(1), D(0))] * 3, 2, True)
    (key,) = case.expected.impuestos
    tax = case.expected.impuestos[key] + D("0.01")
    case = Cart(
        case.invoice_lines,
        2,
        ExpectedTotals(case.expected.total + D("0.01"), case.expected.net_sub_total, {key: tax}),
        True,
    )
    fit = fitted(case)
    assert fit.method == "repartido"
    judged(fit, case)


def test_the_rounded_net_of_the_erp_is_kept_per_line():
    # half up gives 0.39, six decimals 0.38
    booked = [D("0.13"), D("0.12"), D("0.12")]
    case = cart([((), D("0.125"), D(1), D(0))] * 3, 2, False)
    invoice_lines = tuple(changed(case, importe=D("0.125"), rounded_importe=v).invoice_lines[0] for v in booked)
    case = Cart(invoice_lines, 2, ExpectedTotals(D("0.37"), D("0.37")), False)
    assert [c.importe for c in fitted(case).conceptos] == booked


def test_when_only_the_total_can_be_met_the_proof_says_so():
    case = one()
    (key,) = case.expected.impuestos
    case = Cart(case.invoice_lines, 2, ExpectedTotals(D("116.00"), D("99.00"), {key: D("17.00")}), False)
    proof = fitted(case).proof
    assert set(proof["distinto_del_erp"]) == {"neto", "traslado 002 Tasa 0.160000"}


def test_proof_is_json_and_tells_model_sums_and_limits():
    case = cart([((IVA16, RET_ISR), D("33.33"), D(3), D(10)), ((EXENTO,), D(5), D(1), D(0))], 2, False)
    proof = json.loads(json.dumps(fitted(case).proof))
    assert proof["modelo"] == "por_linea" and proof["decimales"] == "2"
    assert proof["total"] == str(case.expected.total)
    assert proof["sumas"]["retenciones"] == [["001", "9.00"]]
    assert [len(limits) for limits in proof["limites"]] == [3, 1]
    for limits in proof["limites"]:
        assert all(D(least) <= D(written) <= D(most) for _place, least, written, most in limits)


def test_local_taxes_belong_to_the_total():
    case = one(price="1000")
    local_taxes = ImpuestosLocales((), (ImpuestoLocal("ISH", D("3.00"), D("30.00")),))
    case = Cart(case.invoice_lines, 2, ExpectedTotals(D("1190.00"), D("1000.00"), case.expected.impuestos), False)
    assert fitted(case, impuestos_locales=local_taxes).totals.total == D("1190.00")
    refused("total_mismatch", case)


def test_other_fields_of_a_line_pass_through():
    case = changed(one(), extras={"cuentas_prediales": ("123",)}, no_identificacion="A", unidad="Pza")
    (concepto,) = fitted(case).conceptos
    assert (concepto.cuentas_prediales, concepto.no_identificacion, concepto.unidad) == (
        ("123",),
        "A",
        "Pza",
    )


def test_noise_of_binary_floats():
    noisy = one(price="1.005", quantity="1")
    case = changed(noisy, valor_unitario=D(1.005), importe=D(1.005))
    case = Cart(case.invoice_lines, 2, ExpectedTotals(D("1.17"), D("1.01")), False)
    (concepto,) = fitted(case).conceptos
    assert (concepto.valor_unitario, concepto.importe) == (D("1.005"), D("1.01"))


@pytest.mark.parametrize("taxes", ((IVA0,), (IVA8,), (EXENTO,), ()))
def test_simple_kinds(taxes):
    for decimals in CURRENCY:
        case = one(taxes, "120", "2", decimals=decimals)
        judged(fitted(case), case)


def test_rounded_taxes_of_the_lines_stand_for_the_sums():
    # 0.064 each: SAT's row of both is 0.13, the ERP has 0.06 twice
    tax = InvoiceTax("002", "Tasa", D("0.16"), False, D("0.40"), D("0.064"), D("0.06"))
    case = changed(one(price="0.40", globally=True), impuestos=(tax,))
    case = Cart(case.invoice_lines * 2, 2, ExpectedTotals(D("0.92"), D("0.80")), True)
    fit = fitted(case)
    judged(fit, case)
    assert fit.totals.total_impuestos_trasladados == D("0.12")


def test_keys_of_the_sums_may_write_the_rate_in_any_way():
    case = one()
    case = Cart(
        case.invoice_lines,
        2,
        ExpectedTotals(D("116"), D("100"), {("002", "Tasa", D("0.16"), False): D(16)}),
        False,
    )
    assert fitted(case).proof["distinto_del_erp"] == {}
