"""Samples of CFDIs with a stamp, drawn as they are printed, and what of their XML the page doesn't show."""

import base64
import io
from decimal import Decimal

from lxml import etree, html
from PIL import Image

from odoo.addons.l10n_mx_facture.models.printed.fiscal_print import FiscalPrint

from .golden import NUMBERS
from .read_cfdi import NS

try:
    import zxingcpp
except ImportError:
    zxingcpp = None

TFD = "http://www.sat.gob.mx/TimbreFiscalDigital"
UUID = "6A1B2C3D-4E5F-4A6B-8C7D-9E0F1A2B3C4D"
CERTIFICATES = ("30001000000500003416", "30001000000500003456")
# as long as real ones: 344 characters
SEAL = "".join(f"{i:02d}Ab+/" for i in range(57)) + "12=="
SAT_SEAL = "".join(f"Zy{i:02d}x/" for i in range(57)) + "34=="
# what no printed form shows as it is written: names of schemas, versions, the certificate, and sums of local taxes
HIDDEN = {"schemaLocation", "Version", "version", "Certificado", "TotaldeRetenciones", "TotaldeTraslados"}
RATES = {"TasaOCuota"}
PAGOS = "http://www.sat.gob.mx/Pagos20"
PRINTED_NAMESPACES = (NS["cfdi"], TFD, "http://www.sat.gob.mx/implocal", PAGOS)
# Pagos 2.0 has these beside those of a CFDI with the suffix DR or P
NUMBERS_OF_PAGOS = {"Monto", "ImpSaldoAnt", "ImpPagado", "ImpSaldoInsoluto", "Equivalencia"}


def stamped(xml):
    """:return: bytes of the CFDI with seals and a stamp that no one made; those that it has stay"""
    root = etree.fromstring(xml)
    if root.find(f".//{{{TFD}}}TimbreFiscalDigital") is not None:
        return xml
    root.set("Sello", SEAL)
    root.set("NoCertificado", CERTIFICATES[0])
    complement = root.find("cfdi:Complemento", NS)
    if complement is None:
        complement = etree.SubElement(root, f"{{{NS['cfdi']}}}Complemento")
    values = {
        "Version": "1.1",
        "UUID": UUID,
        "FechaTimbrado": "2026-05-05T10:00:07",
        "RfcProvCertif": "SPR190613I52",
        "SelloCFD": SEAL,
        "NoCertificadoSAT": CERTIFICATES[1],
        "SelloSAT": SAT_SEAL,
    }
    etree.SubElement(complement, f"{{{TFD}}}TimbreFiscalDigital", values, nsmap={"tfd": TFD})
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def draw(env, xml, **options):
    """:return: the page of a stamped CFDI as an HTML element; ``options`` are those of FiscalPrint"""
    values = {"p": FiscalPrint(env, xml, **options), "report_type": "pdf"}
    return html.fromstring(str(env["ir.qweb"]._render("l10n_mx_facture.report_cfdi", values)))


def text_of(element):
    """:return: what a reader sees of an HTML element, white space collapsed"""
    for style in element.xpath("//style"):
        style.drop_tree()
    return " ".join(" ".join(element.itertext()).split())


def not_shown(xml, page):
    """:return: list of the attributes of a CFDI whose values are not in a page's text: ``Concepto/@Importe=1.00``"""
    root = etree.fromstring(xml)
    missing = []
    for node in root.iter(etree.Element):
        name = etree.QName(node)
        in_addenda = any(True for _one in node.iterancestors(f"{{{NS['cfdi']}}}Addenda"))
        if name.namespace not in PRINTED_NAMESPACES or in_addenda:
            continue
        for attribute, value in node.attrib.items():
            local = attribute.rpartition("}")[2]
            if local not in HIDDEN and value.strip() and _written(local, node, value) not in page:
                missing.append(f"{name.localname}/@{local}={value}")
    return missing


def _written(name, node, value):
    of_pagos = etree.QName(node).namespace == PAGOS
    suffix = next((end for end in ("DR", "P") if of_pagos and name.endswith(end)), "")
    name = name.removesuffix(suffix)
    if name in RATES:
        is_quota = node.get(f"TipoFactor{suffix}") == "Cuota"
        text = f"{(Decimal(value) * (1 if is_quota else 100)).normalize():f}"
        return text if is_quota else f"{text}%"
    # a sum of all payments begins with Total, or Monto
    if name in NUMBERS or (of_pagos and (name in NUMBERS_OF_PAGOS or name.startswith(("Total", "MontoTotal")))):
        return f"{Decimal(value):,f}"
    return " ".join(value.split())


def codes_on(page):
    """:return: list of the texts of the QR codes on a page, an HTML element; None where no program reads them"""
    if not zxingcpp:
        return None
    uri = page.xpath("//img[@name='qr']/@src")[0]
    image = Image.open(io.BytesIO(base64.b64decode(uri.partition(",")[2])))
    return [code.text for code in zxingcpp.read_barcodes(image)]


def address_at_sat(xml):
    """:return: the address of SAT's page about a stamped CFDI"""
    root = etree.fromstring(xml)
    uuid = root.find(f".//{{{TFD}}}TimbreFiscalDigital").get("UUID")
    issuer, receiver = (root.find(f"{{*}}{name}").get("Rfc") for name in ("Emisor", "Receptor"))
    return (
        f"https://verificacfdi.facturaelectronica.sat.gob.mx/default.aspx?id={uuid}&re={issuer}&rr={receiver}"
        f"&tt={root.get('Total')}&fe={root.get('Sello')[-8:]}"
    )
