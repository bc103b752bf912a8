"""What the clients of all REST services share: one guarded call, and one answer judged with care."""

import contextlib

from .contract import Pac
from .errors import PacError, UnknownOutcome, bounded
from .reading import answer_errors, files, records, stamps
from .wire.credentials import check, scrub
from .wire.http import MAX_ANSWER, exchange


class RestService(Pac):
    """A service behind HTTP. Subclasses say what is called where; nothing here repeats a call."""

    def _secrets(self):
        """The credentials with everything in them that must be kept out of errors and raw answers."""
        return self.credentials

    # -- one call -------------------------------------------------------------------------------

    def _exchange(self, method, path, headers, limit=MAX_ANSWER, **body):
        check(self.credentials)
        url = self.credentials.base_url.rstrip("/") + path
        return exchange(self._secrets(), method, url, headers, limit=limit, **body)

    # -- one answer -----------------------------------------------------------------------------

    @contextlib.contextmanager
    def _keep_answer(self, answer):
        """Whatever we ourselves fail at while judging it, the answer to a changing call is kept."""
        try:
            yield
        except PacError:
            raise
        except Exception as error:
            text = f"The service's answer could not be judged ({type(error).__name__})."
            kept = {"http_status": answer.status, "raw": scrub(self._secrets(), answer.body)}
            raise UnknownOutcome("not_judged", text + answer_errors.OUTCOME_UNKNOWN, **kept) from error

    def _raw(self, answer):
        return bounded(scrub(self._secrets(), answer.body))

    def _error(self, answer, *, reading=True, what=""):
        return answer_errors.error_for(self._secrets(), answer, reading=reading, what=what)

    def _unexpected(self, answer, code, clause, changing=False):
        text = f"The service answered with {scrub(self._secrets(), clause)}."
        text += answer_errors.OUTCOME_UNKNOWN if changing else answer_errors.ANSWER_KEPT
        return UnknownOutcome(code, text, http_status=answer.status, raw=scrub(self._secrets(), answer.body))

    def _whole(self, answer, pdf):
        """`pdf`, or UnknownOutcome(`cut`) where its end is missing."""
        if not files.is_whole_pdf(pdf):
            raise self._unexpected(answer, "cut", "a PDF without end, which was cut. Fetch it again")
        return pdf

    def _cfdis(self, answer):
        return files.xml_documents(answer.body, "Comprobante") if answer.status == 200 else []

    def _check_uuid(self, answer, root, uuid):
        got, problem = stamps.check_uuid(root, uuid)
        if problem:
            raise self._unexpected(answer, "not_ours", problem)
        return got

    def _parse(self, answer, reader, what=""):
        """What `reader` makes of the answer's tree; whatever else the answer is, is raised."""
        node, _shape = answer_errors.read_tree(answer)
        problem = None
        if answer.status == 200 and node is not None:
            try:
                return reader(node)
            except records.NotUnderstood as error:
                problem = str(error)
        error = self._error(answer, what=what)
        if problem and error.reason == "not_understood":
            error = self._unexpected(answer, "not_understood", f"something that was not understood: {problem}")
        raise error
