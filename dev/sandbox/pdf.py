"""The printed representation of a stamped CFDI, made from its XML alone."""

import io
import threading
from decimal import Decimal
from xml.sax.saxutils import escape

from lxml import etree
from reportlab.lib import colors
from reportlab.lib.enums import TA_RIGHT
from reportlab.lib.pagesizes import letter
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.platypus import Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

from . import satfiles
from .pdf_qr import QrCode, verification_url
from .seal import CFDI, TFD

NS = {"cfdi": CFDI, "tfd": TFD, "implocal": "http://www.sat.gob.mx/implocal"}
WIDTH = letter[0] - 24 * mm
MARGIN = 12 * mm - 6  # a frame adds 6 points of padding
INK, PALE, LINE = colors.HexColor("#1f3a5f"), colors.HexColor("#eef2f7"), colors.HexColor("#b8c4d4")
LEGEND = "Este documento es una representación impresa de un CFDI"
WARNING = "Emitido por un servicio de pruebas: sin validez fiscal"
KINDS = {"I": "Factura", "E": "Nota de crédito", "T": "Carta de traslado",
         "P": "Recibo de pago", "N": "Recibo de nómina"}
TAXES = {"001": "ISR", "002": "IVA", "003": "IEPS"}

_BASE = ParagraphStyle("base", fontName="Helvetica", fontSize=7.5, leading=9.2)
STYLES = {
    "text": _BASE,
    "right": ParagraphStyle("right", _BASE, alignment=TA_RIGHT),
    "title": ParagraphStyle("title", _BASE, fontName="Helvetica-Bold", fontSize=13, leading=16,
                            textColor=INK),
    "kind": ParagraphStyle("kind", _BASE, fontName="Helvetica-Bold", fontSize=12, leading=15,
                           alignment=TA_RIGHT, textColor=INK),
    "head": ParagraphStyle("head", _BASE, fontName="Helvetica-Bold", textColor=colors.white),
    "headright": ParagraphStyle("headright", _BASE, fontName="Helvetica-Bold",
                                textColor=colors.white, alignment=TA_RIGHT),
    "total": ParagraphStyle("total", _BASE, fontName="Helvetica-Bold", fontSize=9.5, leading=12,
                            alignment=TA_RIGHT, textColor=INK),
    "seal": ParagraphStyle("seal", _BASE, fontName="Courier", fontSize=5, leading=5.8),
}


def _p(text, style="text"):
    return Paragraph(text, STYLES[style])


def _money(text):
    """'1234.5' -> '1,234.50'; further decimals are kept."""
    value = Decimal(text or "0")
    places = max(2, -value.as_tuple().exponent)
    return f"{value:,.{places}f}"


def _named(catalog, key):
    """A catalogue key with SAT's text: '601 - General de Ley Personas Morales'."""
    text = satfiles.catalog_text(catalog, key) if key else None
    return escape(f"{key} - {text}" if text else key or "")


def _pairs(pairs, style="text"):
    """Labelled values, one a line, the empty ones left out."""
    return _p("<br/>".join(f"<b>{label}:</b> {value}" for label, value in pairs if value), style)


class Invoice:
    """The stamped XML with what every part of the page needs."""

    def __init__(self, xml):
        self.root = etree.fromstring(xml)
        self.issuer = self.root.find("cfdi:Emisor", NS)
        self.receiver = self.root.find("cfdi:Receptor", NS)
        self.timbre = self.root.find("cfdi:Complemento/tfd:TimbreFiscalDigital", NS)

    def text(self, name):
        """An attribute of the Comprobante, escaped for a paragraph."""
        return escape(self.root.get(name, ""))


def _header(invoice):
    root, issuer, timbre = invoice.root, invoice.issuer, invoice.timbre
    number = f"{root.get('Serie', '')} {root.get('Folio', '')}".strip()
    left = [
        _p(escape(issuer.get("Nombre")), "title"),
        _pairs([
            ("RFC", escape(issuer.get("Rfc"))),
            ("Régimen fiscal", _named("RegimenFiscal", issuer.get("RegimenFiscal"))),
            ("Lugar de expedición", invoice.text("LugarExpedicion")),
        ]),
    ]
    right = [
        _p(f"{KINDS[root.get('TipoDeComprobante')]} {escape(number)}", "kind"),
        _pairs([
            ("Folio fiscal", timbre.get("UUID")),
            ("Fecha de emisión", invoice.text("Fecha")),
            ("Fecha de certificación", timbre.get("FechaTimbrado")),
            ("Certificado del emisor", invoice.text("NoCertificado")),
            ("Certificado del SAT", timbre.get("NoCertificadoSAT")),
            ("RFC del PAC", timbre.get("RfcProvCertif")),
        ], "right"),
    ]
    return Table([[left, right]], colWidths=[WIDTH * 0.5, WIDTH * 0.5], style=TableStyle([
        ("VALIGN", (0, 0), (-1, -1), "TOP"), ("LINEBELOW", (0, 0), (-1, -1), 1.2, INK),
        ("LEFTPADDING", (0, 0), (-1, -1), 0), ("RIGHTPADDING", (0, 0), (-1, -1), 0),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 6),
    ]))


def _receiver(invoice):
    root, node = invoice.root, invoice.receiver
    left = _pairs([
        ("Receptor", escape(node.get("Nombre"))), ("RFC", escape(node.get("Rfc"))),
        ("Domicilio fiscal", node.get("DomicilioFiscalReceptor")),
        ("Residencia fiscal", node.get("ResidenciaFiscal")),
        ("Registro tributario", escape(node.get("NumRegIdTrib", ""))),
        ("Régimen fiscal", _named("RegimenFiscal", node.get("RegimenFiscalReceptor"))),
        ("Uso del CFDI", _named("UsoCFDI", node.get("UsoCFDI"))),
    ])
    right = _pairs([
        ("Método de pago", _named("MetodoPago", root.get("MetodoPago"))),
        ("Forma de pago", _named("FormaPago", root.get("FormaPago"))),
        ("Condiciones de pago", invoice.text("CondicionesDePago")),
        ("Moneda", invoice.text("Moneda")), ("Tipo de cambio", invoice.text("TipoCambio")),
        ("Exportación", _named("Exportacion", root.get("Exportacion"))),
        *_relations(root),
    ])
    return Table([[left, right]], colWidths=[WIDTH * 0.55, WIDTH * 0.45], style=TableStyle([
        ("VALIGN", (0, 0), (-1, -1), "TOP"), ("BACKGROUND", (0, 0), (-1, -1), PALE),
    ]))


def _relations(root):
    period = root.find("cfdi:InformacionGlobal", NS)
    if period is not None:
        yield ("Información global",
               f"{_named('Periodicidad', period.get('Periodicidad'))}, "
               f"{_named('Meses', period.get('Meses'))} {period.get('Año')}")
    for node in root.findall("cfdi:CfdiRelacionados", NS):
        uuids = ", ".join(child.get("UUID") for child in node)
        yield (f"Relación {_named('TipoRelacion', node.get('TipoRelacion'))}", uuids)


def _tax_words(concept):
    words = []
    for path, sign in (("Traslados/cfdi:Traslado", ""), ("Retenciones/cfdi:Retencion", "-")):
        for tax in concept.findall(f"cfdi:Impuestos/cfdi:{path}", NS):
            words.append(("Ret. " if sign else "") + _one_tax(tax, sign))
    words.append(f"Objeto de impuesto: {concept.get('ObjetoImp')}")
    return words


def _one_tax(tax, sign):
    name, factor = TAXES.get(tax.get("Impuesto"), tax.get("Impuesto")), tax.get("TipoFactor")
    if factor == "Exento":
        return f"{name} exento, base {_money(tax.get('Base'))}"
    rate = Decimal(tax.get("TasaOCuota"))
    shown = f"{(rate * 100).normalize():f} %" if factor == "Tasa" else f"cuota {rate.normalize():f}"
    return f"{name} {shown}: {sign}{_money(tax.get('Importe'))}"


def _concepts(invoice):
    rows = [[_p(title, "headright" if n in (2, 5, 6, 7) else "head") for n, title in enumerate(
        ("Clave", "Código", "Cantidad", "Unidad", "Descripción", "P. unitario", "Descuento",
         "Importe"))]]
    for node in invoice.root.findall("cfdi:Conceptos/cfdi:Concepto", NS):
        taxes = "<br/>".join(_tax_words(node))
        small = f'<br/><font size="6" color="#555555">{taxes}</font>'
        unit = node.get("ClaveUnidad") + (f" {node.get('Unidad')}" if node.get("Unidad") else "")
        discount = node.get("Descuento")
        rows.append([
            _p(node.get("ClaveProdServ")), _p(escape(node.get("NoIdentificacion", ""))),
            _p(node.get("Cantidad"), "right"), _p(escape(unit)),
            _p(escape(node.get("Descripcion")) + small),
            _p(_money(node.get("ValorUnitario")), "right"),
            _p(_money(discount) if discount else "", "right"),
            _p(_money(node.get("Importe")), "right"),
        ])
    shares = (0.09, 0.1, 0.09, 0.09, 0.31, 0.11, 0.09, 0.12)
    return Table(rows, colWidths=[WIDTH * share for share in shares], repeatRows=1,
                 style=TableStyle([
                     ("BACKGROUND", (0, 0), (-1, 0), INK), ("VALIGN", (0, 0), (-1, -1), "TOP"),
                     ("LINEBELOW", (0, 1), (-1, -1), 0.4, LINE),
                     ("LEFTPADDING", (0, 0), (-1, -1), 3), ("RIGHTPADDING", (0, 0), (-1, -1), 3),
                 ]))


def _totals(invoice):
    root = invoice.root
    rows = [("Subtotal", root.get("SubTotal"))]
    if root.get("Descuento"):
        rows.append(("Descuento", f"-{root.get('Descuento')}"))
    for tax in root.findall("cfdi:Impuestos/cfdi:Traslados/cfdi:Traslado", NS):
        if tax.get("TipoFactor") != "Exento":
            rows.append((_one_tax(tax, "").rpartition(":")[0], tax.get("Importe")))
    for tax in root.findall("cfdi:Impuestos/cfdi:Retenciones/cfdi:Retencion", NS):
        rows.append((f"{TAXES.get(tax.get('Impuesto'))} retenido", f"-{tax.get('Importe')}"))
    for node in root.findall("cfdi:Complemento/implocal:ImpuestosLocales", NS):
        for tax in node:
            name = tax.get("ImpLocTrasladado") or tax.get("ImpLocRetenido")
            sign = "" if tax.get("ImpLocTrasladado") else "-"
            rows.append((escape(name), sign + tax.get("Importe")))
    cells = [[_p(label, "right"), _p(_money(value), "right")] for label, value in rows]
    cells.append([_p(f"Total {root.get('Moneda')}", "total"), _p(_money(root.get("Total")),
                                                                  "total")])
    table = Table(cells, colWidths=[WIDTH * 0.25, WIDTH * 0.17], style=TableStyle([
        ("LINEABOVE", (0, -1), (-1, -1), 0.8, INK), ("TOPPADDING", (0, 0), (-1, -2), 1),
        ("BOTTOMPADDING", (0, 0), (-1, -2), 1),
    ]))
    table.hAlign = "RIGHT"
    return table


def _seals(invoice):
    timbre = invoice.timbre
    words = [
        ("Sello digital del CFDI", timbre.get("SelloCFD")),
        ("Sello digital del SAT", timbre.get("SelloSAT")),
        ("Cadena original del complemento de certificación digital del SAT",
         satfiles.cadena_tfd(timbre)),
    ]
    texts = []
    for title, value in words:
        texts += [_p(f"<b>{title}</b>"), _p(escape(value), "seal"), Spacer(1, 1.5 * mm)]
    return Table([[QrCode(verification_url(invoice.root, timbre), 32 * mm), texts]],
                 colWidths=[36 * mm, WIDTH - 36 * mm], style=TableStyle([
                     ("VALIGN", (0, 0), (-1, -1), "TOP"), ("LEFTPADDING", (0, 0), (0, 0), 0),
                 ]))


def _foot(canvas, _document):
    canvas.saveState()
    canvas.setFont("Helvetica", 6.5)
    canvas.setFillColor(INK)
    canvas.drawCentredString(letter[0] / 2, 8 * mm, f"{LEGEND} · {WARNING}")
    canvas.drawRightString(letter[0] - 12 * mm, 8 * mm, f"Página {canvas.getPageNumber()}")
    canvas.restoreState()


def build(xml):
    """The PDF (bytes) of a stamped CFDI (bytes)."""
    invoice = Invoice(xml)
    buffer = io.BytesIO()
    document = SimpleDocTemplate(
        buffer, pagesize=letter, leftMargin=MARGIN, rightMargin=MARGIN, topMargin=12 * mm,
        bottomMargin=14 * mm, title=f"CFDI {invoice.timbre.get('UUID')}",
        author=invoice.issuer.get("Nombre"),
    )
    gap = Spacer(1, 3 * mm)
    document.build(
        [_header(invoice), gap, _receiver(invoice), gap, _concepts(invoice), gap,
         _totals(invoice), gap, _seals(invoice)],
        onFirstPage=_foot, onLaterPages=_foot,
    )
    return buffer.getvalue()


class Printer:
    """Makes a PDF of a row of the book; one at a time, as reportlab's caches are shared."""

    def __init__(self):
        self._lock = threading.Lock()

    def __call__(self, row):
        """The PDF (bytes) of a row."""
        with self._lock:
            return build(row["xml"])
