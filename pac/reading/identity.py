"""Who issued a CFDI to whom for what, in any version: for services that write the XML themselves.

They may issue 3.2, 3.3 or 4.0 (attribute names then differ in case, namespaces in the year) and number and date it
themselves. So a CFDI is ours when issuer, receiver, currency, total and the amounts of its lines are, when series and
folio are those that the service shows for the invoice, and when it has exactly one stamp, of its own seal.
"""

from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal

from lxml import etree

from ...cfdi.comparison import Difference
from ...cfdi.errors import CfdiError
from ...cfdi.xml import parse
from .. import arguments
from .records import decimal

_CENT = Decimal("0.01")


@dataclass(frozen=True)
class Identity:
    """What makes one CFDI this one. `uuid` in upper case; `root`: the parsed XML.

    `amounts`: Importe of each line to the cent, sorted: the service may round them as it likes. `moneda`: '' where
    it is none of SAT's codes, as in 3.2.
    """

    uuid: str
    rfc_emisor: str
    rfc_receptor: str
    total: Decimal
    version: str
    serie: str = ""
    folio: str = ""
    moneda: str = ""
    amounts: tuple = ()
    root: object = field(default=None, repr=False, compare=False)


def read(xml):
    """(the Identity of a stamped CFDI, None), or (None, a clause that says what it is)."""
    try:
        root = parse(xml)
    except CfdiError as error:
        return None, f"a CFDI that can't be read ({error})"
    if etree.QName(root).localname != "Comprobante":
        return None, "an XML that is no CFDI"
    found = list(root.iter("{*}TimbreFiscalDigital"))
    if len(found) != 1:
        return None, "a CFDI with several stamps" if found else "a CFDI without TimbreFiscalDigital"
    seal, copy = _seal(root, "sello"), _seal(found[0], "sellocfd")
    if not seal or seal != copy:
        return None, "a CFDI whose stamp belongs to another one"
    uuid, total = _value(found[0], "uuid"), decimal(_value(root, "total"))
    parties = [list(root.iterchildren(f"{{*}}{who}")) for who in ("Emisor", "Receptor")]
    if any(len(nodes) != 1 for nodes in parties):
        return None, "a CFDI that doesn't have exactly one issuer and one receiver"
    rfcs = [_value(nodes[0], "rfc").upper() for nodes in parties]
    if not arguments.is_uuid(uuid) or total is None or not all(rfcs):
        return None, "a CFDI without a UUID, a total or an RFC"
    amounts = [decimal(_value(line, "importe")) for line in root.iterfind("{*}Conceptos/{*}Concepto")]
    moneda = _value(root, "moneda").upper()
    return (
        Identity(
            uuid.upper(),
            *rfcs,
            total,
            _value(root, "version"),
            _value(root, "serie"),
            _value(root, "folio"),
            moneda if len(moneda) == 3 else "",
            _cents(amounts),
            root,
        ),
        None,
    )


def differences(wanted, got, numbers=(None, None)):
    """In what `got` (an Identity) is someone else's: list of cfdi.comparison.Difference.

    :param wanted: cfdi.read.ParsedCfdi of what was sent
    :param numbers: series and folio that the service shows for the invoice, None where it shows none
    """
    doc = wanted.comprobante
    pairs = {
        "Emisor/@Rfc": (doc.emisor.rfc.upper(), got.rfc_emisor),
        "Receptor/@Rfc": (doc.receptor.rfc.upper(), got.rfc_receptor),
        "@Total": (wanted.total, got.total),
        "@Moneda": (doc.moneda, got.moneda or doc.moneda),
        "@Serie": (numbers[0] or got.serie, got.serie),
        "@Folio": (numbers[1] or got.folio, got.folio),
        "Conceptos/Concepto/@Importe": (_shown(_cents(one.importe for one in doc.conceptos)), _shown(got.amounts)),
    }
    return [
        Difference(where, str(ours), str(theirs)) for where, (ours, theirs) in pairs.items() if ours != theirs
    ]


def differences_text(wanted, got, numbers=(None, None)):
    """The differences as a clause, or None."""
    texts = [f"{one.where}: sent {one.sent}, got {one.got}" for one in differences(wanted, got, numbers)]
    return f"a CFDI that is not the one that was sent ({'; '.join(texts)})" if texts else None


def _cents(amounts):
    return tuple(sorted(one.quantize(_CENT, ROUND_HALF_UP) for one in amounts if one is not None))


def _shown(amounts):
    return ", ".join(f"{one:f}" for one in amounts)


def _value(node, name):
    """An attribute's text whatever the case of its name ('' when absent): 3.2 wrote them small."""
    if node is None:
        return ""
    return next((value.strip() for key, value in node.attrib.items() if key.lower() == name), "")


def _seal(node, name):
    return "".join(_value(node, name).split())
