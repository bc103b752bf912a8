"""The answer to a bulk call: a report, and the archive of stamped files behind its link.

The page says no more than that the answer is an XML with the status of each file and a link. Files are matched by their
names and judged by their content: one counts as stamped when a CFDI came under its name that agrees with what was sent,
as rejected when the report alone says so, and as unknown in every other case.
"""

import re
from dataclasses import dataclass, replace
from urllib.parse import urljoin, urlsplit

from .. import arguments
from ..errors import NotSent, bounded
from ..reading import stamps, tree
from ..reading.message import read_message
from ..results import BulkEntry
from .archive import Archive, BadArchive, BadEntry, build, stem

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,119}")
_ROW_NAMES = (
    "archivo",
    "nombrearchivo",
    "archivonombre",
    "nombre",
    "filename",
    "file",
    "fichero",
    "name",
    "documento",
    "xml",
    "entrada",
)
_UUIDS = ("uuid", "foliofiscal")
_LINKS = (
    "enlace",
    "enlacedescarga",
    "link",
    "liga",
    "url",
    "urldescarga",
    "href",
    "descarga",
    "download",
    "downloadurl",
    "zip",
    "archivozip",
    "urlzip",
)
_DEFAULT_PORTS = {"https": 443, "http": 80}


class BadLink(Exception):
    """The report's link may not be followed; str() is a clause that says why."""


@dataclass(frozen=True)
class Row:
    """The report on one file: `success` is 'yes', 'no' or None; then `reason`, a slug, says why."""

    success: str | None
    reason: str
    code: str
    text: str
    uuid: str | None
    no_credits: bool = False


@dataclass(frozen=True)
class Report:
    """`rows`: stem -> list of Row; `link`: or None."""

    rows: dict
    link: str | None


def pack(files):
    """(the ZIP to upload, dict from each name to the root of its XML).

    Raises NotSent (`nothing_to_send`, `bad_name`, `bad_payload`).
    """
    if not files:
        raise NotSent("nothing_to_send", "There is no document to send.")
    stems, sent = set(), {}
    for name, xml in files.items():
        if not isinstance(name, str) or not _NAME.fullmatch(name) or stem(name) in stems or ".." in name:
            text = "Names of files must be unique, of ASCII letters, digits, '.', '_' and '-'"
            raise NotSent("bad_name", f"{text}: {name!r} is not.")
        stems.add(stem(name))
        sent[name] = arguments.payload(xml, name)
    return build({_entry_name(name): xml for name, xml in files.items()}), sent


def _entry_name(name):
    return name if name.casefold().endswith(".xml") else name + ".xml"


# -- the report -----------------------------------------------------------------------------------


def read_report(body, files):
    """The Report in an answer; None where it names no file that was sent and has no link.

    :param files: names that were sent
    """
    try:
        root = tree.read(body)
    except tree.Unreadable:
        return None
    sent = {stem(name) for name in files}
    rows = {}
    for name, node in _rows(root, sent):
        if stem(name) in sent:
            rows.setdefault(stem(name), []).append(_row(node, name))
    link = _link(root)
    if not rows and (link is None or read_message(root).success == "no"):
        return None
    return Report(rows, link)


def _rows(root, sent):
    """(name of a file, node about it): the name is in a field of the node, or is its own name."""
    for node in root.walk():
        if stem(node.label) in sent and node.label.casefold().endswith(".xml"):
            yield node.label, node
            continue
        names = [child.text for child in node.children if child.name in _ROW_NAMES and child.text]
        known = next((name for name in names if stem(name) in sent), None)
        foreign = next((name for name in names if name.casefold().endswith(".xml")), None)
        if known or foreign:
            yield known or foreign, node
        elif node.name in _ROW_NAMES and node.children and node.text and stem(node.text) in sent:
            yield node.text, node


def _row(node, name):
    # the file's name says nothing of the outcome, even if it is "error.xml"
    rest = replace(node, children=[child for child in node.children if child.text != name])
    if rest.text == name:
        rest.text = None
    elif rest.text and rest.children:
        rest.children = [*rest.children, tree.Node("estatus", "estatus", rest.text)]
    message = read_message(rest)
    uuid = next((text for text in rest.values(*_UUIDS) if arguments.is_uuid(text)), None)
    success = message.success if message.success != "both" else None
    if message.success is None and uuid and not (message.code or message.internal_failure or message.stamped_before):
        success = "yes"
    if success == "no" and (message.internal_failure or message.stamped_before or uuid):
        success = None  # such a "no" doesn't prove that nothing happened
    reason = "service_unsure" if message.internal_failure else "not_understood"
    if message.stamped_before:
        reason = "stamped_before"
    return Row(success, reason, message.code, message.text, uuid, message.no_credits)


def _link(root):
    """The report's link: a field named like one, otherwise any text that leads to a ZIP."""
    for text in root.values(*_LINKS):
        if re.match(r"https?:|[/.]|[\w-]+/|[\w.-]+\.zip", text, re.IGNORECASE):
            return text
    for text in root.texts():
        if re.match(r"(https?://|/)\S+\.zip(\?\S*)?$", text, re.IGNORECASE):
            return text
    return None


def same_origin(base_url, path, link):
    """The address behind `link` when it belongs to the service itself. Raises BadLink.

    Our credentials go with the request, so scheme, host and port must be those of `base_url`. One
    difference is corrected: a service behind a TLS proxy may write `http://` for itself; it is asked
    over https.
    """
    if not link:
        raise BadLink("the report has no link to the stamped files")
    if not link.isascii() or re.search(r"[\s\\\x00-\x1f\x7f]", link):
        raise BadLink("the report's link to the stamped files has characters that a link can't have")
    try:
        base, url = urlsplit(base_url), urlsplit(urljoin(base_url.rstrip("/") + path, link))
        origin, other = _origin(base), _origin(url)
    except ValueError:
        raise BadLink("the report's link to the stamped files can't be read") from None
    if "@" in url.netloc or other[1:2] != origin[1:2]:
        raise BadLink("the report's link leads to another host, which is not given the account's credentials")
    if (origin[0], origin[2], other[0], other[2]) == ("https", 443, "http", 80):
        url, other = url._replace(scheme="https", netloc=base.netloc), origin
    if other != origin:
        raise BadLink("the report's link leads to another port or protocol, which is not given credentials")
    return url._replace(fragment="").geturl()


def _origin(parts):
    return (
        parts.scheme,
        (parts.hostname or "").lower(),
        parts.port or _DEFAULT_PORTS.get(parts.scheme),
    )


# -- matching -------------------------------------------------------------------------------------


def match(sent, report, file, problem, may_change=frozenset()):
    """Name -> BulkEntry, for exactly the names of `sent`.

    :param sent: name -> what was sent: bytes, or its root
    :param file: the archive, or None with a clause in `problem` that says why
    """
    archive = None
    if file is not None:
        try:
            archive = Archive(file, len(sent))
        except BadArchive as error:
            problem = f"the archive of stamped files was not read: {error}"
    entries = {name: _entry(name, one, report, archive, problem, may_change) for name, one in sent.items()}
    return _one_stamp_each(entries)


def of_failed_call(entries):
    """The same entries, where the service failed while it answered: its refusals prove nothing."""
    return {
        name: replace(
            entry,
            outcome="unknown",
            reason="service_unsure",
            text=f"It is not known whether it was stamped: the service failed, and says: {entry.detail or entry.code}.",
        )
        if entry.outcome == "rejected"
        else entry
        for name, entry in entries.items()
    }


def _entry(name, sent, report, archive, problem, may_change):
    rows = report.rows.get(stem(name), [])
    found = archive.names.get(stem(name), []) if archive is not None else []
    row = _agreed(rows)
    if len(found) > 1:
        return _unknown(name, "doubled", "it is in the archive more than once", row)
    if not found:
        return _by_report(name, rows, row, problem)
    try:
        data = archive.read(found[0])
    except BadEntry as error:
        return _unknown(name, "bad_entry", f"its XML can't be unpacked: {error}", row)
    stamp = stamps.compare(sent, data, may_change=may_change)
    if stamp.uuid:
        # the stamp itself outweighs what the report says, unless the report names another UUID
        if any(one.uuid and one.uuid.upper() != stamp.uuid.upper() for one in rows):
            text = f"the report gives another UUID than its XML, {stamp.uuid}"
            return _unknown(name, "contradictory", text, row, data)
        return BulkEntry(name, "stamped", xml=data, uuid=stamp.uuid, root=stamp.root)
    if not stamp.stamped and row is not None and row.success == "no":
        return _rejected(name, row)
    return _unknown(name, "not_ours", f"what came under its name is {stamp.problem}", row, data)


def _agreed(rows):
    """The row on a file, or None when there is none or several differ."""
    return rows[0] if len(set(rows)) == 1 else None


def _by_report(name, rows, row, problem):
    missing = problem or "its XML is not in the archive"
    if not rows:
        return _unknown(name, "missing", f"the report doesn't name it, and {missing}", None)
    if row is None:
        return _unknown(name, "contradictory", f"the report says different things about it, and {missing}", None)
    if row.success == "no":
        return _rejected(name, row)
    if row.success == "yes":
        return _unknown(name, "no_xml", f"it is reported as stamped, but {missing}", row)
    words = f": {row.text}" if row.text else ""
    clause = f"the report does not clearly refuse it{words}"
    return _unknown(name, row.reason, clause, row, code=row.code)


def _rejected(name, row):
    words = row.text or "no reason is given"
    text = words if not row.code or words.upper().startswith(row.code) else f"{row.code} - {words}"
    return BulkEntry(
        name,
        "rejected",
        code=row.code or "rejected",
        text=f"The service refused: {text}",
        reason="no_credits" if row.no_credits else "rejected",
        detail=row.text,
    )


def _unknown(name, reason, clause, row, data=b"", code=None):
    return BulkEntry(
        name,
        "unknown",
        uuid=row.uuid if row else None,
        code=code or reason,
        reason=reason,
        detail=row.text if row else "",
        text=f"It is not known whether it was stamped: {clause.rstrip('.')}.",
        raw=bounded(data),
    )


def _one_stamp_each(entries):
    """A stamp that came under two names makes both unknown."""
    by_uuid = {}
    for entry in entries.values():
        if entry.outcome == "stamped":
            by_uuid.setdefault(entry.uuid.upper(), []).append(entry)
    for shared in by_uuid.values():
        for entry in shared if len(shared) > 1 else ():
            clause = f"the same stamp, {entry.uuid}, came under several names"
            entries[entry.name] = _unknown(entry.name, "doubled", clause, None, entry.xml)
    return entries
