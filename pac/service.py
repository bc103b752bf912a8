"""What the clients of all REST services share: one guarded call, and one answer judged with care."""

import contextlib

from . import answers, embedded, facts, stamps
from .contract import Pac
from .credentials import check, scrub
from .errors import PacError, UnknownOutcome, bounded
from .http import MAX_ANSWER, exchange


class RestService(Pac):
    """A service behind HTTP. Subclasses say what is called where; nothing here repeats a call."""

    @property
    def may_change(self):
        """Attributes of the Comprobante that this service sets itself (as in cfdi.comparison.differences)."""
        return self.capabilities.may_change

    def _secretive(self):
        """The credentials with everything in them that must be kept out of errors and raw answers."""
        return self.credentials

    # -- one call -------------------------------------------------------------------------------

    def _exchange(self, method, path, headers, limit=MAX_ANSWER, **body):
        check(self.credentials)
        url = self.credentials.base_url.rstrip("/") + path
        return exchange(self._secretive(), method, url, headers, limit=limit, **body)

    # -- one answer -----------------------------------------------------------------------------

    @contextlib.contextmanager
    def _keeping(self, answer):
        """Whatever we ourselves fail at while judging it, the answer to a changing call is kept."""
        try:
            yield
        except PacError:
            raise
        except Exception as error:
            text = f"The service's answer could not be judged ({type(error).__name__})."
            kept = {"http_status": answer.status, "raw": scrub(self._secretive(), answer.body)}
            raise UnknownOutcome("not_judged", text + answers.UNKNOWN, **kept) from error

    def _kept(self, answer):
        return bounded(scrub(self._secretive(), answer.body))[0]

    def _failure(self, answer, *, reading=True, what=""):
        return answers.failure(self._secretive(), answer, reading=reading, what=what)

    def _not_ours(self, answer, code, clause, changing=False):
        text = f"The service answered with {scrub(self._secretive(), clause)}."
        text += answers.UNKNOWN if changing else answers.UNREAD
        return UnknownOutcome(code, text, http_status=answer.status, raw=scrub(self._secretive(), answer.body))

    def _cfdis(self, answer):
        return embedded.xml_documents(answer.body, "Comprobante") if answer.status == 200 else []

    def _with_uuid(self, answer, xml, uuid):
        got, problem = stamps.with_uuid(xml, uuid)
        if problem:
            raise self._not_ours(answer, "not_ours", problem)
        return got

    def _understand(self, answer, reader, what=""):
        """What `reader` makes of the answer's tree; whatever else the answer is, is raised."""
        node, _shape = answers.tree(answer)
        problem = None
        if answer.status == 200 and node is not None:
            try:
                return reader(node)
            except facts.NotUnderstood as error:
                problem = str(error)
        error = self._failure(answer, what=what)
        if problem and error.reason == "not_understood":
            error = self._not_ours(answer, "not_understood", f"something that was not understood: {problem}")
        raise error
