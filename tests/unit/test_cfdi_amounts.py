"""The engine of amounts: the ERP's total to the cent inside SAT's limits, or a refusal."""
import json
from decimal import Decimal as D

import pytest
from carts import EXENTO, IVA0, IVA8, IVA16, RET_FLETE, RET_ISR, RET_IVA, Cart, cart, carts, cuota, ieps
from cfdi_values import comprobante
from hypothesis import given, settings
from judge import faults
from l10n_mx_facture.cfdi import (
    CfdiError,
    Esperado,
    ImpuestoLocal,
    ImpuestosLocales,
    Impuesto,
    Partida,
    clave,
    fit,
    read,
    to_xml,
)

CURRENCY = {0: "JPY", 2: "MXN", 3: "KWD"}


def fitted(case, **options):
    return fit(case.partidas, case.decimales, case.esperado, case.globally, **options)


def judged(ajuste, case):
    """The XML of it, after the independent judge has found nothing."""
    moneda = CURRENCY[case.decimales]
    xml = to_xml(comprobante(
        *ajuste.conceptos, moneda=moneda, tipo_cambio=None if moneda == "MXN" else D("0.1")))
    assert faults(xml, case.decimales) == []
    assert read(xml).total == case.esperado.total
    return xml


def one(taxes=(IVA16,), price="100", quantity="1", discount="0", decimales=2, globally=False, **kw):
    return cart([(taxes, D(price), D(quantity), D(discount))], decimales, globally, **kw)


def refused(code, case):
    with pytest.raises(CfdiError) as caught:
        fitted(case)
    assert caught.value.code == code, caught.value
    return caught.value


def changed(case, **values):
    """The case with another first line."""
    first = case.partidas[0]
    fields = {name: getattr(first, name) for name in Partida.__slots__}
    return Cart((Partida(**{**fields, **values}), *case.partidas[1:]), case.decimales, case.esperado,
                case.globally)


@given(carts())
def test_every_cart_of_an_erp_fits(case):
    ajuste = fitted(case)
    judged(ajuste, case)
    totales = ajuste.totales
    assert totales.sub_total - (totales.descuento or 0) == case.esperado.sub_total_neto
    if case.esperado.impuestos:
        assert ajuste.prueba["distinto_del_erp"] == {}
        for impuesto in {k[0] for k in case.esperado.impuestos}:
            withheld = sum(v for k, v in case.esperado.impuestos.items() if k[3] and k[0] == impuesto)
            assert dict(totales.retenciones).get(impuesto, 0) == withheld


@settings(max_examples=30)
@given(carts(min_lines=20, max_lines=60))
def test_long_carts_fit_too(case):
    judged(fitted(case), case)


@given(carts(tiny=True))
def test_amounts_below_a_cent_fit_or_are_refused(case):
    try:
        ajuste = fitted(case)
    except CfdiError as error:
        assert error.code in ("total_mismatch", "amount_out_of_bounds", "zero_amount", "zero_price")
        return
    judged(ajuste, case)


@given(carts())
def test_another_total_is_never_accepted(case):
    wrong = D(1).scaleb(-case.decimales)
    other = Esperado(case.esperado.total + wrong, case.esperado.sub_total_neto, case.esperado.impuestos)
    try:
        ajuste = fit(case.partidas, case.decimales, other, case.globally)
    except CfdiError as error:
        assert error.code == "total_mismatch"
        assert D(error.data["expected"]) == other.total
        assert 0 <= error.line < len(case.partidas)
        return
    # inside SAT's limits another model may reach it; then it must really be that total
    judged(ajuste, Cart(case.partidas, case.decimales, other, case.globally))


def test_fifty_lines_of_a_third():
    lines = [((IVA16,), D("0.33"), D(1), D(0))] * 50
    for globally in (False, True):
        case = cart(lines, 2, globally)
        ajuste = fitted(case)
        judged(ajuste, case)
        assert ajuste.modelo == ("seis_decimales" if globally else "por_linea")
    assert case.esperado.total == D("19.14")


def test_a_round_invoice_reads_the_same_in_both_ways():
    for globally in (False, True):
        concepto, = fitted(one(globally=globally)).conceptos
        assert [str(v) for v in (concepto.valor_unitario, concepto.importe, concepto.traslados[0].base,
                                 concepto.traslados[0].importe)] == ["100.00", "100.00", "100.00", "16.00"]


def test_price_with_six_decimals_per_line():
    concepto, = fitted(one(price="0.123457", quantity="1000")).conceptos
    assert (concepto.valor_unitario, concepto.importe) == (D("0.123457"), D("123.46"))
    assert concepto.traslados[0].importe == D("19.75")


def test_price_with_six_decimals_globally():
    case = one(price="0.333333", quantity="1.5", globally=True)
    concepto, = fitted(case).conceptos
    judged(fitted(case), case)
    assert str(concepto.importe) == "0.50" and case.esperado.total == D("0.58")


def test_price_with_taxes_in_it():
    for globally in (False, True):
        case = one(price="100", quantity="3", globally=globally, included=True)
        ajuste = fitted(case)
        judged(ajuste, case)
        assert ajuste.totales.total == D("300.00")


def test_the_erps_own_rounding_when_taxes_are_in_the_price():
    # 0.04 with 8 % in it: the tax is round(0.00296) = 0.00, the base 0.04
    case = one((ieps("0.08"), IVA16), "0.94", included=True)
    ajuste = fitted(case)
    judged(ajuste, case)
    assert ajuste.totales.total == D("0.94")


def test_discount():
    concepto, = fitted(one(quantity="3", discount="3.5")).conceptos
    assert (concepto.importe, concepto.descuento, concepto.traslados[0].base) == (
        D("300.00"), D("10.50"), D("289.50"))


def test_gross_and_discount_whose_sums_round_apart():
    lines = [((IVA16,), D("10.005"), D(1), D("10")), ((IVA16,), D("0.99"), D(1), D("3.33"))] * 3
    case = cart(lines, 2, True)
    ajuste = fitted(case)
    judged(ajuste, case)
    assert ajuste.totales.sub_total - ajuste.totales.descuento == case.esperado.sub_total_neto


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
    tax = Impuesto("003", "Cuota", D("1.5"), False, D(2), D("3.00"))
    case = changed(case, impuestos=(tax,))
    case = Cart(case.partidas, 2, Esperado(D("3.00"), D("0.00")), False)
    concepto, = fitted(case).conceptos
    assert concepto.traslados[0].importe == D("3.00") and concepto.objeto_imp == "02"


def test_ieps_joins_the_base_of_iva_when_the_raw_base_says_so():
    concepto, = fitted(one((ieps("0.265"), IVA16))).conceptos
    assert [t.base for t in concepto.traslados] == [D("100.00"), D("126.50")]
    partida = one((ieps("0.265"), IVA16)).partidas[0]
    apart = Impuesto("002", "Tasa", D("0.16"), False, D(100), D(16))
    case = changed(one(), impuestos=(partida.impuestos[0], apart))
    case = Cart(case.partidas, 2, Esperado(D("142.50"), D("100.00")), False)
    assert [t.base for t in fitted(case).conceptos[0].traslados] == [D("100.00"), D("100.00")]


def test_quota_is_multiplied_by_its_own_quantity():
    case = one((cuota("3.0818"), IVA16), "12", "10", globally=True)
    concepto, = fitted(case).conceptos
    judged(fitted(case), case)
    quota, iva = concepto.traslados
    assert (str(quota.base), quota.importe) == ("10", D("30.818"))
    assert (iva.base, iva.importe) == (D("150.818"), D("24.13088"))
    assert case.esperado.total == D("174.95")


def test_a_base_of_its_own_is_taken_as_it_is():
    half = Impuesto("002", "Tasa", D("0.16"), False, D("40"), D("6.40"))
    case = changed(one(), impuestos=(half,))
    case = Cart(case.partidas, 2, Esperado(D("106.40"), D("100.00")), False)
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
    key, = case.esperado.impuestos
    case = Cart(case.partidas, 2, Esperado(D("0.92"), D("0.80"), {key: D("0.12")}), True)
    assert fitted(case).totales.total_impuestos_trasladados == D("0.12")
    judged(fitted(case), case)


def test_a_cent_that_the_user_put_on_a_tax_line():
    case = cart([((IVA16,), D("33.33"), D(1), D(0))] * 3, 2, True)
    key, = case.esperado.impuestos
    tax = case.esperado.impuestos[key] + D("0.01")
    case = Cart(case.partidas, 2, Esperado(
        case.esperado.total + D("0.01"), case.esperado.sub_total_neto, {key: tax}), True)
    ajuste = fitted(case)
    assert ajuste.modelo == "repartido"
    judged(ajuste, case)


def test_the_rounded_net_of_the_erp_is_kept_per_line():
    case = cart([((), D("0.125"), D(1), D(0))] * 2, 2, False)
    partidas = tuple(changed(case, importe=D("0.125"), importe_redondeado=v).partidas[0]
                     for v in (D("0.13"), D("0.12")))
    case = Cart(partidas, 2, Esperado(D("0.25"), D("0.25")), False)
    assert [c.importe for c in fitted(case).conceptos] == [D("0.13"), D("0.12")]


def test_when_only_the_total_can_be_met_the_proof_says_so():
    case = one()
    key, = case.esperado.impuestos
    case = Cart(case.partidas, 2, Esperado(D("116.00"), D("99.00"), {key: D("17.00")}), False)
    prueba = fitted(case).prueba
    assert set(prueba["distinto_del_erp"]) == {"neto", "traslado 002 Tasa 0.160000"}


def test_proof_is_json_and_tells_model_sums_and_limits():
    case = cart([((IVA16, RET_ISR), D("33.33"), D(3), D(10)), ((EXENTO,), D(5), D(1), D(0))], 2, False)
    prueba = json.loads(json.dumps(fitted(case).prueba))
    assert prueba["modelo"] == "por_linea" and prueba["decimales"] == "2"
    assert prueba["total"] == str(case.esperado.total)
    assert prueba["sumas"]["retenciones"] == [["001", "9.00"]]
    assert [len(limits) for limits in prueba["limites"]] == [3, 1]
    for limits in prueba["limites"]:
        assert all(D(least) <= D(written) <= D(most) for _place, least, written, most in limits)


def test_local_taxes_belong_to_the_total():
    case = one(price="1000")
    locales = ImpuestosLocales((), (ImpuestoLocal("ISH", D("3.00"), D("30.00")),))
    case = Cart(case.partidas, 2, Esperado(D("1190.00"), D("1000.00"), case.esperado.impuestos), False)
    assert fitted(case, impuestos_locales=locales).totales.total == D("1190.00")
    refused("total_mismatch", case)


def test_other_fields_of_a_line_pass_through():
    case = changed(one(), extras={"cuentas_prediales": ("123",)}, no_identificacion="A", unidad="Pza")
    concepto, = fitted(case).conceptos
    assert (concepto.cuentas_prediales, concepto.no_identificacion, concepto.unidad) == (
        ("123",), "A", "Pza")


def test_noise_of_binary_floats():
    noisy = one(price="1.005", quantity="1")
    case = changed(noisy, valor_unitario=D(1.005), importe=D(1.005))
    case = Cart(case.partidas, 2, Esperado(D("1.17"), D("1.01")), False)
    concepto, = fitted(case).conceptos
    assert (concepto.valor_unitario, concepto.importe) == (D("1.005"), D("1.01"))


@pytest.mark.parametrize("taxes", ((IVA0,), (IVA8,), (EXENTO,), ()))
def test_simple_kinds(taxes):
    for decimales in CURRENCY:
        case = one(taxes, "120", "2", decimales=decimales)
        judged(fitted(case), case)


@pytest.mark.parametrize(("values", "code"), (
    ({"valor_unitario": D(0), "importe": D(0)}, "zero_price"),
    ({"valor_unitario": D("0.0000001"), "importe": D("0.0000001")}, "zero_price"),
    ({"importe": D(0)}, "zero_amount"),
    ({"cantidad": D(0)}, "bad_quantity"),
    ({"cantidad": D(-1), "importe": D(-100)}, "negative_line"),
    ({"valor_unitario": D(-1), "importe": D(-100)}, "negative_line"),
    ({"descuento": D(-1)}, "bad_discount"),
    ({"descuento": D("100.01")}, "bad_discount"),
    ({"importe": D("150.00")}, "total_mismatch"),
    ({"cantidad": D("1.000000"), "valor_unitario": D("90.000000")}, None),
))
def test_lines_that_are_refused(values, code):
    case = changed(cart([((IVA16,), D(100), D(1), D(0))] * 2, 2, False), **values)
    if code is None:  # a quantity of one unit leaves room for half a unit (CFDI40167)
        assert fitted(case).totales.total == case.esperado.total
        return
    error = refused(code, case)
    assert error.line == 0 and error.text.endswith(".") and error.data["line" if "line" in error.data else "lines"]


def test_amounts_that_contradict_each_other_name_the_line():
    case = cart([((IVA16,), D(100), D("1.2345"), D(0))] * 2, 2, False)
    case = Cart((case.partidas[0], changed(case, valor_unitario=D("90")).partidas[0]), 2, case.esperado,
                False)
    error = refused("amount_out_of_bounds", case)
    assert (error.line, error.data["sat_code"]) == (1, "CFDI40167")


def test_a_rate_that_does_not_give_the_tax():
    wrong = Impuesto("002", "Tasa", D("0.16"), False, D(100), D("20.00"))
    case = changed(one(), impuestos=(wrong,))
    case = Cart(case.partidas, 2, Esperado(D("120.00"), D("100.00"), {clave(wrong): D("20.00")}), False)
    error = refused("total_mismatch", case)
    assert error.data["got"] == "116.00" and error.data["difference"] == "-4.00"
    assert error.data["lines"][0] == {
        "line": 1, "written": "116.00", "raw": "120.000000", "difference": "-4.000000"}


def test_the_farthest_line_is_named():
    good, bad = one(), changed(one(), impuestos=(
        Impuesto("002", "Tasa", D("0.16"), False, D(100), D("18.00")),))
    case = Cart((*good.partidas, *bad.partidas, *good.partidas), 2, Esperado(D("350.00"), D("300.00")), False)
    assert refused("total_mismatch", case).line == 1


def test_expected_totals_have_the_decimals_of_the_currency():
    refused("bad_amount", Cart(one().partidas, 2, Esperado(D("116.001"), D("100")), False))


def test_nothing_to_fit():
    refused("no_lines", Cart((), 2, Esperado(D(0), D(0)), False))
