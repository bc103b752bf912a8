"""The printed expression (expresión impresa): the text that says to SAT's status service which CFDI is meant.

Anexo 20 (I.D) writes the same text into the QR code. It is taken from the stored, stamped XML and never from a
record: SAT answers N - 602, "not found", where the total or an RFC differs from what it received.
"""

import re

from ...cfdi.expression import Expression
from ...cfdi.xml import parse
from ..errors import NotSent
from ..reading import identity

# Anexo 20's pattern of an RFC, persons and companies; generic ones (XAXX, XEXX) are of this form too
_RFC = re.compile(r"[A-ZÑ&]{3,4}[0-9]{6}[A-Z0-9]{3}")
_TOTAL = re.compile(r"[0-9]{1,18}(\.[0-9]{1,6})?")


def expressions(xml):
    """The forms of the printed expression of a stamped CFDI, ``?re=..&rr=..&tt=..&id=..&fe=..``, the likelier first.

    `tt` is the Total as the XML writes it (up to 18 digits and 6 decimals; SAT takes any number of zeros) and `fe`
    the last eight characters of the seal, unescaped. An ``&`` in an RFC is written ``&amp;`` (CfdiUtils and phpcfdi do;
    the SOAP envelope escapes the whole text once more). Sources differ on that character (satcfdi sends it raw), so
    that there is a second form, and only then.

    :param xml: bytes of a CFDI with its TimbreFiscalDigital
    :raise NotSent: ``sat_bad_xml``: it has no UUID, RFC, total or seal that could be asked for
    """
    found = _expression(xml)
    return (found.text(), found.text(escaped=False)) if found.has_ampersand else (found.text(),)


def _expression(xml):
    found, problem = identity.read(xml)
    if problem:
        raise _unusable(f"it is {problem}")
    root = parse(xml)
    written = {name.lower(): value for name, value in root.attrib.items()}
    total, seal = written["total"].strip(), "".join(written["sello"].split())
    for what, rfc in (("issuer", found.rfc_emisor), ("receiver", found.rfc_receptor)):
        if not _RFC.fullmatch(rfc):
            raise _unusable(f"the RFC of its {what} is {rfc!r}")
    if not _TOTAL.fullmatch(total):
        raise _unusable(f"its total is {total!r}")
    stamp = next(root.iter("{*}TimbreFiscalDigital"))
    uuid = next(value.strip() for name, value in stamp.attrib.items() if name.lower() == "uuid")
    return Expression.of(found.rfc_emisor, found.rfc_receptor, total, uuid, seal)


def _unusable(clause):
    text = f"SAT was not asked: from the stored XML no question can be made, {clause}. Check the XML."
    return NotSent("sat_bad_xml", text)
