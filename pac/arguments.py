"""Checks of arguments: nothing is sent that could only be refused or misunderstood."""

import re

from ..cfdi.errors import CfdiError
from ..cfdi.read import parse_cfdi, read_timbre
from .errors import NotSent

MOTIVOS = ("01", "02", "03", "04")
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


def uuid(value, what="UUID"):
    """`value` when it has the form of a UUID, or NotSent(`bad_uuid`)."""
    if not isinstance(value, str) or not _UUID.fullmatch(value):
        raise NotSent("bad_uuid", f"The {what} must have the form 8-4-4-4-12 hexadecimal digits.")
    return value


def is_uuid(value):
    """Whether `value` is written as a UUID."""
    return bool(_UUID.fullmatch(value or ""))


def payload(xml, name="The document"):
    """The root of `xml`, which is compared with what comes back, or NotSent(`bad_payload`): it is no unstamped CFDI."""
    try:
        sent = parse_cfdi(xml)
        is_stamped = read_timbre(sent) is not None
    except CfdiError as error:
        raise NotSent("bad_payload", f"{name} can't be sent, it is no readable CFDI: {error}") from None
    if is_stamped:
        raise NotSent("bad_payload", f"{name} can't be sent: it is stamped already.")
    return sent


def cancellation(motivo, folio_sustitucion):
    """SAT's rule of 2022: a motivo of c_Motivo, a replacement with 01 and only with 01.

    Raises NotSent (`bad_motivo`, `bad_uuid`).
    """
    if motivo not in MOTIVOS:
        raise NotSent("bad_motivo", "The reason for the cancellation must be 01, 02, 03 or 04.")
    if motivo == "01":
        uuid(folio_sustitucion, "UUID of the CFDI that replaces it (reason 01)")
    elif folio_sustitucion:
        raise NotSent("bad_motivo", "Only reason 01 goes with a replacement.")
