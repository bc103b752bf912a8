"""What one item of Facture's current API says about one document that was sent."""

import json

from ..errors import BY_OUTCOME, bounded
from ..reading import answer_errors, files, stamps
from ..reading.message import read_message, sentence
from ..results import BulkEntry
from . import answers as api


def entry_of(name, sent, rows, status, may_change):
    """The BulkEntry of one document.

    :param sent: the unsigned CFDI: bytes, or its root
    :param rows: the items with its requestUuid (tree.Node): exactly one is believed
    :param may_change: as in cfdi.comparison.differences
    """
    if len(rows) != 1:
        reason, clause = ("doubled", "twice in the answer") if rows else ("missing", "not in the answer")
        xml = next((one.data for one in map(_xml, rows) if one), b"")
        uuid = next(filter(None, map(_uuid, rows)), None)
        return _unknown(name, reason, f"The document is {clause} of the service.", uuid=uuid, raw=xml)
    item, xml = rows[0], _xml(rows[0])
    stamp = stamps.compare(sent, *xml, may_change=may_change) if xml else None
    # a refusal may quote the unstamped document; any other item with a CFDI in it is judged by that CFDI
    if stamp and (stamp.stamped or api.succeeded(item) is not False):
        return _with_xml(name, item, stamp, xml.data)
    # a code stands at the beginning of `error`; `message` only says that there is one
    message, words = read_message(item.without("message") if item.child_text("error") else item), api.text_of(item)
    if api.succeeded(item) is not False:
        text = "The service's item for the document has no XML"
        return _unknown(name, "no_xml", f"{text}, and says {_quote(words)}.", uuid=_uuid(item), detail=words)
    if message.stamped_before:
        text = "The service says that this document has been stamped before: " + _quote(words)
        code = message.code or "307"
        return _unknown(name, "stamped_before", f"{text}. Find its UUID.", code, _uuid(item), detail=words)
    if message.internal_failure or status >= 500:
        text = "The service speaks of a failure of its own: " + _quote(words)
        return _unknown(name, "service_unsure", f"{text}.", message.code or None, _uuid(item), detail=words)
    return BulkEntry(
        name,
        "rejected",
        code=message.code or "rejected",
        text=sentence(f"The service refused: {words or 'without a reason'}"),
        reason="no_credits" if message.no_credits else "rejected",
        detail=words,
    )


def _with_xml(name, item, stamp, xml):
    named = _uuid(item)
    if stamp.uuid and named and named != stamp.uuid:
        text = f"The service names the UUID {named} and gives the CFDI {stamp.uuid}."
        return _unknown(name, "contradictory", text, uuid=stamp.uuid, raw=xml)
    if stamp.uuid:
        # the stamp of these very bytes is proof, whatever `succeed` says
        return BulkEntry(name, "stamped", xml=stamp.xml, uuid=stamp.uuid, root=stamp.root)
    return _unknown(name, "not_ours", f"The service answered with {stamp.problem}.", uuid=named, raw=xml)


def _unknown(name, reason, text, code=None, uuid=None, raw=b"", detail=""):
    text += answer_errors.OUTCOME_UNKNOWN
    return BulkEntry(
        name, "unknown", uuid=uuid, code=code or reason, text=text, reason=reason, detail=detail, raw=bounded(raw)
    )


def error_of(entry, status, raw):
    """The PacError for the one document of a call, with the whole answer kept."""
    return BY_OUTCOME[entry.outcome](
        entry.code, entry.text, http_status=status, raw=raw, reason=entry.reason, detail=entry.detail
    )


def _xml(item):
    """The CFDI in an item's `encode` (files.Xml), or None."""
    text = item.child_text("encode", "xml", "cfdi")
    found = files.xml_documents(json.dumps({"x": text}).encode(), "Comprobante") if text else []
    return found[0] if found else None


def _uuid(item):
    return (item.child_text("uuid") or "").upper() or None


def _quote(words):
    return f"«{words.rstrip('. ')}»" if words else "nothing"
