"""XML documents and PDFs in an answer: its whole body, an element in it, or (base64) text in a field."""

import base64
import binascii
import re
from typing import NamedTuple

from lxml import etree

from ...cfdi.errors import CfdiError
from ...cfdi.xml import declared_encoding, parse
from . import tree

_BASE64 = re.compile(r"[A-Za-z0-9+/_\-\s]{40,}={0,2}\s*")


class Xml(NamedTuple):
    """An XML document: its bytes, and its root, so that nobody parses it again."""

    data: bytes
    root: etree._Element


def xml_documents(body, *roots):
    """All XML documents in `body` whose root's local name is one of `roots`, each once: list of Xml.

    A body or text that is such a document is given byte for byte; an element inside another
    document is written out anew (a CFDI's seal covers its content, not its bytes).
    """
    body = body if body[:1] == b"<" else tree.trim(body)
    found = _inside(body, roots)
    if len(found) == 1 and found[0].data is body:
        return found
    # what came as text may be an envelope too, with the document in it
    for data in _texts(body):
        found += _inside(data, roots)
    return list({one.data: one for one in found}.values())


def _inside(data, roots):
    """`data` itself, or the elements in it, that are such documents."""
    root = _parsed(data)
    if root is None:
        return []
    if _local(root) in roots:
        return [Xml(data, root)]
    inner = [element for element in root.iter() if _local(element) in roots]
    written = [etree.tostring(e, encoding="UTF-8", xml_declaration=True, with_tail=False) for e in inner]
    return [Xml(one, parse(one)) for one in written]


def pdf(body):
    """The PDF that `body` is or carries in base64, or None."""
    if body.startswith(b"%PDF-"):
        return body
    return next((data for data in _texts(body) if data.startswith(b"%PDF-")), None)


def is_whole_pdf(data):
    """Whether bytes are a PDF that has not lost its end."""
    return data.startswith(b"%PDF-") and b"%%EOF" in data[-2048:]


def _texts(body):
    """The texts of a document that may be documents themselves, as bytes."""
    try:
        found = tree.read(body)
    except tree.Unreadable:
        return
    for text in found.texts():
        if text.startswith("<"):
            yield _encoded(text)
        elif _BASE64.fullmatch(text):
            try:
                yield base64.b64decode(re.sub(r"\s", "", text).translate(_URL_SAFE), validate=True)
            except (binascii.Error, ValueError):
                continue


_URL_SAFE = str.maketrans("-_", "+/")


def _encoded(text):
    """A document that came as text, in the encoding that it declares."""
    encoding = declared_encoding(text[:300].encode("utf-8", "replace"))
    try:
        return text.encode(encoding)
    except (LookupError, UnicodeError):
        return text.encode("utf-8", "replace")


def _parsed(data):
    if not data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        return None
    try:
        return parse(data)
    except CfdiError:
        return None


def _local(element):
    return etree.QName(element).localname if isinstance(element.tag, str) else ""
