"""What the wire can do to a call, and what may be concluded from it. Real sockets, no mocks."""

import gzip
import socket
import time
import zlib

import pac_samples
import pac_server
import pytest
from l10n_mx_facture.pac import providers
from l10n_mx_facture.pac.errors import NotSent, UnknownOutcome
from l10n_mx_facture.pac.wire import http
from pac_calls import XML, call, credentials, raised, returned

STAMPED = pac_samples.stamped(XML)
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/xml\r\n"
LOST = {
    "closed without a byte": (pac_server.close, "connection_lost", None),
    "reset": (pac_server.reset, "connection_lost", None),
    "not HTTP": (pac_server.raw(b"\x16\x03\x01 nonsense\r\n\r\n"), "connection_lost", None),
    "half a status line": (pac_server.raw(b"HTTP/1.1 20"), "connection_lost", None),
    "cut in the headers": (pac_server.raw(HEAD), "html|empty|cut|connection_lost", 200),
    "shorter than Content-Length": (
        pac_server.raw(HEAD + b"Content-Length: 99999\r\n\r\n" + STAMPED),
        "cut",
        200,
    ),
    "complete XML, but one byte short": (
        pac_server.raw(HEAD + b"Content-Length: %d\r\n\r\n" % (len(STAMPED) + 1) + STAMPED),
        "cut",
        200,
    ),
    "reset in the body": (
        pac_server.raw(HEAD + b"Content-Length: 99999\r\n\r\n" + STAMPED, "reset"),
        "connection_lost|cut",
        200,
    ),
    "last chunk missing": (
        pac_server.raw(HEAD + b"Transfer-Encoding: chunked\r\n\r\n%x\r\n" % len(STAMPED) + STAMPED + b"\r\n"),
        "cut|connection_lost",
        200,
    ),
    "broken chunk size": (
        pac_server.raw(HEAD + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n" + STAMPED),
        "cut|connection_lost",
        200,
    ),
    "gzip cut": (
        pac_server.answer(gzip.compress(STAMPED)[:-9], content_encoding="gzip"),
        "cut",
        200,
    ),
    "gzip that isn't": (
        pac_server.answer(STAMPED, content_encoding="gzip"),
        "connection_lost",
        200,
    ),
    "unknown encoding": (pac_server.answer(STAMPED, content_encoding="br"), "odd_encoding", 200),
    "compression bomb": (
        pac_server.answer(zlib.compress(bytes(http.MAX_ANSWER + 5)), content_encoding="deflate"),
        "too_long",
        200,
    ),
    "endless headers": (
        pac_server.endless(b"HTTP/1.1 200 OK\r\n", b"X-A: b\r\n" * 50),
        "connection_lost",
        None,
    ),
    "endless header line": (pac_server.endless(b"HTTP/1.1 200 OK\r\nX: "), "connection_lost", None),
    "endless body": (pac_server.endless(HEAD + b"\r\n"), "too_long", 200),
    "announces too much": (
        pac_server.raw(HEAD + b"Content-Length: 99999999999\r\n\r\n<a", "hang"),
        "too_long",
        200,
    ),
}


@pytest.mark.parametrize("operation", ["stamp", "stamp_many", "cancel", "fetch_xml"])
@pytest.mark.parametrize("case", LOST)
def test_an_answer_that_is_not_whole_leaves_the_outcome_unknown(operation, case):
    behaviour, reasons, status = LOST[case]
    outcome = call(operation, behaviour)
    assert type(outcome.error) is UnknownOutcome, outcome
    assert outcome.error.reason in reasons.split("|"), outcome.error.reason
    assert outcome.error.http_status == status
    assert outcome.server.connections == 1, "never a second try"


def test_what_arrived_of_a_cut_answer_is_kept():
    error = raised(UnknownOutcome, "stamp", LOST["shorter than Content-Length"][0])
    assert error.raw == STAMPED
    error = raised(UnknownOutcome, "stamp", LOST["reset in the body"][0])
    assert STAMPED.startswith(error.raw)


def test_raw_is_bounded():
    error = raised(UnknownOutcome, "stamp", pac_server.answer(b"<html>" + b"x" * 100_000))
    assert error.raw == b"<html>" + b"x" * (64 * 1024 - 6)


@pytest.mark.parametrize("operation", ["stamp", "stamp_many", "cancel", "account_status"])
def test_silence_is_a_read_timeout(operation):
    started = time.monotonic()
    error = raised(UnknownOutcome, operation, pac_server.hang, read_timeout=0.3)
    assert error.reason == "read_timeout"
    assert "0.3 s" in error.text
    assert time.monotonic() - started < 2


def test_silence_in_the_body_is_a_read_timeout_and_keeps_what_came():
    piece = STAMPED[:1024]
    error = raised(
        UnknownOutcome,
        "stamp",
        pac_server.raw(HEAD + b"Content-Length: 9999\r\n\r\n" + piece, "hang"),
        read_timeout=0.3,
    )
    assert (error.reason, error.http_status, error.raw) == ("read_timeout", 200, piece)


@pytest.mark.parametrize(
    "data",
    [
        HEAD + b"Content-Length: 99\r\n\r\n<a>" + b"x" * 99,
        HEAD + b"X: " + b"y" * 500,
        HEAD + b"\r\n<a>" + b"x" * 500,
    ],
    ids=["body", "headers", "body without length"],
)
def test_a_lively_drip_ends_at_the_deadline(data):
    started = time.monotonic()
    error = raised(
        UnknownOutcome,
        "stamp",
        pac_server.drip(data, 0.02),
        connect_timeout=0.2,
        total_timeout=0.5,
    )
    assert error.reason == "deadline"
    assert time.monotonic() - started < 2


def test_the_deadline_of_a_call_follows_from_its_timeouts():
    assert credentials("https://x", connect_timeout=5, read_timeout=30).deadline == 65
    assert credentials("https://x", connect_timeout=5, total_timeout=7).deadline == 12


# -- nothing was sent -----------------------------------------------------------------------------


@pytest.mark.parametrize("operation", ["stamp", "stamp_many", "cancel", "receipt"])
def test_a_refused_connection_sent_nothing(operation):
    url = f"http://127.0.0.1:{pac_server.closed_port()}"
    error = raised(NotSent, operation, pac_server.close, url=url)
    assert error.reason == "refused"
    assert "Nothing was sent" in error.text


def test_an_unknown_name_sent_nothing():
    error = raised(NotSent, "stamp", pac_server.close, url="https://no-such-host.invalid")
    assert error.reason == "dns"
    assert "no-such-host.invalid" in error.text


def test_a_name_that_can_not_be_one_sent_nothing():
    error = raised(NotSent, "stamp", pac_server.close, url="https://" + "a" * 70 + ".invalid")
    assert error.reason in ("dns", "bad_address")


def test_a_connection_that_is_not_taken_is_a_connect_timeout():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        port = listener.getsockname()[1]
        waiting = []
        for _n in range(4):  # fill the queue of a server that accepts nobody
            filler = socket.socket()
            filler.setblocking(False)
            filler.connect_ex(("127.0.0.1", port))
            waiting.append(filler)
        time.sleep(0.1)
        error = raised(
            NotSent,
            "stamp",
            pac_server.close,
            url=f"http://127.0.0.1:{port}",
            connect_timeout=0.3,
        )
        for filler in waiting:
            filler.close()
    assert error.reason == "connect_timeout"


@pytest.mark.parametrize(
    "behaviour,reason",
    [
        (pac_server.before_request(pac_server.close), "tls"),
        (pac_server.before_request(pac_server.raw(b"HTTP/1.1 400 Bad Request\r\n\r\n")), "tls"),
        (pac_server.before_request(pac_server.reset), "not_connected|tls"),
        (pac_server.before_request(pac_server.hang), "connect_timeout"),
    ],
    ids=["closed", "speaks HTTP", "reset", "silent"],
)
def test_a_failing_tls_handshake_sent_nothing(behaviour, reason):
    with pac_server.Server(behaviour) as server:
        url = server.url.replace("http:", "https:")
        error = raised(NotSent, "stamp", pac_server.close, url=url, connect_timeout=0.5)
    assert error.reason in reason.split("|")


def test_a_certificate_that_nobody_vouches_for_is_refused():
    outcome = call("stamp", pac_server.answer(STAMPED), tls=True)
    assert type(outcome.error) is NotSent
    assert outcome.error.reason == "tls"
    assert "self-signed" in outcome.error.text or "self signed" in outcome.error.text
    assert outcome.server.received == []


def test_an_authority_of_the_office_may_be_named_in_the_environment(monkeypatch):
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(pac_server.CERTIFICATE))
    assert returned("stamp", pac_server.answer(STAMPED), tls=True).xml == STAMPED


def test_the_certificate_must_be_for_the_host(monkeypatch):
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(pac_server.CERTIFICATE))
    with pac_server.Server(pac_server.answer(STAMPED), tls=True, host="127.0.0.2") as server:
        error = raised(NotSent, "stamp", pac_server.close, url=server.url)
    assert error.reason == "tls"


@pytest.mark.parametrize(
    "behaviour,reason",
    [
        (pac_server.reset, "connection_lost"),
        (pac_server.close, "connection_lost"),
        (pac_server.hang, "read_timeout"),
    ],
)
def test_over_tls_a_loss_after_the_request_is_unknown(monkeypatch, behaviour, reason):
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(pac_server.CERTIFICATE))
    error = raised(UnknownOutcome, "stamp", behaviour, tls=True, read_timeout=0.3)
    assert error.reason == reason


def test_the_deadline_holds_over_tls(monkeypatch):
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(pac_server.CERTIFICATE))
    drip = pac_server.drip(HEAD + b"\r\n" + b"x" * 500, 0.02)
    error = raised(UnknownOutcome, "stamp", drip, tls=True, connect_timeout=0.5, total_timeout=0.5)
    assert error.reason == "deadline"


# -- proxies --------------------------------------------------------------------------------------


def test_a_proxy_of_the_environment_is_used_and_its_refusal_sends_nothing(monkeypatch):
    refusal = pac_server.answer("no", status=407)
    with pac_server.Server(refusal) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", f"http://user:pr0xy-pass@127.0.0.1:{proxy.port}")
        error = raised(NotSent, "stamp", pac_server.close, url="https://pac.invalid")
    assert error.reason == "proxy"
    assert "pr0xy-pass" not in error.text
    assert [one.method for one in proxy.received] == ["CONNECT"]
    assert proxy.received[0].header("Authorization") is None


def test_an_unreachable_proxy_sends_nothing(monkeypatch):
    monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{pac_server.closed_port()}")
    assert raised(NotSent, "stamp", pac_server.close, url="https://pac.invalid").reason == "proxy"


def test_loopback_is_never_asked_through_a_proxy(monkeypatch):
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{pac_server.closed_port()}")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    assert returned("stamp", pac_server.answer(STAMPED)).xml == STAMPED


def test_credentials_of_netrc_are_not_taken(monkeypatch, tmp_path):
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login other password stolen\n")
    monkeypatch.setenv("NETRC", str(netrc))
    outcome = call("stamp", pac_server.answer(STAMPED), auth_scheme="raw", secret="our-own")
    assert outcome.request.header("Authorization") == "our-own"


# -- once, and nowhere else -----------------------------------------------------------------------


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("operation", ["stamp", "cancel", "fetch_xml"])
def test_no_redirect_is_followed(status, operation):
    with pac_server.Server(pac_server.answer(STAMPED)) as other:
        away = pac_server.answer("", status, location=other.url + "/x")
        outcome = call(operation, away)
        assert type(outcome.error) is UnknownOutcome
        assert outcome.error.reason == "redirected"
        assert outcome.server.connections == 1
        assert other.connections == 0


def test_a_redirect_with_an_endless_body_is_bounded():
    away = pac_server.endless(b"HTTP/1.1 302 Found\r\nLocation: /x\r\n\r\n")
    assert raised(UnknownOutcome, "stamp", away).reason == "too_long"


def test_each_call_has_its_own_connection():
    with pac_server.Server(pac_server.answer(STAMPED)) as server:
        client = providers.client("facture_rest", credentials(server.url))
        for _n in range(3):
            client.stamp(XML, "17")
    assert server.connections == 3
    assert {one.header("Connection") for one in server.received} == {"close"}


def test_compression_that_was_not_asked_for_is_undone():
    outcome = call("stamp", pac_server.answer(gzip.compress(STAMPED), content_encoding="gzip"))
    assert outcome.value.xml == STAMPED
    assert outcome.request.header("Accept-Encoding") == "identity"


def test_an_answer_in_chunks_is_whole_with_its_last_one():
    chunks = b"".join(b"%x\r\n%s\r\n" % (len(p), p) for p in (STAMPED[:700], STAMPED[700:]))
    whole = pac_server.raw(HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + chunks + b"0\r\n\r\n")
    assert returned("stamp", whole).xml == STAMPED


def test_an_answer_without_length_ends_with_the_connection():
    assert returned("stamp", pac_server.raw(HEAD + b"\r\n" + STAMPED)).xml == STAMPED
    error = raised(UnknownOutcome, "stamp", pac_server.raw(HEAD + b"\r\n" + STAMPED[:-30]))
    assert error.reason == "no_document"


def test_an_early_answer_to_a_request_that_is_not_read():
    def refuse_at_once(connection, _request):
        pac_server.answer("", 401)(connection, None)

    error = raised(NotSent, "stamp", pac_server.before_request(refuse_at_once))
    assert error.reason == "credentials_refused"
