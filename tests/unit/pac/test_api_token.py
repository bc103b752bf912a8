"""The token of Facture's current API: bought once, renewed once, never shown."""

import json
import threading
import time
from urllib.parse import parse_qs

import pac_server
import pytest
from l10n_mx_facture.pac import providers
from l10n_mx_facture.pac.errors import NotSent
from l10n_mx_facture.pac.wire.credentials import Credentials
from l10n_mx_facture.pac.wire.tokens import Token, TokenStore
from pac_calls import SECRET, traceback_of
from pac_samples import UUID
from pac_services import CLIENT_SECRET, RENEWAL, SERVICES, TOKEN, as_json, echoing, items, listed, stamped_item

API = SERVICES["facture_api"]
NEW = {"access_token": "nuevo-acceso", "refresh_token": "nueva-renovacion", "expires_in": 31536000}
UNAUTHORIZED = as_json({"succeed": False, "message": "token expirado"}, 401)
STAMP = echoing(items(stamped_item()))


def held(token=None):
    return TokenStore(token)


def form(request):
    assert request.header("Content-Type") == "application/x-www-form-urlencoded"
    return {name: values[0] for name, values in parse_qs(request.body.decode(), strict_parsing=True).items()}


def test_without_a_token_user_and_password_buy_one():
    token_store = held()
    outcome = API.call("stamp", as_json(NEW), STAMP, token_store=token_store)
    assert outcome.value.uuid == UUID
    bought, stamped = outcome.server.received
    assert (bought.method, bought.path, bought.query) == ("POST", "/api/authorize", {"grant_type": "password"})
    assert bought.header("Authorization") is None
    assert form(bought) == {
        "username": "ana",
        "password": SECRET,
        "client_id": "app",
        "client_secret": CLIENT_SECRET,
        "scope": "timbrado sucursal facturacion cancelacion",
    }
    assert stamped.header("Authorization") == "Bearer nuevo-acceso"
    token = token_store.current()
    assert (token.access, token.refresh) == ("nuevo-acceso", "nueva-renovacion")
    assert 31535000 < token.expires - time.time() <= 31536000


def test_a_token_that_is_kept_is_used_and_nothing_bought():
    outcome = API.call("stamp", STAMP)
    assert outcome.request.header("Authorization") == f"Bearer {TOKEN}"


def test_a_401_renews_once_by_the_token_that_renews():
    token_store = held(Token(TOKEN, RENEWAL))
    outcome = API.call("stamp", UNAUTHORIZED, as_json(NEW), STAMP, token_store=token_store)
    assert outcome.value.uuid == UUID
    first, renewed, second = outcome.server.received
    assert renewed.query == {"grant_type": "refresh_token"}
    assert form(renewed) == {"refresh_token": RENEWAL, "client_id": "app", "client_secret": CLIENT_SECRET}
    assert first.body == second.body
    assert second.header("Authorization") == "Bearer nuevo-acceso"
    assert token_store.current().access == "nuevo-acceso"


def test_a_token_at_its_end_is_renewed_before_the_call():
    old = Token(TOKEN, RENEWAL, time.time() + 60)
    outcome = API.call("stamp", as_json(NEW), STAMP, token_store=held(old))
    assert [one.path for one in outcome.server.received] == ["/api/authorize", "/api/timbrado"]
    assert outcome.server.received[1].header("Authorization") == "Bearer nuevo-acceso"


def test_a_token_that_lasts_is_not_renewed():
    outcome = API.call("stamp", STAMP, token_store=held(Token(TOKEN, RENEWAL, time.time() + 3600)))
    assert outcome.request.path == "/api/timbrado"


def test_a_refused_renewal_falls_back_to_the_password():
    refused = as_json({"error": "invalid_grant", "error_description": "expired"}, 400)
    outcome = API.call("stamp", UNAUTHORIZED, refused, as_json(NEW), STAMP, token_store=held(Token(TOKEN, RENEWAL)))
    assert outcome.value.uuid == UUID
    grants = [one.query.get("grant_type") for one in outcome.server.received]
    assert grants == [None, "refresh_token", "password", None]


def test_without_a_token_that_renews_the_password_buys_the_next():
    outcome = API.call("stamp", UNAUTHORIZED, as_json(NEW), STAMP, token_store=held(Token(TOKEN)))
    assert [one.query.get("grant_type") for one in outcome.server.received] == [None, "password", None]


def test_a_renewal_that_brings_no_new_one_keeps_what_renews():
    token_store = held(Token(TOKEN, RENEWAL))
    API.call("stamp", UNAUTHORIZED, as_json({"access_token": "otro"}), STAMP, token_store=token_store)
    assert token_store.current() == Token("otro", RENEWAL, None)


def test_a_second_401_is_the_end():
    outcome = API.call("stamp", UNAUTHORIZED, as_json(NEW), UNAUTHORIZED)
    assert (type(outcome.error), outcome.error.reason) == (NotSent, "credentials_refused")
    assert len(outcome.server.received) == 3


def test_a_401_that_brings_items_is_not_asked_again():
    """It can't be said that nothing happened."""
    outcome = API.call("stamp", echoing(items(stamped_item()), 401))
    assert outcome.value.uuid == UUID
    assert len(outcome.server.received) == 1


@pytest.mark.parametrize(
    "behaviour,reason",
    [
        (pac_server.answer("", 503), "no_token"),
        (pac_server.reset, "no_token"),
        (pac_server.raw(b'HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{"access_token": "nuevo-acc'), "no_token"),
        (pac_server.answer("<html>login</html>"), "no_token"),
        (as_json({}), "no_token"),
        (as_json({"access_token": ""}), "no_token"),
        (as_json({"access_token": "two\nlines"}), "no_token"),
        (as_json({"error": "invalid_grant"}, 400), "credentials_refused"),
        (as_json({"error": "invalid_client"}, 401), "credentials_refused"),
        (as_json({"succeed": False, "message": "Ha llegado al límite de tokens"}), "credentials_refused"),
        (pac_server.answer("", 429), "too_many_requests"),
    ],
)
def test_without_a_token_nothing_is_sent(behaviour, reason):
    outcome = API.call("stamp", behaviour, token_store=held())
    assert (type(outcome.error), outcome.error.reason) == (NotSent, reason)
    assert {one.path for one in outcome.server.received} == {"/api/authorize"}
    assert outcome.error.raw == b"", "a part of a token may be in it"


def test_the_limit_of_three_tokens_is_told():
    error = API.call("stamp", as_json({"error": "limit"}, 403), token_store=held()).error
    assert "three tokens" in error.text and error.detail == "limit"


@pytest.mark.parametrize("field", ["login", "secret", "client_id", "client_secret"])
def test_what_a_token_costs_must_be_there(field):
    outcome = API.call("stamp", STAMP, token_store=held(), **{field: ""})
    assert (type(outcome.error), outcome.error.reason) == (NotSent, "bad_credentials")
    assert outcome.server.connections == 0


@pytest.mark.parametrize("token", [None, Token(TOKEN, RENEWAL)])
def test_no_secret_is_shown_while_a_token_is_bought(token):
    echo = f"{SECRET} {CLIENT_SECRET} {TOKEN} {RENEWAL} ana"
    script = (UNAUTHORIZED,) if token else ()
    broken = as_json({"access_token": "two\nlines-of-a-token", "message": echo})
    for behaviour in (as_json({"error": echo}, 400), broken, pac_server.reset):
        error = API.call("stamp", *script, behaviour, token_store=held(token)).error
        frames = [str(frame.locals) for frame in traceback_of(error).stack]
        shown = "\n".join((error.text, error.detail, repr(error), *frames))
        assert len(frames) > 3
        secrets = (SECRET, CLIENT_SECRET, "lines-of-a-token", *((TOKEN, RENEWAL) if token else ()))
        assert not any(one in shown or json.dumps(one)[1:-1] in shown for one in secrets)


# -- many at once -----------------------------------------------------------------------------------


def test_many_threads_buy_one_token():
    bought = []

    def authorize(connection, request):
        if request.path.endswith("/authorize"):
            bought.append(request)
            time.sleep(0.1)
            as_json(NEW)(connection, request)
        elif request.header("Authorization") == "Bearer nuevo-acceso":
            as_json(listed())(connection, request)
        else:
            UNAUTHORIZED(connection, request)

    with pac_server.Server(authorize) as server:
        token_store = held(Token(TOKEN, RENEWAL))
        credentials = Credentials(
            server.url, login="ana", secret=SECRET, client_id="app", client_secret=CLIENT_SECRET
        )
        found = []

        def ask():
            found.append(providers.client("facture_api", credentials, token_store).branches())

        threads = [threading.Thread(target=ask) for _number in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(10)
    assert found == [[]] * 8
    assert len(bought) == 1


def test_whoever_stores_the_token_elsewhere_decides():
    """What models/ does: under a lock of its own it sees that another process renewed it."""

    class Stored(TokenStore):
        asked = 0

        def current(self):
            return Token(TOKEN)

        def renew(self, stale, fetch):
            assert stale == Token(TOKEN)
            self.asked += 1
            return Token("de-otro-proceso")

    token_store = Stored()
    outcome = API.call("stamp", UNAUTHORIZED, STAMP, token_store=token_store)
    assert outcome.server.received[1].header("Authorization") == "Bearer de-otro-proceso"
    assert token_store.asked == 1
