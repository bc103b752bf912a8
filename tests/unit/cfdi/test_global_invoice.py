"""The global invoice: SAT's guide to the cent, what its lines are made of, and what is refused."""

from dataclasses import replace
from datetime import date

import judge
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from l10n_mx_facture.cfdi.amounts.totals import totals_of_lines
from l10n_mx_facture.cfdi.errors import CfdiError
from l10n_mx_facture.cfdi.global_invoice.credit import CreditHeader, build_credit
from l10n_mx_facture.cfdi.global_invoice.document import GlobalRefused
from l10n_mx_facture.cfdi.global_invoice.line import RETURN, concepto_of, within_limits
from l10n_mx_facture.cfdi.global_invoice.period import period_of
from l10n_mx_facture.cfdi.global_invoice.ticket import Ticket
from l10n_mx_facture.cfdi.read import read_cfdi
from l10n_mx_facture.cfdi.values import InformacionGlobal
from test_xsd import errors, schema  # noqa: F401
from tickets import HEADER, D, built, cents, erp_tickets, guide, tax, ticket, with_iva


def test_the_example_of_the_guide():
    made = built(guide())
    totals = made.totals
    assert (totals.sub_total, totals.total_impuestos_trasladados, totals.total) == (
        D("844.98"),
        D("135.20"),
        D("980.18"),
    )
    read = read_cfdi(made.payload).comprobante
    assert (read.tipo_de_comprobante, read.metodo_pago, read.moneda, read.exportacion) == ("I", "PUE", "MXN", "01")
    # that of the largest ticket
    assert read.forma_pago == "04"
    receptor = read.receptor
    assert (receptor.rfc, receptor.nombre, receptor.domicilio_fiscal, receptor.regimen_fiscal, receptor.uso_cfdi) == (
        "XAXX010101000",
        "PUBLICO EN GENERAL",
        "26015",
        "616",
        "S01",
    )
    assert read.informacion_global == InformacionGlobal("01", "05", 2026)
    one = read.conceptos[1]
    assert (one.clave_prod_serv, one.clave_unidad, one.descripcion, one.cantidad, one.no_identificacion) == (
        "01010101",
        "ACT",
        "Venta",
        1,
        "T-2",
    )
    assert (one.valor_unitario, one.importe, one.objeto_imp, one.unidad) == (D("359.98"), D("359.98"), "02", None)
    assert made.tax_moved == 0


def test_a_line_of_a_ticket_is_returned():
    sold, returned = guide()[1], with_iva("T-2", "179.99", "28.80")
    assert returned.total == D("208.79")
    assert sold.less(returned).total == D("417.58") - D("208.79")
    line = concepto_of(within_limits(returned), RETURN)
    assert (line.clave_prod_serv, line.clave_unidad, line.no_identificacion) == ("84111506", "ACT", "T-2")


def test_reissued_without_the_ticket_of_a_name():
    uuid = "0D1E6A52-7B3C-4F7E-9A64-3C1B2A5D9E10"
    made = built([guide()[0], guide()[2]], replaces=(uuid,))
    assert made.totals.total == D("562.60")
    (related,) = read_cfdi(made.payload).comprobante.relacionados
    assert (related.tipo_relacion, related.uuids) == ("04", (uuid,))


def mixed():
    """16 %, 8 %, 0 %, exempt, and IEPS in the base of IVA: net 600."""
    return ticket(
        "M-1",
        "600.00",
        tax("100.00", "8.00", "0.080000", "003"),
        tax("208.00", "33.28"),
        tax("100.00", "8.00", "0.080000"),
        tax("100.00", "0.00", "0.000000"),
        tax("200.00", None),
    )


def test_all_taxes_in_one_ticket(schema):  # noqa: F811
    made = built([mixed(), ticket("N-1", "50.00")])
    assert made.totals.total == D("699.28")
    assert judge.faults(made.payload, 2, own_bases=True) == []
    assert errors(schema, made.payload) == []
    assert [one.objeto_imp for one in made.comprobante.conceptos] == ["02", "01"]


def test_a_discount_stays_one():
    sold = Ticket("D-1", D("100.00"), D("10.00"), (tax("90.00", "14.40"),), forma_pago="01")
    made = built([sold])
    assert (made.totals.sub_total, made.totals.descuento, made.totals.total) == (D("100.00"), D("10.00"), D("104.40"))


def test_the_total_stays_where_the_tax_has_to_move():
    # twelve lines of 0.10 with IVA in the price: 0.09 + 0.01 each
    sold = with_iva("R-1", "1.08", "0.12")
    fitted = within_limits(sold)
    assert fitted.total == sold.total
    assert (fitted.net, fitted.tax) == (D("1.03"), D("0.17"))
    made = built([sold])
    assert made.tax_moved == D("0.05")
    assert made.proof["moved"] == [{"ticket": "R-1", "books": "0.12", "cfdi": "0.17"}]


def test_two_taxes_that_move_against_each_other():
    # one gains the cent that the other loses
    sold = ticket("R-2", "12919.63", tax("13635.62", "2181.71"), tax("8950.01", "715.99", "0.080000", "003"))
    fitted = within_limits(sold)
    assert (fitted.total, fitted.net) == (sold.total, sold.net)
    assert [row.importe for row in fitted.taxes] == [D("2181.70"), D("716.00")]


def test_a_quota_keeps_its_quantity():
    sold = ticket("Q-1", "100.00", tax("10.00", "16.60", "1.645100", "003", "Cuota"))
    fitted = within_limits(sold)
    assert fitted.total == sold.total
    assert (fitted.taxes[0].base, fitted.taxes[0].importe) == (D("10.00"), D("16.45"))


@pytest.mark.parametrize(
    ("tickets", "code"),
    [
        ([], "no_tickets"),
        ([with_iva("A", "1.00", "0.16")] * 2, "bad_number"),
        ([with_iva("", "1.00", "0.16")], "bad_number"),
        ([with_iva("A" * 101, "1.00", "0.16")], "bad_number"),
        ([ticket("A", "0.00")], "bad_ticket"),
        ([with_iva("A", "1.00", "0.16", forma_pago=None)], "no_form"),
        ([with_iva("A", "1.00", "0.16", forma_pago="99")], "no_form"),
    ],
)
def test_refused(tickets, code):
    with pytest.raises(CfdiError) as caught:
        built(tickets)
    assert caught.value.code == code


def test_two_months_are_for_the_regime_621():
    with pytest.raises(GlobalRefused) as caught:
        built(guide(), period=period_of("05", date(2026, 5, 4)))
    assert caught.value.data["codes"] == ["CFDI40132"]


@pytest.mark.parametrize(
    ("code", "day", "first", "last", "meses"),
    [
        ("01", "2026-12-31", "2026-12-31", "2026-12-31", "12"),
        ("02", "2026-05-06", "2026-05-04", "2026-05-10", "05"),
        ("02", "2026-05-31", "2026-05-25", "2026-05-31", "05"),
        # Monday the 29th of June; Wednesday is July's
        ("02", "2026-06-30", "2026-06-29", "2026-06-30", "06"),
        ("02", "2026-07-01", "2026-07-01", "2026-07-05", "07"),
        # over the new year
        ("02", "2026-12-31", "2026-12-28", "2026-12-31", "12"),
        ("02", "2027-01-01", "2027-01-01", "2027-01-03", "01"),
        ("03", "2026-02-15", "2026-02-01", "2026-02-15", "02"),
        ("03", "2026-02-16", "2026-02-16", "2026-02-28", "02"),
        ("04", "2024-02-10", "2024-02-01", "2024-02-29", "02"),
        ("05", "2026-12-31", "2026-11-01", "2026-12-31", "18"),
        ("05", "2026-01-01", "2026-01-01", "2026-02-28", "13"),
    ],
)
def test_periods(code, day, first, last, meses):
    period = period_of(code, date.fromisoformat(day))
    assert (str(period.first), str(period.last), period.meses) == (first, last, meses)


def test_more_than_was_sold_is_not_returned():
    sold = with_iva("T", "100.00", "16.00")
    for other in (with_iva("T", "100.01", "16.00"), with_iva("T", "50.00", "16.01"), ticket("T", "101.00")):
        with pytest.raises(CfdiError) as caught:
            sold.less(other)
        assert caught.value.code == "more_than_ticket"


def test_returned_as_a_whole_nothing_is_left():
    left = mixed().less(mixed())
    assert (left.total, left.taxes) == (0, ())
    with pytest.raises(CfdiError):
        within_limits(left)


def test_a_ticket_is_kept_and_read():
    for one in (mixed(), replace(guide()[0], descuento=D("1.00"))):
        assert Ticket.from_json(one.number, one.to_json(), "01") == one


@settings(max_examples=60, phases=(Phase.generate,), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(tickets=st.lists(erp_tickets(), min_size=1, max_size=8))
def test_random_tickets(schema, tickets):  # noqa: F811
    tickets = [replace(one, number=f"T-{number}") for number, one in enumerate(tickets)]
    made = built(tickets)
    assert judge.faults(made.payload, 2, own_bases=True) == []
    assert errors(schema, made.payload) == []
    assert made.totals.total == sum(one.total for one in tickets)
    assert abs(made.tax_moved) <= D("0.01") * sum(40 for _one in tickets)
    for sold, line in zip(tickets, made.comprobante.conceptos, strict=True):
        taxes = sum((row.importe for row in line.traslados if row.importe is not None), D(0))
        assert line.importe - (line.descuento or 0) + taxes == sold.total


# -- fuels (appendix 3) ------------------------------------------------------------------------


def gasoline(number, **values):
    return replace(with_iva(number, "800.00", "128.00"), clave_prod_serv="15101514", **values)


def test_a_fuel_has_its_product_code_and_the_permit():
    made = built([gasoline("LP/00751/EXP/ES/2016-105012365"), gasoline("LP/00751/EXP/ES/2016-105012366")])
    one = read_cfdi(made.payload).comprobante.conceptos[0]
    assert (one.clave_prod_serv, one.clave_unidad, one.descripcion, one.no_identificacion) == (
        "15101514",
        "ACT",
        "Venta",
        "LP/00751/EXP/ES/2016-105012365",
    )
    with pytest.raises(GlobalRefused) as caught:
        built([gasoline("105012365")])
    assert caught.value.data["codes"] == ["GUIA-GLOBAL"]


def test_fuels_of_two_payment_forms_are_two_global_invoices():
    tickets = [gasoline("LP/1/ES/2016-1"), gasoline("LP/1/ES/2016-2", forma_pago="28")]
    with pytest.raises(CfdiError) as caught:
        built(tickets)
    assert caught.value.code == "several_forms"
    assert built(tickets[:1]).comprobante.forma_pago == "01"


def test_a_fuel_is_kept_and_read():
    one = gasoline("LP/1/ES/2016-1")
    assert Ticket.from_json(one.number, one.to_json(), "01") == one
    assert "clave_prod_serv" not in guide()[0].to_json()


def test_a_fuel_beside_something_else_is_no_ticket():
    lines = [concepto_of(gasoline("1")), concepto_of(with_iva("2", "10.00", "1.60"))]
    totals = totals_of_lines(tuple(lines), 2)
    with pytest.raises(CfdiError) as caught:
        Ticket.from_lines("T", lines, totals)
    assert caught.value.code == "fuel_and_more"
    assert Ticket.from_lines("T", lines[:1], totals_of_lines(tuple(lines[:1]), 2)).clave_prod_serv == "15101514"


# -- credit notes ------------------------------------------------------------------------------

UUID = "0D1E6A52-7B3C-4F7E-9A64-3C1B2A5D9E10"
CREDIT = CreditHeader("DEV", "1", HEADER.fecha, HEADER.lugar_expedicion, HEADER.emisor, UUID)


def test_the_credit_note_of_the_guide(schema):  # noqa: F811
    made, findings = build_credit(CREDIT, with_iva("T-2", "179.99", "28.80"))
    assert (made.totals.total, findings) == (D("208.79"), ())
    read = read_cfdi(made.payload).comprobante
    assert (read.tipo_de_comprobante, read.metodo_pago, read.forma_pago, read.informacion_global) == (
        "E",
        "PUE",
        "01",
        None,
    )
    receptor = read.receptor
    assert (receptor.rfc, receptor.nombre, receptor.domicilio_fiscal, receptor.regimen_fiscal, receptor.uso_cfdi) == (
        "XAXX010101000",
        "PUBLICO EN GENERAL",
        "26015",
        "616",
        "G02",
    )
    assert [(one.tipo_relacion, one.uuids) for one in read.relacionados] == [("01", (CREDIT.uuid,))]
    assert judge.faults(made.payload, 2, own_bases=True) == []
    assert errors(schema, made.payload) == []


@pytest.mark.parametrize("form", [None, "", "99"])
def test_how_it_is_given_back_is_known(form):
    with pytest.raises(CfdiError) as caught:
        build_credit(CREDIT, with_iva("T-2", "179.99", "28.80", forma_pago=form))
    assert caught.value.code == "no_form"


def test_all_of_a_tax_that_was_rounded_apart():
    # of 1.05 + 0.17 went 0.70 + 0.11; the last part is 0.35 + 0.06
    rest = with_iva("T", "1.05", "0.17").less(with_iva("T", "0.70", "0.11"))
    last = with_iva("T", "0.35", "0.06")
    assert rest.less(last.snapped_to(rest)).total == 0
    # another way round: 0.36 + 0.05 is 0.41 too
    other = with_iva("T", "0.36", "0.05")
    with pytest.raises(CfdiError):
        rest.less(other)
    snapped = other.snapped_to(rest)
    assert (snapped.total, snapped.net, snapped.tax) == (D("0.41"), D("0.35"), D("0.06"))
    # what is another amount stays
    assert with_iva("T", "0.30", "0.05").snapped_to(rest).total == D("0.35")


@settings(max_examples=60, phases=(Phase.generate,), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(sold=erp_tickets("T-0"), shares=st.lists(st.integers(1, 100), min_size=1, max_size=3))
def test_random_returns(schema, sold, shares):  # noqa: F811
    """Parts of each tax, then all that is left: never more than was sold, and nothing stays."""
    rest = sold = within_limits(sold)
    credited = D(0)
    for share in (*shares, None):
        returned = rest if share is None else part_of(rest, D(share) / 200).snapped_to(rest)
        if not returned.net:
            continue
        made, _findings = build_credit(CREDIT, replace(returned, forma_pago="01"))
        assert errors(schema, made.payload) == []
        assert judge.faults(made.payload, 2, own_bases=True) == []
        credited += made.totals.total
        if share is not None:
            told = Ticket.from_lines(sold.number, made.comprobante.conceptos, made.totals)
            rest = rest.less(told)
            assert credited + rest.total == sold.total
    assert credited == sold.total


def part_of(rest, share):
    """A share of each tax, as an ERP returns it."""
    rows = tuple(
        replace(row, base=cents(row.base * share), importe=None if row.importe is None else cents(row.importe * share))
        for row in rest.taxes
    )
    taxes = tuple(row for row in rows if row.base)
    return replace(rest, taxes=taxes, descuento=D(0), sub_total=cents(rest.net * share))
