"""What we write against SAT's own schemas, when the reference material is there."""

from datetime import datetime

import pytest
from cfdi_values import SAMPLES, comprobante, comprobantes, sample
from hypothesis import HealthCheck, assume, given, settings
from l10n_mx_facture.cfdi.errors import CfdiError
from l10n_mx_facture.cfdi.read import read_cfdi
from l10n_mx_facture.cfdi.values import CfdiRelacionados, InformacionGlobal
from l10n_mx_facture.cfdi.write import to_xml
from lxml import etree


@pytest.fixture(scope="module")
def schema(shared):
    """Slim schemas: the same structure and facets, without the big enumerations."""
    return etree.XMLSchema(etree.parse(shared / "sat/xsd-slim/cfdi40_core.xsd"))


def errors(schema, xml):
    tree = etree.fromstring(xml)
    # what the service adds: the schema wants the attributes to be there
    for name, value in (("Sello", ""), ("Certificado", ""), ("NoCertificado", "0" * 20)):
        tree.set(name, value)
    schema.validate(tree)
    return [str(error) for error in schema.error_log]


@pytest.mark.parametrize("name", sorted(path.stem for path in SAMPLES.glob("*.xml")))
def test_our_samples(schema, name):
    assert errors(schema, sample(name)) == []
    assert errors(schema, to_xml(read_cfdi(sample(name)).comprobante)) == []


def test_the_check_itself_finds_faults(schema):
    assert errors(schema, sample("stamped_invoice").replace(b'UsoCFDI="G03"', b""))


def test_a_bit_of_everything(schema):
    values = comprobante(
        condiciones_de_pago="x" * 1000,
        fecha=datetime.fromisoformat("2026-12-31T23:59:59"),
        informacion_global=InformacionGlobal("05", "18", 2026),
        relacionados=(CfdiRelacionados("04", ("0D1E6A52-7B3C-4F7E-9A64-3C1B2A5D9E10",)),),
    )
    assert errors(schema, to_xml(values)) == []


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(values=comprobantes())
def test_anything_that_we_write_is_valid(schema, values):
    try:
        xml = to_xml(values)
    except CfdiError as refused:
        assume(refused.code != "negative_total")
        raise
    assert errors(schema, xml) == []
