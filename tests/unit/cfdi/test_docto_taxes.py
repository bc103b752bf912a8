"""The taxes of one paid invoice in MXN, by the worked figures of rep20.md §5."""

from decimal import Decimal

import pytest
from l10n_mx_facture.cfdi.payments.complement import DoctoRelacionado
from l10n_mx_facture.cfdi.payments.docto_taxes import docto_taxes
from l10n_mx_facture.cfdi.values import Retencion, Traslado

D = Decimal
IVA = Traslado(D("100.00"), "002", "Tasa", D("0.160000"), D("16.00"))


def docto(moneda, equivalencia, traslados=(IVA,), retenciones=()):
    return DoctoRelacionado(
        "A0000000-0000-4000-8000-000000000001", None, None, moneda, D(equivalencia), 1, D(116), D(116), D(0), "02",
        retenciones, traslados,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("moneda", "equivalencia", "tipo_cambio", "base", "tax"),
    [
        ("MXN", "1", None, "100.00", "16.00"),  # E1
        ("USD", "1", "17.123456", "1712.35", "273.98"),  # E5
        ("USD", "0.0555555556", "1", "1800.00", "288.00"),  # E7
        ("USD", "1.16", "21", "1810.34", "289.66"),  # E11
        ("USD", "1.1999586222", "21", "1750.06", "280.01"),  # E12
    ],
)
def test_in_mxn(moneda, equivalencia, tipo_cambio, base, tax):
    taxes = docto_taxes(docto(moneda, equivalencia), tipo_cambio and D(tipo_cambio))
    assert taxes == {(False, "002", "Tasa", D("0.16")): (D(base), D(tax))}


def test_rows_of_one_key_are_summed():
    """E21."""
    rows = (Traslado(D("17.24"), "002", "Tasa", D("0.160000"), D("2.76")),) * 5
    assert docto_taxes(docto("MXN", "1", rows), D(1)) == {(False, "002", "Tasa", D("0.16")): (D("86.20"), D("13.80"))}


def test_quota_exempt_and_withheld():
    quota = Traslado(D("50.00"), "003", "Cuota", D("3.081800"), D("154.09"))
    exempt = Traslado(D("80.00"), "002", "Exento", None, None)
    withheld = Retencion(D("100.00"), "001", "Tasa", D("0.100000"), D("10.00"))
    assert docto_taxes(docto("MXN", "1", (quota, exempt), (withheld,)), D(1)) == {
        (True, "001", "Tasa", D("0.1")): (D("100.00"), D("10.00")),
        (False, "003", "Cuota", D("3.0818")): (None, D("154.09")),
        (False, "002", "Exento", None): (D("80.00"), None),
    }
