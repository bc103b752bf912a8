"""Small pre-CFDIs of the tests' own, as templates of text."""

import io
import re
import zipfile

from client import MATRIZ, ZIPS, local_now
from lxml import etree

CFDI = "http://www.sat.gob.mx/cfd/4"
TFD = "http://www.sat.gob.mx/TimbreFiscalDigital"
PAGOS = "http://www.sat.gob.mx/Pagos20"
NS = {"cfdi": CFDI, "tfd": TFD, "pago20": PAGOS}

FRAME = """<?xml version="1.0" encoding="UTF-8"?>
<cfdi:Comprobante xmlns:cfdi="http://www.sat.gob.mx/cfd/4" \
xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" \
xsi:schemaLocation="http://www.sat.gob.mx/cfd/4 \
http://www.sat.gob.mx/sitio_internet/cfd/4/cfdv40.xsd" Version="4.0" Serie="A" Folio="{folio}" \
Fecha="{fecha}" {root} LugarExpedicion="{zip}">{before}\
<cfdi:Emisor Rfc="EKU9003173C9" Nombre="ESCUELA KEMPER URGATE" RegimenFiscal="601"/>\
<cfdi:Receptor {receiver}/><cfdi:Conceptos>{concepts}</cfdi:Conceptos>{taxes}</cfdi:Comprobante>"""

RECEIVER = ('Rfc="URE180429TM6" Nombre="UNIVERSIDAD ROBOTICA ESPAÑOLA"'
            ' DomicilioFiscalReceptor="86991" RegimenFiscalReceptor="601" UsoCFDI="G03"')
PUBLIC = ('Rfc="XAXX010101000" Nombre="{name}" DomicilioFiscalReceptor="{zip}"'
          ' RegimenFiscalReceptor="616" UsoCFDI="S01"')

PARTS = {
    # 16 %
    "iva16": {
        "root": 'FormaPago="03" SubTotal="100.00" Moneda="MXN" Total="116.00"'
                ' TipoDeComprobante="I" Exportacion="01" MetodoPago="PUE"',
        "concepts": '<cfdi:Concepto ClaveProdServ="84111506" NoIdentificacion="S-1" Cantidad="1"'
                    ' ClaveUnidad="E48" Descripcion="Servicio &amp; más" ValorUnitario="100.00"'
                    ' Importe="100.00" ObjetoImp="02"><cfdi:Impuestos><cfdi:Traslados>'
                    '<cfdi:Traslado Base="100.00" Impuesto="002" TipoFactor="Tasa"'
                    ' TasaOCuota="0.160000" Importe="16.00"/></cfdi:Traslados></cfdi:Impuestos>'
                    '</cfdi:Concepto>',
        "taxes": '<cfdi:Impuestos TotalImpuestosTrasladados="16.00"><cfdi:Traslados>'
                 '<cfdi:Traslado Base="100.00" Impuesto="002" TipoFactor="Tasa"'
                 ' TasaOCuota="0.160000" Importe="16.00"/></cfdi:Traslados></cfdi:Impuestos>',
    },
    # two lines, a discount, ISR and IVA withheld, one exempt line
    "full": {
        "root": 'FormaPago="99" CondicionesDePago="30 días" SubTotal="2069.12"'
                ' Descuento="100.00" Moneda="USD" TipoCambio="17.123400" Total="2115.90"'
                ' TipoDeComprobante="I" Exportacion="01" MetodoPago="PPD"',
        "concepts": '<cfdi:Concepto ClaveProdServ="81111500" Cantidad="3.50" ClaveUnidad="HUR"'
                    ' Unidad="Hora" Descripcion="Consultoría" ValorUnitario="334.0357"'
                    ' Importe="1169.12" Descuento="100.00" ObjetoImp="02"><cfdi:Impuestos>'
                    '<cfdi:Traslados><cfdi:Traslado Base="1069.12" Impuesto="002"'
                    ' TipoFactor="Tasa" TasaOCuota="0.160000" Importe="171.06"/></cfdi:Traslados>'
                    '<cfdi:Retenciones><cfdi:Retencion Base="1069.12" Impuesto="001"'
                    ' TipoFactor="Tasa" TasaOCuota="0.012500" Importe="13.36"/>'
                    '<cfdi:Retencion Base="1069.12" Impuesto="002" TipoFactor="Tasa"'
                    ' TasaOCuota="0.010208" Importe="10.92"/></cfdi:Retenciones></cfdi:Impuestos>'
                    '</cfdi:Concepto><cfdi:Concepto ClaveProdServ="86121700" Cantidad="2.00"'
                    ' ClaveUnidad="E48" Descripcion="Curso" ValorUnitario="450.00"'
                    ' Importe="900.00" ObjetoImp="02"><cfdi:Impuestos><cfdi:Traslados>'
                    '<cfdi:Traslado Base="900.00" Impuesto="002" TipoFactor="Exento"/>'
                    '</cfdi:Traslados></cfdi:Impuestos></cfdi:Concepto>',
        "taxes": '<cfdi:Impuestos TotalImpuestosRetenidos="24.28"'
                 ' TotalImpuestosTrasladados="171.06"><cfdi:Retenciones>'
                 '<cfdi:Retencion Impuesto="001" Importe="13.36"/>'
                 '<cfdi:Retencion Impuesto="002" Importe="10.92"/></cfdi:Retenciones>'
                 '<cfdi:Traslados><cfdi:Traslado Base="1069.12" Impuesto="002" TipoFactor="Tasa"'
                 ' TasaOCuota="0.160000" Importe="171.06"/><cfdi:Traslado Base="900.00"'
                 ' Impuesto="002" TipoFactor="Exento"/></cfdi:Traslados></cfdi:Impuestos>',
    },
}


def cfdi(kind="iva16", folio="1", branch=MATRIZ, fecha=None, receiver=RECEIVER, before="", **parts):
    """The bytes of a sample, its date and place those of a branch."""
    zip_code = ZIPS.get(branch, "06000")
    text = FRAME.format(
        folio=folio, fecha=fecha or local_now(branch), zip=zip_code, before=before,
        receiver=receiver.format(zip=zip_code, name="CLIENTE DE MOSTRADOR"),
        **{**PARTS[kind], **parts})
    return text.encode("utf-8")


def large(folio="1"):
    """The 16 % sample at a hundred times the price: over the $1,000 that need acceptance."""
    def swap(text):
        return re.sub(r'"(100|116|16)\.00"', lambda found: f'"{found[1]}00.00"', text)
    return cfdi(folio=folio, **{name: swap(text) for name, text in PARTS["iva16"].items()})


def change(xml, path, name, value):
    """The document with one attribute set (None: removed) on the first node of a path."""
    root = etree.fromstring(xml)
    node = root if path == "." else root.find(path, NS)
    if value is None:
        del node.attrib[name]
    else:
        node.set(name, value)
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True)


def uuid_of(xml):
    """The UUID of a stamped document."""
    return etree.fromstring(xml).find(".//tfd:TimbreFiscalDigital", NS).get("UUID")


def zipped(files):
    """A ZIP of {name: bytes}."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()
