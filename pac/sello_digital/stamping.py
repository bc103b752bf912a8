"""An invoice is created first and stamped then.

Asked twice the service may issue two CFDIs, and one that failed may stamp by itself later. So each call that stamps is
preceded by a look at what it has: a stamp, or an invoice whose total is not the one that was sent.
"""

import json

from ...cfdi.read import read_cfdi
from .. import arguments
from ..errors import NotSent, PacError, Rejected, UnknownOutcome
from ..reading import files, identity
from ..reading.message import message_of_text, sentence
from ..results import Created, Stamped
from . import answers
from . import invoice as create_invoice
from .calls import JSON, Calls

# `action_recommended`: the page shows this number only, with "intente nuevamente en unos minutos"
TRY_AGAIN = 1


class Stamping(Calls):
    """Create, stamp, and look up the stamp whose answer was lost."""

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
        """GET /invoices/:id/stamp, which changes something although it is a GET."""
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

    # -- what it has before it is asked -----------------------------------------------------------------

    def _look_first(self, remote_id, sent):
        """The Stamped that the service has already; None where it may be asked to stamp."""
        try:
            answer, invoice = self._invoice(remote_id)
        except UnknownOutcome as error:
            text = f"Nothing was sent, because the service didn't say what it has of the invoice: {error.text}"
            raise NotSent("not_looked_up", text, **error.kept) from error
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
            raise Rejected("total_differs", text, **self._kept(answer, detail))

    @staticmethod
    def _unconfirmed(error, doubt):
        """What to raise when "not for the moment" can't be confirmed."""
        text = f"{error.text} That could not be confirmed: {doubt.text}"
        return UnknownOutcome("pending", text, **error.kept)

    def look_up(self, sent, remote_id=None, known=()):
        """GET /invoices/:id: the stamp whose answer was lost; None where it says that the invoice isn't stamped.

        "Pendiente" doesn't say it: the service may stamp by itself later. Then it is UnknownOutcome: `pending` while
        the service works on it, `try_again` where it says to ask once more.
        """
        return self._found(*self._invoice(remote_id), arguments.payload(sent))

    def _found(self, answer, invoice, sent):
        """As `look_up`, from an answer that was read."""
        if invoice.state in ("stamped", "cancelled"):
            # a cancelled one was stamped first: the caller needs that stamp before it asks about the cancellation
            return self._stamped(answer, invoice, sent, reading=True)
        if _may_follow(invoice):
            raise self._still_pending(answer, invoice)
        return None

    # -- what an invoice's state says ------------------------------------------------------------------

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
            raise UnknownOutcome("no_xml", text, **self._kept(answer)) from error
        if found is None:
            raise self._unexpected(answer, "contradictory", "two states of the same invoice", changing=True)
        return found

    def _not_stamped(self, answer, invoice):
        words = self._words(invoice)
        kept = self._kept(answer, words)
        if invoice.state == "cancelled":
            return UnknownOutcome("cancelled", "The service says that this invoice is cancelled.", **kept)
        if _in_work(invoice):
            return self._still_pending(answer, invoice)
        message = message_of_text(words)
        if message.stamped_before:
            text = sentence(f"The service says that this document has been stamped before: {words}")
            return UnknownOutcome(message.code or "307", text + " Find its UUID.", reason="stamped_before", **kept)
        if _may_follow(invoice):
            text = sentence(f"The service could not stamp for the moment: {words}")
            return NotSent("temporary", text + " The invoice is not stamped; try again in some minutes.", **kept)
        text = sentence(f"The service refused: {words}")
        if invoice.action not in (None, TRY_AGAIN):
            text += f" It recommends action {invoice.action}; ask the service what that means."
        reason = "no_credits" if message.no_credits else "rejected"
        return Rejected(message.code or "rejected", text, reason=reason, **kept)

    def _still_pending(self, answer, invoice):
        words = self._words(invoice)
        kept = self._kept(answer, words)
        if _in_work(invoice):
            return UnknownOutcome("pending", "The service has not finished with this invoice.", **kept)
        text = sentence(f"The service has not stamped this invoice yet, and may do so: {words}")
        return UnknownOutcome("try_again", text, **kept)


def _in_work(invoice):
    """Whether the service still works on it: pending, with neither an error nor a recommended action."""
    return invoice.state == "pending" and not invoice.error and invoice.action is None


def _may_follow(invoice):
    """Whether the service may still stamp it, by itself or when asked again: pending, and not refused."""
    return invoice.state == "pending" and invoice.action in (None, TRY_AGAIN)
