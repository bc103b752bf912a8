"""The head of a CFDI that this taxpayer issued, whoever stamped it: of a file that another system left behind.

A CFDI 4.0 or 3.3 of any type. Its lines and taxes are not read: what identifies it is its head and its stamp.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from . import nodes
from .stamped import stamp_of, version_of
from .xml import parse


@dataclass(frozen=True, slots=True)
class IssuedCfdi:
    """What identifies a stamped CFDI, as written. `uuid` and RFCs in upper case, `fecha` local to `lugar_expedicion`.

    `relacionados`: tuples of TipoRelacion and a UUID. What a version or a type doesn't have is None.
    """

    version: str
    tipo_de_comprobante: str
    uuid: str
    fecha_timbrado: datetime
    serie: str | None
    folio: str | None
    fecha: datetime
    moneda: str
    total: Decimal
    rfc_emisor: str
    rfc_receptor: str
    lugar_expedicion: str | None
    metodo_pago: str | None
    forma_pago: str | None
    exportacion: str | None
    uso_cfdi: str | None
    relacionados: tuple[tuple[str, str], ...]

    @property
    def number(self):
        """Serie and Folio as one text; '' where the issuer numbers nothing."""
        return " ".join(filter(None, (self.serie, self.folio)))

    def has_number(self, serie, folio, name):
        """Whether it has this number; None where it has no Folio, so that its number says nothing.

        Systems split a number such as INV/2026/00012 in different ways: separators and leading zeros don't count.

        :param serie: the series as this module would write it
        :param folio: the same, the folio
        :param name: the whole number of the invoice
        """
        if not self.folio:
            return None
        whole = _plain(f"{self.serie or ''}{self.folio}")
        if whole == _plain(name):
            return True
        ours = (_plain(serie), _without_zeros(folio))
        if (_plain(self.serie), _without_zeros(self.folio)) == ours:
            return True
        return not self.serie and _without_zeros(self.folio) == ours[1]


def read_issued(xml):
    """Return the IssuedCfdi of a stamped CFDI 3.3 or 4.0.

    :param xml: bytes, or the root that `xml.parse` returned
    :raises CfdiError: those of `xml.parse` and of `stamped`, ``structure``, ``missing``, ``bad_number``,
        ``bad_date``, ``bad_uuid``
    """
    root = parse(xml)
    version, stamp = version_of(root), stamp_of(root)
    emisor, receptor = nodes.own_child(root, "Emisor"), nodes.own_child(root, "Receptor")
    return IssuedCfdi(
        version=version,
        tipo_de_comprobante=nodes.text(root, "TipoDeComprobante"),
        uuid=nodes.uuid(stamp).upper(),
        fecha_timbrado=nodes.date_time(stamp, "FechaTimbrado"),
        serie=nodes.optional(root, "Serie"),
        folio=nodes.optional(root, "Folio"),
        fecha=nodes.date_time(root, "Fecha"),
        moneda=nodes.text(root, "Moneda"),
        total=nodes.number(root, "Total"),
        rfc_emisor=nodes.text(emisor, "Rfc").upper(),
        rfc_receptor=nodes.text(receptor, "Rfc").upper(),
        lugar_expedicion=nodes.optional(root, "LugarExpedicion"),
        metodo_pago=nodes.optional(root, "MetodoPago"),
        forma_pago=nodes.optional(root, "FormaPago"),
        exportacion=nodes.optional(root, "Exportacion"),
        uso_cfdi=nodes.optional(receptor, "UsoCFDI"),
        relacionados=tuple(
            (nodes.text(group, "TipoRelacion"), nodes.uuid(node).upper())
            for group in nodes.own_children(root, "CfdiRelacionados")
            for node in nodes.own_children(group, "CfdiRelacionado")
        ),
    )


def _plain(text):
    """Letters and digits in upper case, in one form whatever the composition of their accents."""
    return re.sub(r"[\W_]", "", unicodedata.normalize("NFKD", text or "").upper())


def _without_zeros(text):
    return _plain(text).lstrip("0")
