"""Who calls which service, and how its secret is kept out of everything that people read."""

import base64
import html
import ipaddress
import json
from dataclasses import dataclass, field
from urllib.parse import quote, urlsplit

from .errors import NotSent

AUTH_SCHEMES = ("basic", "bearer", "raw")
MASK = "***"
# shorter than this, replacing it everywhere would garble the answer and hide little
_SHORTEST_SCRUBBED = 4


class Masked(str):
    """A header value that is sent as it is and shown as `***` (tracebacks with locals call `repr`)."""

    __slots__ = ()

    def __repr__(self):
        return repr(MASK)


@dataclass(frozen=True)
class Credentials:
    """A contract with a service: where it is, who we are there, how long we wait.

    :param base_url: `https://host[:port][/prefix]`, without user, query or fragment. Plain `http` only to loopback.
    :param auth_scheme: `basic` (login and secret), `bearer` (token in secret), `raw` (secret is the whole header value).
    :param connect_timeout: seconds to reach the service (DNS is left to the system's own limit), TLS included.
    :param read_timeout: seconds of silence that are accepted while waiting for the answer.
    :param total_timeout: seconds that a whole call may take once connected, however lively the answer drips;
        None: twice the read time-out.
    """

    base_url: str
    auth_scheme: str = "basic"
    login: str | None = field(default="", repr=False)
    secret: str | None = field(default="", repr=False)
    connect_timeout: float = 10.0
    read_timeout: float = 60.0
    total_timeout: float | None = None

    def __repr__(self):
        # the address may wrongly hold a password before it has been checked
        host = (self.base_url or "").rsplit("@", 1)[-1]
        return f"Credentials({host!r}, {self.auth_scheme!r}, login={MASK}, secret={MASK})"

    __str__ = __repr__

    @property
    def deadline(self):
        """Seconds that a whole exchange may take."""
        return self.connect_timeout + (self.total_timeout or 2 * self.read_timeout)


def check(credentials):
    """Raise NotSent (`bad_address`, `bad_credentials`, `bad_timeout`) for what can't be used; return nothing."""
    check_address(credentials.base_url)
    if credentials.auth_scheme not in AUTH_SCHEMES:
        raise NotSent(
            "bad_credentials",
            "The way to authenticate must be one of %s; choose it on the account."
            % ", ".join(AUTH_SCHEMES),
        )
    for seconds in (credentials.connect_timeout, credentials.read_timeout, credentials.deadline):
        if not isinstance(seconds, int | float) or not 0 < seconds < 86400:
            raise NotSent(
                "bad_timeout",
                "The time-out must be a positive number of seconds; correct it on the account.",
            )


def check_address(base_url):
    """Raise NotSent(`bad_address`) unless `base_url` may be given our credentials.

    The address itself is not repeated in the error: a password may stand in it.
    """

    def refuse(why):
        raise NotSent(
            "bad_address", "The address of the service %s; correct it on the account." % why
        )

    if not base_url or not isinstance(base_url, str):
        refuse("is missing")
    if not base_url.isascii() or any(c <= " " or c in "\\\x7f" for c in base_url):
        refuse("has spaces or characters that an address can't have")
    try:
        parts = urlsplit(base_url)
        port, host = parts.port, parts.hostname
    except ValueError:
        refuse("can't be read as https://host/path")
    if parts.scheme not in ("https", "http") or not host or port == 0:
        refuse("must have the form https://host/path")
    if "@" in parts.netloc:
        refuse("holds a user or a password: they belong in their own fields")
    if parts.query or parts.fragment or "?" in base_url or "#" in base_url:
        refuse("must end before any ? or #")
    if parts.scheme == "http" and not is_loopback(host):
        refuse("must begin with https:// (plain http is only for a service on this same machine)")


def is_loopback(host):
    """Whether `host` (a name or a literal address) is this machine by definition."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def header_value(value, what):
    """`value` as a header can carry it, or NotSent(`bad_header`) that names `what`. Not for secrets."""
    problem = _header_problem(str(value))
    if problem:
        raise NotSent("bad_header", f"{what} {problem}.")
    return str(value)


def _header_problem(text):
    """Why `text` can't be a header's value, or None."""
    if not text:
        return "is empty"
    if text != text.strip():
        return "begins or ends with a space or a line break"
    if any(ord(c) < 32 or 127 <= ord(c) < 160 or ord(c) > 255 for c in text):
        return "has a line break or a character that an HTTP header can't carry"
    return None


def authorization(credentials):
    """Value of the `Authorization` header, masked. Raises NotSent when the account's data can't make one."""
    # no local variable here may hold the secret: tracebacks can show locals
    problem = _authorization_problem(credentials)
    if problem:
        raise NotSent("bad_credentials", f"The account's {problem}; correct it on the account.")
    if credentials.auth_scheme == "raw":
        return Masked(credentials.secret)
    if credentials.auth_scheme == "bearer":
        return Masked("Bearer " + credentials.secret)
    return Masked("Basic " + _basic(credentials))


def _basic(credentials):
    return base64.b64encode(f"{credentials.login}:{credentials.secret}".encode()).decode()


def _authorization_problem(credentials):
    secret, login = credentials.secret or "", credentials.login or ""
    if not secret:
        return "secret (password or token) is missing"
    if credentials.auth_scheme != "basic":
        problem = _header_problem(secret)
        return problem and f"secret {problem}"
    if not login or ":" in login:
        return "login is empty or has a colon, which HTTP Basic can't carry"
    for text, what in ((login, "login"), (secret, "secret")):
        if text != text.strip() or any(
            ord(c) < 32 or ord(c) == 127 or 0xD800 <= ord(c) < 0xE000 for c in text
        ):
            return (
                f"{what} has a space at one of its ends, or a line break or control character in it"
            )
    return None


def scrub(credentials, data):
    """`data` (bytes or text) without the secret, should a service echo it: what is kept of answers is read by people."""
    if isinstance(data, bytes):
        for form in _forms(credentials):
            data = data.replace(form.encode(), MASK.encode())
        return data
    for form in _forms(credentials):
        data = data.replace(form, MASK)
    return data


def _forms(credentials):
    """The ways in which the secret may be written, longest first."""
    secret = credentials.secret or ""
    if len(secret) < _SHORTEST_SCRUBBED:
        return []
    forms = {
        secret,
        quote(secret, safe=""),
        html.escape(secret),
        json.dumps(secret)[1:-1],
        base64.b64encode(secret.encode()).decode(),
        _basic(credentials),
    }
    return sorted(forms, key=len, reverse=True)
