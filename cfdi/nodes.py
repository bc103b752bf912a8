"""Typed access to the elements of a CFDI, with refusals that name the place."""

import re
from datetime import datetime
from decimal import Decimal

from lxml import etree

from .errors import CfdiError
from .formats import UUID, collapse
from .xml import CFDI

_C = f"{{{CFDI}}}"
# by the most decimals that it may have
_NUMERO = {n: re.compile(rf"[0-9]{{1,18}}(\.[0-9]{{1,{n}}})?|\.[0-9]{{1,{n}}}") for n in (6, 10)}
_FECHA = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}")


def place(node, attribute=None):
    """Name of an element or attribute for a message: ``Emisor/@Rfc``."""
    name = node.tag.rpartition("}")[2]
    return f"{name}/@{attribute}" if attribute else name


def optional(node, attribute):
    """The attribute's text with white space collapsed; None when absent or empty."""
    value = node.get(attribute)
    return collapse(value) or None if value is not None else None


def base64(node, attribute):
    """The attribute's text without any white space; None when absent or empty."""
    return "".join((node.get(attribute) or "").split()) or None


def text(node, attribute, line=None):
    """A required text (CfdiError ``missing``)."""
    value = node.get(attribute)
    # a key has no white space to collapse
    if value and value.isalnum():
        return value
    value = optional(node, attribute)
    if value is None:
        where = place(node, attribute)
        raise CfdiError("missing", f"{where} is missing.", line, {"attribute": where})
    return value


def number(node, attribute, line=None, required=True, decimals=6):
    """A Decimal with the decimals that are written, 6 or 10 at most (CfdiError ``missing``, ``bad_number``)."""
    value = node.get(attribute)
    # nor has a number
    if value and _NUMERO[decimals].fullmatch(value):
        return Decimal(value)
    value = text(node, attribute, line) if required else optional(node, attribute)
    if value is None:
        return None
    if not _NUMERO[decimals].fullmatch(value):
        raise _malformed("bad_number", node, attribute, value, "a number of SAT's form", line)
    return Decimal(value)


def date_time(node, attribute):
    """A naive date and time (CfdiError ``missing``, ``bad_date``)."""
    value = text(node, attribute)
    try:
        if not _FECHA.fullmatch(value):
            raise ValueError(value)
        return datetime.fromisoformat(value)
    except ValueError as error:
        form = "a date and time of SAT's form"
        raise _malformed("bad_date", node, attribute, value, form) from error


def uuid(node):
    """The attribute UUID as written (CfdiError ``missing``, ``bad_uuid``)."""
    value = text(node, "UUID")
    if not UUID.fullmatch(value):
        raise _malformed("bad_uuid", node, "UUID", value, "a UUID")
    return value


def _malformed(code, node, attribute, value, form, line=None):
    where = place(node, attribute)
    data = {"attribute": where, "value": value}
    return CfdiError(code, f"{where} is not {form}: {value!r}.", line, data)


def child(node, name, required=False):
    """The only child of that name, or None (CfdiError ``structure``)."""
    children = list(node.iterchildren(f"{_C}{name}"))
    if len(children) > 1 or (required and not children):
        problem = "more than once" if children else "not"
        data = {"element": name, "parent": place(node), "count": len(children)}
        raise CfdiError("structure", f"{name} is {problem} in {place(node)}.", data=data)
    return children[0] if children else None


def grandchildren(node, container, name):
    """Children `name` of the child `container`, empty when that is not there."""
    group = None if node is None else child(node, container)
    return [] if group is None else list(group.iterchildren(f"{_C}{name}"))


def pedimentos(node):
    """The NumeroPedimento of its InformacionAduanera; their double spaces are part of them (xs:string, no collapse)."""
    return tuple(found.get("NumeroPedimento", "").strip() for found in node.findall(f"{_C}InformacionAduanera"))


def own_children(node, name):
    """Children of that name in the node's own namespace: that of version 3 or 4."""
    return node.findall(f"{{{etree.QName(node).namespace}}}{name}")


def own_child(node, name):
    """The one child of that name in the node's own namespace. Raises CfdiError(`structure`)."""
    found = own_children(node, name)
    if len(found) != 1:
        text = f"{name} is {'more than once' if found else 'not'} in {place(node)}."
        raise CfdiError("structure", text, data={"element": name, "parent": place(node), "count": len(found)})
    return found[0]
