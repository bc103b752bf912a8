"""The answers of Facture's current API: items matched by their ids, six outcomes of a cancellation.

Source: the service's documentation (https://api.facture.com.mx; a copy is doc/factura.md of fauzt0/Chisa-ERP on
GitHub). The envelope says `succeed: true` even when every item failed, so it proves nothing. The outcomes of a
cancellation differ in a flag and in Spanish sentences with misspellings: they are recognised by the flag and by stems
of words, and whatever is not recognised raises.
"""

import re
from dataclasses import dataclass

from ..reading import cancellation, tree
from ..reading.records import NotUnderstood, decimal
from ..reading.tree import fold

PAGE = 100
_SERIE_ID = re.compile(r"\[\d+\]\s*$")
_LINK = re.compile(r"https?://[^\s\"'<>]+", re.IGNORECASE)


@dataclass(frozen=True)
class Page:
    """One page of a list: the nodes of its items, and how many the service says that there are."""

    items: list
    count: int


def items(node):
    """The items of an answer, or None where it has no list of them."""
    lists = node.nodes("items")
    return [one for one in lists if one.children] if lists else None


def by_id(found, name, wanted):
    """Id (upper case) -> list of the items that are about it.

    :param found: items
    :param name: folded name of the field that holds the id
    :param wanted: ids; compared without case
    """
    rows = {one.upper(): [] for one in wanted}
    for item in found:
        about = rows.get((item.child_text(name) or "").upper())
        if about is not None:
            about.append(item)
    return rows


def succeeded(item):
    """True, False or None: what an item's `succeed` says."""
    return {"true": True, "false": False}.get((item.child_text("succeed") or "").lower())


def text_of(item):
    """The service's sentences in an item, the error first."""
    return " ".join(dict.fromkeys(filter(None, (item.child_text("error"), item.child_text("message")))))[:1000]


def page(node):
    """The Page of a list's answer. Raises NotUnderstood."""
    found = items(node)
    if found is None:
        raise NotUnderstood("no list in it")
    count = tree.number(node.value("count"))
    if count is None or count < 0:
        raise NotUnderstood("it doesn't say how many there are")
    return Page(found, count)


# -- what the service has -------------------------------------------------------------------------


def detail(node, uuid):
    """(uuid, issuer's RFC, receiver's RFC, total, state) of `GET /facturacion?id=`. Raises NotUnderstood."""
    record = next((one for one in node.nodes("data") if one.children), None)
    if record is None or not record.child_text("uuid"):
        raise NotUnderstood("no UUID in it")
    if record.child_text("uuid").upper() != uuid.upper():
        raise NotUnderstood(f"it is about another UUID, {record.child_text('uuid')[:50]}")
    issuer, receiver = _rfc(record, "emisor"), _rfc(record, "tercero")
    return uuid.upper(), issuer, receiver, decimal(record.child_text("total")), _state(record)


def _rfc(record, who):
    return next(filter(None, (node.child_text("rfc") for node in record.nodes(who))), None)


def _state(record):
    return {"true": "Cancelado", "false": "Vigente"}.get((record.child_text("cancelada") or "").lower())


def has_same_folio(item, sent):
    """Whether an item of `find` has the series, folio and issuer of `sent` (cfdi.read.ParsedCfdi)."""
    doc = sent.comprobante
    return (
        _serie(item.child_text("serie")) == _serie(doc.serie)
        and folio(item.child_text("folio")) == folio(doc.folio)
        and _same(item.child_text("rfcemisor"), doc.emisor.rfc)
    )


def _serie(text):
    """`A[185]` -> `A`: the list shows the series with an id of its own."""
    return _SERIE_ID.sub("", text or "").strip()


def folio(text):
    """A folio to compare: the service keeps it as a number, so `0001` is `1`."""
    text = (text or "").strip()
    return (text.lstrip("0") or "0") if text.isascii() and text.isdigit() else text


def _same(one, other):
    return (one or "").strip().upper() == (other or "").strip().upper()


# -- cancelling -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Outcome:
    """One of the documented outcomes. `flag`: the item's `succeed` that goes with it."""

    code: str
    accepted: bool
    flag: bool
    stems: re.Pattern
    text: str


def _stems(*all_of):
    return re.compile("".join(f"(?=.*{stem})" for stem in all_of))


# texts are compared without accents, spaces and signs
OUTCOMES = (
    Outcome(
        "requested", True, True, _stems("fuecancelad", "estadonohacambiado"),
        "the service asked for the cancellation; SAT does not show it yet",
    ),
    Outcome(
        "needs_acceptance", True, True, _stems("autoriza", "receptor"),
        "the receiver must consent to the cancellation",
    ),
    Outcome(
        "in_process", True, False, _stems("proceso(?:de)?cancela"),
        "the cancellation had been asked for before and is in process",
    ),
    Outcome(
        "cancelled_before", True, True, _stems("previamentecancelad"),
        "it had been cancelled before",
    ),
    Outcome(
        "not_cancellable", False, False, _stems("nopuedesercancelad", "relacion"),
        "it can't be cancelled before the CFDIs that are related to it",
    ),
    Outcome(
        "not_at_sat", False, False, _stems("nopuedesercancelad", "noseencontro", "sat"),
        "SAT doesn't have it (a new one may take a while to be known there)",
    ),
)  # fmt: skip
# `CA205 - El UUID no existe`: SAT's own code with the service's letters
_SAT_CODE = re.compile(r"^\s*(?:CA[-\s]?)?(20[2-9])(?!\d)\s*[-–:.]", re.IGNORECASE)
_BAD_REQUEST = re.compile("peticionerronea")


def outcome(item):
    """(code, text, accepted) of an item of a cancellation, or None where it isn't recognised."""
    flag, text = succeeded(item), text_of(item)
    folded = fold(_LINK.sub("", text))
    found = [one for one in OUTCOMES if one.stems.search(folded)]
    if len(found) == 1 and found[0].flag is flag:
        return found[0].code, f"{found[0].text[0].upper()}{found[0].text[1:]}.", found[0].accepted
    code = _SAT_CODE.match(item.child_text("error") or "")
    if not found and flag is False and code:
        return code[1], cancellation.meaning(code[1], text), False
    return None


def is_bad_request(item):
    """Whether an item says that the request itself was wrong: nothing was asked of SAT."""
    return succeeded(item) is False and bool(_BAD_REQUEST.search(fold(text_of(item))))


def split_link(text):
    """(`text` without the receiver's link, the link or None): it holds personal data."""
    found = _LINK.search(text)
    return (" ".join(_LINK.sub("", text).split()), found[0]) if found else (text, None)
