"""One guarded HTTP exchange: it happens at most once, and the error says what is not known of it.

After a failure only one question matters: had a byte of the request left? Exceptions of the HTTP libraries don't answer
it (a reset during the TLS handshake and one after the request look the same), so the connection itself notes it.

No redirect is followed, nothing is retried, no connection is kept or reused: a pooled connection that the other side
has closed would invite a silent second send. requests' Session is not used for that reason, and because it reads a
redirect's body without bound and takes credentials from ~/.netrc. From the environment come only the proxies
(HTTPS_PROXY, NO_PROXY; never for loopback) and the certificate authorities (REQUESTS_CA_BUNDLE): many offices reach
nothing without them. TLS is verified in any case.
"""

import contextlib
import http.client
import os
import socket
import tempfile
import threading
import zlib
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import requests
import urllib3
from requests.adapters import HTTPAdapter
from requests.utils import get_environ_proxies

from ..errors import NotSent, UnknownOutcome
from .connection_errors import explain
from .credentials import check, is_loopback, scrubbed_start

MAX_ANSWER = 25 * 1024 * 1024
MAX_DOWNLOAD = 200 * 1024 * 1024
# small: when the connection is lost, the unfinished chunk is lost too
_CHUNK = 1024
_BIG_CHUNK = 64 * 1024
_IN_MEMORY = 8 * 1024 * 1024
_FAILURES = (
    requests.RequestException,
    urllib3.exceptions.HTTPError,
    http.client.HTTPException,
    OSError,
    ValueError,
    zlib.error,
)


class BrokenAnswer(Exception):
    """An answer that began and isn't whole; `reason` is a slug, `limit` the bound in bytes that it broke, if any."""

    def __init__(self, reason, limit=None):
        super().__init__(reason)
        self.reason = reason
        self.limit = limit


class Body(bytes):
    """An answer's bytes. Its repr shows only their number: a service may echo our secret, a traceback shows locals."""

    def __repr__(self):
        return f"<{len(self)} bytes>"


@dataclass(frozen=True)
class Answer:
    """A whole answer. `file` holds the body and is positioned at its start."""

    status: int
    headers: dict = field(repr=False)
    file: object = field(repr=False)

    @property
    def body(self):
        """All of the body, in memory."""
        self.file.seek(0)
        return Body(self.file.read())


class _Progress:
    """The progress of one exchange: whether the request has begun to leave, and whether its time has run out."""

    def __init__(self):
        self.sent = False
        self.expired = False
        self.sock = None

    def expire(self):
        """End the exchange from outside, whatever it waits for (called by the timer's thread)."""
        self.expired = True
        if self.sock is not None:
            # closed already: nothing waits for it
            with contextlib.suppress(OSError):
                # not SSLSocket's own shutdown: it would switch encryption off under the reader
                socket.socket.shutdown(self.sock, socket.SHUT_RDWR)


def _noting(pool_class, progress):
    """`pool_class` of urllib3 whose connections note in `progress` when the request begins to leave."""

    class Connection(pool_class.ConnectionCls):
        connecting = False

        def connect(self):
            # a tunnel's CONNECT goes through send() too, and isn't the request
            self.connecting = True
            try:
                super().connect()
            finally:
                self.connecting = False
            progress.sock = self.sock
            if progress.expired:
                raise TimeoutError("no time left once connected")

        def send(self, data):
            if not self.connecting:
                if self.sock is None:
                    self.connect()
                progress.sent = True
            return super().send(data)

    class Pool(pool_class):
        ConnectionCls = Connection

    return Pool


class _Adapter(HTTPAdapter):
    """requests' adapter with noting connections and no retry of any kind."""

    def __init__(self, progress):
        self._progress = progress
        super().__init__(pool_connections=1, pool_maxsize=1, max_retries=0)

    def _note(self, manager):
        manager.pool_classes_by_scheme = {
            scheme: _noting(pool, self._progress) for scheme, pool in urllib3.poolmanager.pool_classes_by_scheme.items()
        }

    def init_poolmanager(self, *args, **kwargs):
        super().init_poolmanager(*args, **kwargs)
        self._note(self.poolmanager)

    def proxy_manager_for(self, proxy, **kwargs):
        manager = super().proxy_manager_for(proxy, **kwargs)
        self._note(manager)
        return manager


def exchange(credentials, method, url, headers, *, data=None, files=None, limit=MAX_ANSWER):
    """Send one request once and read its whole answer, whatever its HTTP status.

    :param headers: all headers of the request, `Authorization` masked
    :param data: bytes of the body; or `files`, as requests takes them, for multipart/form-data
    :param limit: bytes of the answer that are accepted
    :return: Answer
    :raise NotSent: not a byte of the request left
    :raise UnknownOutcome: it left, and no whole answer arrived; `raw` holds what did arrive
    """
    check(credentials)
    progress = _Progress()
    body = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 - given to the caller
    status, failure, answer_headers = None, None, {}
    timer = threading.Timer(credentials.deadline, progress.expire)
    timer.daemon = True
    timer.start()
    try:
        request = requests.Request(method, url, None, files, data)
        with (
            contextlib.closing(_Adapter(progress)) as adapter,
            _send(adapter, credentials, request, headers) as response,
        ):
            status, answer_headers = response.status_code, response.headers
            _read(response, body, limit)
        if progress.expired:
            failure = BrokenAnswer("deadline")
    except (*_FAILURES, BrokenAnswer) as error:
        failure = error
    finally:
        timer.cancel()
    # raised here, outside of `except`: our traceback must not hold the libraries' frames and their locals
    if failure is None:
        body.seek(0)
        return Answer(status, dict(answer_headers), body)
    reason, text = explain(failure, credentials, urlsplit(url), progress)
    failure = None
    if not progress.sent:
        raise NotSent(reason, text)
    body.seek(0)
    raise UnknownOutcome(reason, text, http_status=status, raw=scrubbed_start(credentials, body.read()))


def _send(adapter, credentials, request, headers):
    prepared = request.prepare()
    # set past requests' own checks, whose errors quote a header's value and refuse a masked one
    prepared.headers.update(headers)
    # a header, and not only the pool's end: the service needn't wait for a second request either
    prepared.headers["Connection"] = "close"
    prepared.headers["Accept-Encoding"] = "identity"
    prepared.headers["User-Agent"] = "l10n_mx_facture"
    local = is_loopback(urlsplit(prepared.url).hostname or "")
    return adapter.send(
        prepared,
        stream=True,
        timeout=(credentials.connect_timeout, credentials.read_timeout),
        verify=os.environ.get("REQUESTS_CA_BUNDLE") or os.environ.get("CURL_CA_BUNDLE") or True,
        proxies={} if local else get_environ_proxies(prepared.url),
    )


def _read(response, body, limit):
    """Copy the answer into `body`. Raises BrokenAnswer: cut, too long or oddly encoded."""
    decoder = _Decoder(response.headers.get("Content-Encoding", ""), limit)
    announced = _announced(response)
    if announced is not None and announced > limit:
        raise BrokenAnswer("too_long", limit)
    arrived = kept = 0
    size = _CHUNK if limit <= MAX_ANSWER else _BIG_CHUNK
    for chunk in response.raw.stream(size, decode_content=False):
        arrived += len(chunk)
        chunk = decoder.decode(chunk)
        kept += len(chunk)
        body.write(chunk[: max(0, limit - kept + len(chunk))])
        if arrived > limit or kept > limit:
            raise BrokenAnswer("too_long", limit)
    if not decoder.complete or (announced is not None and arrived < announced):
        raise BrokenAnswer("cut")


def _announced(response):
    """Content-Length where it is valid: neither requests nor older urllib3 compare it with what arrived."""
    if response.headers.get("Transfer-Encoding") or response.status_code in (204, 304):
        return None
    length = response.headers.get("Content-Length", "").split(",")[0].strip()
    return int(length) if length.isascii() and length.isdigit() else None


class _Decoder:
    """Undoes a compression that we didn't ask for, never beyond `limit` bytes of output a chunk."""

    def __init__(self, encoding, limit):
        encoding = encoding.strip().lower()
        self._limit = limit
        if encoding in ("", "identity"):
            self._zlib = None
        elif encoding in ("gzip", "x-gzip", "deflate"):
            self._zlib = zlib.decompressobj(zlib.MAX_WBITS | 32)
        else:
            raise BrokenAnswer("odd_encoding")

    def decode(self, data):
        if self._zlib is None:
            return data
        data = self._zlib.decompress(data, self._limit + 1)
        if self._zlib.unconsumed_tail:
            raise BrokenAnswer("too_long", self._limit)
        return data

    @property
    def complete(self):
        return self._zlib is None or self._zlib.eof
