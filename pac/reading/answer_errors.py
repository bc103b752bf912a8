"""The error for an answer that isn't what was hoped for: it says what may be concluded, and keeps the answer."""

from ..errors import NotFound, NotSent, Rejected, UnknownOutcome
from ..wire.credentials import scrub, scrubbed_start
from . import tree
from .message import NO_MESSAGE, read_message

# with these the service, or a gateway before it, may still be working on the request
_UNCLEAR = {408, 409, 425}
_SHAPES = {
    "empty": "The service's answer is empty (HTTP %s).",
    "html": ("The service answered with a web page (HTTP %s): a gateway stands before it, or the address is wrong."),
    "no_document": "The service's answer (HTTP %s) is neither XML nor JSON, or was cut.",
    "too_big": "The service's answer (HTTP %s) has more parts than can be read.",
    "not_understood": "The service's answer (HTTP %s) was not understood.",
}
OUTCOME_UNKNOWN = " It is not known what came of the request; the answer is kept."
ANSWER_KEPT = " The answer is kept."


def read_tree(answer):
    """(tree.Node or None, slug that says why there is none)."""
    try:
        return tree.read(answer.body), None
    except tree.Unreadable as error:
        return (_plain(answer.body) if error.reason == "no_document" else None), error.reason


def _plain(body):
    """The node of an answer such as `CFDI40108 - text`: plain text counts only with a code at its beginning."""
    text = _short_text(body)
    node = tree.Node("", "", text)
    return node if text and read_message(node).code else None


def _short_text(body):
    """A sentence or two that a person can read, or ''."""
    text = body[:500].decode("utf-8", "replace").strip()
    readable = len(body) <= 500 and text.isprintable() and not any(c in text for c in "<{[\ufffd")
    return text if readable else ""


def error_for(credentials, answer, *, reading, what=""):
    """The error for an answer that did not bring what was asked for.

    :param reading: the call changes nothing at the service
    :param what: the one thing that was asked for, with article: only that can be "not found"
    :return: an instance of PacError, to be raised by the caller
    """
    node, shape = read_tree(answer)
    # a CFDI in the answer doesn't speak for the service: a line of it may say "Error 307"
    node = node and node.without("comprobante")
    message = read_message(node) if node is not None else NO_MESSAGE
    words = scrub(credentials, message.text)
    kept = {"http_status": answer.status, "raw": scrubbed_start(credentials, answer.body), "detail": words}
    by_status = _by_status(answer, message, words, kept, reading)
    if by_status is not None:
        return by_status
    if reading and (answer.status == 404 or (what and message.not_found)):
        return _not_found(message, words, kept, what)
    if not reading and (message.stamped_before or message.internal_failure):
        return _no_refusal(message, words, kept)
    explained = 400 <= answer.status < 500 and (message.text or message.code)
    if message.success == "no" or (message.success is None and explained):
        return Rejected(
            message.code or "rejected",
            _with("The service refused: ", message.code, words),
            reason="no_credits" if message.no_credits and not reading else "rejected",
            **kept,
        )
    text = _SHAPES[shape or "not_understood"] % answer.status
    if shape == "no_document" and not words:
        words = kept["detail"] = scrub(credentials, _short_text(answer.body))
    if words:
        text += f" It says: {words}"
        text += "" if words[-1] in ".!?" else "."
    return UnknownOutcome(shape or "not_understood", text + (ANSWER_KEPT if reading else OUTCOME_UNKNOWN), **kept)


def _by_status(answer, message, words, kept, reading):
    status, tail = answer.status, ANSWER_KEPT if reading else OUTCOME_UNKNOWN
    if status in (401, 403):
        text = f"The service does not accept the account's credentials (HTTP {status}). "
        text += "Nothing happened; correct login and secret on the account."
        return NotSent("credentials_refused", text, **kept)
    if status == 429:
        text = "The service takes no more requests for the moment (HTTP 429). "
        text += "Nothing happened; try again later."
        return NotSent("too_many_requests", text, **kept)
    if status >= 500:
        text = _with(f"The service failed (HTTP {status}). ", message.code, words)
        return UnknownOutcome(message.code or "server_error", text + tail, reason="server_error", **kept)
    if status < 200 or 300 <= status < 400:
        text = f"The service points to another address (HTTP {status}), which is not followed. "
        text += "Check the address on the account."
        return UnknownOutcome("redirected", text + tail, **kept)
    if status in _UNCLEAR and not reading:
        text = _with(f"The service broke off (HTTP {status}). ", message.code, words)
        return UnknownOutcome(message.code or "unclear_status", text + tail, reason="unclear_status", **kept)
    return None


def _not_found(message, words, kept, what):
    text = f"The service does not have {what or 'what was asked for'}."
    if words:
        text += f" It says: {words}"
    elif message is NO_MESSAGE:
        text += " Or the address on the account is wrong."
    return NotFound(message.code or "not_found", text, reason="not_found", **kept)


def _no_refusal(message, words, kept):
    """The error for a "no" that doesn't prove that nothing happened."""
    if message.stamped_before:
        text = _with("The service says that this document has been stamped before. ", message.code, words)
        return UnknownOutcome(message.code or "307", text + " Find its UUID.", reason="stamped_before", **kept)
    text = _with("The service speaks of a failure of its own: ", message.code, words)
    return UnknownOutcome(message.code or "service_unsure", text + OUTCOME_UNKNOWN, reason="service_unsure", **kept)


def _with(start, code, words):
    """`start` and what the service says: its code first, unless its words begin with it."""
    quote = words if not code or words.upper().startswith(code) else " - ".join(filter(None, (code, words)))
    if quote and quote[-1] not in ".!?":
        quote += "."
    return (start + quote).rstrip(" :") if quote else start.rstrip(" :") + ("" if start.rstrip().endswith(".") else ".")
