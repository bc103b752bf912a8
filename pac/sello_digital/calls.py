"""One call and one answer. Whatever reads or changes an invoice names it by the service's own id (`remote_id`)."""

from dataclasses import dataclass, field

from ..errors import NotFound, NotSent, Rejected, UnknownOutcome
from ..reading import identity
from ..reading.message import sentence
from ..rest_service import RestService
from ..wire.credentials import authorization, scrub
from . import answers

JSON = "application/json"


@dataclass(frozen=True)
class InvoiceWithXml:
    """An invoice whose XML was read."""

    invoice: answers.Invoice
    identity: identity.Identity
    xml: bytes = field(repr=False)


class Calls(RestService):
    """What every operation at the service needs."""

    def _headers(self):
        return {"Authorization": authorization(self.credentials), "Accept": JSON}

    def _get(self, path):
        return self._exchange("GET", path, self._headers())

    def _path(self, remote_id, action=""):
        text = str(remote_id or "")
        if not (text.isascii() and text.isdigit()):
            raise NotSent("no_remote_id", "The service's id of this invoice (a number) is missing. Nothing was sent.")
        return f"/invoices/{text}{action}"

    def _invoice(self, remote_id):
        """(answer, answers.Invoice) of GET /invoices/:id."""
        answer = self._get(self._path(remote_id))
        return answer, self._read(answer, remote_id, f"the invoice {remote_id}", reading=True)

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

    def _identity(self, answer, invoice, uuid=None, changing=True):
        xml = (invoice.xml or "").strip().encode()
        got, problem = identity.read(xml)
        for named in filter(None, (uuid, invoice.uuid)):
            if got and got.uuid != named.upper():
                problem = f"the CFDI {got.uuid}, not {named}"
        if problem:
            raise self._unexpected(answer, "not_ours", problem, changing)
        return InvoiceWithXml(invoice, got, xml)

    def _refusal(self, answer, what="", reading=False):
        sentences = answers.errors(answer.body) if answer.status == 422 else []
        if sentences:
            words = scrub(self._secrets(), "; ".join(sentences))
            return Rejected("rejected", sentence(f"The service refused: {words}"), **self._kept(answer, words))
        error = self._error(answer, reading=reading, what=what)
        # also when stamping or cancelling: an invoice that isn't there was not touched
        if answer.status == 404 and what and isinstance(error, Rejected):
            return NotFound("not_found", f"The service does not have {what}.", **error.kept)
        return error

    def _invalid(self, answer, invalid, reading=False):
        error = self._error(answer, reading=reading)
        # a web page or an empty answer has an error of its own
        if isinstance(error, UnknownOutcome) and error.reason in ("html", "empty", "no_document", "too_big"):
            return error
        return self._unexpected(answer, "not_understood", f"something against its own rules: {invalid}", not reading)

    def _words(self, invoice):
        """What the service says of the invoice."""
        return scrub(self._secrets(), invoice.error or invoice.message)
