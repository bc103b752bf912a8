"""Who calls which service, and how its secret is kept out of everything that people read."""

import base64
import ipaddress
import re
from dataclasses import dataclass, field
from functools import lru_cache
from urllib.parse import urlsplit

from ..errors import RAW_LIMIT, NotSent, bounded

AUTH_SCHEMES = ("basic", "bearer", "raw")
MASK = "***"
# shorter than this, replacing it everywhere would garble the answer and hide little
_SHORTEST_SCRUBBED = 4
_ECHOES = ("utf-8", "cp1252")
_OTHERWISE = {"&": ("&amp;",), "<": ("&lt;",), ">": ("&gt;",), '"': ("&quot;",), "'": ("&apos;",), " ": (r"\+",)}
# characters that one character of a secret may take: `\\u0041` with backslashes before it, an emoji's two of them
_LONGEST_SPELLING = 24
_DAY = 24 * 60 * 60


class Masked(str):
    """A header value that is sent as it is and shown as `***`, in tracebacks with locals too."""

    __slots__ = ()

    def __repr__(self):
        return repr(MASK)


@dataclass(frozen=True)
class Credentials:
    """A contract with a service: where it is, who we are there, how long we wait.

    :param base_url: `https://host[:port][/prefix]`, without user, query or fragment; plain `http`
        only to loopback
    :param auth_scheme: `basic` (login and secret), `bearer` (token in secret), `raw` (secret is
        the whole header value)
    :param connect_timeout: seconds to reach the service, TLS included; DNS has the system's limit
    :param read_timeout: seconds of silence that are accepted while waiting for the answer.
    :param total_timeout: seconds that a whole call may take once connected, however lively the
        answer drips;
        None: twice the read time-out.
    :param client_id: with `client_secret`, the application to which a token is given (OAuth2)
    :param also: other secrets of the moment (tokens) that no error and no kept answer may show
    """

    base_url: str
    auth_scheme: str = "basic"
    login: str | None = field(default="", repr=False)
    secret: str | None = field(default="", repr=False)
    connect_timeout: float = 10.0
    read_timeout: float = 60.0
    total_timeout: float | None = None
    client_id: str | None = field(default="", repr=False)
    client_secret: str | None = field(default="", repr=False)
    also: tuple[str, ...] = field(default=(), repr=False)

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
    """Raise NotSent for what can't be used: `bad_address`, `bad_credentials`, `bad_timeout`."""
    # no local variable here may hold what was found wrong: a password may stand in it
    problem = address_problem(credentials.base_url)
    if problem:
        text = f"The address of the service {problem}; correct it on the account."
        raise NotSent("bad_address", text)
    if credentials.auth_scheme not in AUTH_SCHEMES:
        schemes = ", ".join(AUTH_SCHEMES)
        text = f"The way to authenticate must be one of {schemes}; choose it on the account."
        raise NotSent("bad_credentials", text)
    times = (credentials.connect_timeout, credentials.read_timeout, credentials.total_timeout or 1)
    if not all(isinstance(one, int | float) and 0 < one < _DAY for one in times):
        text = "The time-out must be a positive number of seconds; correct it on the account."
        raise NotSent("bad_timeout", text)


def address_problem(url):
    """Why `url` may not be given our credentials (a clause), or None."""
    if not url or not isinstance(url, str):
        return "is missing"
    if not url.isascii() or any(c <= " " or c in "\\\x7f" for c in url):
        return "has spaces or characters that an address can't have"
    try:
        parts = urlsplit(url)
        port, host = parts.port, parts.hostname
    except ValueError:
        return "can't be read as https://host/path"
    if parts.scheme not in ("https", "http") or not host or port == 0:
        return "must have the form https://host/path"
    if "@" in parts.netloc:
        return "holds a user or a password, which belong in their own fields"
    if "?" in url or "#" in url:
        return "must end before any ? or #"
    if parts.scheme == "http" and not is_loopback(host):
        return "must begin with https:// (plain http is only for a service on this same machine)"
    return None


def is_loopback(host):
    """Whether `host` (a name or a literal address) is this machine by definition."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def header_value(value, what):
    """`value` as a header carries it, or NotSent(`bad_header`) about `what`. Not for secrets."""
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
    """Value of the `Authorization` header, masked. Raises NotSent(`bad_credentials`)."""
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
    return _base64(f"{credentials.login}:{credentials.secret}")


def _base64(text):
    # a secret that can't be sent may have lone surrogates
    return base64.b64encode(text.encode(errors="replace")).decode()


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
        if text != text.strip() or any(ord(c) < 32 or ord(c) == 127 or 0xD800 <= ord(c) < 0xE000 for c in text):
            return f"{what} has a space at one of its ends, or a line break or control character in it"
    return None


def scrub(credentials, data):
    """`data` (bytes or text) without the secrets, should a service echo them.

    However it writes them: each character may stand for itself, percent-encoded, as an entity or escaped as in JSON.
    """
    for form in _forms(credentials):
        data = _without(form, data)
    return data


def _without(form, data):
    is_text = isinstance(data, str)
    pattern = "".join(f"(?:{'|'.join(_spellings(one, is_text))})" for one in form)
    return re.sub(pattern, MASK, data) if is_text else re.sub(pattern.encode("latin-1"), MASK.encode(), data)


def scrubbed_start(credentials, data):
    """The first bytes of an answer (errors.RAW_LIMIT) without the secrets; one that stands at the cut is hidden too."""
    margin = max((_LONGEST_SPELLING * len(form) for form in _forms(credentials)), default=0)
    return bounded(scrub(credentials, (data or b"")[: RAW_LIMIT + margin]))


def _forms(credentials):
    """The secrets, in clear and in base64, longest first."""
    forms = set()
    for secret in (credentials.secret, credentials.client_secret, *credentials.also):
        # one that is the login as well is shown with it
        if len(secret or "") >= _SHORTEST_SCRUBBED and secret != credentials.login:
            forms |= {secret, _base64(secret)}
    if len(credentials.secret or "") >= _SHORTEST_SCRUBBED:
        forms.add(_basic(credentials))
    return sorted(forms, key=len, reverse=True)


@lru_cache(1024)
def _spellings(character, is_text):
    """Regular expressions for all ways to write a character; for bytes, each letter of them is one byte."""
    code, units = ord(character), character.encode("utf-16-be", "surrogatepass")
    encoded = sorted({_encoded(character, name) for name in _ECHOES} - {b""})
    literals = [character] if is_text else [one.decode("latin-1") for one in encoded]
    # several backslashes where JSON stands in JSON
    escaped = "".join(rf"\\{{1,8}}u{units[at : at + 2].hex()}" for at in range(0, len(units), 2))
    percent = ["".join(f"%{byte:02x}" for byte in one) for one in encoded]
    return [
        *(r"\\{0,8}" + re.escape(one) for one in literals),
        *(f"(?i:{one})" for one in (*percent, escaped, f"&#0{{0,8}}{code};", f"&#x0{{0,8}}{code:x};")),
        *_OTHERWISE.get(character, ()),
    ]


def _encoded(text, encoding):
    try:
        return text.encode(encoding)
    except UnicodeEncodeError:
        return b""
