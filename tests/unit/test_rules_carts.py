"""What `fit` makes of random carts has no fault in the eyes of the rules."""

from dataclasses import replace

from carts import carts
from hypothesis import assume, given
from l10n_mx_facture.cfdi import CfdiError, fit, to_xml
from l10n_mx_facture.cfdi.rules import Documento, judge
from rules_documents import BASE, D

CURRENCIES = {0: ("JPY", D("0.1123")), 2: ("MXN", None), 3: ("KWD", D("56.2"))}


def built(cart):
    """(Comprobante, Totales) of a cart, or None where it can't be met."""
    try:
        ajuste = fit(cart.partidas, cart.decimales, cart.esperado, seis_primero=cart.globally)
    except CfdiError:
        return None
    moneda, tipo_cambio = CURRENCIES[cart.decimales]
    comprobante = replace(
        BASE,
        moneda=moneda,
        tipo_cambio=tipo_cambio,
        decimales=cart.decimales,
        conceptos=ajuste.conceptos,
    )
    return comprobante, ajuste.totales


def texts(document):
    return [hallazgo.text() for hallazgo in judge(document)]


@given(carts())
def test_no_findings(cart):
    found = built(cart)
    assume(found)
    comprobante, totales = found
    assert texts(Documento.de(comprobante, totales)) == []
    assert texts(Documento.de(comprobante)) == []


@given(carts(max_lines=4))
def test_no_findings_in_the_xml(cart):
    found = built(cart)
    assume(found)
    assert texts(Documento.xml(to_xml(found[0]))) == []
