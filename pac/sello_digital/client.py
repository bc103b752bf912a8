"""Sello Digital: JSON with a Bearer token. An invoice is created first and stamped then.

Sources: the service's page https://sellodigital.com.mx/docs/1.0/invoices/stamp.html ("the page" here: the answers to a
stamp, a table of parameters, the codes 401, 404 and 500), and its only public client (OscarPay/TestSelloDigitalAPI on
GitHub: methods, paths, Bearer token, 422 on create). Where both are silent, a comment says what we chose. Whatever
reads or changes an invoice names it by the service's own id (`remote_id`).
"""

import json
import re
from dataclasses import dataclass, field, replace
from urllib.parse import urlencode

from ...cfdi.errors import CfdiError
from ...cfdi.read import read_cfdi
from .. import arguments
from ..capabilities import Capabilities
from ..errors import NotFound, NotSent, PacError, Rejected, UnknownOutcome
from ..reading import answer_errors, files, identity
from ..reading.cancellation import ACCEPTED, code_of, meaning
from ..reading.message import message_of_text
from ..reading.tree import fold
from ..rest_service import RestService
from ..results import AccountStatus, Cancellation, Created, Found, RemoteStatus, Stamped
from ..wire.credentials import authorization, scrub
from . import answers
from . import invoice as create_invoice

JSON = "application/json"
# `action_recommended`: the page shows this number only, with "intente nuevamente en unos minutos"
TRY_AGAIN = 1
_NOT_DONE = re.compile("nose(?:logro|pudo|puede)")
_IN_PROCESS = re.compile("enproceso")
# no invoice has it: asking for it proves the credentials
_NO_INVOICE = "0"


class SelloDigital(RestService):
    """One account at the service. Stamps in two steps: `create`, then `stamp_created`."""

    title = "Sello Digital (JSON)"
    capabilities = Capabilities(
        auth_schemes=("bearer",),
        needs_create=True,
        may_change=frozenset({"Fecha"}),
        looks_up=True,
        look_up_proves=True,
        by_remote_id=True,
        lists_branches=False,
        tells_account=False,
        tells_credits=False,
        receipts=False,
        # its invoice has no key for a complement
        receipts_of_payment=False,
        tells_paid=True,
    )

    def __init__(self, credentials, token_store=None):
        # the service knows no other scheme, whatever the account was set to
        super().__init__(replace(credentials, auth_scheme="bearer"), token_store)

    # -- reading --------------------------------------------------------------------------------

    def account_status(self):
        """The service has no such call: a 404 for an invoice that can't exist proves address and token."""
        answer = self._get(f"/invoices/{_NO_INVOICE}")
        error = self._error(answer, what="this invoice")
        node, _shape = answer_errors.read_tree(answer)
        # an empty 404 or a web page may come from any address
        if answer.status == 404 and node is not None and node.value("message", "status"):
            return AccountStatus("", "", None, answer.status, self._raw(answer))
        if isinstance(error, NotFound):
            text = "Something answers at this address, and not as this service does (HTTP 404). Check the address."
            raise UnknownOutcome("not_this_service", text, http_status=answer.status, raw=error.raw)
        raise error

    def status(self, remote_id):
        """GET /invoices/:id."""
        answer = self._get(self._path(remote_id))
        return self._status(answer, self._read(answer, remote_id, f"the invoice {remote_id}", reading=True))

    def find(self, uuid, remote_id=None):
        """GET /invoices/:id; what it says is read from the XML in it."""
        answer, one = self._invoice_with_uuid(uuid, remote_id)
        return Found(
            one.identity.uuid,
            one.identity.rfc_emisor,
            one.identity.rfc_receptor,
            one.identity.total,
            one.invoice.name,
            one.xml,
            answer.status,
            self._raw(answer),
        )

    def fetch_xml(self, uuid, remote_id=None):
        """GET /invoices/:id, its XML."""
        return self._invoice_with_uuid(uuid, remote_id)[1].xml

    def fetch_pdf(self, uuid, remote_id=None):
        """GET /invoices/:id, its PDF."""
        answer, one = self._invoice_with_uuid(uuid, remote_id)
        pdf = answers.pdf(one.invoice.pdf_file)
        if pdf is None:
            raise self._unexpected(answer, "not_understood", "no PDF for this invoice, or one that was cut")
        return pdf

    def look_up(self, sent, remote_id=None, known=()):
        """GET /invoices/:id: the stamp whose answer was lost; None where it says that the invoice isn't stamped.

        "Pendiente" doesn't say it: the service may stamp by itself later. Then it is UnknownOutcome: `pending` while
        the service works on it, `try_again` where it says to ask once more.
        """
        return self._found(*self._invoice(remote_id), arguments.payload(sent))

    def _invoice(self, remote_id):
        """(answer, answers.Invoice) of GET /invoices/:id."""
        answer = self._get(self._path(remote_id))
        return answer, self._read(answer, remote_id, f"the invoice {remote_id}", reading=True)

    def _found(self, answer, invoice, sent):
        """As `look_up`, from an answer that was read."""
        if invoice.state in ("stamped", "cancelled"):
            # a cancelled one was stamped first: the caller needs that stamp before it asks about the cancellation
            return self._stamped(answer, invoice, sent, reading=True)
        if _may_follow(invoice):
            raise self._still_pending(answer, invoice)
        return None

    # -- changing -------------------------------------------------------------------------------

    @classmethod
    def invoice(cls, comprobante, totals, ids, branch, is_test=False):
        """The JSON of `create`, see invoice.py."""
        return create_invoice.create_full(comprobante, totals, ids, branch, is_test)

    def create(self, invoice):
        """POST /invoices/create_full. Returns Created; whatever is raised, nothing fiscal happened."""
        try:
            body = json.dumps(invoice).encode()
        except (TypeError, ValueError) as error:
            raise NotSent("bad_payload", f"The invoice can't be written as JSON: {error}.") from None
        headers = {**self._headers(), "Content-Type": JSON}
        answer = self._exchange("POST", "/invoices/create_full", headers, data=body)
        with self._keep_answer(answer):
            if answer.status not in (200, 201):
                raise self._refusal(answer)
            try:
                return Created(answers.created_id(answer.body), answer.status)
            except answers.InvalidAnswer as error:
                raise self._invalid(answer, error) from None

    def stamp_created(self, remote_id, sent):
        """GET /invoices/:id/stamp, which changes something although it is a GET.

        Asked twice it may issue two CFDIs, and a service that failed may stamp by itself later. So each call is
        preceded by a look at what it has: a stamp, or an invoice whose total is not the one that was sent.
        """
        sent = arguments.payload(sent)
        if found := self._look_first(remote_id, sent):
            return found
        answer = self._get(self._path(remote_id, "/stamp"))
        with self._keep_answer(answer):
            try:
                return self._stamped_now(answer, remote_id, sent)
            except PacError:
                # the stamp of our invoice is proof whatever the HTTP status, but not in a success that contradicts it
                found = self._stamp_in(answer, sent) if answer.status != 200 else None
                if found is None:
                    raise
                return found

    def _stamped_now(self, answer, remote_id, sent):
        """The Stamped of an answer to the call that stamps."""
        invoice = self._read(answer, remote_id, f"the invoice {remote_id}")
        if invoice.state == "stamped":
            return self._stamped(answer, invoice, sent)
        error, found = self._not_stamped(answer, invoice), None
        if error.reason == "temporary":
            # a service in trouble says so: look once at what it has before believing it
            try:
                found = self._found_or_free(*self._invoice(remote_id), sent)
            except PacError as doubt:
                # stamped after all, and not as it was sent
                if doubt.reason == "not_ours":
                    raise
                raise self._unconfirmed(error, doubt) from doubt
        if found is None:
            raise error
        return found

    def _stamp_in(self, answer, sent):
        """The Stamped of the one CFDI in an answer, if series and folio say that it is ours; else None."""
        wanted, found = read_cfdi(sent), {}
        for xml, _root in files.xml_documents(answer.body, "Comprobante"):
            got, _problem = identity.read(xml)
            numbers = (wanted.comprobante.serie, wanted.comprobante.folio)
            if got and not identity.differences(wanted, got, numbers):
                found[got.uuid] = Stamped(xml, got.uuid, answer.status, root=got.root)
        return next(iter(found.values())) if len(found) == 1 else None

    def _look_first(self, remote_id, sent):
        """The Stamped that the service has already; None where it may be asked to stamp."""
        try:
            answer, invoice = self._invoice(remote_id)
        except UnknownOutcome as error:
            text = f"Nothing was sent, because the service didn't say what it has of the invoice: {error.text}"
            kept = {"http_status": error.http_status, "raw": error.raw, "detail": error.detail}
            raise NotSent("not_looked_up", text, **kept) from error
        found = self._found_or_free(answer, invoice, sent)
        if found is None:
            self._check_total(answer, invoice, sent)
        return found

    def _found_or_free(self, answer, invoice, sent):
        """The Stamped that the service has; None where it has none and may be asked to stamp."""
        try:
            return self._found(answer, invoice, sent)
        except UnknownOutcome as error:
            if error.reason == "try_again":
                return None
            raise

    def _check_total(self, answer, invoice, sent):
        """:raise Rejected: the service has computed another total than the one that was sent"""
        total = read_cfdi(sent).total
        if invoice.total is not None and invoice.total != total:
            text = f"The service has this invoice with a total of {invoice.total:f} instead of {total:f}."
            text += " It was not asked to stamp it. Check the ids of the taxes in the account's table."
            detail = f"{invoice.total:f} ≠ {total:f}"
            kept = {"http_status": answer.status, "raw": self._raw(answer), "detail": detail}
            raise Rejected("total_differs", text, **kept)

    @staticmethod
    def _unconfirmed(error, doubt):
        """What to raise when "not for the moment" can't be confirmed."""
        text = f"{error.text} That could not be confirmed: {doubt.text}"
        kept = {"http_status": error.http_status, "raw": error.raw, "detail": error.detail}
        return UnknownOutcome("pending", text, **kept)

    def cancel(self, uuid, branch, motivo, folio_sustitucion=None, remote_id=None):
        """GET /invoices/:id/cancel, which changes something although it is a GET."""
        arguments.uuid(uuid)
        arguments.cancellation(motivo, folio_sustitucion)
        # the page has no reason; SAT has required one since 2022, so it is sent under the names used for facture_rest
        params = {"motivo": motivo}
        if folio_sustitucion:
            params["folioSustitucion"] = folio_sustitucion
        answer = self._get(self._path(remote_id, "/cancel") + "?" + urlencode(params))
        with self._keep_answer(answer):
            invoice = self._read(answer, remote_id, f"the invoice {remote_id}")
            if invoice.xml is not None:
                self._identity(answer, invoice, uuid)
            return self._cancelled(answer, invoice)

    # -- what an invoice's state says --------------------------------------------------------------

    def _stamped(self, answer, invoice, sent, reading=False):
        if invoice.xml is None and not reading:
            # `xml` is optional in the page's table: then the invoice is read once more
            return self._stamped_later(answer, invoice, sent)
        got = self._identity(answer, invoice, changing=not reading)
        problem = identity.differences_text(read_cfdi(sent), got.identity, (invoice.serie, invoice.folio))
        if problem:
            raise self._unexpected(answer, "not_ours", problem, changing=not reading)
        pdf = answers.pdf(invoice.pdf_file)
        return Stamped(got.xml, got.identity.uuid, answer.status, pdf, invoice.paid, got.identity.root)

    def _stamped_later(self, answer, invoice, sent):
        try:
            found = self.look_up(sent, invoice.remote_id)
        except PacError as error:
            text = f"The service says that it stamped the invoice, and its XML could not be read: {error.text}"
            kept = {"http_status": answer.status, "raw": self._raw(answer)}
            raise UnknownOutcome("no_xml", text, **kept) from error
        if found is None:
            raise self._unexpected(answer, "contradictory", "two states of the same invoice", changing=True)
        return found

    def _still_pending(self, answer, invoice):
        words = scrub(self._secrets(), invoice.error or invoice.message)
        kept = {"http_status": answer.status, "raw": self._raw(answer), "detail": words}
        if _in_work(invoice):
            return UnknownOutcome("pending", "The service has not finished with this invoice.", **kept)
        text = f"The service has not stamped this invoice yet, and may do so: {words}".rstrip(". ") + "."
        return UnknownOutcome("try_again", text, **kept)

    def _not_stamped(self, answer, invoice):
        words = scrub(self._secrets(), invoice.error or invoice.message)
        kept = {"http_status": answer.status, "raw": self._raw(answer), "detail": words}
        if invoice.state == "cancelled":
            return UnknownOutcome("cancelled", "The service says that this invoice is cancelled.", **kept)
        if _in_work(invoice):
            return self._still_pending(answer, invoice)
        message = message_of_text(words)
        if message.stamped_before:
            text = f"The service says that this document has been stamped before: {words}".rstrip(". ")
            return UnknownOutcome(message.code or "307", text + ". Find its UUID.", reason="stamped_before", **kept)
        if _may_follow(invoice):
            text = f"The service could not stamp for the moment: {words}".rstrip(". ") + "."
            return NotSent("temporary", text + " The invoice is not stamped; try again in some minutes.", **kept)
        text = f"The service refused: {words}".rstrip(". ") + "."
        if invoice.action not in (None, TRY_AGAIN):
            text += f" It recommends action {invoice.action}; ask the service what that means."
        reason = "no_credits" if message.no_credits else "rejected"
        return Rejected(message.code or "rejected", text, reason=reason, **kept)

    def _cancelled(self, answer, invoice):
        words = scrub(self._secrets(), invoice.error or invoice.message)
        tail = (answer.status, self._raw(answer), words)
        if invoice.state == "cancelled" and not invoice.error:
            return Cancellation("cancelled", "The service shows it as cancelled.", True, *tail)
        folded = fold(words)
        if invoice.state == "stamped" and (invoice.error or _NOT_DONE.search(folded)):
            code = code_of(words) or message_of_text(words).code or "refused"
            text = meaning(code, words) if code.isdigit() else f"The service refused: {words.rstrip('. ')}."
            return Cancellation(code, text, code in ACCEPTED, *tail)
        if invoice.state == "stamped" and _IN_PROCESS.search(folded):
            return Cancellation("in_process", "The receiver must consent to the cancellation.", True, *tail)
        if invoice.state in ("pending", "not_stamped"):
            kept = {"http_status": answer.status, "raw": self._raw(answer), "detail": words}
            text = f"The service says that the invoice is not stamped: {words}".rstrip(". ") + "."
            raise UnknownOutcome("contradictory", text + answer_errors.OUTCOME_UNKNOWN, **kept)
        raise self._unexpected(answer, "not_understood", f"«{invoice.name}: {words}»", changing=True)

    def differences(self, sent, xml):
        """The service writes the XML, in a version of its own: issuer, receiver and total must agree."""
        got, problem = identity.read(xml)
        if problem:
            raise CfdiError("not_stamped", f"It is {problem}.")
        return identity.differences(read_cfdi(sent), got)

    # -- one call, one answer -----------------------------------------------------------------------

    def _headers(self):
        return {"Authorization": authorization(self.credentials), "Accept": JSON}

    def _get(self, path):
        return self._exchange("GET", path, self._headers())

    def _path(self, remote_id, action=""):
        text = str(remote_id or "")
        if not (text.isascii() and text.isdigit()):
            raise NotSent("no_remote_id", "The service's id of this invoice (a number) is missing. Nothing was sent.")
        return f"/invoices/{text}{action}"

    def _read(self, answer, remote_id, what, reading=False):
        """The Invoice in an answer of 200. Raises what the answer is otherwise."""
        if answer.status != 200:
            raise self._refusal(answer, what, reading)
        try:
            invoice = answers.read(answer.body, needs_message=not reading)
        except answers.InvalidAnswer as error:
            raise self._invalid(answer, error, reading) from None
        if invoice.remote_id != str(int(str(remote_id))):
            clause = f"the invoice {invoice.remote_id} instead of {remote_id}"
            raise self._unexpected(answer, "not_ours", clause, changing=not reading)
        return invoice

    def _refusal(self, answer, what="", reading=False):
        sentences = answers.errors(answer.body) if answer.status == 422 else []
        if sentences:
            words = scrub(self._secrets(), "; ".join(sentences))
            kept = {"http_status": 422, "raw": self._raw(answer), "detail": words}
            return Rejected("rejected", f"The service refused: {words}".rstrip(". ") + ".", **kept)
        error = self._error(answer, reading=reading, what=what)
        # also when stamping or cancelling: an invoice that isn't there was not touched
        if answer.status == 404 and what and isinstance(error, Rejected):
            kept = {"http_status": 404, "raw": error.raw, "detail": error.detail}
            return NotFound("not_found", f"The service does not have {what}.", **kept)
        return error

    def _invalid(self, answer, invalid, reading=False):
        error = self._error(answer, reading=reading)
        # a web page or an empty answer has an error of its own
        if isinstance(error, UnknownOutcome) and error.reason in ("html", "empty", "no_document", "too_big"):
            return error
        return self._unexpected(answer, "not_understood", f"something against its own rules: {invalid}", not reading)

    def _invoice_with_uuid(self, uuid, remote_id):
        """(answer, _InvoiceWithXml) of an invoice that must have exactly this UUID."""
        arguments.uuid(uuid)
        answer = self._get(self._path(remote_id))
        invoice = self._read(answer, remote_id, f"the invoice {remote_id}", reading=True)
        if invoice.xml is None:
            raise NotFound("not_found", f"The service does not have the XML of {uuid}.", http_status=answer.status)
        return answer, self._identity(answer, invoice, uuid, changing=False)

    def _identity(self, answer, invoice, uuid=None, changing=True):
        xml = (invoice.xml or "").strip().encode()
        got, problem = identity.read(xml)
        for named in filter(None, (uuid, invoice.uuid)):
            if got and got.uuid != named.upper():
                problem = f"the CFDI {got.uuid}, not {named}"
        if problem:
            raise self._unexpected(answer, "not_ours", problem, changing)
        return _InvoiceWithXml(invoice, got, xml)

    def _status(self, answer, invoice):
        credentials = self._secrets()
        return RemoteStatus(
            remote_id=invoice.remote_id,
            state=invoice.state,
            name=invoice.name,
            paid=invoice.paid,
            message=scrub(credentials, invoice.message),
            error=scrub(credentials, invoice.error),
            action=invoice.action,
            uuid=invoice.uuid,
            xml=invoice.xml.strip().encode() if invoice.xml else None,
            pdf=answers.pdf(invoice.pdf_file),
            http_status=answer.status,
            raw=self._raw(answer),
        )


def _in_work(invoice):
    """Whether the service still works on it: pending, with neither an error nor a recommended action."""
    return invoice.state == "pending" and not invoice.error and invoice.action is None


def _may_follow(invoice):
    """Whether the service may still stamp it, by itself or when asked again: pending, and not refused."""
    return invoice.state == "pending" and invoice.action in (None, TRY_AGAIN)


@dataclass(frozen=True)
class _InvoiceWithXml:
    invoice: answers.Invoice
    identity: identity.Identity
    xml: bytes = field(repr=False)
