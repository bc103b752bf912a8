"""facture_api: lists and details of what was stamped, with their filters.

The section "Filtrado" of the documentation is lost; known are ``filter=cancelada:eq!true`` and
``filter=empresa.rfc:eq!RFC``. Here `filter` may be repeated and further operators are ours.
"""

import datetime
import operator
from decimal import Decimal, InvalidOperation

from lxml import etree

from . import places
from .errors import Refusal
from .pdf_qr import verification_url
from .seal import TFD

OPERATORS = {
    "eq": operator.eq, "ne": operator.ne, "lt": operator.lt, "gt": operator.gt,
    "le": operator.le, "ge": operator.ge,
}
MAX_SIZE = 100
KINDS = {"I": "INGRESO", "E": "EGRESO", "P": "PAGO", "T": "TRASLADO", "N": "NOMINA"}
# The documentation's example; the number is the id of the series in the service.
SERIES_ID = 185


def _bad(text):
    return Refusal("S400", detail=text, status=400)


def _whole(request, name, default, limit):
    text = request.parameter(name) or str(default)
    if not (text.isascii() and text.isdigit() and int(text[:9]) <= limit):
        raise _bad(f"{name}: {text}")
    return int(text)


def page(request, rows):
    """The envelope's pagination: ``offset``, ``size`` (100 at most), ``count`` of all."""
    offset, size = _whole(request, "offset", 0, 10 ** 9), _whole(request, "size", 10, MAX_SIZE)
    return {"items": rows[offset:offset + size], "count": len(rows), "offset": offset}


def filters(request):
    """[(field, operator, text)] of the filter parameters."""
    found = []
    for name, values in request.query.items():
        for value in values if name.lower() == "filter" else ():
            field, _, rest = value.partition(":")
            sign, mark, text = rest.partition("!")
            if not mark or sign not in OPERATORS:
                raise _bad(f"filter: {value}; se espera campo:operador!valor con "
                           f"{', '.join(OPERATORS)}")
            found.append((field, sign, text))
    return found


def _typed(text, like):
    if isinstance(like, bool):
        return text.lower() == "true"
    if isinstance(like, (int, float, Decimal)):
        try:
            return Decimal(text)
        except InvalidOperation:
            return None
    return text


def keep(rows, conditions):
    """The rows (of the answer) that fulfil all filters."""
    for field, sign, text in conditions:
        if rows and field not in rows[0]:
            raise _bad(f"filter: el campo {field} no existe")
        rows = [row for row in rows if _fulfils(row[field], field, sign, text)]
    return rows


def _fulfils(value, field, sign, text):
    if field == "uuid":
        value, text = value.lower(), text.lower()
    if field == "serie":
        value, text = (value or "").partition("[")[0], text.partition("[")[0]
    if value is None:
        return False
    wanted = _typed(text, value)
    if isinstance(value, float):
        value = Decimal(str(value))
    return wanted is not None and OPERATORS[sign](value, wanted)


def ordered(request, rows):
    """The rows as ``orderby=campo:asc`` or ``campo:desc`` (also gt, lt) says."""
    wanted = request.parameter("orderby")
    if not wanted:
        return rows
    field, _, way = wanted.partition(":")
    if way not in ("asc", "desc", "gt", "lt") or rows and field not in rows[0]:
        raise _bad(f"orderby: {wanted}")
    return sorted(rows, key=lambda row: (row[field] is not None, row[field]),
                  reverse=way in ("desc", "lt"))


def milliseconds(text, zone):
    """A local time without zone as milliseconds since 1970."""
    moment = datetime.datetime.fromisoformat(text).replace(tzinfo=zone)
    return int(moment.timestamp() * 1000)


def _number(text):
    return int(text) if (text or "").isascii() and (text or "").isdigit() else text


class Finder:
    """Writes the book's rows as the service's."""

    def __init__(self, accounts, settings):
        self.accounts = accounts
        self.settings = settings

    def _branches(self):
        return {row["id"]: row for row in self.accounts.branches(active_only=False)}

    def _serie(self, row):
        if row["serie"] is None or not self.settings["serie_suffix"]:
            return row["serie"]
        return f"{row['serie']}[{SERIES_ID}]"

    def items(self, rows):
        """The rows of find."""
        branches, issuers = self._branches(), self.accounts.issuers()
        return [{
            "sucursal": branches[row["branch"]]["name"], "serie": self._serie(row),
            "total": float(row["total"]), "rfcReceptor": row["rfc_receptor"],
            "nombreEmisor": issuers.get(row["rfc_emisor"], {}).get("name"),
            "fecha": milliseconds(row["fecha"], places.time_zone(branches[row["branch"]]["zip"])),
            "folio": _number(row["folio"]), "nombreReceptor": row["nombre_receptor"],
            "cancelada": row["estado"] == "Cancelado", "rfcEmisor": row["rfc_emisor"],
            "uuid": row["uuid"], "correoReceptor": None,
        } for row in rows]

    def detail(self, row):
        """The one of `/facturacion?id=`."""
        branch = self._branches()[row["branch"]]
        root = etree.fromstring(row["xml"])
        taxes = root.find("{*}Impuestos")
        taxes = {} if taxes is None else taxes.attrib
        return {
            "id": row["n"],
            "fechatimbrado": milliseconds(row["fecha_timbrado"], places.time_zone("06000")),
            "tipocomprobante": KINDS.get(row["tipo"]), "mifolio": _number(row["folio"]),
            "miserie": self._serie(row), "uuid": row["uuid"], "moneda": row["moneda"],
            "cbb": verification_url(root, root.find(f".//{{{TFD}}}TimbreFiscalDigital")),
            "cancelada": row["estado"] == "Cancelado",
            "fecha": milliseconds(row["fecha"], places.time_zone(branch["zip"])),
            "subtotal": float(root.get("SubTotal")), "total": float(row["total"]),
            "descuento": float(root.get("Descuento", "0")),
            "totalimpuestosretenidos": float(taxes.get("TotalImpuestosRetenidos", "0")),
            "totalimpuestostrasladados": float(taxes.get("TotalImpuestosTrasladados", "0")),
            "tercero": {"nombre": row["nombre_receptor"], "rfc": row["rfc_receptor"]},
            "emisor": {"nombre": root.find("{*}Emisor").get("Nombre"), "rfc": row["rfc_emisor"]},
            "sucursal": {"id": branch["id"], "nombre": branch["name"], "direccion": None},
            "serie": {"id": SERIES_ID, "serie": row["serie"]},
        }
