"""Hardened XML parsing and the namespaces of a CFDI: no DTD, no entities, no network, bounded size.

Shared by the reader of CFDIs and by the clients of services, whose answers are as untrusted as
any other input.
"""

import re

from lxml import etree

from .errors import CfdiError

# namespaces of a CFDI 4.0 and its parts
CFDI = "http://www.sat.gob.mx/cfd/4"
IMPLOCAL = "http://www.sat.gob.mx/implocal"
TFD = "http://www.sat.gob.mx/TimbreFiscalDigital"
XSI = "http://www.w3.org/2001/XMLSchema-instance"

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
    :raises CfdiError: ``empty``, ``too_large``, ``encoding``, ``dtd``, ``truncated``, ``malformed``,
        ``too_complex``
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
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        recover=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(data.strip(), parser)
    except etree.XMLSyntaxError as error:
        raise _syntax_error(data, error) from error
    except LookupError as error:
        raise CfdiError("encoding", f"The XML's encoding is unknown: {error}.") from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise CfdiError("dtd", "The XML carries a DTD or entities, which are not accepted.")
    _refuse_many_attributes(root)
    return root


def _refuse_many_attributes(root):
    for element in root.xpath(f"//*[count(@*) > {MAX_ATTRIBUTES}][1]"):
        name, count = etree.QName(element).localname, len(element.attrib)
        raise CfdiError(
            "too_complex",
            f"The XML's element {name} has {count} attributes; more than {MAX_ATTRIBUTES} are not read.",
            data={"size": count, "limit": MAX_ATTRIBUTES},
        )


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
    lines = data.split(b"\n")
    # columns are bytes or characters, depending on the release of libxml2
    width = len(lines[-1].decode("utf-8", "ignore"))
    return error.lineno == len(lines) and error.offset >= width - 2
