"""What `fit` makes of random carts has no fault in the eyes of the rules."""

from dataclasses import replace

from carts import carts
from hypothesis import assume, given
from l10n_mx_facture.cfdi.amounts.fit import fit_lines
from l10n_mx_facture.cfdi.errors import CfdiError
from l10n_mx_facture.cfdi.rules import Document, judge
from l10n_mx_facture.cfdi.write import to_xml
from rules_documents import BASE, D

CURRENCIES = {0: ("JPY", D("0.1123")), 2: ("MXN", None), 3: ("KWD", D("56.2"))}


def built(cart):
    """(Comprobante, Totals) of a cart, or None where it can't be met."""
    try:
        fit = fit_lines(cart.invoice_lines, cart.decimals, cart.expected, six_decimals_first=cart.globally)
    except CfdiError:
        return None
    moneda, tipo_cambio = CURRENCIES[cart.decimals]
    comprobante = replace(
        BASE,
        moneda=moneda,
        tipo_cambio=tipo_cambio,
        decimals=cart.decimals,
        conceptos=fit.conceptos,
    )
    return comprobante, fit.totals


def texts(document):
    return [finding.text() for finding in judge(document)]


@given(carts())
def test_no_findings(cart):
    found = built(cart)
    assume(found)
    comprobante, totals = found
    assert texts(Document.from_comprobante(comprobante, totals)) == []
    assert texts(Document.from_comprobante(comprobante)) == []


@given(carts(max_lines=4))
def test_no_findings_in_the_xml(cart):
    found = built(cart)
    assume(found)
    assert texts(Document.from_xml(to_xml(found[0]))) == []
