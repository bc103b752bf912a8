"""Lines and totals that no model of rounding can or may express."""

from decimal import Decimal as D

import pytest
from carts import IVA16, Cart, cart
from cfdi_values import concepto
from fits import changed, fitted, one, refused
from l10n_mx_facture.cfdi.amounts.fit import ExpectedTotals
from l10n_mx_facture.cfdi.amounts.lines import InvoiceTax, tax_key
from l10n_mx_facture.cfdi.amounts.proof import line_limits, violations
from l10n_mx_facture.cfdi.values import Retencion, Traslado


@pytest.mark.parametrize(
    ("values", "code"),
    (
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
    ),
)
def test_lines_that_are_refused(values, code):
    case = changed(cart([((IVA16,), D(100), D(1), D(0))] * 2, 2, False), **values)
    if code is None:  # a quantity of one unit leaves room for half a unit (CFDI40167)
        assert fitted(case).totals.total == case.expected.total
        return
    error = refused(code, case)
    assert error.line == 0 and error.text.endswith(".") and error.data["line" if "line" in error.data else "lines"]


def test_amounts_that_contradict_each_other_name_the_line():
    case = cart([((IVA16,), D(100), D("1.2345"), D(0))] * 2, 2, False)
    case = Cart(
        (case.invoice_lines[0], changed(case, valor_unitario=D("90")).invoice_lines[0]),
        2,
        case.expected,
        False,
    )
    error = refused("amount_out_of_bounds", case)
    assert (error.line, error.data["sat_code"]) == (1, "CFDI40167")


def test_a_rate_that_does_not_give_the_tax():
    wrong = InvoiceTax("002", "Tasa", D("0.16"), False, D(100), D("20.00"))
    case = changed(one(), impuestos=(wrong,))
    case = Cart(case.invoice_lines, 2, ExpectedTotals(D("120.00"), D("100.00"), {tax_key(wrong): D("20.00")}), False)
    error = refused("total_mismatch", case)
    assert error.data["got"] == "116.00" and error.data["difference"] == "-4.00"
    assert error.data["lines"][0] == {
        "line": 1,
        "written": "116.00",
        "raw": "120.000000",
        "difference": "-4.000000",
    }


def test_the_farthest_line_is_named():
    good, bad = (
        one(),
        changed(one(), impuestos=(InvoiceTax("002", "Tasa", D("0.16"), False, D(100), D("18.00")),)),
    )
    case = Cart(
        (*good.invoice_lines, *bad.invoice_lines, *good.invoice_lines),
        2,
        ExpectedTotals(D("350.00"), D("300.00")),
        False,
    )
    assert refused("total_mismatch", case).line == 1


def test_expected_totals_have_the_decimals_of_the_currency():
    refused("bad_amount", Cart(one().invoice_lines, 2, ExpectedTotals(D("116.001"), D("100")), False))


def test_nothing_to_fit():
    refused("no_lines", Cart((), 2, ExpectedTotals(D(0), D(0)), False))


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"importe": D("151.00"), "traslados": ()}, "CFDI40167"),
        ({"descuento": D("0.001")}, "CFDI40168"),
        ({"descuento": D("100.01")}, "CFDI40169"),
        ({"traslados": (Traslado(D(0), "002", "Exento"),)}, "CFDI40174"),
        ({"traslados": (Traslado(D(100), "002", "Tasa", D("0.16"), D("16.09")),)}, "CFDI40180"),
        ({"retenciones": (Retencion(D(0), "001", "Tasa", D("0.1"), D("0")),)}, "CFDI40181"),
        ({"retenciones": (Retencion(D(9), "001", "Tasa", D("0.1"), D("0.99")),)}, "CFDI40186"),
    ],
)
def test_what_sat_objects_to_in_a_line(changes, code):
    found = objections(concepto(), concepto(**changes))
    assert {(place, line) for place, line, _text in found} == {(code, 1)}
    assert objections(concepto(descuento=D("0.00"))) == []


def objections(*lines):
    return violations(lines, [line_limits(one, 2) for one in lines])
