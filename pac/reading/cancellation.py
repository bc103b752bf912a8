"""Codes of a cancellation: where they stand in an answer, what they mean, and SAT's acuse that proves them.

Sources: SAT's EstatusUUID and EstatusPeticion (Anexo 20); the form of an acuse as Facture and other PACs return it.
"""

import re
from dataclasses import dataclass

from lxml import etree

from ..arguments import is_uuid
from . import files
from .message import CODES, TEXTS

ACCEPTED = ("201", "202")
# beyond these (207, 7xx) services differ
MEANINGS = {
    "201": "SAT received the request to cancel",
    "202": "the cancellation of this UUID had been requested before",
    "203": "the UUID was not found or is not the issuer's",
    "204": "this UUID can't be cancelled",
    "205": "the UUID does not exist at SAT (a new one may take a while to be known there)",
    "206": "the UUID is not of a CFDI of the primary sector",
    "301": "the request's XML is malformed",
    "302": "the request's seal is invalid",
    "303": "the request's seal is not the issuer's",
    "304": "the issuer's certificate is revoked or expired",
}
_ROOTS = ("Acuse", "CancelaCFDResult")
# the most specific name first: an envelope may have a code of its own around SAT's
_SAT_NAMES = ("estatusuuid", "codigocancelacion", "codigosat", "estatuscancelacion")
_LOOSE_NAMES = ("estatus", "status", "estado", "resultado", "result")
_UUID_NAMES = ("uuid", "foliofiscal")
# `201`, `201 - Solicitud recibida`, `CA205 - El UUID no existe`
_CODE = re.compile(r"^\s*(?:CA[-\s]?)?(\d{3})(?!\d)(?:\s*(?:[-–:.,]|$)|\s+\D)", re.IGNORECASE)
# success codes of an envelope: they say nothing about the cancellation
_ENVELOPE = {"000", "200"}


@dataclass(frozen=True)
class Acuse:
    """SAT's acuse: its bytes, and the EstatusUUID of each UUID (upper case) that it names."""

    xml: bytes
    codes: dict


def acuses(body):
    """All acuses in an answer, whatever is wrapped around them."""
    return [Acuse(xml, _folios(root)) for xml, root in files.xml_documents(body, *_ROOTS)]


def _folios(root):
    codes = {}
    for folios in root.iter("{*}Folios"):
        uuid = None
        for child in folios.iter("{*}UUID", "{*}EstatusUUID"):
            text = (child.text or "").strip()
            if etree.QName(child).localname == "UUID":
                uuid = text.upper()
                codes.setdefault(uuid, None)
            elif uuid:
                codes[uuid] = text or None
    return codes


def codes(body, node, uuid):
    """The cancellation codes of an answer for `uuid`, from the most specific place that has any.

    :param node: the answer as tree.Node
    :return: list of codes; more than one is a contradiction, none leaves nothing to conclude from
    """
    proven = [acuse.codes[uuid.upper()] for acuse in acuses(body) if acuse.codes.get(uuid.upper())]
    named = [child.text for child in node.walk() if child.label.lower() == uuid.lower() and child.text]
    if not node.children and node.text:
        named.append(node.text)
    by_name = (node.values(*names) for names in (_SAT_NAMES, CODES, _LOOSE_NAMES, TEXTS))
    for texts in (proven, named, *by_name):
        found = dict.fromkeys(filter(None, map(code_of, texts)))
        if found:
            return list(found)
    return []


def code_of(text):
    """The code at the beginning of a text (`204 - No aplicable`), or None; an envelope's "200" is none."""
    found = _CODE.match(text)
    return found[1] if found and found[1] not in _ENVELOPE else None


def about_another(node, uuid):
    """Whether an answer names UUIDs, and ours is not among them."""
    named = {text.upper() for text in node.values(*_UUID_NAMES) if is_uuid(text)}
    named |= {child.label.upper() for child in node.walk() if is_uuid(child.label)}
    return bool(named) and uuid.upper() not in named


def meaning(code, words=""):
    """What `code` says, as a sentence; the service's own `words` for what is not in SAT's list."""
    said = MEANINGS.get(code) or words or "the service refused the cancellation"
    return f"{code}: {said.rstrip('.')}."
