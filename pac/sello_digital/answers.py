"""Sello Digital's answers: each parameter of the table on its page is validated on reading.

Names count without case, the record may be wrapped, ids may be texts and `invoice_status` a plain text. Whatever else
differs from the table raises InvalidAnswer, and nothing is concluded from it.
"""

import base64
import binascii
import json
import re
from dataclasses import dataclass
from decimal import Decimal

from ..reading import files, tree
from ..reading.records import decimal

# the page: the table has the first, second and fourth, an example the third
STATES = {"timbrada": "stamped", "notimbrada": "not_stamped", "pendiente": "pending", "cancelada": "cancelled"}
NAMES = "Timbrada, No timbrada, Pendiente, Cancelada"
_DEPTH = 5


class InvalidAnswer(Exception):
    """The answer breaks the table; str() is a clause that names the parameter."""


@dataclass(frozen=True, repr=False)
class Invoice:
    """One record of the service, see results.RemoteStatus. `xml`, `pdf_file` and `uuid`: as they came, or None.

    `total`: a Decimal; None where the answer has none that can be read. `serie`, `folio`: '' where it has none.
    """

    remote_id: str
    state: str
    name: str
    paid: bool
    message: str
    error: str
    action: int | None
    xml: str | None
    pdf_file: str | None
    uuid: str | None
    total: Decimal | None
    serie: str
    folio: str


def read(body, needs_message=True):
    """The Invoice of an answer. Raises InvalidAnswer.

    :param needs_message: `message` is required by the table; the example of `GET /invoices/:id` has none
    """
    record = _record(_json(body))
    inner = record.get("invoice") if isinstance(record.get("invoice"), dict) else {}

    def value(name):
        found = [one[name] for one in (record, inner) if one.get(name) is not None]
        if len(set(map(str, found))) > 1:
            raise InvalidAnswer(f"`{name}` is in it with two values")
        return found[0] if found else None

    _string(value("name"), "name")
    _object(value("addressattributes"), "address_attributes")
    state, name = _status(record.get("invoicestatus"))
    return Invoice(
        remote_id=str(_number(_required(value("id"), "id"), "id")),
        state=state,
        name=name,
        paid=_paid(record.get("paidstatus")),
        message=_message(record.get("message"), needs_message),
        error=_string(record.get("error"), "error") or "",
        action=_number(record.get("actionrecommended"), "action_recommended"),
        xml=_string(record.get("xml"), "xml"),
        pdf_file=_string(record.get("pdffile"), "pdf_file"),
        uuid=_string(value("uuid"), "uuid"),
        total=_total(record, inner),
        serie=_string(value("serie"), "serie") or "",
        folio=str(_number(value("folio"), "folio") or ""),
    )


def created_id(body):
    """The id in the answer to a create, which the page doesn't show. Raises InvalidAnswer."""
    # of an invoice without an id, the id of its status must not be taken
    record = _record(_json(body), names=("id", "invoice", "invoicestatus"))
    inner = record.get("invoice") if isinstance(record.get("invoice"), dict) else {}
    found = [one["id"] for one in (record, inner) if one.get("id") is not None]
    ids = {str(_number(one, "id")) for one in found}
    if len(ids) != 1:
        raise InvalidAnswer("`id` is in it with two values" if ids else "`id` is missing")
    return ids.pop()


def errors(body):
    """The texts of `errors` in an answer 422, or []."""
    try:
        found = _record(_json(body), names=("errors",))["errors"]
    except InvalidAnswer:
        return []
    found = found if isinstance(found, list) else [found]
    return [one.strip() for one in found if isinstance(one, str) and one.strip()]


def pdf(text):
    """The PDF in `pdf_file`, or None when it isn't a whole one: a bad PDF doesn't spoil a stamp."""
    try:
        data = base64.b64decode(re.sub(r"\s", "", text or ""), validate=True)
    except (binascii.Error, ValueError):
        return None
    return data if files.is_whole_pdf(data) else None


# -- the document ---------------------------------------------------------------------------------


def _json(body):
    try:
        return json.loads(tree.trim(body).decode(), object_pairs_hook=_folded, parse_float=Decimal)
    except (ValueError, RecursionError):
        raise InvalidAnswer("something that is not JSON") from None


def _folded(pairs):
    found = {}
    for key, value in pairs:
        name = tree.fold_name(key)
        if name in found:
            raise InvalidAnswer(f"`{key}` is in it twice")
        found[name] = value
    return found


def _record(value, names=("invoicestatus",)):
    """The outermost object that has one of `names`."""
    level = [value]
    for _depth in range(_DEPTH):
        found = [one for one in level if isinstance(one, dict) and any(name in one for name in names)]
        if len(found) > 1:
            raise InvalidAnswer("several invoices are in it")
        if found:
            return found[0]
        level = [below for one in level for below in _below(one)]
    raise InvalidAnswer(f"`{names[0]}` is missing")


def _below(value):
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else []


# -- the table ------------------------------------------------------------------------------------


def _required(value, name):
    if value is None or value == "":
        raise InvalidAnswer(f"`{name}` is missing")
    return value


def _number(value, name):
    """Must be a number; as a text too."""
    if value is None:
        return None
    text = str(value).strip()
    if not re.fullmatch(r"\d{1,18}", text, re.ASCII):
        raise InvalidAnswer(f"`{name}` is not a number")
    return int(text)


def _string(value, name):
    """Must be String."""
    if value is not None and not isinstance(value, str):
        raise InvalidAnswer(f"`{name}` is not a text")
    return value


def _object(value, name):
    """Must be Object."""
    if value is not None and not isinstance(value, dict):
        raise InvalidAnswer(f"`{name}` is not an object")
    return value


def _total(*objects):
    found = {decimal(str(one["total"])) for one in objects if one.get("total") is not None} - {None}
    if len(found) > 1:
        raise InvalidAnswer("`total` is in it with two values")
    return found.pop() if found else None


def _message(value, needed):
    return _string(_required(value, "message") if needed else value, "message") or ""


def _status(value):
    """Must be one of Timbrada, No timbrada, Cancelada; Pendiente in the example. (state, name)."""
    value = _required(value, "invoice_status")
    if isinstance(value, dict):
        _number(value.get("id"), "invoice_status.id")
        value = _required(value.get("name"), "invoice_status.name")
    name = _string(value, "invoice_status").strip()
    if tree.fold(name) not in STATES:
        raise InvalidAnswer(f"`invoice_status` is not one of {NAMES}")
    return STATES[tree.fold(name)], name


def _paid(value):
    """Must be one of: true, false."""
    text = str(_required(value, "paid_status")).strip().lower()
    if text not in ("true", "false"):
        raise InvalidAnswer("`paid_status` is not one of true, false")
    return text == "true"
