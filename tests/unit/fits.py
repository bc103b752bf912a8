"""Fitting the carts of the tests, and judging what comes out."""

from decimal import Decimal as D

import pytest
from carts import IVA16, Cart, cart
from cfdi_values import comprobante
from judge import faults
from l10n_mx_facture.cfdi import CfdiError, Partida, fit, read, to_xml

CURRENCY = {0: "JPY", 2: "MXN", 3: "KWD"}


def fitted(case, **options):
    return fit(case.partidas, case.decimales, case.esperado, case.globally, **options)


def judged(ajuste, case):
    """The XML of it, after the independent judge has found nothing."""
    moneda = CURRENCY[case.decimales]
    xml = to_xml(comprobante(*ajuste.conceptos, moneda=moneda, tipo_cambio=None if moneda == "MXN" else D("0.1")))
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
    return Cart(
        (Partida(**{**fields, **values}), *case.partidas[1:]),
        case.decimales,
        case.esperado,
        case.globally,
    )
