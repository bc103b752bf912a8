"""What an XML is, by its root."""

import pytest
from cfdi_values import sample
from l10n_mx_facture.cfdi.document_kinds import document_kind, root_name
from l10n_mx_facture.cfdi.errors import CfdiError
from l10n_mx_facture.cfdi.received import read_received
from l10n_mx_facture.cfdi.xml import parse

from conftest import SHARED

ACUSES = sorted((SHARED / "sat/samples/acuses").glob("*.xml"))
CFDI = sample("stamped_invoice")
SAT = "http://www.sat.gob.mx"


@pytest.mark.parametrize(
    ("xml", "kind"),
    [
        (CFDI, "cfdi"),
        (f'<c:Comprobante xmlns:c="{SAT}/cfd/3" version="3.2"/>', "cfdi"),
        (f'<Comprobante xmlns="{SAT}/cfd/2" version="2.2"/>', "cfd"),
        ('<Comprobante Version="4.0"/>', "comprobante"),
        ('<cfdi:Comprobante Version="4.0"/>', "comprobante"),
        (f'<Comprobante xmlns="{SAT}/cfd/5" Version="5.0"/>', "comprobante"),
        (f'<r:Retenciones xmlns:r="{SAT}/esquemas/retencionpago/1" Version="1.0"/>', "retenciones"),
        (f'<r:Retenciones xmlns:r="{SAT}/esquemas/retencionpago/2" Version="2.0"/>', "retenciones"),
        ('<Acuse Fecha="2026-01-01T00:00:00"><Folios xmlns="http://cancelacfd.sat.gob.mx"/></Acuse>', "acuse"),
        ('<AcuseAceptacionRechazo/>', "acuse"),
        ('<s:Envelope xmlns:s="urn:s"><s:Header/><s:Body><CancelaCFDResponse/></s:Body></s:Envelope>', "acuse"),
        ('<s:Envelope xmlns:s="urn:s"><s:Body><Something/></s:Body></s:Envelope>', "xml"),
        ('<Cancelacion xmlns="http://cancelacfd.sat.gob.mx"/>', "cancellation"),
        (f'<Cancelacion xmlns="{SAT}/esquemas/retencionpago/1"/>', "cancellation"),
        (f'<B:Balanza xmlns:B="{SAT}/esquemas/ContabilidadE/1_3/BalanzaComprobacion"/>', "accounting"),
        (f'<C:Catalogo xmlns:C="{SAT}/esquemas/ContabilidadE/1_3/CatalogoCuentas"/>', "accounting"),
        (f'<t:TimbreFiscalDigital xmlns:t="{SAT}/TimbreFiscalDigital"/>', "timbre"),
        (f'<p:Pagos xmlns:p="{SAT}/Pagos20"/>', "sat"),
        ("<Invoice/>", "xml"),
    ],
)  # fmt: skip
def test_kinds(xml, kind):
    data = xml if isinstance(xml, bytes) else xml.encode()
    assert document_kind(parse(data)) == kind
    if data != CFDI:
        with pytest.raises(CfdiError) as caught:
            read_received(data)
        assert (caught.value.code, caught.value.data["kind"]) == ("not_cfdi", kind)


# without the reference material there are none, and an empty list is a parameter of pytest's own
@pytest.mark.parametrize("path", ACUSES, ids=lambda path: getattr(path, "stem", "none"))
def test_receipts_of_sat(path):
    assert document_kind(parse(path.read_bytes())) == "acuse"


def test_the_name_of_a_root():
    assert root_name(parse(CFDI)) == "Comprobante"
    assert root_name(parse(b"<cfdi:Comprobante/>")) == "cfdi:Comprobante"
