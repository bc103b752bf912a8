"""What surrounds the payments: a Comprobante whose values are all given by SAT."""

from ..document import CFDI
from ..findings import Finding

# (code, attribute, the only value; None: must be absent)
ROOT = (
    ("CRP20101", "TipoDeComprobante", "P"),
    ("CRP20102", "Exportacion", "01"),
    ("CRP20103", "SubTotal", "0"),
    ("CRP20104", "Moneda", "XXX"),
    ("CRP20105", "FormaPago", None),
    ("CRP20106", "MetodoPago", None),
    ("CRP20107", "CondicionesDePago", None),
    ("CRP20108", "Descuento", None),
    ("CRP20109", "TipoCambio", None),
    ("CRP20110", "Total", "0"),
)
CONCEPT = (
    ("CRP20113", "ClaveProdServ", "84111506"),
    ("CRP20114", "NoIdentificacion", None),
    ("CRP20115", "Cantidad", "1"),
    ("CRP20116", "ClaveUnidad", "ACT"),
    ("CRP20117", "Unidad", None),
    ("CRP20118", "Descripcion", "Pago"),
    ("CRP20119", "ValorUnitario", "0"),
    ("CRP20120", "Importe", "0"),
    ("CRP20121", "Descuento", None),
    ("CRP20122", "ObjetoImp", "01"),
)
USE = "CP01"


def check(document):
    """Findings CRP20101-20123, and CFDI40161 for another use than CP01."""
    yield from _attributes(ROOT, "Comprobante", document.root)
    if len(document.concepts) > 1:
        yield Finding("CRP20111", f"{len(document.concepts)} conceptos")
    for where, concept in document.numbered():
        if any(child.tag != f"{{{CFDI}}}ACuentaTerceros" for child in concept):
            yield Finding("CRP20112", where)
        yield from _attributes(CONCEPT, where, concept)
    if document.summary is not None:
        yield Finding("CRP20123", "cfdi:Impuestos")
    use = document.receiver.get("UsoCFDI")
    if use != USE:
        yield Finding("CFDI40161", f"UsoCFDI {use} con TipoDeComprobante P")


def _attributes(rows, where, node):
    for code, name, value in rows:
        if node.get(name) != value:
            yield Finding(code, f"{where}: {name} {node.get(name)}")
