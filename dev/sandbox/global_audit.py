"""What the live credit notes say of a global invoice, read together with it (SAT's guide of the CFDI global).

A PAC judges each CFDI alone; this is for tests.
"""

from decimal import Decimal

from lxml import etree

from .sat import CANCELLED

CREDITS = "01"
PUBLIC = ("XAXX010101000", "PUBLICO EN GENERAL")
TICKET = {"ClaveUnidad": "ACT", "Cantidad": "1", "Descripcion": "Venta"}
# of what several parts have left of a tax, base and tax move to its rate
APART = Decimal("0.01")
RETURN = {"ClaveProdServ": "84111506", "ClaveUnidad": "ACT", "Cantidad": "1"}
ANY_GOODS = "01010101"
# SAT's words for the fuels of appendix 3
FUELS = ("15101505", "15101506", "15101513", "15101514", "15101515", "15111510", "15111511",
         "15111512")


class GlobalAudit:
    """Reads SAT's book. What doesn't fit is told as words in ``violations``."""

    def __init__(self, sat):
        self.sat = sat

    def of(self, uuid):
        """{uuid, total, tickets: {number: left of it, a text}, credits: [uuid], violations}"""
        cfdi = self.sat.store.cfdi(uuid)
        if cfdi is None:
            raise KeyError(f"no CFDI {uuid} here")
        root = etree.fromstring(cfdi.xml)
        violations = [*_header(root), *_tickets(root)]
        left = {}
        for node in root.findall("{*}Conceptos/{*}Concepto"):
            left[node.get("NoIdentificacion")] = _amounts(node)
        credits = self._credits(uuid)
        for credit in credits:
            note = etree.fromstring(credit.xml)
            violations += _credit(note)
            for node in note.findall("{*}Conceptos/{*}Concepto"):
                violations += _take(left, node)
        return {"uuid": uuid, "total": cfdi.total, "credits": [one.uuid for one in credits],
                "tickets": {number: str(_total(rows)) for number, rows in left.items()},
                "violations": violations}

    def _credits(self, uuid):
        found = [self.sat.store.cfdi(other) for kind, other in self.sat.relations.naming(uuid)
                 if kind == CREDITS]
        return [one for one in found if one and self.sat.state(one)[0] != CANCELLED]


def _receiver(root, usage):
    node = root.find("{*}Receptor")
    expected = {"Rfc": PUBLIC[0], "Nombre": PUBLIC[1], "RegimenFiscalReceptor": "616",
                "DomicilioFiscalReceptor": root.get("LugarExpedicion"), "UsoCFDI": usage}
    for name, value in expected.items():
        if node.get(name) != value:
            yield f"{root.get('TipoDeComprobante')}: {name} is {node.get(name)}, not {value}"


def _header(root):
    yield from _receiver(root, "S01")
    if root.find("{*}InformacionGlobal") is None:
        yield "it is no global invoice"
    expected = {"TipoDeComprobante": "I", "MetodoPago": "PUE", "Exportacion": "01", "Moneda": "MXN"}
    for name, value in expected.items():
        if root.get(name) != value:
            yield f"{name} is {root.get(name)}, not {value}"


def _tickets(root):
    numbers = []
    for node in root.findall("{*}Conceptos/{*}Concepto"):
        numbers.append(node.get("NoIdentificacion"))
        yield from _words(node, TICKET)
        clave = node.get("ClaveProdServ")
        if clave not in (ANY_GOODS, *FUELS):
            yield f"{numbers[-1]}: {clave}"
        if clave in FUELS and "-" not in (numbers[-1] or ""):
            yield f"{numbers[-1]}: no permit before the number of a fuel"
    if len(set(numbers)) != len(numbers):
        yield "a number is there twice"


def _credit(note):
    yield from _receiver(note, "G02")
    if note.find("{*}InformacionGlobal") is not None:
        yield "a credit note has no InformacionGlobal"
    if note.get("TipoDeComprobante") != "E" or note.get("MetodoPago") != "PUE":
        yield f"{note.get('TipoDeComprobante')} {note.get('MetodoPago')} credits it"
    if note.get("FormaPago") in (None, "99"):
        yield f"a credit note is paid as {note.get('FormaPago')}"


def _words(node, expected):
    for name, value in expected.items():
        if node.get(name) != value:
            yield f"{node.get('NoIdentificacion')}: {name} is {node.get(name)}, not {value}"


def _amounts(node):
    """{None: (net, 0), tax: (base, tax)} of a Concepto."""
    net = Decimal(node.get("Importe")) - Decimal(node.get("Descuento") or 0)
    rows = {None: (net, Decimal(0))}
    for tax in node.iter("{*}Traslado"):
        key = (tax.get("Impuesto"), tax.get("TipoFactor"), tax.get("TasaOCuota"))
        rows[key] = (Decimal(tax.get("Base")), Decimal(tax.get("Importe") or 0))
    return rows


def _total(rows):
    return rows[None][0] + sum(tax for _base, tax in rows.values())


def _take(left, node):
    """Take a returned Concepto off its ticket."""
    number = node.get("NoIdentificacion")
    yield from _words(node, RETURN)
    if number not in left:
        yield f"{number} is no ticket of it"
        return
    rows = left[number]
    for key, (base, tax) in _amounts(node).items():
        had = rows.get(key, (Decimal(0), Decimal(0)))
        rows[key] = (had[0] - base, had[1] - tax)
        if min(rows[key]) < -APART:
            yield f"{number}: {base} + {tax} of {key} returned, {had[0]} + {had[1]} was left"
    if _total(rows) < 0:
        yield f"{number}: {-_total(rows)} more than its total returned"
