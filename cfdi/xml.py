"""Hardened XML parsing and the namespaces of a CFDI: no DTD, no entities, no network, bounded size.

Shared by the reader of CFDIs and by the clients of services, whose answers are as untrusted as
any other input.
"""

import re
from urllib.parse import quote
from xml.parsers import expat

from lxml import etree

from .errors import CfdiError

# namespaces of a CFDI 4.0 and its parts
CFDI = "http://www.sat.gob.mx/cfd/4"
IMPLOCAL = "http://www.sat.gob.mx/implocal"
PAGOS20 = "http://www.sat.gob.mx/Pagos20"
TFD = "http://www.sat.gob.mx/TimbreFiscalDigital"
XSI = "http://www.w3.org/2001/XMLSchema-instance"

# namespace of names whose prefix a document doesn't declare; the prefix follows
UNDECLARED = "urn:undeclared-prefix:"
# what a parser may complain of, and the tree is still the one that was meant
_ODD_NAMESPACES = (etree.ErrorTypes.WAR_NS_URI, etree.ErrorTypes.NS_ERR_UNDEFINED_NAMESPACE)
_WRONG_NAMES = (
    etree.ErrorTypes.NS_ERR_XML_NAMESPACE,
    etree.ErrorTypes.NS_ERR_QNAME,
    etree.ErrorTypes.NS_ERR_ATTRIBUTE_REDEFINED,
)
_ENDS_EARLY = tuple(
    expat.errors.codes[text]
    for text in (
        expat.errors.XML_ERROR_NO_ELEMENTS,
        expat.errors.XML_ERROR_UNCLOSED_TOKEN,
        expat.errors.XML_ERROR_PARTIAL_CHAR,
        expat.errors.XML_ERROR_UNCLOSED_CDATA_SECTION,
    )
)

MAX_BYTES = 25 * 1024 * 1024
# of one element: SAT's have 30 at most, and lxml takes quadratic time to list them
MAX_ATTRIBUTES = 1000
# encodings in which "<!DOCTYPE" is written with its ASCII bytes; others could hide one
ASCII_COMPATIBLE = frozenset(
    {
        "utf-8",
        "utf8",
        "us-ascii",
        "ascii",
        "iso-8859-1",
        "iso8859-1",
        "latin1",
        "iso-8859-15",
        "windows-1252",
        "cp1252",
    }
)
_BOM = b"\xef\xbb\xbf"
# what a program makes of InformacionGlobal/@Año that writes XML in ASCII
_MANY_ATTRIBUTES = etree.XPath(f"//*[count(@*) > {MAX_ATTRIBUTES}][1]")
_ANIO_IN_ASCII = re.compile(rb"\bA&#(?:241|[xX]0*[fF]1);o\s*=")
_DECLARED = re.compile(rb"""^\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._\-]{1,40})["']""")


def declared_encoding(data):
    """Return the encoding that the XML declaration names, in lower case ('utf-8' if none)."""
    found = _DECLARED.match(data.removeprefix(_BOM))
    return found.group(1).decode("ascii").lower() if found else "utf-8"


def parse(data, max_bytes=MAX_BYTES):
    """Return the root element of an XML document.

    :param data: the document's bytes (str is refused: the declaration would lie), or an element that was
        returned from here, so that one document is parsed once for several purposes
    :raises CfdiError: ``empty``, ``too_large``, ``too_complex``, ``encoding``, ``dtd``, ``truncated``, ``malformed``;
        a namespace that is no URI and a prefix that is not declared are read, see `_with_odd_namespaces`
    """
    if etree.iselement(data):
        return data
    if not isinstance(data, (bytes, bytearray)):
        raise CfdiError("encoding", "An XML document is expected as bytes, not as text.")
    data = bytes(data)
    if len(data) > max_bytes:
        raise CfdiError(
            "too_large",
            f"The XML has {len(data)} bytes; more than {max_bytes} are not read.",
            data={"size": len(data), "limit": max_bytes},
        )
    if not data.strip():
        raise CfdiError("empty", "The XML is empty.")
    _refuse_encoding(data)
    # before the parser sees it: libxml2 expands internal entities inside attribute values
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data:
        raise CfdiError("dtd", "The XML carries a DTD or entities, which are not accepted.")
    try:
        root = etree.fromstring(data.strip(), _parser())
    except etree.XMLSyntaxError as error:
        if error.code not in _ODD_NAMESPACES:
            raise _syntax_error(data, error) from error
        root = _with_odd_namespaces(data.strip())
    except LookupError as error:
        raise CfdiError("encoding", f"The XML's encoding is unknown: {error}.") from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise CfdiError("dtd", "The XML carries a DTD or entities, which are not accepted.")
    _refuse_many_attributes(root)
    return root


def _refuse_many_attributes(root):
    for element in _MANY_ATTRIBUTES(root):
        name, count = etree.QName(element).localname, len(element.attrib)
        raise CfdiError(
            "too_complex",
            f"The XML's element {name} has {count} attributes; more than {MAX_ATTRIBUTES} are not read.",
            data={"size": count, "limit": MAX_ATTRIBUTES},
        )


def _parser(**options):
    return etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
        **options,
    )


def _with_odd_namespaces(data):
    """The root of XML that is well-formed but for its namespaces.

    SAT's own program writes ``xmlns:schemaLocation="uri uri"``, which is no URI; others declare no prefix for what they
    add (an Addenda). Such names get a namespace of their own (`UNDECLARED` and the prefix), so that none is taken for
    one of SAT's, and the tree can be walked as any other.
    """
    _refuse_malformed(data)
    parser = _parser(recover=True)
    root = etree.fromstring(data, parser)
    _refuse_many_attributes(root)
    for entry in parser.error_log:
        if entry.type not in _ODD_NAMESPACES:
            where = {"line": entry.line, "column": entry.column, "detail": " ".join(entry.message.split())}
            raise CfdiError("malformed", f"The XML is malformed: {where['detail']}.", data=where)
    for node in root.iter(etree.Element):
        for name in (node.tag, *node.attrib):
            if name.count("{") + name.count("}") > 2:
                raise CfdiError("malformed", "The XML is malformed: a namespace has braces.", data={"detail": name})
        if not node.tag.startswith("{") and ":" in node.tag:
            node.tag = _declared(node.tag)
        for name in [name for name in node.attrib if ":" in name and not name.startswith("{")]:
            node.set(_declared(name), node.attrib.pop(name))
    return root


def _refuse_malformed(data):
    """Refuse what is not well-formed, read without namespaces: libxml2's recovery hides even a missing end."""
    try:
        text = data.decode("utf-8-sig" if data.startswith(_BOM) else declared_encoding(data))
    except (UnicodeDecodeError, LookupError) as error:
        raise CfdiError("encoding", f"The XML's bytes are not in the encoding it declares: {error}.") from error
    try:
        expat.ParserCreate("utf-8").Parse(text.encode(), True)
    except expat.ExpatError as error:
        detail = expat.ErrorString(error.code)
        where = {"line": error.lineno, "column": error.offset + 1, "detail": detail}
        if error.code in _ENDS_EARLY:
            raise CfdiError("truncated", f"The XML ends too early: {detail}.", data=where) from error
        raise CfdiError("malformed", f"The XML is malformed: {detail}.", data=where) from error


def _declared(name):
    prefix, _colon, local = name.partition(":")
    return f"{{{UNDECLARED}{quote(prefix)}}}{local}"


def _refuse_encoding(data):
    encoding = declared_encoding(data)
    if b"\0" in data[:1024] or data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        encoding = "utf-16 or utf-32"
    elif not data.removeprefix(_BOM).lstrip().startswith(b"<"):
        raise CfdiError("malformed", "This is not XML: it does not start with '<'.")
    if encoding not in ASCII_COMPATIBLE:
        raise CfdiError(
            "encoding",
            f"The XML is encoded as {encoding}; UTF-8 is expected.",
            data={"encoding": encoding},
        )


def _syntax_error(data, error):
    detail = " ".join((error.msg or "").split())
    where = {"line": error.lineno or 0, "column": error.offset or 0, "detail": detail}
    if _ends_early(data.strip(), error):
        return CfdiError("truncated", f"The XML ends too early: {detail}.", data=where)
    if error.code == etree.ErrorTypes.ERR_INVALID_ENCODING or "UTF-8" in detail:
        return CfdiError(
            "encoding",
            f"The XML's bytes are not in the encoding it declares: {detail}.",
            data=where,
        )
    if _ANIO_IN_ASCII.search(data):
        detail = "the attribute Año is written as A&#241;o, which no name can be; write the document in UTF-8"
    return CfdiError("malformed", f"The XML is malformed: {detail}.", data=where)


def _ends_early(data, error):
    """Whether the parser complained only when nothing was left to read."""
    if error.code == etree.ErrorTypes.ERR_TAG_NAME_MISMATCH:
        return False
    if not data.endswith(b">"):
        return True
    if error.code in _WRONG_NAMES:
        return False
    lines = data.split(b"\n")
    # columns are bytes or characters, depending on the release of libxml2
    width = len(lines[-1].decode("utf-8", "ignore"))
    return error.lineno == len(lines) and error.offset >= width - 2
