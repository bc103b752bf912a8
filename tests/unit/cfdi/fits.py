"""Fitting the carts of the tests, and judging what comes out."""

from decimal import Decimal as D

import pytest
from carts import IVA16, Cart, cart
from cfdi_values import comprobante
from judge import faults
from l10n_mx_facture.cfdi.amounts.fit import fit_lines
from l10n_mx_facture.cfdi.amounts.lines import InvoiceLine
from l10n_mx_facture.cfdi.errors import CfdiError
from l10n_mx_facture.cfdi.read import read_cfdi
from l10n_mx_facture.cfdi.write import to_xml

CURRENCY = {0: "JPY", 2: "MXN", 3: "KWD"}


def fitted(case, **options):
    return fit_lines(case.invoice_lines, case.decimals, case.expected, case.globally, **options)


def judged(fit, case):
    """The XML of it, after the independent judge has found nothing."""
    moneda = CURRENCY[case.decimals]
    xml = to_xml(comprobante(*fit.conceptos, moneda=moneda, tipo_cambio=None if moneda == "MXN" else D("0.1")))
    assert faults(xml, case.decimals) == []
    assert read_cfdi(xml).total == case.expected.total
    return xml


def one(taxes=(IVA16,), price="100", quantity="1", discount="0", decimals=2, globally=False, **kw):
    return cart([(taxes, D(price), D(quantity), D(discount))], decimals, globally, **kw)


def refused(code, case):
    with pytest.raises(CfdiError) as caught:
        fitted(case)
    assert caught.value.code == code, caught.value
    return caught.value


def changed(case, **values):
    """The case with another first line."""
    first = case.invoice_lines[0]
    fields = {name: getattr(first, name) for name in InvoiceLine.__slots__}
    return Cart(
        (InvoiceLine(**{**fields, **values}), *case.invoice_lines[1:]),
        case.decimals,
        case.expected,
        case.globally,
    )
