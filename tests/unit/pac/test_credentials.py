"""Who we are to a service: what is sent, what is refused, and that the secret is never seen."""

import base64
import io
import logging
import traceback

import pac_samples
import pac_server
import pytest
from l10n_mx_facture.pac import providers
from l10n_mx_facture.pac.errors import NotSent, UnknownOutcome
from l10n_mx_facture.pac.facture_rest.client import FactureRest
from l10n_mx_facture.pac.wire import credentials as module
from pac_calls import SECRET, XML, call, credentials, raised, traceback_of

OPERATIONS = (
    "account_status",
    "branches",
    "stamp",
    "stamp_many",
    "find",
    "fetch_xml",
    "fetch_pdf",
    "cancel",
    "receipt",
)
STAMPED = pac_samples.stamped(XML)


# -- Authorization --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "scheme,secret,expected",
    [
        (
            "basic",
            "contraseña:1",
            "Basic " + base64.b64encode("ana:contraseña:1".encode()).decode(),
        ),
        ("bearer", "abc.def", "Bearer abc.def"),
        ("raw", "APIKEY abc def", "APIKEY abc def"),
    ],
)
def test_authorization_by_scheme(scheme, secret, expected):
    outcome = call("stamp", pac_server.answer(STAMPED), auth_scheme=scheme, secret=secret)
    assert outcome.request.header("Authorization") == expected


@pytest.mark.parametrize(
    "changes",
    [
        {"secret": ""},
        {"secret": None},
        {"secret": "abc\n"},
        {"secret": "a\r\nX-Evil: 1"},
        {"secret": " abc"},
        {"secret": "a\x00b"},
        {"secret": "\udcff-surrogate"},
        {"login": ""},
        {"login": None},
        {"login": "a:b"},
        {"login": "ana\r\n"},
        {"auth_scheme": "bearer", "secret": ""},
        {"auth_scheme": "bearer", "secret": "a\r\nb"},
        {"auth_scheme": "bearer", "secret": "llave-Ω"},
        {"auth_scheme": "raw", "secret": "x \n"},
        {"auth_scheme": "raw", "secret": "a\x85b"},
        {"auth_scheme": "digest"},
        {"auth_scheme": None},
    ],
)
@pytest.mark.parametrize("operation", ["stamp", "account_status"])
def test_credentials_that_can_not_be_sent_are_not_sent(operation, changes):
    outcome = call(operation, pac_server.answer(STAMPED), **changes)
    assert type(outcome.error) is NotSent
    assert outcome.error.reason == "bad_credentials"
    assert outcome.server.connections == 0
    for value in changes.values():
        assert not value or value in ("digest", "bearer", "raw") or value not in outcome.error.text


@pytest.mark.parametrize("branch", ["", "17\r\nX-Evil: 1", "17\n", " 17", "sucursal Ω", "a\x7f"])
@pytest.mark.parametrize("operation", ["stamp", "stamp_many", "cancel"])
def test_a_branch_that_no_header_can_carry_is_not_sent(operation, branch):
    args = {
        "stamp": (XML, branch),
        "stamp_many": ({"a.xml": XML}, branch),
        "cancel": (pac_samples.UUID, branch, "02"),
    }[operation]
    outcome = call(operation, pac_server.answer(STAMPED), args=args)
    assert type(outcome.error) is NotSent
    assert outcome.error.reason == "bad_header"
    assert outcome.server.connections == 0


# -- the address ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "url",
    [
        "",
        None,
        "pac.example",
        "ftp://pac.example",
        "http://pac.example",
        "http://10.0.0.1",
        "http://127.0.0.1.evil.example",
        "http://localhost.evil.example",
        "https://",
        "https:///rest",
        "https://ana:clave@pac.example",
        "https://ana@pac.example",
        "https://pac.example?x=1",
        "https://pac.example/#x",
        "https://pac.example:0",
        "https://pac.example:99999",
        "https://pac.example:abc",
        "https://pac .example",
        "https://pac.example\r\n/x",
        "https://pac\\example",
        "https://[::1",
        "https://pác.example",
        "file:///etc/passwd",
        "https://pac.example/?",
    ],
)
@pytest.mark.parametrize("operation", ["stamp", "account_status"])
def test_an_address_that_must_not_be_given_credentials(operation, url):
    error = raised(NotSent, operation, pac_server.close, url=url)
    assert error.reason == "bad_address"
    assert "clave" not in error.text


@pytest.mark.parametrize(
    "url",
    [
        "https://pac.example",
        "https://pac.example/",
        "https://pac.example:8443/ws/v1",
        "http://localhost:8070",
        "http://127.0.0.1:8070/",
        "http://[::1]:8070",
        "http://127.8.9.1",
    ],
)
def test_addresses_that_are_fine(url):
    module.check(credentials(url))


@pytest.mark.parametrize(
    "suffix,path",
    [
        ("", "/rest/timbrado/produccion/"),
        ("/", "/rest/timbrado/produccion/"),
        ("/ws/v1/", "/ws/v1/rest/timbrado/produccion/"),
    ],
)
def test_the_address_may_have_a_prefix(suffix, path):
    with pac_server.Server(pac_server.answer(STAMPED)) as server:
        providers.client("facture_rest", credentials(server.url + suffix)).stamp(XML, "17")
    assert server.received[0].target == path


@pytest.mark.parametrize(
    "changes",
    [
        {"connect_timeout": 0},
        {"read_timeout": -1},
        {"read_timeout": None},
        {"read_timeout": float("nan")},
        {"read_timeout": float("inf")},
        {"total_timeout": -5},
        {"read_timeout": "30"},
    ],
)
def test_time_outs_must_be_seconds(changes):
    assert raised(NotSent, "stamp", pac_server.close, **changes).reason == "bad_timeout"


def test_an_unknown_service_is_refused():
    with pytest.raises(NotSent, match="facture_rest"):
        providers.client("no_such", credentials("https://pac.example"))


# -- the secret -----------------------------------------------------------------------------------

ENCODED = base64.b64encode(f"ana:{SECRET}".encode()).decode()
ENDINGS = {
    "refused connection": {"url": "http://127.0.0.1:1"},
    "bad address": {"url": f"https://ana:{SECRET}@pac.example"},
    "bad login": {"login": "a:b"},
    "bad secret": {"secret": SECRET + "\n"},
    "bad bearer": {"secret": SECRET + "Ω", "auth_scheme": "bearer"},
}
BEHAVIOURS = {
    "closed": pac_server.close,
    "reset": pac_server.reset,
    "cut": pac_server.raw(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nx"),
    "garbage": pac_server.answer("garbage"),
    "echo in HTML": pac_server.answer(f"<html>Authorization: Basic {ENCODED}; {SECRET}</html>", 500),
    "echo in a refusal": pac_server.answer(
        '{"codigo": "401", "mensaje": "clave ' + SECRET.replace('"', '\\"') + ' no es de ana"}', 400
    ),
    "echo in Windows' code page": pac_server.answer(f"<html>{SECRET}".encode("cp1252")),
    "echo in XML": pac_server.answer(
        "<error><codigo>300</codigo><mensaje>s3cr3t-Contraseña/&amp;&quot;9</mensaje></error>", 400
    ),
    "refused credentials": pac_server.answer(f"token {ENCODED}", 401),
}


def forms():
    """What all the ways have in common in which the secret may appear."""
    return ["s3cr3t", ENCODED]


def everything(error):
    """All that people or log files can get to see of an error."""
    shown = traceback_of(error)
    assert shown.stack
    parts = [
        "".join(shown.format()),
        str(error),
        repr(error),
        repr(error.args),
        error.text,
        error.detail,
        error.code,
        error.raw.decode("utf-8", "replace"),
    ]
    while error is not None:
        parts.append(repr(error))
        error = error.__cause__ or error.__context__
    return "\n".join(parts)


def run(operation, script, changes):
    """The error of a call, and what was logged at DEBUG while it ran."""
    logged = io.StringIO()
    handler = logging.StreamHandler(logged)
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    try:
        outcome = call(operation, script, **changes)
    finally:
        root.removeHandler(handler)
        root.setLevel(level)
    return outcome, logged.getvalue()


@pytest.mark.parametrize("operation", ["stamp", "stamp_many", "cancel", "account_status"])
@pytest.mark.parametrize("case", [*ENDINGS, *BEHAVIOURS])
def test_no_error_and_no_log_shows_the_secret(operation, case):
    outcome, logged = run(operation, BEHAVIOURS.get(case, pac_server.close), ENDINGS.get(case, {}))
    if outcome.error is None:  # a cancellation that was refused with a code is a result
        seen = repr(outcome.value) + outcome.value.raw.decode("utf-8", "replace") + logged
    else:
        seen = everything(outcome.error) + logged
    for form in forms():
        assert form not in seen
    if case in BEHAVIOURS:
        assert "urllib3" in logged or "Starting new" in logged, "the log was not watched"


@pytest.mark.parametrize("behaviour", [pac_server.close, pac_server.answer("x", 500)])
def test_errors_carry_no_frames_or_causes_of_the_http_library(behaviour):
    error = raised(UnknownOutcome, "stamp", behaviour)
    assert error.__cause__ is None
    assert error.__context__ is None
    files = {frame.filename for frame in traceback.extract_tb(error.__traceback__)}
    assert not any("urllib3" in name or "requests" in name for name in files)


def test_what_is_kept_of_an_answer_does_not_have_the_secret():
    echo = f"<u><nombre>Ana {ENCODED}</nombre><usuario>ana</usuario><creditos>5</creditos></u>"
    outcome = call("account_status", pac_server.answer(echo))
    assert ENCODED.encode() not in outcome.value.raw
    assert b"***" in outcome.value.raw


def test_credentials_show_neither_login_nor_secret():
    made = credentials(f"https://ana:{SECRET}@pac.example")
    for shown in (
        repr(made),
        str(made),
        f"{made}",
        repr([made]),
        repr(vars(FactureRest(made))),
    ):
        assert SECRET not in shown
        assert "ana" not in shown
        assert "pac.example" in shown


def test_a_short_secret_does_not_garble_what_is_kept():
    outcome = call("stamp", pac_server.answer("<html>a</html>"), secret="a")
    assert outcome.error.raw == b"<html>a</html>"
