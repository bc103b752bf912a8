"""The printed expression as SAT reads it."""

import decimal
import re
from decimal import Decimal

NEEDED = ("re", "rr", "tt", "id")
UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
AMOUNT = re.compile(r"[0-9]{1,18}(\.[0-9]{1,6})?")
# ours: no source says for certain in which form SAT takes an & inside an RFC
AMPERSANDS = {
    "escaped": "written &amp; (CfdiUtils, phpcfdi)",
    "raw": "written & (satcfdi)",
}
HIDDEN = "\0"


def read(text, ampersand="escaped"):
    """{re, rr, tt (Decimal), id, fe or None}, None for what SAT calls invalid (601).

    In any order, with or without the leading question mark; tt with any number of zeros.
    """
    text = (text or "").strip().removeprefix("?")
    if ampersand == "escaped":
        pieces = text.replace("&amp;", HIDDEN).split("&")
    else:
        pieces = re.split(r"&(?=(?:re|rr|tt|id|fe)=)", text)
    found = {}
    for piece in pieces:
        name, _equals, value = piece.partition("=")
        found.setdefault(name, value.replace(HIDDEN, "&"))
    if not all(found.get(name) for name in NEEDED):
        return None
    if not UUID.fullmatch(found["id"]) or not AMOUNT.fullmatch(found["tt"]):
        return None
    return {name: found[name] for name in ("re", "rr", "id")} | {
        "tt": Decimal(found["tt"]), "fe": found.get("fe")}


def fits(asked, cfdi):
    """Whether each part is the CFDI's own; one that isn't makes SAT say "not found"."""
    try:
        total = Decimal(cfdi.total)
    except decimal.InvalidOperation:
        return False
    return (asked["re"], asked["rr"], asked["tt"]) == (cfdi.issuer, cfdi.receiver, total) and (
        asked["fe"] in (None, cfdi.seal[-8:]))
