"""The request to cancel, and what its answer says."""

import re
from urllib.parse import urlencode

from .. import arguments
from ..errors import UnknownOutcome
from ..reading import answer_errors
from ..reading.cancellation import ACCEPTED, code_of, meaning
from ..reading.message import message_of_text, sentence
from ..reading.tree import fold
from ..results import Cancellation
from .calls import Calls

_NOT_DONE = re.compile("nose(?:logro|pudo|puede)")
_IN_PROCESS = re.compile("enproceso")


class Cancelling(Calls):
    """Ask for a cancellation."""

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

    def _cancelled(self, answer, invoice):
        words = self._words(invoice)
        tail = (answer.status, self._raw(answer), words)
        if invoice.state == "cancelled" and not invoice.error:
            return Cancellation("cancelled", "The service shows it as cancelled.", True, *tail)
        folded = fold(words)
        if invoice.state == "stamped" and (invoice.error or _NOT_DONE.search(folded)):
            code = code_of(words) or message_of_text(words).code or "refused"
            text = meaning(code, words) if code.isdigit() else sentence(f"The service refused: {words}")
            return Cancellation(code, text, code in ACCEPTED, *tail)
        if invoice.state == "stamped" and _IN_PROCESS.search(folded):
            return Cancellation("in_process", "The receiver must consent to the cancellation.", True, *tail)
        if invoice.state in ("pending", "not_stamped"):
            text = sentence(f"The service says that the invoice is not stamped: {words}")
            raise UnknownOutcome("contradictory", text + answer_errors.OUTCOME_UNKNOWN, **self._kept(answer, words))
        raise self._unexpected(answer, "not_understood", f"«{invoice.name}: {words}»", changing=True)
