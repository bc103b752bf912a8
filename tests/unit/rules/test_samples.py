"""CFDIs that others found clean are without findings; those with a known fault have it."""

import pytest
from cfdi_values import SAMPLES
from l10n_mx_facture.cfdi.errors import CfdiError
from l10n_mx_facture.cfdi.read import read_cfdi
from l10n_mx_facture.cfdi.rules import ERROR, Document, judge

from conftest import SHARED

GOLDEN = sorted((SHARED / "sat/samples/golden").glob("*.xml"))
OTHERS = sorted((SHARED / "sat/samples/cfdi").glob("*/*.xml"))
# what the samples' own index says of them; a warning stands in brackets
EXPECTED = {
    "17_global_bimestral_621": ["CFDI40132"],
    # PÚBLICO with an accent is somebody's name
    "invoice-global": ["CFDI40130", "(GUIA-GLOBAL)", "(GUIA-GLOBAL)"],
    # an RFC of old examples whose check digit never fitted
    "pagos20-calculator__007": ["(RFC-DIGITO)"],
    # ours: a pedimento of 2015, a ticket without a number
    "credit_note_usd": ["(CFDI40194)"],
    "global_local_taxes": ["(GUIA-GLOBAL)"],
}


def named(path):
    # an empty list is a parameter of pytest's own
    return getattr(path, "stem", "none")


def found(document):
    return [h.code if h.severity == ERROR else f"({h.code})" for h in judge(document)]


@pytest.mark.parametrize("path", GOLDEN + OTHERS + sorted(SAMPLES.glob("*.xml")), ids=named)
def test_what_stands_in_the_xml(path):
    """Of all types: T, N and P have few rules, but they must not break any."""
    expected = EXPECTED.get(path.stem, [])
    assert found(Document.from_xml(path.read_bytes())) == expected
    assert found(Document.from_parsed(read_cfdi(path.read_bytes()))) == expected


@pytest.mark.parametrize("path", GOLDEN, ids=named)
def test_what_would_be_written(path):
    """The same out of the values alone, with the totals computed anew."""
    comprobante = read_cfdi(path.read_bytes()).comprobante
    assert found(Document.from_comprobante(comprobante)) == EXPECTED.get(path.stem, [])


def test_what_is_no_cfdi_is_refused():
    with pytest.raises(CfdiError):
        Document.from_xml(b"<a/>")
