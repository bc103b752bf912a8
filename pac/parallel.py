"""Many documents at a service that takes one a call: several calls at once, each with its own outcome."""

import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from . import errors
from .results import BulkEntry, BulkResult

# calls at the same time: what one office may ask of a service without being taken for an attack
AT_ONCE = 8


def call_each(pac, calls, started=None):
    """Make several calls, a few at once; they share nothing but the credentials. Never raises.

    :param calls: dict from a name to a function without parameters
    :param started: when (time.monotonic) the caller wrote down that they are being made; None: now
    :return: dict from each name to what its call returned, or to the PacError that it raised. A call that could begin
        only later than twice the read time-out after `started` is not made: by then it may have been given up as lost
    """
    until = (time.monotonic() if started is None else started) + 2 * pac.credentials.read_timeout
    with ThreadPoolExecutor(max(1, min(AT_ONCE, len(calls)))) as pool:
        return dict(zip(calls, pool.map(partial(_called, until), calls.values()), strict=True))


def _called(until, call):
    try:
        if time.monotonic() > until:
            raise errors.NotSent("not_started", "There was no time left to send it.")
        return call()
    except errors.PacError as error:
        return error
    except Exception as error:  # noqa: BLE001
        # a bug of ours in one thread must not lose the answers of the others
        text = f"The service's answer could not be judged ({type(error).__name__})."
        return errors.UnknownOutcome("not_judged", text)


def bulk_result(answers):
    """The BulkResult of several single calls.

    :param answers: dict from a name to a Stamped or a PacError, as from :func:`call_each`
    """
    return BulkResult({name: _entry(name, answer) for name, answer in answers.items()}, None, b"")


def _entry(name, answer):
    if not isinstance(answer, errors.PacError):
        return BulkEntry(
            name,
            "stamped",
            xml=answer.xml,
            uuid=answer.uuid,
            http_status=answer.http_status,
            pdf=answer.pdf,
            paid=answer.paid,
            root=answer.root,
        )
    return BulkEntry(
        name,
        answer.outcome,
        code=answer.code,
        text=answer.text,
        reason=answer.reason,
        detail=answer.detail,
        raw=answer.raw,
        http_status=answer.http_status,
    )
