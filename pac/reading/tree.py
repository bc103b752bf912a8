"""Liberal reading of answers: XML or JSON become one tree of names and texts.

The services promise "JSON o XML" and name no field. So names are compared without case, accents, separators and
namespace; an XML attribute, a child element and a JSON key are the same thing; a list may be wrapped, bare, or a single
item. Where a name occurs several times, the shallowest counts.
"""

import json
import unicodedata
from collections import deque
from dataclasses import dataclass, field

from lxml import etree

from ...cfdi.errors import CfdiError
from ...cfdi.xml import parse as parse_xml

# elements and attributes of an XML, which may be a CFDI of thousands of lines; more is an attack on our memory
MAX_NODES = 100_000
# values of a JSON document: far more than branches or the report of a bulk call need
MAX_VALUES = 50_000
MAX_DEPTH = 100
# label of the root when the document is a bare list
LIST = "[]"
_BOM = b"\xef\xbb\xbf"


class Unreadable(Exception):
    """Not a document; `reason` is a slug: `empty`, `html`, `no_document`, `too_big`."""

    def __init__(self, reason):
        super().__init__(reason)
        self.reason = reason


@dataclass(repr=False)
class Node:
    """`name` is folded, `label` as written; `text` is None where there are only children."""

    name: str
    label: str
    text: str | None = None
    children: list = field(default_factory=list)

    def __repr__(self):
        # without its texts: a traceback with locals would show a secret that the service echoes
        return f"<Node {self.label!r}: {len(self.children)} below>"

    def walk(self):
        """This node and all below it, the shallowest first."""
        todo = deque([self])
        while todo:
            node = todo.popleft()
            yield node
            todo.extend(node.children)

    def nodes(self, *names):
        """All nodes with one of `names`, by the order of names, the shallowest first."""
        found = [node for node in self.walk() if node.name in names]
        return sorted(found, key=lambda node: names.index(node.name))

    def values(self, *names):
        """Texts of all leaves with one of `names`, in the same order, empty ones left out."""
        return [node.text for node in self.nodes(*names) if node.text]

    def value(self, *names):
        """The first of `values`, or None."""
        return next(iter(self.values(*names)), None)

    def child_text(self, *names):
        """The first non-empty text of a direct child with one of `names`, or None."""
        found = [child for child in self.children if child.name in names and child.text]
        return min(found, key=lambda node: names.index(node.name)).text if found else None

    def without(self, *names):
        """A copy of this tree without the nodes that have one of `names`; None when it is one itself."""
        if self.name in names:
            return None
        kept = [child.without(*names) for child in self.children]
        return Node(self.name, self.label, self.text, [child for child in kept if child is not None])

    def texts(self):
        """All non-empty texts."""
        return [node.text for node in self.walk() if node.text]


def fold_name(name):
    """`idSucursal`, `ID_SUCURSAL`, `{urn:x}id-sucursal` -> `idsucursal`; `Código` -> `codigo`."""
    return fold(name.rsplit("}", 1)[-1])


def fold(text):
    """A short text to compare: lower case, without accents, spaces and signs."""
    plain = unicodedata.normalize("NFKD", text)
    return "".join(c for c in plain.lower() if c.isalnum())


def read(body):
    """The tree of an answer. Raises Unreadable."""
    body = trim(body)
    if not body:
        raise Unreadable("empty")
    if body[:1] == b"<":
        return _from_xml(body)
    return _from_json(body)


def trim(body):
    """`body` without a byte order mark and white space around it: XML parsers trip over them."""
    return body.strip().removeprefix(_BOM).strip()


def number(text):
    """An int from `12`, `"12"`, `12.0`, `1,234`; None from anything else."""
    whole, _dot, fraction = (text or "").strip().replace(",", "").partition(".")
    if fraction.strip("0") or not whole.removeprefix("-").isdigit() or not whole.isascii():
        return None
    return int(whole) if len(whole) < 19 else None


def is_html(body):
    """Whether an answer is a web page, as gateways and login forms give."""
    start = trim(body)[:1000].lower()
    return start.startswith((b"<!doctype html", b"<html", b"<head", b"<body")) or b"<html" in start


def _from_xml(body):
    if body.count(b"<") + body.count(b"=") > 2 * MAX_NODES:
        raise Unreadable("too_big")
    try:
        root = parse_xml(body)
    except CfdiError as error:
        if is_html(body):
            raise Unreadable("html") from error
        root = _as_cp1252(body)
    tree = _element(root, 0)
    if tree.name == "html":
        raise Unreadable("html")
    return tree


def _as_cp1252(body):
    """Old services send accents in Windows' code page 1252 without declaring it."""
    try:
        body.decode()
    except UnicodeDecodeError:
        try:
            return parse_xml(body.decode("cp1252", "replace").encode())
        except CfdiError as error:
            raise Unreadable("no_document") from error
    raise Unreadable("no_document")


def _element(element, depth):
    if depth > MAX_DEPTH:
        raise Unreadable("too_big")
    tag = etree.QName(element).localname
    node = Node(fold_name(tag), tag, (element.text or "").strip() or None)
    for label, value in element.attrib.items():
        label = etree.QName(label).localname
        node.children.append(Node(fold_name(label), label, value.strip()))
    node.children += [_element(child, depth + 1) for child in element if isinstance(child.tag, str)]
    return node


class _Pairs(list):
    """A JSON object with all its keys in order: of a key that stands twice, both are kept."""


def _from_json(body):
    if sum(body.count(c) for c in (b"[", b"{", b",")) > MAX_VALUES:
        raise Unreadable("too_big")
    try:
        text = body.decode()
    except UnicodeDecodeError:
        text = body.decode("cp1252", "replace")
    try:
        # numbers stay as written: 0.1 is no float, 007 no 7
        value = json.loads(text, object_pairs_hook=_Pairs, parse_int=str, parse_float=str, parse_constant=str)
    except (ValueError, RecursionError) as error:
        raise Unreadable("html" if is_html(body) else "no_document") from error
    if not _is_list(value):
        top = Node("", "")
        _add(top, "", value, 0)
        return top.children[0]
    root = Node("", LIST)
    for item in value:
        _add(root, "", item, 1)
    return root


def _is_list(value):
    return isinstance(value, list) and not isinstance(value, _Pairs)


def _add(parent, label, value, depth):
    """Put a JSON value under `parent`; each item of a list becomes a child with the list's name."""
    if depth > MAX_DEPTH:
        raise Unreadable("too_big")
    if _is_list(value):
        if not value:
            parent.children.append(Node(fold_name(label), label))
        for item in value:
            _add(parent, label, item, depth + 1)
        return
    node = Node(fold_name(label), label)
    parent.children.append(node)
    if isinstance(value, _Pairs):
        for key, below in value:
            _add(node, key, below, depth + 1)
    elif isinstance(value, bool):
        node.text = str(value).lower()
    elif value is not None:
        node.text = str(value).strip()
