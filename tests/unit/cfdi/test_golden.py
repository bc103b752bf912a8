"""SAT-clean samples of types I and E: read, rebuilt, and computed again, attribute by attribute."""

from decimal import Decimal as D

import pytest
from cfdi_values import SAMPLES
from judge import faults
from l10n_mx_facture.cfdi.amounts.fit import ExpectedTotals, fit_lines
from l10n_mx_facture.cfdi.amounts.lines import InvoiceLine, InvoiceTax
from l10n_mx_facture.cfdi.amounts.totals import compute_totals
from l10n_mx_facture.cfdi.comparison import differences
from l10n_mx_facture.cfdi.read import read_cfdi
from l10n_mx_facture.cfdi.write import to_xml
from lxml import etree

from conftest import SHARED

KINDS = ("I", "E")


def _of_our_kinds(paths):
    return [path for path in sorted(paths) if etree.parse(path).getroot().get("TipoDeComprobante") in KINDS]


OURS = sorted(SAMPLES.glob("*.xml"))
# without the reference material there is nothing to parametrise over
GOLDEN = _of_our_kinds((SHARED / "sat/samples/golden").glob("*.xml"))
OTHERS = _of_our_kinds((SHARED / "sat/samples/cfdi").glob("*/*.xml"))


def named(path):
    # an empty list is a parameter of pytest's own
    return getattr(path, "stem", "none")


def without_stamp(found):
    return [str(d) for d in found if not d.where.startswith("TimbreFiscalDigital")]


@pytest.mark.parametrize("path", OURS + GOLDEN, ids=named)
def test_rebuilt_is_the_same(path):
    original = path.read_bytes()
    parsed = read_cfdi(original)
    rebuilt = to_xml(parsed.comprobante)
    assert without_stamp(differences(rebuilt, original)) == []
    assert without_stamp(differences(original, rebuilt, {"Sello"})) == []
    assert read_cfdi(rebuilt).comprobante == parsed.comprobante
    assert compute_totals(parsed.comprobante) == parsed.totals


@pytest.mark.parametrize("path", OTHERS, ids=named)
def test_samples_of_others_are_read(path):
    parsed = read_cfdi(path.read_bytes())
    found = differences(path.read_bytes(), to_xml(parsed.comprobante))
    # complements that we don't write are told by name and are the only difference
    assert {d.where for d in found} - {"TimbreFiscalDigital"} == set(parsed.unmapped)


def invoice_line(concepto):
    """The line as an ERP holds it that rounds nothing: the taxes out of unrounded bases."""
    gross = concepto.cantidad * concepto.valor_unitario
    scale = (gross - (concepto.descuento or 0)) / (concepto.importe - (concepto.descuento or 0))
    taxes = tuple(
        InvoiceTax(
            t.impuesto,
            t.tipo_factor,
            t.tasa_o_cuota,
            withheld,
            t.base if t.tipo_factor == "Cuota" else t.base * scale,
            None if t.importe is None else t.base * t.tasa_o_cuota,
        )
        for withheld, rows in ((False, concepto.traslados), (True, concepto.retenciones))
        for t in rows
    )
    return InvoiceLine(
        concepto.clave_prod_serv,
        concepto.cantidad,
        concepto.clave_unidad,
        concepto.descripcion,
        concepto.valor_unitario,
        gross,
        concepto.descuento or D(0),
        taxes,
        concepto.objeto_imp,
        concepto.no_identificacion,
        concepto.unidad,
    )


@pytest.mark.parametrize("path", GOLDEN, ids=named)
def test_computed_again_from_raw_lines(path):
    parsed = read_cfdi(path.read_bytes())
    values = parsed.comprobante
    # the sample of a quota carries six decimals
    six = any(
        t.importe.as_tuple().exponent < -values.decimals
        for c in values.conceptos
        for t in c.traslados
        if t.importe is not None
    )
    expected = ExpectedTotals(parsed.total, parsed.sub_total - (parsed.descuento or 0))
    fit = fit_lines(
        [invoice_line(c) for c in values.conceptos],
        values.decimals,
        expected,
        impuestos_locales=values.impuestos_locales,
    )
    assert fit.method == ("seis_decimales" if six else "por_linea")
    assert fit.conceptos == values.conceptos
    assert fit.totals == parsed.totals


@pytest.mark.parametrize("path", [p for p in GOLDEN + OURS if "local" not in p.stem], ids=named)
def test_the_judge_of_the_tests_agrees_with_the_samples(path):
    assert faults(path.read_bytes(), read_cfdi(path.read_bytes()).comprobante.decimals) == []
