"""What one item of Facture's current API says about one document that was sent."""

import json

from . import answers, embedded, stamps
from . import facture_api_answers as api
from .errors import BY_OUTCOME, bounded
from .results import BulkEntry
from .verdict import judge


def entry_of(name, sent, rows, status, may_change):
    """The BulkEntry of one document.

    :param rows: the items with its requestUuid (documents.Node): exactly one is believed
    :param may_change: as in cfdi.comparison.differences
    """
    if len(rows) != 1:
        reason, clause = ("doubled", "twice in the answer") if rows else ("missing", "not in the answer")
        xml, uuid = next((_xml(one) for one in rows if _xml(one)), b""), next(filter(None, map(_uuid, rows)), None)
        return _unknown(name, reason, f"The document is {clause} of the service.", uuid=uuid, raw=xml)
    item, xml = rows[0], _xml(rows[0])
    stamp = stamps.compare(sent, xml, may_change) if xml else None
    # a refusal may quote the unstamped document; anything else with a CFDI in it is judged by that
    if stamp and (stamp.stamped or api.said(item) is not False):
        return _with_xml(name, item, stamp, xml)
    # a code stands at the beginning of `error`; `message` only says that there is one
    verdict, said = judge(item.without("message") if item.own("error") else item), api.words(item)
    if api.said(item) is not False:
        text = "The service's item for the document has no XML"
        return _unknown(name, "no_xml", f"{text}, and says {_quoted(said)}.", uuid=_uuid(item), detail=said)
    if verdict.prior:
        text = "The service says that this document has been stamped before: " + _quoted(said)
        code = verdict.code or "307"
        return _unknown(name, "stamped_before", f"{text}. Find its UUID.", code, _uuid(item), detail=said)
    if verdict.unsure or status >= 500:
        text = "The service speaks of a failure of its own: " + _quoted(said)
        return _unknown(name, "service_unsure", f"{text}.", verdict.code or None, _uuid(item), detail=said)
    return BulkEntry(
        name,
        "rejected",
        code=verdict.code or "rejected",
        text=f"The service refused: {said or 'without a reason'}".rstrip(". ") + ".",
        reason="no_credits" if verdict.no_credits else "rejected",
        detail=said,
    )


def _with_xml(name, item, stamp, xml):
    told = _uuid(item)
    if stamp.uuid and told and told != stamp.uuid:
        text = f"The service names the UUID {told} and gives the CFDI {stamp.uuid}."
        return _unknown(name, "contradictory", text, uuid=stamp.uuid, raw=xml)
    if stamp.uuid:
        # a stamp of these very bytes is proof, whatever the flag beside it says
        return BulkEntry(name, "stamped", xml=stamp.xml, uuid=stamp.uuid)
    return _unknown(name, "not_ours", f"The service answered with {stamp.problem}.", uuid=told, raw=xml)


def _unknown(name, reason, text, code=None, uuid=None, raw=b"", detail=""):
    text += answers.UNKNOWN
    return BulkEntry(
        name, "unknown", uuid=uuid, code=code or reason, text=text, reason=reason, detail=detail, raw=bounded(raw)[0]
    )


def error_of(entry, status, raw):
    """The PacError for the one document of a call, with the whole answer kept."""
    return BY_OUTCOME[entry.outcome](
        entry.code, entry.text, http_status=status, raw=raw, reason=entry.reason, detail=entry.detail
    )


def _xml(item):
    """The CFDI in an item's `encode`, or None."""
    text = item.own("encode", "xml", "cfdi")
    found = embedded.xml_documents(json.dumps({"x": text}).encode(), "Comprobante") if text else []
    return found[0] if found else None


def _uuid(item):
    return (item.own("uuid") or "").upper() or None


def _quoted(said):
    return f"«{said.rstrip('. ')}»" if said else "nothing"
