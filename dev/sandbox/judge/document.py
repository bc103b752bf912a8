"""A pre-CFDI as the judge looks at it."""

from decimal import Decimal

from lxml import etree

from .. import satfiles
from ..errors import Refusal

CFDI = "http://www.sat.gob.mx/cfd/4"
TFD = "http://www.sat.gob.mx/TimbreFiscalDigital"
NS = {
    "cfdi": CFDI,
    "implocal": "http://www.sat.gob.mx/implocal",
    "cce": "http://www.sat.gob.mx/ComercioExterior20",
    "pago20": "http://www.sat.gob.mx/Pagos20",
}


def read(body):
    """Parse what was received; Refusal 301 when it is not a CFDI 4.0, 302/307 when not unsigned.

    No DTD, no entities, no network, no huge trees.
    """
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False,
        remove_pis=False,
    )
    try:
        root = etree.fromstring(body, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise Refusal("301", detail=str(error)[:300]) from error
    if root.getroottree().docinfo.doctype:
        raise Refusal("301", detail="El XML contiene una DTD")
    if root.tag != f"{{{CFDI}}}Comprobante" or root.get("Version") != "4.0":
        raise Refusal("301", detail="No es un cfdi:Comprobante versión 4.0")
    if root.find(f".//{{{TFD}}}TimbreFiscalDigital") is not None:
        raise Refusal("307", detail="El XML enviado ya tiene un TimbreFiscalDigital")
    if root.get("Sello"):
        raise Refusal("302")
    return root


class Document:
    """A schema-valid cfdi:Comprobante: numbers as Decimal, texts as written."""

    def __init__(self, root, context):
        self.root = root
        self.context = context
        self.kind = root.get("TipoDeComprobante")
        self.currency = root.get("Moneda")
        self.decimals = satfiles.currency_decimals(self.currency)
        self.issuer = root.find("cfdi:Emisor", NS)
        self.receiver = root.find("cfdi:Receptor", NS)
        self.concepts = root.findall("cfdi:Conceptos/cfdi:Concepto", NS)
        self.summary = root.find("cfdi:Impuestos", NS)
        self.payments = root.find("cfdi:Complemento/pago20:Pagos", NS)
        self.foreign_trade = root.find("cfdi:Complemento/cce:ComercioExterior", NS) is not None
        if self.decimals is None:
            self.decimals = 2

    @property
    def limit_decimals(self):
        """Decimals at which the limits of the amounts are cut."""
        chosen = self.context.limit_decimals
        return self.decimals if chosen is None else chosen

    def numbered(self):
        """The concepts with the words that name each: ('Concepto 1', element)."""
        return [(f"Concepto {n}", node) for n, node in enumerate(self.concepts, 1)]

    def line_taxes(self, kind):
        """All line taxes of a kind ('Traslado' or 'Retencion')."""
        path = f"cfdi:Impuestos/cfdi:{kind}{'s' if kind == 'Traslado' else 'es'}/cfdi:{kind}"
        return [tax for concept in self.concepts for tax in concept.findall(path, NS)]

    def summary_taxes(self, kind):
        """The summary nodes of a kind."""
        if self.summary is None:
            return []
        path = f"cfdi:{kind}{'s' if kind == 'Traslado' else 'es'}/cfdi:{kind}"
        return self.summary.findall(path, NS)


def number(node, name):
    """An attribute as Decimal, zero when absent."""
    return Decimal(node.get(name, "0"))


def taxes_of(concept, kind):
    """The taxes of one concept of a kind ('Traslado' or 'Retencion')."""
    path = f"cfdi:Impuestos/cfdi:{kind}{'s' if kind == 'Traslado' else 'es'}/cfdi:{kind}"
    return concept.findall(path, NS)
