"""What the clients of all services over HTTP share: one guarded call, and careful reading of its answer."""

import contextlib

from .contract import Pac
from .errors import PacError, UnknownOutcome
from .reading import answer_errors, files, records, stamps
from .wire.credentials import check, scrub, scrubbed_start
from .wire.http import MAX_ANSWER, exchange


class RestService(Pac):
    """A service over HTTP. Subclasses say which address each operation calls; nothing here repeats a call."""

    # -- one call -------------------------------------------------------------------------------

    def _exchange(self, method, path, headers, limit=MAX_ANSWER, **body):
        """One request to `path` below the account's address; arguments, result and errors as in wire.http.exchange."""
        check(self.credentials)
        url = self.credentials.base_url.rstrip("/") + path
        return exchange(self._secrets(), method, url, headers, limit=limit, **body)

    # -- one answer -----------------------------------------------------------------------------

    @contextlib.contextmanager
    def _keep_answer(self, answer):
        """Around the reading of a changing call's answer: a bug of ours raises UnknownOutcome with the answer in it."""
        try:
            yield
        except PacError:
            raise
        except Exception as error:
            text = f"The service's answer could not be judged ({type(error).__name__})."
            raise UnknownOutcome("not_judged", text + answer_errors.OUTCOME_UNKNOWN, **self._kept(answer)) from error

    def _raw(self, answer):
        """The answer as it is kept: without secrets, 64 kB at most."""
        return scrubbed_start(self._secrets(), answer.body)

    def _kept(self, answer, detail=""):
        """What an error keeps of an answer, as its arguments."""
        return {"http_status": answer.status, "raw": self._raw(answer), "detail": detail}

    def _error(self, answer, *, reading=True, what=""):
        """The PacError for an answer that isn't what was hoped for; see reading.answer_errors.error_for."""
        return answer_errors.error_for(self._secrets(), answer, reading=reading, what=what)

    def _unexpected(self, answer, code, clause, changing=False):
        """The UnknownOutcome for an answer that is about something else; `clause` says what it is."""
        text = f"The service answered with {scrub(self._secrets(), clause)}."
        text += answer_errors.OUTCOME_UNKNOWN if changing else answer_errors.ANSWER_KEPT
        return UnknownOutcome(code, text, **self._kept(answer))

    def _whole(self, answer, pdf):
        """`pdf`, or UnknownOutcome(`cut`) where its end is missing."""
        if not files.is_whole_pdf(pdf):
            raise self._unexpected(answer, "cut", "a PDF without end, which was cut. Fetch it again")
        return pdf

    def _cfdis(self, answer):
        """All CFDIs in an answer of 200, as bytes."""
        return files.xml_documents(answer.body, "Comprobante") if answer.status == 200 else []

    def _check_uuid(self, answer, root, uuid):
        """The cfdi.read.ParsedCfdi of a stamped CFDI with `uuid`. Raises UnknownOutcome(`not_ours`).

        :param root: the CFDI's bytes, or its root
        """
        got, problem = stamps.check_uuid(root, uuid)
        if problem:
            raise self._unexpected(answer, "not_ours", problem)
        return got

    def _parse(self, answer, reader, what=""):
        """The result of `reader` for the answer's tree.Node; any other answer is raised as its error.

        :param reader: function of a tree.Node that may raise records.NotUnderstood
        :param what: as in reading.answer_errors.error_for
        """
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
