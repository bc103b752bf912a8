"""What the credit notes of a global invoice say together with it."""

import pytest
from samples import cfdi, uuid_of
from sat_client import stamp

ROOT = ('FormaPago="01" SubTotal="{net}" Moneda="MXN" Total="{total}" TipoDeComprobante="{kind}"'
        ' Exportacion="01" MetodoPago="PUE"')
RECEIVER = ('Rfc="XAXX010101000" Nombre="PUBLICO EN GENERAL" DomicilioFiscalReceptor="{{zip}}"'
            ' RegimenFiscalReceptor="616" UsoCFDI="{usage}"')
CONCEPT = ('<cfdi:Concepto ClaveProdServ="{clave}" NoIdentificacion="{number}" Cantidad="1"'
           ' ClaveUnidad="ACT" Descripcion="{text}" ValorUnitario="{net}" Importe="{net}"'
           ' ObjetoImp="02"><cfdi:Impuestos><cfdi:Traslados>{tax}</cfdi:Traslados>'
           "</cfdi:Impuestos></cfdi:Concepto>")
TAX = ('<cfdi:Traslado Base="{net}" Impuesto="002" TipoFactor="Tasa" TasaOCuota="0.160000"'
       ' Importe="{tax}"/>')
PERIOD = '<cfdi:InformacionGlobal Periodicidad="01" Meses="{month}" Año="{year}"/>'
RELATED = ('<cfdi:CfdiRelacionados TipoRelacion="01"><cfdi:CfdiRelacionado UUID="{}"/>'
           "</cfdi:CfdiRelacionados>")


def _document(kind, net, tax, total, before, clave, text, usage, number="T-1", folio="1"):
    row = TAX.format(net=net, tax=tax)
    taxes = (f'<cfdi:Impuestos TotalImpuestosTrasladados="{tax}"><cfdi:Traslados>{row}'
             "</cfdi:Traslados></cfdi:Impuestos>")
    return cfdi(
        folio=folio, before=before, receiver=RECEIVER.format(usage=usage),
        root=ROOT.format(net=net, total=total, kind=kind), taxes=taxes,
        concepts=CONCEPT.format(clave=clave, number=number, text=text, net=net, tax=row))


def _credit(uuid, net="50.00", tax="8.00", total="58.00", clave="84111506", usage="G02", **more):
    return _document("E", net, tax, total, RELATED.format(uuid), clave, "Devoluciones", usage, **more)


@pytest.fixture
def sold(client):
    """A stamped global invoice with one ticket of 116.00."""
    year, month = cfdi().decode().split('Fecha="')[1][:7].split("-")
    period = PERIOD.format(month=month, year=year)
    return stamp(client, _document("I", "100.00", "16.00", "116.00", period, "01010101", "Venta", "S01"))


def _audit(client, xml):
    return client.control("GET", f"globals/{uuid_of(xml)}")


def test_what_is_left_of_a_ticket(client, sold):
    assert _audit(client, sold)["tickets"] == {"T-1": "116.00"}
    xml = stamp(client, _credit(uuid_of(sold), folio="2"))
    found = _audit(client, sold)
    assert (found["tickets"], found["violations"]) == ({"T-1": "58.00"}, [])
    assert [one.lower() for one in found["credits"]] == [uuid_of(xml).lower()]


@pytest.mark.parametrize("changes, words", [
    ({"net": "100.01", "tax": "16.00", "total": "116.01"}, "more than its total"),
    ({"number": "T-2"}, "is no ticket of it"),
    ({"clave": "84111505"}, "ClaveProdServ"),
    ({"usage": "S01"}, "UsoCFDI"),
])
def test_what_does_not_fit(client, sold, changes, words):
    stamp(client, _credit(uuid_of(sold), folio="2", **changes))
    assert any(words in text for text in _audit(client, sold)["violations"])


def test_an_invoice_is_no_global_one(client):
    xml = stamp(client, cfdi())
    assert any("no global" in text for text in _audit(client, xml)["violations"])
