"""HTTP: reading requests, running them through faults and services, delivering the answers."""

import socket
import struct
import sys
import time
import traceback
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from . import faults
from .control import Control
from .errors import Refusal
from .wire import MAX_BODY, Request, Response

RST = struct.pack("ii", 1, 0)
CHUNK = 256 * 1024
DRAINED = 4 * MAX_BODY


class Dispatcher:
    """One request in, one response out; what is in between is the service's and the faults'."""

    def __init__(self, services):
        self.services = services
        self.control = Control(services)

    def answer(self, request):
        """The response to a request; never raises."""
        if self.control.claims(request):
            return self.control.handle(request)
        for protocol in self.services.protocols:
            if protocol.claims(request):
                return self._answer(protocol, request)
        return Response(404, b"404 Not Found", "text/plain")

    def too_large(self, request):
        """The answer to a request whose body was not taken."""
        for protocol in self.services.protocols:
            if protocol.claims(request):
                response = self._refused(protocol, request, Refusal("S413", status=413))
                self.services.log.end(self.services.log.begin(request, None, None), response)
                return response
        return Response(413, b"413 Content Too Large", "text/plain")

    def _answer(self, protocol, request):
        try:
            operation = protocol.operation(request)
            if operation is None:
                raise Refusal("S410", detail=request.path, status=404)
        except Refusal as refusal:
            response = self._refused(protocol, request, refusal)
            self.services.log.end(self.services.log.begin(request, None, None), response)
            return response
        fault = self.services.faults.take(operation, request)
        entry = self.services.log.begin(request, operation, fault)
        time.sleep(self.services.settings.latency(operation))
        response = self._run(protocol, operation, request, fault)
        self.services.log.end(entry, response)
        return response

    def _run(self, protocol, operation, request, fault):
        moment = fault and faults.moment(fault)
        if moment == faults.BEFORE:
            response = faults.before(protocol, request, fault)
            if response:
                response.outcome = "not done"
                return response
        if moment == faults.TWIST:
            response = self.services.twister.before(protocol, request, fault)
            if response:
                return response
        response = self._do(protocol, operation, request)
        if moment == faults.AFTER:
            response = faults.after(protocol, request, fault, response)
        elif moment == faults.TWIST:
            response = self.services.twister.apply(protocol, request, fault, response)
        return response

    def _do(self, protocol, operation, request):
        try:
            return protocol.handle(operation, request)
        except Refusal as refusal:
            return self._refused(protocol, request, refusal)
        except Exception:  # noqa: BLE001 - a defect must be seen, and answered like any other
            traceback.print_exc(file=sys.stderr)
            return self._refused(protocol, request, Refusal("S500", status=500))

    def _refused(self, protocol, request, refusal):
        response = protocol.error(request, refusal)
        if refusal.status == 401:
            response.headers["WWW-Authenticate"] = protocol.challenge
        return response


class BodyTooLarge(Exception):
    """More than 25 MB came; at the end the argument is the request without its body."""


class Handler(BaseHTTPRequestHandler):
    """One connection (HTTP/1.1, kept alive)."""

    protocol_version = "HTTP/1.1"
    server_version = "FactureSandbox"
    disable_nagle_algorithm = True
    timeout = 75

    def do_GET(self):
        """Any method: read the request, answer it."""
        try:
            request = self._request()
        except BodyTooLarge as error:
            self.close_connection = True
            self._deliver(self.server.dispatcher.too_large(error.args[0]))
            return
        except ValueError as error:
            self.close_connection = True
            self._deliver(Response(400, f"400 {error}".encode(), "text/plain"))
            return
        self._deliver(self.server.dispatcher.answer(request))

    do_POST = do_PUT = do_DELETE = do_PATCH = do_GET

    def log_message(self, format, *args):
        """Quiet unless --verbose."""
        if self.server.verbose:
            super().log_message(format, *args)

    # --- reading --------------------------------------------------------------------------------

    def _request(self):
        try:
            body = self._body()
        except BodyTooLarge as error:
            raise BodyTooLarge(self._with(b"")) from error
        return self._with(body)

    def _with(self, body):
        path, _, raw_query = self.path.partition("?")
        address, port = self.server.server_address[:2]
        host = self.headers.get("Host") or f"{address}:{port}"
        return Request(
            method=self.command, path=path, raw_query=raw_query,
            query=urllib.parse.parse_qs(raw_query, keep_blank_values=True),
            headers=self.headers, body=body, client=self.client_address[0],
            base_url=f"http://{host}",
        )

    def _body(self):
        if "chunked" in (self.headers.get("Transfer-Encoding") or "").lower():
            return self._chunks()
        length = int(self.headers.get("Content-Length") or 0)
        if length > MAX_BODY:
            self._drain(min(length, DRAINED))
            raise BodyTooLarge
        return self.rfile.read(length) if length > 0 else b""

    def _drain(self, length):
        """Read and forget: a client that is still sending would not see the answer."""
        while length > 0 and (got := self.rfile.read(min(CHUNK, length))):
            length -= len(got)

    def _chunks(self):
        body, total = bytearray(), 0
        while total <= DRAINED:
            size = int(self.rfile.readline(1024).split(b";")[0], 16)
            if not size:
                break
            total += size
            chunk = self.rfile.read(size)
            if total <= MAX_BODY:
                body += chunk
            self.rfile.readline(1024)
        if total > MAX_BODY:
            raise BodyTooLarge
        while self.rfile.readline(1024).strip():
            pass
        return bytes(body)

    # --- delivering -----------------------------------------------------------------------------

    def _head(self, response, length):
        """Status line and headers as bytes, so that they leave in one packet with the body."""
        headers = {"Content-Type": response.content_type, **response.headers}
        if length is not None:
            headers["Content-Length"] = str(length)
        if length is None or self.close_connection:
            self.close_connection = True
            headers["Connection"] = "close"
        phrase = self.responses.get(response.status, ("",))[0]
        lines = [f"HTTP/1.1 {response.status} {phrase}", f"Date: {self.date_time_string()}"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1", "replace")

    def _deliver(self, response):
        delivery = response.delivery
        if delivery.delay:
            time.sleep(delivery.delay)
        self.log_request(response.status, len(response.body))
        try:
            getattr(self, f"_deliver_{delivery.kind}")(response)
        except (BrokenPipeError, ConnectionResetError, TimeoutError):
            self.close_connection = True

    def _deliver_normal(self, response):
        self.wfile.write(self._head(response, len(response.body)) + response.body)

    def _deliver_close(self, response):
        self.close_connection = True

    def _deliver_reset(self, response):
        self.close_connection = True
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RST)
        # Every handle on the socket must go before the kernel sends the RST.
        self.rfile.close()
        self.connection.close()

    def _deliver_cut(self, response):
        keep = int(len(response.body) * response.delivery.fraction)
        head = self._head(response, len(response.body))
        self.close_connection = True
        self.wfile.write(head + response.body[:keep])

    def _deliver_stream(self, response):
        delivery, left = response.delivery, response.delivery.size
        self.wfile.write(self._head(response, left if delivery.declared else None))
        self.wfile.write(response.body)
        left -= len(response.body)
        while left > 0:
            self.wfile.write(b" " * min(CHUNK, left))
            left -= CHUNK


class Server(ThreadingHTTPServer):
    """The listening socket; a thread for each connection."""

    daemon_threads = True
    request_queue_size = 256
    allow_reuse_address = True

    def __init__(self, address, services, verbose=False):
        self.services = services
        self.dispatcher = Dispatcher(services)
        self.verbose = verbose
        super().__init__(address, Handler)

    def handle_error(self, request, client_address):
        """A client that went away is no news; anything else is shown."""
        error = sys.exc_info()[1]
        if not isinstance(error, (ConnectionError, TimeoutError)):
            traceback.print_exc(file=sys.stderr)
