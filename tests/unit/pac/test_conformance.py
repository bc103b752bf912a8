"""What is the same for every service, whatever it speaks: each operation, each failure."""

import dataclasses
import inspect
import json

import pac_samples
import pac_server
import pytest
from l10n_mx_facture.cfdi.errors import CfdiError
from l10n_mx_facture.pac import providers
from l10n_mx_facture.pac.contract import Pac
from l10n_mx_facture.pac.errors import NotFound, NotSent, Rejected, UnknownOutcome
from l10n_mx_facture.pac.results import Cancellation, Created, Found, Receipt, Stamped
from l10n_mx_facture.pac.wire.credentials import Credentials
from l10n_mx_facture.pac.wire.tokens import Token, TokenStore
from pac_calls import SECRET, XML, traceback_of
from pac_samples import PDF, UUID
from pac_services import (
    CASES,
    CHANGING,
    CLIENT_SECRET,
    LATER,
    RENEWAL,
    SERVICES,
    STAMPED,
    TOKEN,
    as_json,
    b64,
    echoing,
    invoice,
    items,
    stamped_item,
)

cases = pytest.mark.parametrize("provider,name", CASES)
changing = pytest.mark.parametrize("provider,name", CHANGING)
SECRETS = (SECRET, TOKEN, RENEWAL, CLIENT_SECRET)


def made(provider, name, *script, **more):
    return SERVICES[provider].call(name, *script, **more)


def failed(provider, name, kind, *script, **more):
    outcome = made(provider, name, *script, **more)
    assert type(outcome.error) is kind, f"got {outcome.value!r} / {outcome.error!r}"
    assert outcome.error.text == str(outcome.error) and outcome.error.text.strip().endswith(".")
    return outcome


def changes(provider, name):
    return SERVICES[provider].operations[name].changes


# -- all of them are held to this -------------------------------------------------------------------


def test_every_service_that_can_be_chosen_is_held_to_this():
    assert set(SERVICES) == set(providers.PROVIDERS)


@pytest.mark.parametrize("provider", SERVICES)
def test_every_operation_that_a_service_says_it_has_is_here(provider):
    can = providers.PROVIDERS[provider].capabilities
    wanted = {"account_status", "find", "fetch_xml", "fetch_pdf", "cancel"}
    wanted |= {"create", "stamp_created", "status"} if can.needs_create else {"stamp"}
    wanted |= {"branches"} if can.lists_branches else set()
    wanted |= {"receipt"} if can.receipts else set()
    wanted |= {"look_up"} if can.looks_up else set()
    assert wanted <= set(SERVICES[provider].operations)


ARGUMENTS = {
    "stamp": (XML, "17"),
    "branches": (),
    "receipt": (UUID,),
    "create": ({},),
    "stamp_created": ("17", XML),
    "status": ("17",),
    "look_up": (XML, "17"),
}
OTHERS = [
    (p, o)
    for p in SERVICES
    for o in ARGUMENTS
    if o not in SERVICES[p].operations
]


@pytest.mark.parametrize("provider,name", OTHERS)
def test_an_operation_that_a_service_lacks_is_refused_before_anything_leaves(provider, name):
    with pac_server.Server(pac_server.answer(STAMPED)) as server:
        client = providers.client(provider, Credentials(server.url, login="ana", secret=SECRET))
        with pytest.raises(NotSent) as caught:
            getattr(client, name)(*ARGUMENTS[name])
        assert caught.value.reason == "not_supported"
        assert server.connections == 0


@pytest.mark.parametrize("provider", SERVICES)
def test_the_contract_is_kept_to_the_letter(provider):
    for name, of_contract in inspect.getmembers(Pac, inspect.isfunction):
        if not name.startswith("_"):
            own = inspect.signature(getattr(providers.PROVIDERS[provider], name))
            assert list(own.parameters) == list(inspect.signature(of_contract).parameters), name


# -- what goes well ---------------------------------------------------------------------------------


@cases
def test_one_request_and_its_result(provider, name):
    operation = SERVICES[provider].operations[name]
    outcome = made(provider, name, operation.good)
    assert outcome.error is None, outcome.error
    request = outcome.request
    assert (request.method, request.path) == operation.request
    assert request.header("Authorization").split(" ")[0] in ("Basic", "Bearer")
    assert request.header("Connection") == "close"
    result = outcome.value
    if isinstance(result, Stamped):
        assert result.uuid == UUID and result.xml in (STAMPED, LATER)
    if isinstance(result, Found | Receipt):
        assert result.uuid == UUID
    if isinstance(result, Found):
        assert (result.rfc_emisor, result.rfc_receptor, result.total) == ("EKU9003173C9", "URE180429TM6", 116)
    if isinstance(result, Cancellation):
        assert result.accepted and result.text.endswith(".") and result.code
    if name == "fetch_pdf":
        assert result == PDF
    if name == "fetch_xml":
        assert result == STAMPED
    if name == "branches":
        assert [(one.remote_id, one.name) for one in result] in ([("17", "Centro")], [("17694", "PRUEBAS")])
    if name == "create":
        assert result == Created("17", 201)
    if name == "status":
        assert (result.state, result.paid, result.xml, result.pdf) == ("stamped", False, STAMPED, PDF)


# -- what the service refuses -----------------------------------------------------------------------


@changing
def test_a_refusal_is_a_refusal(provider, name):
    operation = SERVICES[provider].operations[name]
    if provider == "facture_rest" and name == "cancel":
        # with a code it is a result
        refused = made(provider, name, operation.refusal).value
        assert (refused.accepted, refused.code) == (False, "CFDI40108")
        return
    error = failed(provider, name, Rejected, operation.refusal).error
    assert error.detail and error.raw


@cases
def test_401_means_that_nothing_happened(provider, name):
    answer = as_json({"status": 401, "message": f"Unauthorized {SECRET}"}, 401)
    if provider == "facture_api":
        # the token is renewed once, and refused again
        outcome = failed(provider, name, NotSent, answer, as_json({"access_token": "otro-token"}), answer)
        assert [one.path for one in outcome.server.received][1] == "/api/authorize"
        assert len(outcome.server.received) == 3
    else:
        outcome = failed(provider, name, NotSent, answer)
    assert outcome.error.reason == "credentials_refused"
    assert outcome.error.http_status == 401


@cases
def test_429_means_that_nothing_happened(provider, name):
    error = failed(provider, name, NotSent, pac_server.answer("slow down", 429)).error
    assert (error.reason, error.http_status) == ("too_many_requests", 429)


@pytest.mark.parametrize("provider,name", [one for one in CASES if one != ("sello_digital", "account_status")])
def test_404_with_the_services_words_is_no_unknown_outcome(provider, name):
    outcome = made(provider, name, as_json({"status": 404, "message": "Not Found"}, 404))
    if (provider, name) == ("facture_rest", "cancel"):
        # a refusal with a code is a result there
        assert (outcome.value.accepted, outcome.value.code) == (False, "404")
        return
    error = outcome.error
    assert isinstance(error, Rejected), repr(error)
    if not changes(provider, name) or provider == "sello_digital" and name != "create":
        assert type(error) is NotFound


# -- what is not known ------------------------------------------------------------------------------

LOST = {
    "reset": (pac_server.reset, {"connection_lost"}),
    "close": (pac_server.close, {"connection_lost"}),
    "cut": (pac_server.raw(b'HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n{"id": 17,'), {"cut"}),
    "cut chunk": (
        pac_server.raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nff\r\n{"),
        {"cut", "connection_lost"},
    ),
    "half a head": (pac_server.raw(b"HTTP/1.1 20"), {"connection_lost"}),
    "no HTTP": (pac_server.raw(b"\x00\x01\x02\r\n\r\n"), {"connection_lost"}),
    "500": (as_json({"status": 500, "message": "Server crashed"}, 500), {"server_error"}),
    "502 page": (pac_server.answer("<html><body>Bad gateway</body></html>", 502), {"server_error"}),
    "redirect": (pac_server.answer("", 302, Location="https://elsewhere.example/"), {"redirected"}),
    "empty": (pac_server.answer(b""), {"empty"}),
    "page": (pac_server.answer("<html><body>Login</body></html>"), {"html"}),
    "garbage": (pac_server.answer(b"\xff\xfe\x00garbage" * 20), {"no_document", "not_understood"}),
    "cut JSON": (
        pac_server.answer('{"id": 17, "invoice_status": {"na', content_type="application/json"),
        {"no_document"},
    ),
    "an element of 40,000 attributes": (
        pac_server.answer(f"<r {' '.join(f'a{number}=%s1%s' % (chr(34), chr(34)) for number in range(40_000))}/>"),
        {"no_document", "not_understood"},
    ),
    "150,000 elements": (pac_server.answer("<r>" + "<a b='1'/>" * 150_000 + "</r>"), {"too_big", "no_document"}),
    "90,000 keys": (as_json({f"k{number}": number for number in range(90_000)}), {"too_big", "not_understood"}),
    "empty object": (as_json({}), {"not_understood", "no_code"}),
    "another document": (as_json({"hello": "world"}), {"not_understood", "no_code"}),
    "bare list": (as_json([]), {"not_understood", "no_code"}),
    "number": (as_json(5), {"not_understood", "no_code", "no_document"}),
    "null": (as_json(None), {"not_understood", "no_code", "no_document", "empty"}),
}


@cases
@pytest.mark.parametrize("case", LOST)
def test_what_is_not_an_answer_leaves_the_outcome_unknown(provider, name, case):
    behaviour, reasons = LOST[case]
    outcome = made(provider, name, behaviour)
    if provider == "facture_rest" and name == "branches" and case == "bare list":
        assert outcome.value == []
        return
    assert type(outcome.error) is UnknownOutcome, f"{outcome.value!r} {outcome.error!r}"
    assert outcome.error.reason in reasons, outcome.error.reason
    assert len(outcome.server.received) == 1, "never asked again"


@cases
def test_silence_is_a_read_timeout(provider, name):
    outcome = failed(provider, name, UnknownOutcome, pac_server.hang, read_timeout=0.2)
    assert outcome.error.reason == "read_timeout"
    assert len(outcome.server.received) == 1


@cases
def test_a_refused_connection_sent_nothing(provider, name):
    url = f"http://127.0.0.1:{pac_server.closed_port()}"
    outcome = failed(provider, name, NotSent, pac_server.hang, url=url)
    assert outcome.error.reason == "refused"


@cases
def test_a_drip_ends_at_the_deadline(provider, name):
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n"
    drip = pac_server.drip(head + b" " * 100000, 0.05)
    outcome = failed(provider, name, UnknownOutcome, drip, connect_timeout=0.2, total_timeout=0.3)
    assert outcome.error.reason == "deadline"


# -- whose it is ------------------------------------------------------------------------------------

FOREIGN_CASES = [(p, o) for p, o in CASES if SERVICES[p].operations[o].foreign is not None]


@pytest.mark.parametrize("provider,name", FOREIGN_CASES)
def test_someone_elses_cfdi_is_never_adopted(provider, name):
    error = failed(provider, name, UnknownOutcome, SERVICES[provider].operations[name].foreign).error
    assert error.reason == "not_ours"
    assert error.raw


STAMPING = {
    "facture_rest": ("stamp", pac_server.answer),
    "sello_digital": ("stamp_created", lambda xml, status=200: as_json(invoice(xml=xml), status)),
    "facture_api": ("stamp", lambda xml, status=200: echoing(items(stamped_item(xml)), status)),
}
NOT_THE_STAMP = {
    "another total": pac_samples.stamped(pac_samples.cfdi(total="116.01")),
    "another issuer": pac_samples.stamped(pac_samples.cfdi(rfc="IIA040805DZ4")),
    "another currency": pac_samples.stamped(XML.replace(b'Moneda="MXN"', b'Moneda="USD" TipoCambio="1"')),
    "another line": pac_samples.stamped(XML.replace(b' Importe="100.00"', b' Importe="99.00"', 1)),
    "two issuers": STAMPED.replace(b"<cfdi:Receptor ", b'<cfdi:Emisor Rfc="EKU9003173C9"/><cfdi:Receptor ', 1),
    "another receiver": pac_samples.stamped(XML.replace(b"URE180429TM6", b"XAXX010101000")),
    "not stamped": STAMPED.partition(b"<cfdi:Complemento>")[0] + b"</cfdi:Comprobante>",
    "stamp of another seal": STAMPED.replace(b'SelloCFD="U0VMTE8="', b'SelloCFD="T1RSTw=="'),
    "two stamps": STAMPED.replace(
        b"</cfdi:Complemento>",
        STAMPED.partition(b"<cfdi:Complemento>")[2].partition(b"</cfdi:Complemento>")[0] + b"</cfdi:Complemento>",
    ),
}


@pytest.mark.parametrize("provider", SERVICES)
@pytest.mark.parametrize("case", NOT_THE_STAMP)
def test_only_the_stamp_of_what_was_sent_is_one(provider, case):
    name, wrap = STAMPING[provider]
    error = failed(provider, name, UnknownOutcome, wrap(NOT_THE_STAMP[case])).error
    assert error.reason == "not_ours"
    client = providers.client(provider, Credentials("https://x.example"))
    assert _differs(client, NOT_THE_STAMP[case])
    assert not _differs(client, STAMPED)


def _differs(client, xml):
    try:
        return bool(client.differences(XML, xml))
    except CfdiError:
        return True


# a stamp of ours in an answer that says something else
WRAPPED = {
    "its own words": lambda wrap: wrap,
    "the CFDI alone": lambda _wrap: pac_server.answer,
    "in an error": lambda _wrap: lambda xml, status: as_json({"error": {"detail": "x", "cfdi": xml.decode()}}, status),
    "in a page's field": lambda _wrap: lambda xml, status: as_json([{"code": 1}, {"x": b64(xml)}], status),
}


@pytest.mark.parametrize("provider", SERVICES)
@pytest.mark.parametrize("status", [400, 404, 409, 422, 500, 503])
@pytest.mark.parametrize("how", WRAPPED)
def test_a_stamp_of_ours_is_the_truth_whatever_stands_around_it(provider, status, how):
    name, wrap = STAMPING[provider]
    outcome = made(provider, name, WRAPPED[how](wrap)(STAMPED, status))
    assert outcome.error is None, repr(outcome.error)
    assert (outcome.value.uuid, outcome.value.xml) == (UUID, STAMPED)
    # somebody else's is not
    other = made(provider, name, WRAPPED[how](wrap)(NOT_THE_STAMP["another line"], status))
    assert other.error is not None and other.error.raw


@pytest.mark.parametrize("provider", SERVICES)
def test_another_date_is_allowed_exactly_where_the_service_sets_it(provider):
    name, wrap = STAMPING[provider]
    outcome = made(provider, name, wrap(LATER))
    if providers.PROVIDERS[provider].capabilities.may_change:
        assert outcome.value.uuid == UUID
    else:
        assert outcome.error.reason == "not_ours"


# -- secrets ----------------------------------------------------------------------------------------


@cases
@pytest.mark.parametrize("status", [200, 400, 401, 404, 422, 429, 500])
def test_no_secret_is_shown_by_an_error(provider, name, status):
    echo = " ".join(SECRETS)
    answer = as_json({"status": status, "message": echo, "error": echo, "errors": [echo]}, status)
    outcome = made(provider, name, answer)
    shown = [repr(outcome.value)]
    if outcome.error is None:
        shown.append(outcome.value.raw.decode())
    else:
        error = outcome.error
        shown += [error.text, error.detail, repr(error), error.raw.decode(), *_frames(error)]
    own = SECRETS if provider == "facture_api" else (SECRET,)
    escaped = [json.dumps(secret)[1:-1] for secret in own]
    assert not any(secret in "\n".join(shown) for secret in (*own, *escaped))


def _frames(error):
    """The local variables of the client's own frames, as a traceback with locals shows them."""
    return [str(frame.locals) for frame in traceback_of(error).stack]


@pytest.mark.parametrize("provider", SERVICES)
def test_no_secret_is_shown_by_what_holds_it(provider):
    token = Token(TOKEN, RENEWAL)
    credentials = Credentials(
        "https://x.example", login="ana", secret=SECRET, client_id="app", client_secret=CLIENT_SECRET, also=(TOKEN,)
    )
    client = providers.client(provider, credentials, TokenStore(token))
    shown = f"{credentials} {credentials!r} {token} {token!r} {client!r} {vars(client)!r}"
    assert not any(secret in shown for secret in SECRETS)


@pytest.mark.parametrize("provider", SERVICES)
def test_results_do_not_show_documents(provider):
    for name, operation in SERVICES[provider].operations.items():
        value = made(provider, name, operation.good).value
        if dataclasses.is_dataclass(value):
            assert "Comprobante" not in repr(value) and "%PDF" not in repr(value)


# -- arguments --------------------------------------------------------------------------------------

BAD_CANCELLATIONS = [
    ((UUID, "1", "05"), "bad_motivo"),
    ((UUID, "1", "01"), "bad_uuid"),
    ((UUID, "1", "02", pac_samples.OTHER_UUID), "bad_motivo"),
    (("nonsense", "1", "02"), "bad_uuid"),
]


@pytest.mark.parametrize("provider", SERVICES)
@pytest.mark.parametrize("args,reason", BAD_CANCELLATIONS)
def test_what_sat_would_refuse_is_not_sent(provider, args, reason):
    client = providers.client(provider, Credentials("http://127.0.0.1:9", login="ana", secret=SECRET))
    with pytest.raises(NotSent) as caught:
        client.cancel(*args)
    assert caught.value.reason == reason


@pytest.mark.parametrize("provider", SERVICES)
@pytest.mark.parametrize("payload", [b"", b"<a/>", b"no", STAMPED])
def test_what_could_not_be_compared_is_not_sent(provider, payload):
    name = STAMPING[provider][0]
    client = providers.client(provider, Credentials("http://127.0.0.1:9", login="ana", secret=SECRET))
    args = ("17", payload) if name == "stamp_created" else (payload, "17")
    with pytest.raises(NotSent) as caught:
        getattr(client, name)(*args)
    assert caught.value.reason == "bad_payload"


@pytest.mark.parametrize("provider", SERVICES)
def test_plain_http_beyond_this_machine_is_refused(provider):
    name, _wrap = STAMPING[provider]
    outcome = made(provider, name, pac_server.hang, url="http://service.example")
    assert (type(outcome.error), outcome.error.reason) == (NotSent, "bad_address")
    assert outcome.server.connections == 0
