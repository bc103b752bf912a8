"""What came back from a service against what was sent to it.

Both XML trees are laid out flat (place -> value) and compared, so that an addition nobody thought
of (a complement, a Parte) shows up as a difference too.
"""

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from .formats import collapse
from .payments.complement import TOTALES
from .read import parse_cfdi, stamps
from .xml import CFDI, TFD

_C = f"{{{CFDI}}}"
# additions that a service makes: the stamp, and what lies outside of the seal
_ADDED = frozenset({f"{{{TFD}}}TimbreFiscalDigital", f"{_C}Addenda"})
_SEAL = frozenset({"Sello", "NoCertificado", "Certificado"})
_NUMBERS = frozenset(
    {
        "SubTotal",
        "Descuento",
        "Total",
        "TipoCambio",
        "Cantidad",
        "ValorUnitario",
        "Importe",
        "Base",
        "TasaOCuota",
        "TotalImpuestosRetenidos",
        "TotalImpuestosTrasladados",
        "TotaldeRetenciones",
        "TotaldeTraslados",
        "TasadeRetencion",
        "TasadeTraslado",
        # Pagos 2.0
        *(name for _field, name in TOTALES),
        "TipoCambioP",
        "Monto",
        "EquivalenciaDR",
        "ImpSaldoAnt",
        "ImpPagado",
        "ImpSaldoInsoluto",
        *(f"{name}{suffix}" for name in ("Base", "TasaOCuota", "Importe") for suffix in ("DR", "P")),
    }
)
# containers without attributes (the Impuestos of a line is one too)
_CONTAINERS = frozenset(
    {"Traslados", "Retenciones", "Conceptos", "Complemento"}
    | {f"{name}{suffix}" for name in ("Impuestos", "Traslados", "Retenciones") for suffix in ("DR", "P")}
)
_ROWS = {
    "Concepto": "Conceptos",
    "Traslado": "Traslado",
    "Retencion": "Retencion",
    "CfdiRelacionados": "CfdiRelacionados",
    "CfdiRelacionado": "CfdiRelacionado",
    **{name: name for name in ("Pago", "DoctoRelacionado", "TrasladoDR", "RetencionDR", "TrasladoP", "RetencionP")},
}
# rows without an order of their own: a service may sort them
_UNORDERED = frozenset(
    {"Traslados", "Retenciones", "CfdiRelacionados", "TrasladosDR", "RetencionesDR", "TrasladosP", "RetencionesP"}
)
_SORTED_BY = tuple(
    f"{name}{suffix}" for name in ("UUID", "Impuesto", "TipoFactor", "TasaOCuota", "Base") for suffix in ("", "DR", "P")
)
_UUIDS = frozenset({"UUID", "IdDocumento"})


@dataclass(frozen=True, slots=True)
class Difference:
    """A place and its two values (None: absent there).

    Places look like ``Conceptos[2]/Traslado[1]/@Importe`` and count from 1.
    """

    where: str
    sent: str | None
    got: str | None

    def __str__(self):
        return f"{self.where}: sent {self.sent!r}, got {self.got!r}"


def differences(sent, stamped, may_change=frozenset()):
    """Return the list of Difference between a pre-CFDI and the stamped CFDI that came back for it.

    Numbers are compared as numbers (1.0 is 1.00), UUIDs without case, texts with their white space
    collapsed, taxes and related UUIDs in any order. The seal, the stamp, an Addenda and
    xsi:schemaLocation are additions that a service makes. A missing stamp, a second one, or one
    whose SelloCFD is not the Sello is a difference.

    :param sent: what was sent: bytes, or the root that `read.parse_cfdi` returned
    :param stamped: what came back: the same
    :param may_change: names of attributes of the Comprobante that the service may set ({"Fecha"})
    :raises CfdiError: when one of the two is not a well-formed CFDI 4.0
    """
    one, other = parse_cfdi(sent), parse_cfdi(stamped)
    ours, theirs = _flattened(one), _flattened(other)
    ignored = {f"@{name}" for name in _SEAL.union(may_change)}
    found, absent = [], ()
    for place in dict.fromkeys([*ours, *theirs]):
        if place in ignored or (absent and place.startswith(absent)):
            continue
        a, b = ours.get(place), theirs.get(place)
        if a == b or _same_rate_in_pesos(place, a, b, ours):
            continue
        found.append(Difference(place, a, b))
        if "@" not in place:  # a whole element: its attributes are not listed one by one
            absent += (f"{place}/",)
    return found + _stamp_differences(other)


def _stamp_differences(root):
    nodes = stamps(root)
    if len(nodes) != 1:
        return [Difference("TimbreFiscalDigital", "1", str(len(nodes)))]
    found = []
    seal = "".join((root.get("Sello") or "").split())
    copy = "".join((nodes[0].get("SelloCFD") or "").split())
    if not seal or seal != copy:
        found.append(Difference("TimbreFiscalDigital/@SelloCFD", seal or None, copy or None))
    if not nodes[0].get("UUID"):
        found.append(Difference("TimbreFiscalDigital/@UUID", "a UUID", None))
    return found


def _same_rate_in_pesos(place, a, b, ours):
    """In pesos no exchange rate and a rate of 1 are the same (CFDI40114)."""
    return place == "@TipoCambio" and {a, b} == {None, "1"} and ours.get("@Moneda") == "MXN"


def _flattened(root):
    out = {}
    _collect(root, "", out)
    return out


def _collect(node, prefix, out):
    """Write the node's attributes, text and children below `prefix` into `out`."""
    for attribute, value in node.attrib.items():
        if not attribute.startswith("{"):  # xsi:schemaLocation
            out[f"{prefix}@{attribute}"] = _normal(attribute, value)
    text = collapse(node.text or "")
    if text:
        out[f"{prefix}@text()"] = text
    counts = defaultdict(int)
    for child in _children(node):
        namespace, _brace, name = child.tag.rpartition("}")
        counts[name] += 1
        if counts[name] == 1 and (name in _CONTAINERS or (name == "Impuestos" and prefix)):
            _collect(child, prefix, out)
            continue
        place = prefix + _ROWS.get(name, name)
        if name in _ROWS or counts[name] > 1:
            place += f"[{counts[name]}]"
        out[place] = namespace.lstrip("{")
        _collect(child, f"{place}/", out)


def _children(node):
    children = [c for c in node if isinstance(c.tag, str) and c.tag not in _ADDED]
    if node.tag.rpartition("}")[2] in _UNORDERED:
        # the amounts come last: a row with a changed amount still meets its counterpart
        children.sort(key=lambda c: [_normal(a, c.get(a, "")) for a in _SORTED_BY])
    return children


def _normal(attribute, value):
    value = collapse(value)
    if attribute in _NUMBERS:
        try:
            number = Decimal(value)
        except InvalidOperation:
            return value
        return format(number.normalize(), "f") if number.is_finite() else value
    return value.upper() if attribute in _UUIDS else value
