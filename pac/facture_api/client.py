"""Facture's current API (OAuth2, JSON), as its public documentation describes it.

Source: https://api.facture.com.mx (a copy is doc/factura.md of fauzt0/Chisa-ERP on GitHub). The service seals by
itself, with a `Fecha` of its own. It takes 1 to 25 documents of one branch a call and answers for each. The
documentation shows no error codes, no HTTP status but 200, and nothing that detects a document that is sent twice;
where we had to choose because of that, a comment says so.
"""

import base64
import json
import time
import uuid as uuids
from dataclasses import replace
from functools import partial
from urllib.parse import urlencode

from ...cfdi.read import read_cfdi
from .. import arguments
from ..capabilities import Capabilities
from ..errors import NotFound, NotSent, Rejected, UnknownOutcome
from ..reading import answer_errors, cancellation, files, records, stamps
from ..reading.message import sentence
from ..rest_service import RestService
from ..results import AccountStatus, BulkEntry, BulkResult, Cancellation, Found, Receipt, Stamped
from ..wire.credentials import Masked, scrub
from . import answers as api
from . import token as oauth
from .stamping import entry_of, error_of

JSON = "application/json"
MOST = 25
# pages of a list that are read at most: 100 of 100 rows
_PAGES = 100
# the same bytes have the same requestUuid, whenever they are sent
_NAMESPACE = uuids.UUID("6f2d2b1e-51a7-4c43-9a0e-0f5c9d3b7a11")


class FactureApi(RestService):
    """One account at Facture's current API. `token_store` holds its token (`wire.tokens.TokenStore`)."""

    title = "Facture APP (API)"
    # user and password buy the token: `basic` is what an account calls that
    capabilities = Capabilities(
        auth_schemes=("basic",),
        bulk_size=MOST,
        may_change=frozenset({"Fecha"}),
        looks_up=True,
        branches_by_rfc=True,
        tells_account=False,
        tells_credits=False,
        # both are used as test and as production by others: the contract decides
        addresses=("https://app.facture.com.mx", "https://app.micontador.mx"),
        needs_token=True,
    )

    # -- reading --------------------------------------------------------------------------------

    def account_status(self):
        """The API has no such call: a page of branches proves user, application and token."""
        answer = self._call("GET", "/sucursal/find?" + urlencode({"offset": 0, "size": 1}))
        self._parse(answer, api.page)
        return AccountStatus("", self.credentials.login or "", None, answer.status, self._raw(answer))

    def branches(self, rfc=None):
        """GET /sucursal/find, one issuer's by `filter=empresa.rfc:eq!RFC`."""
        found = []
        for items, answer in self._pages("/sucursal/find", {"filter": f"empresa.rfc:eq!{rfc}"} if rfc else {}):
            found += [self._parse(answer, partial(_branch, item)) for item in items]
        return found

    def find(self, uuid, remote_id=None):
        """GET /facturacion?id=UUID."""
        answer = self._call("GET", "/facturacion?" + urlencode({"id": arguments.uuid(uuid).lower()}))
        known = self._parse(answer, lambda node: api.detail(node, uuid), f"the CFDI {uuid}")
        return Found(*known, None, answer.status, self._raw(answer))

    def fetch_xml(self, uuid, remote_id=None):
        """POST /facturacion/recuperar, its XML."""
        answer, item = self._recuperar(uuid, f"the XML of {uuid}")
        for xml, root in files.xml_documents(_field(item, "xml", "encode"), "Comprobante"):
            self._check_uuid(answer, root, uuid)
            return xml
        raise self._unexpected(answer, "not_understood", f"no XML for {uuid}")

    def fetch_pdf(self, uuid, remote_id=None):
        """POST /facturacion/recuperar, its PDF."""
        answer, item = self._recuperar(uuid, f"the PDF of {uuid}")
        pdf = files.pdf(_field(item, "pdf"))
        if pdf is None:
            raise self._unexpected(answer, "not_understood", f"no PDF for {uuid}")
        return self._whole(answer, pdf)

    def receipt(self, uuid, remote_id=None):
        """POST /cancelacion/acuse."""
        wanted = [{"uuid": arguments.uuid(uuid).lower()}]
        answer = self._call("POST", "/cancelacion/acuse", {"comprobantes": wanted})
        item = self._item(answer, "uuid", uuid, f"the receipt of {uuid}")
        for acuse in cancellation.acuses(_field(item, "encode", "acuse", "xml")):
            if uuid.upper() in acuse.codes:
                return Receipt(acuse.xml, uuid, acuse.codes[uuid.upper()], answer.status)
        raise self._unexpected(answer, "not_ours", "a receipt that does not name this UUID")

    def look_up(self, sent, remote_id=None, known=()):
        """All of that series, folio and issuer, and the XML of each: the one that is the stamp of these bytes."""
        ours, others = [], []
        sent = arguments.payload(sent)
        for uuid, status in self._with_same_folio(read_cfdi(sent), known).items():
            stamp = stamps.compare(sent, self._listed_xml(uuid), may_change=self.capabilities.may_change)
            if stamp.uuid:
                ours.append(Stamped(stamp.xml, stamp.uuid, status, root=stamp.root))
            else:
                others.append(uuid)
        if len(ours) == 1:
            return ours[0]
        if ours or others:
            listed = ", ".join([stamped.uuid for stamped in ours] or others)
            what = "several stamps" if ours else "no stamp of exactly this document, but others of its series and folio"
            text = f"The service has {what}: {listed}. Look at them there."
            raise UnknownOutcome("stamped_twice" if ours else "others_there", text, detail=listed)
        return None

    def _listed_xml(self, uuid):
        try:
            return self.fetch_xml(uuid)
        except NotFound as error:
            # it is listed, so it may be ours although its XML isn't there yet
            text = f"The service lists {uuid} with the same series and folio, and has no XML of it yet."
            raise UnknownOutcome("others_there", text, **{**error.kept, "detail": uuid}) from error

    def _with_same_folio(self, wanted, known):
        """UUID -> HTTP status of the list, for all that the service has of a document's series, folio and issuer."""
        folio = wanted.comprobante.folio
        if not folio:
            raise NotSent("bad_payload", "A document without folio can't be looked for. Nothing was sent.")
        known, found = {one.upper() for one in known}, {}
        # as it was sent, and as a number: the documentation shows folios as numbers
        for value in dict.fromkeys((folio, api.folio(folio))):
            for items, answer in self._pages("/facturacion/find", {"filter": f"folio:eq!{value}"}):
                for item in items:
                    uuid = (item.child_text("uuid") or "").upper()
                    if uuid and uuid not in known and api.has_same_folio(item, wanted):
                        found[uuid] = answer.status
            if found:
                break
        return found

    # -- changing -------------------------------------------------------------------------------

    def stamp(self, xml, branch):
        """POST /timbrado with one document."""
        entries, answer = self._timbrado({"document": xml}, branch)
        entry = entries["document"]
        if entry.outcome == "stamped":
            return Stamped(entry.xml, entry.uuid, answer.status, root=entry.root)
        raise error_of(entry, answer.status, self._raw(answer))

    def stamp_many(self, files, branch):
        """POST /timbrado with 1 to 25 documents of one branch, each with its own outcome."""
        entries, answer = self._timbrado(files, branch)
        return BulkResult(entries, answer.status, self._raw(answer))

    def _timbrado(self, files, branch):
        if not 1 <= len(files) <= MOST:
            text = f"The service takes 1 to {MOST} documents a call, not {len(files)}. Nothing was sent."
            raise NotSent("too_many_documents" if files else "nothing_to_send", text)
        ids = {name: str(uuids.uuid5(_NAMESPACE, f"{name}\n{_b64(xml)}")) for name, xml in files.items()}
        sent = {name: arguments.payload(xml, name) for name, xml in files.items()}
        rows = [{"requestUuid": ids[name], "encode": _b64(xml)} for name, xml in files.items()]
        answer = self._call("POST", "/timbrado", {"comprobantes": rows, "sucursal": {"id": _branch_id(branch)}})
        with self._keep_answer(answer):
            return self._entries(sent, ids, answer)

    def _entries(self, sent, ids, answer):
        error = self._error(answer, reading=False)
        node, _shape = answer_errors.read_tree(answer)
        found = api.items(node) if node is not None else None
        if not found:
            return self._without_items(sent, answer, error)
        rows, may_change = api.by_id(found, "requestuuid", ids.values()), self.capabilities.may_change
        entries = {
            name: entry_of(name, one, rows[ids[name].upper()], answer.status, may_change) for name, one in sent.items()
        }
        # the stamp of our document is proof whatever the HTTP status; a refusal in a failed answer proves nothing
        if answer.status != 200 and not any(entry.outcome == "stamped" for entry in entries.values()):
            raise error
        return entries, answer

    def _without_items(self, sent, answer, error):
        """As `_entries`, of an answer without items: a stamp of ours that stands in it all the same."""
        found = {name: stamps.find(one, answer.body, self.capabilities.may_change) for name, one in sent.items()}
        if not any(one.uuid for one in found.values()):
            raise error
        entries = {
            name: BulkEntry(name, "stamped", xml=one.xml, uuid=one.uuid, root=one.root)
            if one.uuid
            else BulkEntry(name, "unknown", code=error.code, text=error.text, reason=error.reason, detail=error.detail)
            for name, one in found.items()
        }
        return entries, answer

    def cancel(self, uuid, branch, motivo, folio_sustitucion=None, remote_id=None):
        """POST /cancelacion. The branch is not asked for: the UUID says whose it is."""
        arguments.uuid(uuid)
        arguments.cancellation(motivo, folio_sustitucion)
        row = {"uuid": uuid.lower(), "motivo": motivo}
        if folio_sustitucion:
            row["uuidRelacionado"] = folio_sustitucion.lower()
        answer = self._call("POST", "/cancelacion", {"comprobantes": [row]})
        with self._keep_answer(answer):
            return self._cancelled(uuid, answer)

    def _cancelled(self, uuid, answer):
        item = self._item(answer, "uuid", uuid, changing=True)
        words, link = api.split_link(scrub(self._secrets(), api.text_of(item)))
        outcome = api.outcome(item)
        if outcome:
            code, text, accepted = outcome
            return Cancellation(code, text, accepted, answer.status, self._raw(answer), words, link)
        kept = self._kept(answer, words)
        if api.is_bad_request(item):
            raise Rejected("rejected", f"The service refused: {words}", **kept)
        text = sentence(f"The service's answer to the cancellation is not one that is known. It says: {words}")
        raise UnknownOutcome("not_understood", text + answer_errors.OUTCOME_UNKNOWN, **kept)

    # -- one call -------------------------------------------------------------------------------

    def _secrets(self):
        token = self.token_store.current()
        secrets = (token.access, token.refresh) if token else ()
        return replace(self.credentials, also=tuple(filter(None, secrets)))

    def _url(self, path):
        base = (self.credentials.base_url or "").rstrip("/")
        return ("" if base.endswith("/api") else "/api") + path

    def _token(self, stale=None):
        token = self.token_store.current()
        if token is None or token == stale or not token.is_valid(time.time()):
            token = self.token_store.renew(token, self._new_token)
        return token

    def _new_token(self, token):
        base = (self.credentials.base_url or "").rstrip("/")
        return oauth.new_token(self._secrets(), base + self._url("/authorize"), token)

    def _call(self, method, path, data=None):
        """One call; a 401 renews the token once and makes it again, as a 401 did nothing."""
        token, started = self._token(), time.monotonic()
        answer = self._request(method, path, data, token)
        if answer.status == 401 and not self._has_items(answer):
            if time.monotonic() - started > self.credentials.deadline:
                # by now the caller may have given this call up as lost
                raise NotSent("stale", "The process was held up before it could send again. Nothing was sent.")
            answer = self._request(method, path, data, self._token(stale=token))
        return answer

    def _request(self, method, path, data, token):
        headers = {"Authorization": Masked(f"Bearer {token.access}"), "Accept": JSON}
        if data is None:
            return self._exchange(method, self._url(path), headers)
        headers["Content-Type"] = JSON
        body = json.dumps({"entity": {"data": data}}).encode()
        return self._exchange(method, self._url(path), headers, data=body)

    def _has_items(self, answer):
        node, _shape = answer_errors.read_tree(answer)
        return node is not None and bool(api.items(node))

    def _pages(self, path, params):
        """(items, answer) of each page of a list. UnknownOutcome `incomplete` when it doesn't end well."""
        offset, seen = 0, set()
        for _page in range(_PAGES):
            answer = self._call("GET", f"{path}?" + urlencode({"offset": offset, "size": api.PAGE, **params}))
            page = self._parse(answer, api.page)
            ids = [item.child_text("uuid", "id") for item in page.items]
            if seen.intersection(ids) or len(set(ids)) < len(ids):
                raise self._unexpected(answer, "incomplete", "a list that names the same thing twice")
            yield page.items, answer
            seen.update(ids)
            offset += len(page.items)
            # a full page may be followed by another, whatever the count means
            if len(page.items) < api.PAGE and offset >= page.count:
                return
            if not page.items:
                raise self._unexpected(answer, "incomplete", f"{offset} of {page.count} rows of a list")
        raise self._unexpected(answer, "incomplete", f"a list of more than {offset} rows")

    def _recuperar(self, uuid, what):
        # the documentation: the fiscal UUID goes in `requestUuid`
        wanted = [{"requestUuid": arguments.uuid(uuid).lower()}]
        answer = self._call("POST", "/facturacion/recuperar", {"comprobantes": wanted})
        return answer, self._item(answer, "requestuuid", uuid, what)

    def _item(self, answer, name, uuid, what="", changing=False):
        """The one item about `uuid`. Raises what the answer is otherwise; NotFound where it says no."""
        error = self._error(answer, reading=not changing, what=what)
        node, _shape = answer_errors.read_tree(answer)
        found = api.items(node) if node is not None and answer.status == 200 else None
        if not found:
            raise error
        rows = api.by_id(found, name, [uuid])[uuid.upper()]
        if len(rows) != 1:
            clause = "several items about this UUID" if rows else "no item about this UUID"
            raise self._unexpected(answer, "contradictory" if rows else "not_ours", clause, changing)
        if not changing and api.succeeded(rows[0]) is not True:
            raise self._refused_item(answer, rows[0], what)
        return rows[0]

    def _refused_item(self, answer, item, what):
        words = scrub(self._secrets(), api.text_of(item))
        if api.succeeded(item) is False:
            text = f"The service does not have {what}. It says: {words}"
            return NotFound("not_found", text, **self._kept(answer, words))
        return self._unexpected(answer, "not_understood", "an item that says neither yes nor no")


def _branch(item, _node):
    return records.branch(item)


def _branch_id(branch):
    text = str(branch)
    if not (text.isascii() and text.isdigit()):
        raise NotSent("bad_branch", f"The branch's id must be a number, not {text[:50]!r}; choose another branch.")
    return int(text)


def _field(item, *names):
    """The text of one field as a JSON document of its own: what reading/files.py looks for XML and PDF in."""
    return json.dumps({"x": item.child_text(*names) or ""}).encode()


def _b64(data):
    return base64.b64encode(data).decode()
