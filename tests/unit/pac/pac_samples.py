"""Documents that the tests of pac/ send and get: an unsigned CFDI, its stamp, reports, archives."""

import io
import zipfile

UUID = "5B2F7A1C-0D3E-4F6A-9B8C-7D6E5F4A3B2C"
OTHER_UUID = "00000000-1111-4222-8333-444444444444"


def cfdi(folio="1", total="116.00", iva="16.00", subtotal="100.00", rfc="EKU9003173C9"):
    """An unsigned CFDI 4.0."""
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<cfdi:Comprobante xmlns:cfdi="http://www.sat.gob.mx/cfd/4" Version="4.0" Serie="A" Folio="{folio}" \
Fecha="2026-05-05T10:00:00" FormaPago="03" SubTotal="{subtotal}" Moneda="MXN" Total="{total}" \
TipoDeComprobante="I" Exportacion="01" MetodoPago="PUE" LugarExpedicion="26015">
<cfdi:Emisor Rfc="{rfc}" Nombre="ESCUELA KEMPER URGATE" RegimenFiscal="601"/>
<cfdi:Receptor Rfc="URE180429TM6" Nombre="UNIVERSIDAD ROBOTICA ESPAÑOLA" \
DomicilioFiscalReceptor="86991" RegimenFiscalReceptor="601" UsoCFDI="G03"/>
<cfdi:Conceptos><cfdi:Concepto ClaveProdServ="84111506" Cantidad="1" ClaveUnidad="E48" \
Descripcion="Error 307: timbre previo" ValorUnitario="{subtotal}" Importe="{subtotal}" ObjetoImp="02">\
<cfdi:Impuestos><cfdi:Traslados><cfdi:Traslado Base="{subtotal}" Impuesto="002" TipoFactor="Tasa" \
TasaOCuota="0.160000" Importe="{iva}"/></cfdi:Traslados></cfdi:Impuestos></cfdi:Concepto></cfdi:Conceptos>
<cfdi:Impuestos TotalImpuestosTrasladados="{iva}"><cfdi:Traslados><cfdi:Traslado Base="{subtotal}" \
Impuesto="002" TipoFactor="Tasa" TasaOCuota="0.160000" Importe="{iva}"/></cfdi:Traslados></cfdi:Impuestos>
</cfdi:Comprobante>""".encode()


def stamped(xml, uuid=UUID, fecha=None):
    """`xml` sealed and stamped (with seals that are only letters: pac/ doesn't verify them)."""
    text = xml.decode()
    text = text.replace(
        'FormaPago="',
        'Sello="U0VMTE8=" NoCertificado="30001000000500003416" Certificado="Q0VSVA==" FormaPago="',
        1,
    )
    if fecha:
        text = text.replace("2026-05-05T10:00:00", fecha, 1)
    return text.replace(
        "</cfdi:Comprobante>",
        f"""<cfdi:Complemento><tfd:TimbreFiscalDigital \
xmlns:tfd="http://www.sat.gob.mx/TimbreFiscalDigital" Version="1.1" UUID="{uuid}" \
FechaTimbrado="2026-05-05T10:00:03" RfcProvCertif="SPR190613I52" SelloCFD="U0VMTE8=" \
NoCertificadoSAT="30001000000500003456" SelloSAT="U0FU"/></cfdi:Complemento></cfdi:Comprobante>""",
    ).encode()


def acuse(uuid=UUID, code="201"):
    """SAT's acuse as Facture's successor gives it: the root in no namespace, Folios in SAT's."""
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<Acuse xmlns:xsd="http://www.w3.org/2001/XMLSchema" Fecha="2026-05-06T18:44:50.81054" RfcEmisor="EKU9003173C9">
<Folios xmlns="http://cancelacfd.sat.gob.mx"><UUID>{uuid.upper()}</UUID><EstatusUUID>{code}</EstatusUUID></Folios>
<Signature xmlns="http://www.w3.org/2000/09/xmldsig#" Id="SelloSAT"><SignatureValue>eA==</SignatureValue></Signature>
</Acuse>""".encode()


def archive(entries, method=zipfile.ZIP_DEFLATED):
    """A ZIP of `entries`, pairs or a dict."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as made:
        for name, data in entries.items() if isinstance(entries, dict) else entries:
            made.writestr(name, data)
    return buffer.getvalue()


PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
