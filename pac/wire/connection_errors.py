"""Sentences for what went wrong on the wire.

They are all ours: a library's message may hold an address with a password in it.
"""

import socket
import ssl

from requests import exceptions as rq
from urllib3 import exceptions as u3

_BEFORE = {
    "dns": "The name {host} can't be found. Check the address on the account and the network.",
    "connect_timeout": "{host} did not take the connection within {connect:g} s. Check the address and the network.",
    "refused": "{host} refuses the connection. Check the address, or whether the service runs.",
    "tls": "No secure connection to {host}: {why}. Check the address, this machine's clock and its certificates.",
    "proxy": "The proxy that this machine is set to use did not connect to {host}. Check it.",
    "bad_address": "The request could not be built for {host}. Check the address on the account.",
    "not_connected": "No connection to {host}. Check the address and the network.",
}
_AFTER = {
    "read_timeout": "{host} did not answer within {read:g} s.",
    "deadline": "The answer of {host} was not complete after {total:g} s.",
    "connection_lost": "The connection to {host} was lost before its answer was complete.",
    "cut": "The answer of {host} was cut short.",
    "too_long": "The answer of {host} is longer than the {limit} MB that are accepted.",
    "odd_encoding": "The answer of {host} is compressed in a way that was not asked for.",
}


def explain(error, credentials, parts, progress):
    """(slug, sentence) for an exception of one exchange.

    :param parts: the URL, split; only host and port are shown
    """
    slug = _after(error, progress) if progress.sent else _before(error, progress)
    try:
        host = (parts.hostname or "?") + (f":{parts.port}" if parts.port else "")
    except ValueError:
        host = "?"
    words = {
        "host": host,
        "why": _tls_words(error),
        "connect": credentials.connect_timeout,
        "read": credentials.read_timeout,
        "total": credentials.deadline,
        "limit": (getattr(error, "limit", None) or 0) // (1024 * 1024),
    }
    text = (_AFTER if progress.sent else _BEFORE)[slug].format(**words)
    return slug, text + (" It is not known what came of the request." if progress.sent else " Nothing was sent.")


def _before(error, progress):
    chain = list(_chain(error))
    # a proxy's failure wraps one of the others, so it is asked first
    for kinds, slug in (
        ((rq.ProxyError, u3.ProxyError), "proxy"),
        ((socket.gaierror, UnicodeError), "dns"),
        ((ssl.SSLError, rq.SSLError, u3.SSLError), "tls"),
        ((rq.Timeout, u3.TimeoutError, TimeoutError), "connect_timeout"),
        ((ConnectionRefusedError,), "refused"),
    ):
        # urllib3 2.0's NewConnectionError is a ConnectTimeoutError by inheritance, whatever
        # happened
        if any(isinstance(e, kinds) and not isinstance(e, u3.NewConnectionError) for e in chain):
            return slug
    if progress.expired:
        return "connect_timeout"
    if any(isinstance(e, OSError | u3.HTTPError) and not isinstance(e, ValueError) for e in chain):
        return "not_connected"
    return "bad_address"


def _after(error, progress):
    reason = getattr(error, "reason", None)
    if progress.expired:
        return "deadline"
    if isinstance(reason, str) and reason in _AFTER:
        return reason
    chain = list(_chain(error))
    if any(isinstance(e, rq.ReadTimeout | u3.ReadTimeoutError | TimeoutError) for e in chain):
        return "read_timeout"
    if any(isinstance(e, u3.IncompleteRead | u3.InvalidChunkLength) for e in chain):
        return "cut"
    return "connection_lost"


def _chain(error):
    """`error` and everything that it was made of: causes, contexts, wrapped arguments."""
    seen, todo = [], [error]
    while todo and len(seen) < 30:
        error = todo.pop(0)
        if any(error is e for e in seen):
            continue
        seen.append(error)
        yield error
        inner = (error.__cause__, error.__context__, getattr(error, "reason", None), *error.args)
        todo += [e for e in inner if isinstance(e, BaseException)]


def _tls_words(error):
    for e in _chain(error):
        if isinstance(e, ssl.SSLCertVerificationError):
            return f"its certificate is not accepted ({e.verify_message})"
    return "the TLS handshake failed"
