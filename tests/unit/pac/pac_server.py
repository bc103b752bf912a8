"""A server that does to a client what a script says, over real sockets.

One behaviour a connection, in order.
"""

import atexit
import contextlib
import ipaddress
import shutil
import socket
import ssl
import struct
import tempfile
import threading
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


def _certificate():
    """:return: path of a certificate for loopback and its key, made for this run"""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "loopback test")])
    now = datetime.now(UTC)
    names = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    folder = Path(tempfile.mkdtemp())
    atexit.register(shutil.rmtree, folder)
    path = folder / "loopback.pem"
    path.write_bytes(certificate.public_bytes(pem) + private)
    return path


CERTIFICATE = _certificate()


@dataclass
class Received:
    """One request, as it came over the wire."""

    method: str
    target: str
    headers: list = field(default_factory=list)
    body: bytes = b""

    @property
    def path(self):
        return urlsplit(self.target).path

    @property
    def query(self):
        return dict(parse_qsl(urlsplit(self.target).query, keep_blank_values=True))

    def header(self, name):
        found = [value for key, value in self.headers if key.lower() == name.lower()]
        assert len(found) < 2, f"{name} sent twice"
        return found[0] if found else None


class Server:
    """Serves `script`: functions of a socket and a Received. The last one stays."""

    def __init__(self, *script, tls=False, host="127.0.0.1"):
        self.script = list(script)
        self.received = []
        self.connections = 0
        self._listener = socket.create_server((host, 0))
        self.port = self._listener.getsockname()[1]
        self._tls = None
        if tls:
            self._tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self._tls.load_cert_chain(CERTIFICATE)
        self.url = f"{'https' if tls else 'http'}://{host}:{self.port}"
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def __enter__(self):
        return self

    def __exit__(self, *_error):
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)  # wakes accept()
        self._thread.join(5)
        self._listener.close()

    def _serve(self):
        while True:
            try:
                connection, _peer = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            behaviour = self.script.pop(0) if len(self.script) > 1 else self.script[0]
            threading.Thread(target=self._handle, args=(connection, behaviour), daemon=True).start()

    def _handle(self, connection, behaviour):
        # what a client does to us is the client's affair
        with contextlib.suppress(OSError, ssl.SSLError), connection:
            connection.settimeout(5)
            if getattr(behaviour, "at_once", False):
                behaviour(connection, None)
                return
            if self._tls:
                connection = self._tls.wrap_socket(connection, server_side=True)
            with connection:
                request = read_request(connection)
                self.received.append(request)
                behaviour(connection, request)


def read_request(connection):
    """The whole request. A Content-Length that is not fulfilled ends in a time-out."""
    data = b""
    while b"\r\n\r\n" not in data:
        part = connection.recv(65536)
        if not part:
            raise OSError("closed")
        data += part
    head, _blank, body = data.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    method, target, _version = first.split(" ")
    request = Received(method, target, [tuple(line.split(": ", 1)) for line in lines])
    length = int(request.header("Content-Length") or 0)
    while len(body) < length:
        body += connection.recv(65536)
    request.body = body
    return request


# -- behaviours -----------------------------------------------------------------------------------


def answer(body=b"", status=200, content_type="application/xml", **headers):
    """A proper answer. `headers`: names with `_` for `-`; None leaves one out."""
    body = body.encode() if isinstance(body, str) else body
    all_headers = {"Content-Type": content_type, "Content-Length": str(len(body))}
    all_headers.update({name.replace("_", "-").title(): value for name, value in headers.items()})
    lines = [f"{name}: {value}" for name, value in all_headers.items() if value is not None]

    def behave(connection, _request):
        head = "\r\n".join([f"HTTP/1.1 {status} Whatever", *lines, "", ""])
        connection.sendall(head.encode("latin-1") + body)

    return behave


def raw(data, then="close"):
    """Exactly these bytes, then `close`, `reset` or `hang`."""

    def behave(connection, _request):
        connection.sendall(data)
        if then == "reset":
            reset(connection, None)
        elif then == "hang":
            hang(connection, None)

    return behave


def reset(connection, _request):
    """A TCP reset instead of an answer."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def close(_connection, _request):
    """The end of the connection instead of an answer."""


def hang(connection, _request):
    """No answer until the client goes."""
    connection.settimeout(20)
    with contextlib.suppress(OSError):
        while connection.recv(65536):
            pass


def drip(data, pause):
    """One byte at a time."""

    def behave(connection, _request):
        for byte in data:
            connection.sendall(bytes([byte]))
            time.sleep(pause)

    return behave


def endless(head, piece=b"x" * 65536):
    """A head and then bytes without end."""

    def behave(connection, _request):
        connection.sendall(head)
        while True:
            connection.sendall(piece)

    return behave


def before_request(behaviour):
    """`behaviour` as soon as the connection is made, before the request (or TLS) is read."""

    def behave(connection, request):
        behaviour(connection, request)

    behave.at_once = True
    return behave


def closed_port():
    """A port on loopback where nobody listens, nor will: it stays bound until the tests end."""
    bound = socket.socket()
    atexit.register(bound.close)
    bound.bind(("127.0.0.1", 0))
    return bound.getsockname()[1]
