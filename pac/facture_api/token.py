"""Facture's OAuth2: a token for user and password, or a renewed one for a refresh token.

Source: the service's documentation, `POST /api/authorize?grant_type=`, form-encoded. A failure here is always NotSent
for the call that needed the token: without one that call was not made.
"""

import time
from urllib.parse import urlencode

from ..errors import NotSent, UnknownOutcome
from ..reading import answer_errors, tree
from ..reading.message import read_message
from ..wire.credentials import Masked, check, header_value, scrub
from ..wire.http import Body, exchange
from ..wire.tokens import Token

SCOPES = "timbrado sucursal facturacion cancelacion"
_REFUSALS = (400, 401, 403)


def new_token(credentials, url, token):
    """A new Token.

    :param url: address of the token endpoint
    :param token: the Token to renew; without one, or when that is refused, user and password are sent
    :raise NotSent: `bad_credentials`, `credentials_refused`, `too_many_requests`, `no_token`, or what kept
        the request from leaving
    """
    check(credentials)
    _complete(credentials)
    if token and token.refresh:
        renewed = _grant(credentials, url, "refresh_token", token)
        if isinstance(renewed, Token):
            return renewed
    bought = _grant(credentials, url, "password", token)
    if isinstance(bought, Token):
        return bought
    raise bought


def _complete(credentials):
    needed = {"login": "user", "secret": "password", "client_id": "client id", "client_secret": "client secret"}
    missing = [name for field, name in needed.items() if not getattr(credentials, field)]
    if missing:
        text = f"The account has no {', no '.join(missing)}; the service gives no token without. Nothing was sent."
        raise NotSent("bad_credentials", text)


def _form(credentials, grant, token):
    """The body of the request. No other function may have its fields in a local variable: tracebacks show these."""
    fields = {"client_id": credentials.client_id, "client_secret": credentials.client_secret}
    if grant == "refresh_token":
        fields["refresh_token"] = token.refresh
    else:
        fields |= {"username": credentials.login, "password": credentials.secret, "scope": SCOPES}
    return Body(urlencode(fields).encode())


def _grant(credentials, url, grant, token):
    """A Token, or the NotSent(`credentials_refused`) for a grant that the service refuses."""
    headers = {"Accept": "application/json", "Content-Type": "application/x-www-form-urlencoded"}
    form = _form(credentials, grant, token)
    try:
        answer = exchange(credentials, "POST", f"{url}?grant_type={grant}", headers, data=form, limit=64 * 1024)
    except UnknownOutcome as error:
        # no raw: what arrived may be a part of a token
        raise _no_token(error.text.partition(" It is not known")[0], error.http_status) from None
    return _read(credentials, answer, token)


def _read(credentials, answer, token):
    node, _shape = answer_errors.read_tree(answer)
    words = scrub(credentials, read_message(node).text) if node is not None else ""
    access = Masked(node.value("accesstoken") or "") if node is not None and answer.status == 200 else None
    if access:
        return _token(node, access, token, answer.status)
    if answer.status == 429:
        text = "The service takes no more requests for the moment (HTTP 429). Nothing was sent; try again later."
        raise NotSent("too_many_requests", text, http_status=429, detail=words)
    if answer.status in _REFUSALS or (answer.status == 200 and node is not None and read_message(node).success == "no"):
        text = "The service gives no token: check user, password, client id and client secret on the account. "
        text += "A user has at most three tokens for one application; delete some in the service if there are more."
        return NotSent("credentials_refused", text, http_status=answer.status, detail=words)
    raise _no_token(f"The answer of the service (HTTP {answer.status}) holds no token.", answer.status)


def _token(node, access, former, status):
    try:
        header_value(access, "The token")
    except NotSent:
        # not chained: the value could be seen in it
        access = None
    if access is None:
        raise _no_token("The service's token has characters that a header can't carry.", status)
    lasts = tree.number(node.value("expiresin"))
    # a renewal that brings nothing to renew it by leaves what there was
    refresh = node.value("refreshtoken") or (former.refresh if former else None)
    return Token(str(access), refresh, time.time() + lasts if lasts and lasts > 0 else None)


def _no_token(text, status):
    return NotSent("no_token", f"No token of the service: {text} Nothing was sent; try again.", http_status=status)
