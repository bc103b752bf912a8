"""Facture APP's `/rest/*` service: the ten operations of its page, with the headers that it asks for.

Source: https://facture.com.mx/web-service-timbrado-facturacion-electronica ("the page" here). It names no field, no
code, no format of errors and no authentication scheme: where we had to choose, a comment and doc/services.rst say so.
XML is asked for everywhere (the page offers XML or JSON); an answer is read by its content.
"""

from urllib.parse import urlencode

from .. import arguments
from ..capabilities import Capabilities
from ..errors import NotFound, NotSent, PacError, Rejected, UnknownOutcome
from ..reading import answer_errors, cancellation, files, records, stamps
from ..rest_service import RestService
from ..results import AccountStatus, BulkResult, Cancellation, Found, Receipt, Stamped
from ..wire.credentials import AUTH_SCHEMES, authorization, header_value
from ..wire.http import MAX_DOWNLOAD, exchange
from . import archive, bulk

XML = "application/xml"
PDF = "application/pdf"
ZIP = "application/zip"


class FactureRest(RestService):
    """One account at Facture's REST service."""

    title = "Facture APP (/rest)"
    # the page names no scheme and no size of a ZIP, and doesn't say whether an earlier stamp is detected (None)
    capabilities = Capabilities(auth_schemes=AUTH_SCHEMES, bulk_size=1000, detects_duplicates=None)

    # -- reading --------------------------------------------------------------------------------

    def account_status(self):
        """GET /rest/administracion/usuario/."""
        answer = self._get("/rest/administracion/usuario/")
        holder, user, credits_left = self._parse(answer, records.account)
        return AccountStatus(holder, user, credits_left, answer.status, self._raw(answer))

    def branches(self, rfc=None):
        """GET /rest/administracion/sucursales/, which has no filter: all of them, whatever the RFC."""
        answer = self._get("/rest/administracion/sucursales/")
        found = self._parse(answer, records.branches)
        error = None if found else self._error(answer)
        # an empty list archives all branches, so it counts only where the service doesn't refuse in the same answer
        if isinstance(error, Rejected):
            raise error
        return found

    def find(self, uuid, remote_id=None):
        """GET /rest/consulta/cfdi/?cfdi=, whose answer may be the CFDI itself or data about it."""
        answer = self._get("/rest/consulta/cfdi/", {"cfdi": arguments.uuid(uuid)})
        tail = (answer.status, self._raw(answer))
        for xml, root in self._cfdis(answer):
            got = self._check_uuid(answer, root, uuid)
            doc, node = got.comprobante, answer_errors.read_tree(answer)[0]
            # only a document around the XML can tell the state
            estado = records.cfdi_state(node) if node is not None and xml != answer.body else None
            return Found(got.uuid, doc.emisor.rfc, doc.receptor.rfc, got.total, estado, xml, *tail)
        known = self._parse(answer, lambda node: records.cfdi(node, uuid), f"the CFDI {uuid}")
        return Found(*known, None, *tail)

    def fetch_xml(self, uuid, remote_id=None):
        """GET /rest/consulta/xml/?uuid=, the one call for which the page asks no Accept."""
        answer = self._get("/rest/consulta/xml/", {"uuid": arguments.uuid(uuid)}, accept=None)
        for xml, root in self._cfdis(answer):
            self._check_uuid(answer, root, uuid)
            return xml
        raise self._error(answer, what=f"the XML of {uuid}")

    def fetch_pdf(self, uuid, remote_id=None):
        """GET /rest/consulta/pdf/?uuid=."""
        answer = self._get("/rest/consulta/pdf/", {"uuid": arguments.uuid(uuid)}, accept=PDF)
        pdf = files.pdf(answer.body) if answer.status == 200 else None
        if pdf is None:
            raise self._error(answer, what=f"the PDF of {uuid}")
        return self._whole(answer, pdf)

    def receipt(self, uuid, remote_id=None):
        """GET /rest/cancelacion/acuse/, in each way in which the page's misprint can be meant."""
        # the page prints `/rest/cancelacion/acuse/uuid?`: first asked like the other calls, then in each way in which
        # that can be meant, as long as the service says that it has nothing there
        forms = (f"?uuid={arguments.uuid(uuid)}", f"uuid?uuid={uuid}", f"{uuid}", f"uuid?{uuid}")
        absent = None
        for form in forms:
            try:
                return self._receipt("/rest/cancelacion/acuse/" + form, uuid)
            except NotFound as error:
                absent = absent or error
            except (Rejected, UnknownOutcome) as error:
                # a refusal of an odd address says less than the first "not found"; no answer or a 5xx says more
                if absent is None or error.http_status is None or error.http_status >= 500:
                    raise
        raise absent

    def _receipt(self, path, uuid):
        answer = self._get(path)
        found = cancellation.acuses(answer.body) if answer.status == 200 else []
        for acuse in found:
            if uuid.upper() in acuse.codes:
                return Receipt(acuse.xml, uuid, acuse.codes[uuid.upper()], answer.status)
        if found:
            raise self._unexpected(answer, "not_ours", "a receipt that does not name this UUID")
        raise self._error(answer, what=f"the receipt of {uuid}")

    # -- changing -------------------------------------------------------------------------------

    def stamp(self, xml, branch):
        """POST /rest/timbrado/produccion/."""
        sent = arguments.payload(xml)
        headers = self._headers(content_type=XML, branch=branch)
        answer = self._exchange("POST", "/rest/timbrado/produccion/", headers, data=xml)
        with self._keep_answer(answer):
            return self._stamped(sent, answer)

    def _stamped(self, sent, answer):
        # the stamp of our document is proof whatever the HTTP status, also inside an error 307
        found = stamps.find(sent, answer.body, self.capabilities.may_change)
        if found.uuid:
            return Stamped(found.xml, found.uuid, answer.status, root=found.root)
        error = self._error(answer, reading=False)
        # a refusal may quote the unstamped document; any other answer with a foreign CFDI in it proves nothing
        if found.problem and (found.whole or found.stamped or not isinstance(error, Rejected)):
            wrong = self._unexpected(answer, "not_ours", found.problem, changing=True)
            if error.reason == "stamped_before":
                wrong.code = error.code
            raise wrong
        raise error

    def stamp_many(self, files, branch):
        """POST /rest/timbrado/masivoProduccion/, then the ZIP behind the link of its report."""
        upload, sent = bulk.pack(files)
        answer = self._exchange(
            "POST",
            "/rest/timbrado/masivoProduccion/",
            self._headers(branch=branch),
            files={"file": ("cfdi.zip", upload, ZIP)},
        )
        with self._keep_answer(answer):
            return self._stamped_many(sent, answer)

    def _stamped_many(self, sent, answer):
        report = bulk.read_report(answer.body, sent)
        if report is None:
            raise self._error(answer, reading=False)
        file, problem = self._download(report.link)
        entries = bulk.match(sent, report, file, problem, self.capabilities.may_change)
        if answer.status >= 500:
            # stamps are proof all the same; of the others a service that failed says nothing
            if not any(entry.outcome == "stamped" for entry in entries.values()):
                raise self._error(answer, reading=False)
            entries = bulk.of_failed_call(entries)
        return BulkResult(entries, answer.status, self._raw(answer))

    def cancel(self, uuid, branch, motivo, folio_sustitucion=None, remote_id=None):
        """GET /rest/cancelacion/produccion/?uuid=, which changes something although it is a GET."""
        arguments.uuid(uuid)
        arguments.cancellation(motivo, folio_sustitucion)
        # the page (2017) has `uuid` only; SAT has required the other two since 2022
        params = {"uuid": uuid, "motivo": motivo}
        if folio_sustitucion:
            params["folioSustitucion"] = folio_sustitucion
        answer = self._get("/rest/cancelacion/produccion/", params, branch=branch)
        with self._keep_answer(answer):
            return self._cancelled(uuid, answer)

    def _cancelled(self, uuid, answer):
        error = self._error(answer, reading=False)
        node, _shape = answer_errors.read_tree(answer)
        if isinstance(error, NotSent) or answer.status >= 500 or node is None:
            raise error
        if cancellation.about_another(node, uuid):
            raise self._unexpected(answer, "not_ours", "an answer about another UUID", changing=True)
        codes = cancellation.codes(answer.body, node, uuid)
        if not codes and isinstance(error, Rejected) and error.code != error.reason:
            codes = [error.code]
        # "201: en proceso" is SAT's own text; with a code that isn't SAT's it means a failure inside the service
        unsure = error.reason == "service_unsure" and not set(codes) <= set(cancellation.MEANINGS)
        if len(codes) != 1 or unsure:
            raise self._no_code(answer, codes, error)
        text = cancellation.meaning(codes[0], error.detail)
        accepted = codes[0] in cancellation.ACCEPTED
        kept = self._raw(answer)
        return Cancellation(codes[0], text, accepted, answer.status, kept, error.detail)

    def _no_code(self, answer, codes, error):
        if len(codes) > 1:
            clause = f"several codes ({', '.join(codes)})"
            return self._unexpected(answer, "contradictory", clause, changing=True)
        if codes:
            return error
        text = "The service's answer has no cancellation code."
        if error.detail:
            text += f" It says: {error.detail}"
        return UnknownOutcome("no_code", text + answer_errors.OUTCOME_UNKNOWN, **self._kept(answer, error.detail))

    # -- one call -------------------------------------------------------------------------------

    def _headers(self, accept=XML, content_type=None, branch=None):
        headers = {"Authorization": authorization(self.credentials)}
        if accept:
            headers["Accept"] = accept
        if content_type:
            headers["Content-Type"] = content_type
        if branch is not None:
            headers["Sucursal"] = header_value(branch, "The branch's id")
        return headers

    def _get(self, path, params=None, accept=XML, branch=None):
        query = "?" + urlencode(params) if params else ""
        return self._exchange("GET", path + query, self._headers(accept, branch=branch))

    def _download(self, link):
        """(file of the ZIP behind a report's link or None, a clause that says why none)."""
        try:
            url = bulk.same_origin(self.credentials.base_url, "/rest/timbrado/masivoProduccion/", link)
            answer = exchange(self.credentials, "GET", url, self._headers(ZIP), limit=MAX_DOWNLOAD)
        except bulk.BadLink as error:
            return None, str(error)
        except PacError as error:
            return None, f"the stamped files could not be fetched: {error.text}"
        if answer.status != 200 and not answer.body.startswith(archive.MAGIC):
            return None, f"the stamped files could not be fetched: {self._error(answer).text}"
        answer.file.seek(0)
        return answer.file, None
