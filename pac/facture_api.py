"""Facture's current API (OAuth2, JSON), as its public documentation describes it.

It seals by itself, with a `Fecha` of its own; it takes 1 to 25 documents of one branch a call and tells
the outcome of each; it has no error codes, no status but 200 in its documentation, and nothing that
detects a document that is sent twice. What is chosen because of that is said at its place.
"""

import base64
import json
import time
import uuid as uuids
from dataclasses import replace
from functools import partial
from urllib.parse import urlencode

from ..cfdi.read import read_cfdi
from . import answers, arguments, cancellation, embedded, facts, stamps
from . import facture_api_answers as api
from . import facture_api_token as oauth
from .capabilities import Capabilities
from .contract import AccountStatus, BulkResult, Cancellation, Found, Receipt, Stamped
from .credentials import Masked, scrub
from .errors import NotFound, NotSent, Rejected, UnknownOutcome
from .facture_api_stamping import entry_of, error_of
from .service import RestService

JSON = "application/json"
MOST = 25
# pages of a list that are read at most: 100 of 100 rows
_PAGES = 100
# the same bytes have the same requestUuid, whenever they are sent
_NAMESPACE = uuids.UUID("6f2d2b1e-51a7-4c43-9a0e-0f5c9d3b7a11")


class FactureApi(RestService):
    """One account at Facture's current API. `keeper` holds its token (`tokens.Keeper`)."""

    title = "Facture APP (API)"
    # user and password buy the token: `basic` is what an account calls that
    capabilities = Capabilities(
        auth_schemes=("basic",),
        bulk_size=MOST,
        sets_fecha=True,
        finds_by_folio=True,
        recovers=True,
        branches_by_rfc=True,
        tells_account=False,
        tells_credits=False,
        needs_token=True,
    )

    # -- reading --------------------------------------------------------------------------------

    def account_status(self):
        """The API has no such call: a page of branches proves user, application and token."""
        answer = self._call("GET", "/sucursal/find?" + urlencode({"offset": 0, "size": 1}))
        self._understand(answer, api.page)
        return AccountStatus("", self.credentials.login or "", None, answer.status, self._kept(answer))

    def branches(self, rfc=None):
        """GET /sucursal/find, one issuer's by `filter=empresa.rfc:eq!RFC`."""
        found = []
        for items, answer in self._pages("/sucursal/find", {"filter": f"empresa.rfc:eq!{rfc}"} if rfc else {}):
            found += [self._understand(answer, partial(_branch, item)) for item in items]
        return found

    def find(self, uuid, remote_id=None):
        """GET /facturacion?id=UUID."""
        answer = self._call("GET", "/facturacion?" + urlencode({"id": arguments.uuid(uuid).lower()}))
        known = self._understand(answer, lambda node: api.detail(node, uuid), f"the CFDI {uuid}")
        return Found(*known, None, answer.status, self._kept(answer))

    def fetch_xml(self, uuid, remote_id=None):
        """POST /facturacion/recuperar, its XML."""
        answer, item = self._recuperar(uuid, f"the XML of {uuid}")
        for xml in embedded.xml_documents(_alone(item, "xml", "encode"), "Comprobante"):
            self._with_uuid(answer, xml, uuid)
            return xml
        raise self._not_ours(answer, "not_understood", f"no XML for {uuid}")

    def fetch_pdf(self, uuid, remote_id=None):
        """POST /facturacion/recuperar, its PDF."""
        answer, item = self._recuperar(uuid, f"the PDF of {uuid}")
        pdf = embedded.pdf(_alone(item, "pdf"))
        if pdf is None:
            raise self._not_ours(answer, "not_understood", f"no PDF for {uuid}")
        if b"%%EOF" not in pdf[-2048:]:
            raise self._not_ours(answer, "cut", "a PDF without end, which was cut. Fetch it again")
        return pdf

    def receipt(self, uuid, remote_id=None):
        """POST /cancelacion/acuse."""
        wanted = [{"uuid": arguments.uuid(uuid).lower()}]
        answer = self._call("POST", "/cancelacion/acuse", {"comprobantes": wanted})
        item = self._item(answer, "uuid", uuid, f"the receipt of {uuid}")
        for acuse in cancellation.acuses(_alone(item, "encode", "acuse", "xml")):
            if uuid.upper() in acuse.codes:
                return Receipt(acuse.xml, uuid, acuse.codes[uuid.upper()], answer.status)
        raise self._not_ours(answer, "not_ours", "a receipt that does not name this UUID")

    def find_sent(self, sent, known=()):
        """GET /facturacion/find by folio; series, total and RFCs are compared here."""
        wanted = read_cfdi(arguments.payload(sent))
        return [one for one in self._near(wanted, known) if api.is_of(one, wanted)]

    def recover(self, sent, remote_id=None, known=()):
        """All of that series, folio and issuer, and the XML of each: the one that is the stamp of these bytes."""
        ours, others = [], []
        for found in self._near(read_cfdi(arguments.payload(sent)), known):
            xml = self._listed_xml(found)
            stamp = stamps.compare(sent, xml, self.may_change)
            (ours if stamp.uuid else others).append((found, stamp))
        if len(ours) == 1:
            found, stamp = ours[0]
            return Stamped(stamp.xml, stamp.uuid, found.http_status)
        if ours or others:
            listed = ", ".join(found.uuid for found, _stamp in ours or others)
            what = "several stamps" if ours else "no stamp of exactly this document, but others of its series and folio"
            text = f"The service has {what}: {listed}. Look at them there."
            raise UnknownOutcome("stamped_twice" if ours else "others_there", text, detail=listed)
        return None

    def _listed_xml(self, found):
        try:
            return self.fetch_xml(found.uuid)
        except NotFound as error:
            # it is in the list: that its XML isn't there yet says nothing against it
            text = f"The service lists {found.uuid} with the same series and folio, and has no XML of it yet."
            kept = {"http_status": error.http_status, "raw": error.raw, "detail": found.uuid}
            raise UnknownOutcome("others_there", text, **kept) from error

    def _near(self, wanted, known):
        """What the list has of a document's series, folio and issuer, as Found."""
        folio = wanted.comprobante.folio
        if not folio:
            raise NotSent("bad_payload", "A document without folio can't be looked for. Nothing was sent.")
        known, found = {one.upper() for one in known}, {}
        # as it was sent, and as a number: the documentation shows folios as numbers
        for value in dict.fromkeys((folio, api.folio(folio))):
            for items, answer in self._pages("/facturacion/find", {"filter": f"folio:eq!{value}"}):
                for item in items:
                    one = api.listed(item, (answer.status, self._kept(answer)))
                    if one and one.uuid not in known and api.is_near(item, wanted):
                        found[one.uuid] = one
            if found:
                break
        return list(found.values())

    # -- changing -------------------------------------------------------------------------------

    def stamp(self, xml, branch):
        """POST /timbrado with one document."""
        entry, answer = next(iter(self._timbrado({"document": xml}, branch)[0].values()))
        if entry.outcome == "stamped":
            return Stamped(entry.xml, entry.uuid, answer.status)
        raise error_of(entry, answer.status, scrub(self._secretive(), answer.body))

    def stamp_many(self, files, branch):
        """POST /timbrado with 1 to 25 documents of one branch, each with its own outcome."""
        entries, answer, strangers = self._timbrado(files, branch)
        kept = self._kept(answer)
        return BulkResult({name: entry for name, (entry, _answer) in entries.items()}, answer.status, kept, strangers)

    def _timbrado(self, files, branch):
        if not 1 <= len(files) <= MOST:
            text = f"The service takes 1 to {MOST} documents a call, not {len(files)}. Nothing was sent."
            raise NotSent("too_many_documents" if files else "nothing_to_send", text)
        ids = {name: str(uuids.uuid5(_NAMESPACE, f"{name}\n{_b64(xml)}")) for name, xml in files.items()}
        rows = [{"requestUuid": ids[name], "encode": _b64(arguments.payload(xml, name))} for name, xml in files.items()]
        answer = self._call("POST", "/timbrado", {"comprobantes": rows, "sucursal": {"id": _branch_id(branch)}})
        with self._keeping(answer):
            return self._judged(files, ids, answer)

    def _judged(self, files, ids, answer):
        error = self._failure(answer, reading=False)
        node, _shape = answers.tree(answer)
        found = api.items(node) if node is not None else None
        if not found:
            raise error
        rows, strangers = api.by_id(found, "requestuuid", ids.values())
        entries = {
            name: (entry_of(name, xml, rows[ids[name].upper()], answer.status, self.may_change), answer)
            for name, xml in files.items()
        }
        # our own stamp is proof whatever the HTTP status; a refusal inside a failed answer is none
        if answer.status != 200 and not any(entry.outcome == "stamped" for entry, _answer in entries.values()):
            raise error
        entries = {name: (self._clean(entry), answer) for name, (entry, answer) in entries.items()}
        return entries, answer, strangers

    def _clean(self, entry):
        hide = partial(scrub, self._secretive())
        return replace(entry, text=entry.text and hide(entry.text), detail=hide(entry.detail), raw=hide(entry.raw))

    def cancel(self, uuid, branch, motivo, folio_sustitucion=None, remote_id=None):
        """POST /cancelacion. The branch is not asked for: the UUID says whose it is."""
        arguments.uuid(uuid)
        arguments.cancellation(motivo, folio_sustitucion)
        row = {"uuid": uuid.lower(), "motivo": motivo}
        if folio_sustitucion:
            row["uuidRelacionado"] = folio_sustitucion.lower()
        answer = self._call("POST", "/cancelacion", {"comprobantes": [row]})
        with self._keeping(answer):
            return self._cancelled(uuid, answer)

    def _cancelled(self, uuid, answer):
        item = self._item(answer, "uuid", uuid, changing=True)
        said, link = api.split_link(scrub(self._secretive(), api.words(item)))
        outcome = api.outcome(item)
        if outcome:
            code, text, accepted = outcome
            return Cancellation(code, text, accepted, answer.status, self._kept(answer), said, link)
        kept = {"http_status": answer.status, "raw": self._kept(answer), "detail": said}
        if api.is_bad_request(item):
            raise Rejected("rejected", f"The service refused: {said}", **kept)
        text = f"The service's answer to the cancellation is not one that is known. It says: {said}"
        raise UnknownOutcome("not_understood", text.rstrip(". ") + "." + answers.UNKNOWN, **kept)

    # -- one call -------------------------------------------------------------------------------

    def _secretive(self):
        token = self.keeper.current()
        secrets = (token.access, token.refresh) if token else ()
        return replace(self.credentials, also=tuple(filter(None, secrets)))

    def _url(self, path):
        base = (self.credentials.base_url or "").rstrip("/")
        return ("" if base.endswith("/api") else "/api") + path

    def _token(self, stale=None):
        token = self.keeper.current()
        if token is None or token == stale or not token.holds(time.time()):
            token = self.keeper.renew(token, self._buy)
        return token

    def _buy(self, token):
        base = (self.credentials.base_url or "").rstrip("/")
        return oauth.fetch(self._secretive(), base + self._url("/authorize"), token)

    def _call(self, method, path, data=None):
        """One call; a 401 renews the token once and makes it again, as a 401 did nothing."""
        token, begun = self._token(), time.monotonic()
        answer = self._once(method, path, data, token)
        if answer.status == 401 and not self._has_items(answer):
            if time.monotonic() - begun > self.credentials.deadline:
                # whoever waits takes us for dead by now
                raise NotSent("stale", "The process was held up before it could send again. Nothing was sent.")
            answer = self._once(method, path, data, self._token(stale=token))
        return answer

    def _once(self, method, path, data, token):
        headers = {"Authorization": Masked(f"Bearer {token.access}"), "Accept": JSON}
        if data is None:
            return self._exchange(method, self._url(path), headers)
        headers["Content-Type"] = JSON
        body = json.dumps({"entity": {"data": data}}).encode()
        return self._exchange(method, self._url(path), headers, data=body)

    def _has_items(self, answer):
        node, _shape = answers.tree(answer)
        return node is not None and bool(api.items(node))

    def _pages(self, path, params):
        """(items, answer) of each page of a list. UnknownOutcome `incomplete` when it doesn't end well."""
        offset, seen = 0, set()
        for _page in range(_PAGES):
            answer = self._call("GET", f"{path}?" + urlencode({"offset": offset, "size": api.PAGE, **params}))
            page = self._understand(answer, api.page)
            ids = [item.own("uuid", "id") for item in page.items]
            if seen.intersection(ids) or len(set(ids)) < len(ids):
                raise self._not_ours(answer, "incomplete", "a list that names the same thing twice")
            yield page.items, answer
            seen.update(ids)
            offset += len(page.items)
            # a full page may be followed by another, whatever the count means
            if len(page.items) < api.PAGE and offset >= page.count:
                return
            if not page.items:
                raise self._not_ours(answer, "incomplete", f"{offset} of {page.count} rows of a list")
        raise self._not_ours(answer, "incomplete", f"a list of more than {offset} rows")

    def _recuperar(self, uuid, what):
        # the documentation: the fiscal UUID goes in `requestUuid`
        wanted = [{"requestUuid": arguments.uuid(uuid).lower()}]
        answer = self._call("POST", "/facturacion/recuperar", {"comprobantes": wanted})
        return answer, self._item(answer, "requestuuid", uuid, what)

    def _item(self, answer, name, uuid, what="", changing=False):
        """The one item about `uuid`. Raises what the answer is otherwise; NotFound where it says no."""
        error = self._failure(answer, reading=not changing, what=what)
        node, _shape = answers.tree(answer)
        found = api.items(node) if node is not None and answer.status == 200 else None
        if not found:
            raise error
        rows = api.by_id(found, name, [uuid])[0][uuid.upper()]
        if len(rows) != 1:
            clause = "several items about this UUID" if rows else "no item about this UUID"
            raise self._not_ours(answer, "contradictory" if rows else "not_ours", clause, changing)
        if not changing and api.said(rows[0]) is not True:
            raise self._refused_item(answer, rows[0], what)
        return rows[0]

    def _refused_item(self, answer, item, what):
        said = scrub(self._secretive(), api.words(item))
        kept = {"http_status": answer.status, "raw": self._kept(answer), "detail": said}
        if api.said(item) is False:
            return NotFound("not_found", f"The service does not have {what}. It says: {said}", **kept)
        return self._not_ours(answer, "not_understood", "an item that says neither yes nor no")


def _branch(item, _node):
    return facts.branch(item)


def _branch_id(branch):
    text = str(branch)
    if not (text.isascii() and text.isdigit()):
        raise NotSent("bad_branch", f"The branch's id must be a number, not {text[:50]!r}; choose another branch.")
    return int(text)


def _alone(item, *names):
    """The text of one field as a document of its own, for those who look for XML or PDF in one."""
    return json.dumps({"x": item.own(*names) or ""}).encode()


def _b64(data):
    return base64.b64encode(data).decode()
