"""Stamping at Facture's current API: the envelope proves nothing, each item is matched and judged."""

import base64
import json

import pac_samples
import pac_server
import pytest
from l10n_mx_facture.pac import providers
from l10n_mx_facture.pac.errors import NotSent, Rejected, UnknownOutcome
from l10n_mx_facture.pac.wire.credentials import Credentials
from l10n_mx_facture.pac.wire.tokens import Token, TokenStore
from pac_calls import XML, call
from pac_samples import OTHER_UUID, UUID
from pac_services import (
    FOREIGN,
    LATER,
    SERVICES,
    TOKEN,
    as_json,
    b64,
    echoing,
    failed_item,
    items,
    stamped_item,
)

API = SERVICES["facture_api"]
FILES = {f"{n}.xml": pac_samples.cfdi(folio=str(n)) for n in (1, 2, 3)}
UUIDS = {name: f"0000000{n}-1111-4222-8333-444444444444" for n, name in enumerate(FILES, 1)}
LATE = {name: pac_samples.stamped(xml, UUIDS[name], "2026-05-05T10:00:09") for name, xml in FILES.items()}


def keys(request):
    """Name of the file -> requestUuid, of a request."""
    rows = json.loads(request.body)["entity"]["data"]["comprobantes"]
    names = {xml: name for name, xml in FILES.items()}
    return {names[base64.b64decode(row["encode"])]: row["requestUuid"] for row in rows}


def bulk(rows, status=200, files=FILES, branch="17694"):
    """A bulk call, answered by `rows(keys)`, a list of items."""

    def behave(connection, request):
        as_json(items(*rows(keys(request))), status)(connection, request)

    return stamp_many(behave, files, branch)


def fine(name, ids, **more):
    return stamped_item(LATE[name], UUIDS[name], ids[name], **more)


def stamp_many(behave, files, branch):
    return call(
        "stamp_many", behave, args=(files, branch), provider="facture_api", token_store=TokenStore(Token(TOKEN))
    )


def outcomes(outcome):
    assert outcome.error is None, outcome.error
    assert list(outcome.value.entries) == list(FILES)
    for name, entry in outcome.value.entries.items():
        assert entry.name == name
        if entry.outcome == "stamped":
            assert (entry.xml, entry.uuid) == (LATE[name], UUIDS[name])
        else:
            assert entry.xml is None and entry.code and entry.text.endswith(".")
    return [entry.outcome for entry in outcome.value.entries.values()]


# -- the request ------------------------------------------------------------------------------------


def test_the_request_is_the_documented_one():
    request = API.call("stamp", echoing(items(stamped_item()))).request
    assert request.header("Content-Type") == request.header("Accept") == "application/json"
    data = json.loads(request.body)["entity"]["data"]
    assert data["sucursal"] == {"id": 17694}
    (row,) = data["comprobantes"]
    assert base64.b64decode(row["encode"]) == XML
    assert set(row) == {"requestUuid", "encode"}


def test_the_same_bytes_have_the_same_request_uuid_and_others_another():
    ids = []
    for xml in (XML, XML, pac_samples.cfdi(folio="2")):
        outcome = call(
            "stamp", as_json({}), args=(xml, "1"), provider="facture_api", token_store=TokenStore(Token(TOKEN))
        )
        ids.append(json.loads(outcome.request.body)["entity"]["data"]["comprobantes"][0]["requestUuid"])
    assert ids[0] == ids[1] != ids[2]


def test_equal_documents_in_one_call_have_ids_of_their_own():
    def behave(connection, request):
        rows = json.loads(request.body)["entity"]["data"]["comprobantes"]
        assert len({row["requestUuid"] for row in rows}) == 2
        as_json(items(*(failed_item(key=row["requestUuid"]) for row in rows)))(connection, request)

    files = {"a.xml": XML, "b.xml": XML}
    outcome = stamp_many(behave, files, "1")
    assert [entry.outcome for entry in outcome.value.entries.values()] == ["rejected"] * 2


@pytest.mark.parametrize("base", ["", "/", "/api", "/api/"])
def test_the_address_may_end_with_api_or_not(base):
    with pac_server.Server(echoing(items(stamped_item()))) as server:
        client = providers.client("facture_api", Credentials(server.url + base), TokenStore(Token(TOKEN)))
        assert client.stamp(XML, "1").uuid == UUID
        assert server.received[0].target == "/api/timbrado"


@pytest.mark.parametrize(
    "files,branch,reason",
    [
        ({}, "1", "nothing_to_send"),
        ({f"{n}.xml": pac_samples.cfdi(folio=str(n)) for n in range(26)}, "1", "too_many_documents"),
        ({"a.xml": b"<no/>"}, "1", "bad_payload"),
        ({"a.xml": XML}, "centro", "bad_branch"),
        ({"a.xml": XML}, "", "bad_branch"),
        ({"a.xml": XML}, None, "bad_branch"),
    ],
)
def test_what_it_would_refuse_is_not_sent(files, branch, reason):
    outcome = call(
        "stamp_many", as_json({}), args=(files, branch), provider="facture_api", token_store=TokenStore(Token(TOKEN))
    )
    assert (type(outcome.error), outcome.error.reason) == (NotSent, reason)
    assert outcome.server.connections == 0


def test_twenty_five_are_taken():
    files = {f"{n}.xml": pac_samples.cfdi(folio=str(n)) for n in range(25)}

    def behave(connection, request):
        rows = json.loads(request.body)["entity"]["data"]["comprobantes"]
        as_json(items(*(failed_item(key=row["requestUuid"]) for row in rows)))(connection, request)

    outcome = stamp_many(behave, files, "1")
    assert {entry.outcome for entry in outcome.value.entries.values()} == {"rejected"}


# -- items ------------------------------------------------------------------------------------------


def test_items_are_matched_by_id_in_any_order():
    found = bulk(lambda ids: [fine(name, ids) for name in reversed(FILES)])
    assert outcomes(found) == ["stamped"] * 3


def test_ids_count_without_case():
    found = bulk(lambda ids: [{**fine(name, ids), "requestUuid": ids[name].upper()} for name in FILES])
    assert outcomes(found) == ["stamped"] * 3


def test_the_envelope_proves_nothing():
    found = bulk(lambda ids: [fine("1.xml", ids), failed_item(key=ids["2.xml"]), fine("3.xml", ids)])
    assert outcomes(found) == ["stamped", "rejected", "stamped"]
    entry = found.value.entries["2.xml"]
    assert (entry.code, entry.reason) == ("CFDI40108", "rejected")
    assert "El SubTotal no suma" in entry.text and "El SubTotal no suma" in entry.detail


def test_a_missing_item_is_unknown():
    found = bulk(lambda ids: [fine("1.xml", ids), fine("3.xml", ids)])
    assert outcomes(found) == ["stamped", "unknown", "stamped"]
    assert found.value.entries["2.xml"].reason == "missing"


@pytest.mark.parametrize("second", [fine, lambda name, ids: failed_item(key=ids[name])])
def test_a_doubled_item_is_unknown(second):
    found = bulk(lambda ids: [fine("1.xml", ids), fine("2.xml", ids), second("2.xml", ids), fine("3.xml", ids)])
    assert outcomes(found) == ["stamped", "unknown", "stamped"]
    entry = found.value.entries["2.xml"]
    assert (entry.reason, entry.uuid, entry.raw) == ("doubled", UUIDS["2.xml"], LATE["2.xml"])


def test_an_item_that_nobody_asked_for_is_ignored():
    found = bulk(lambda ids: [fine("1.xml", ids), fine("2.xml", ids), stamped_item(FOREIGN, OTHER_UUID, OTHER_UUID)])
    assert outcomes(found) == ["stamped", "stamped", "unknown"]
    assert list(found.value.entries) == list(FILES)


def test_items_without_an_id_match_nothing():
    found = bulk(lambda ids: [fine("1.xml", ids), {k: v for k, v in fine("2.xml", ids).items() if k != "requestUuid"}])
    assert outcomes(found) == ["stamped", "unknown", "unknown"]


def test_stamps_under_each_others_ids_are_not_adopted():
    found = bulk(
        lambda ids: [
            {**fine("1.xml", ids), "requestUuid": ids["2.xml"]},
            {**fine("2.xml", ids), "requestUuid": ids["1.xml"]},
            fine("3.xml", ids),
        ]
    )
    assert outcomes(found) == ["unknown", "unknown", "stamped"]
    entry = found.value.entries["1.xml"]
    assert entry.reason == "not_ours" and entry.raw == LATE["2.xml"]


ODD_ITEMS = {
    "success without XML": ({"succeed": True, "uuid": UUID, "encode": None}, "no_xml", UUID),
    "success with garbage": ({"succeed": True, "encode": "AAAA" * 20, "uuid": None}, "no_xml", None),
    "success with the unstamped": ({"succeed": True, "encode": b64(XML)}, "not_ours", UUID),
    "success with a foreign one": ({"succeed": True, "encode": b64(FOREIGN)}, "not_ours", UUID),
    "failure with a foreign one": ({"succeed": False, "encode": b64(FOREIGN)}, "not_ours", UUID),
    "another UUID beside it": ({"uuid": OTHER_UUID}, "contradictory", UUID),
    "no flag": ({"succeed": None, "encode": None, "uuid": None}, "no_xml", None),
    "an odd flag": ({"succeed": "quizá", "encode": None, "uuid": None}, "no_xml", None),
    "stamped before": ({"succeed": False, "encode": None, "error": "307 - timbre previo"}, "stamped_before", UUID),
    "a time-out inside": (
        {"succeed": False, "encode": None, "uuid": None, "error": "Timeout del PAC"},
        "service_unsure",
        None,
    ),
}


@pytest.mark.parametrize("case", ODD_ITEMS)
def test_what_is_neither_yes_nor_no_is_unknown(case):
    changes, reason, uuid = ODD_ITEMS[case]
    row = {key: value for key, value in {**stamped_item(), **changes}.items() if value is not None}
    outcome = API.call("stamp", echoing(items(row)))
    assert (type(outcome.error), outcome.error.reason) == (UnknownOutcome, reason)
    assert outcome.error.raw and outcome.error.text.endswith(".")
    many = bulk(lambda ids: [{**row, "requestUuid": ids["1.xml"]}], files={"1.xml": XML})
    assert many.value.entries["1.xml"].outcome == "unknown"
    assert many.value.entries["1.xml"].uuid == uuid


def test_our_own_stamp_is_proof_whatever_the_flag_says():
    row = {**stamped_item(), "succeed": False, "error": "algo"}
    assert API.call("stamp", echoing(items(row))).value.xml == LATER


@pytest.mark.parametrize("status", [201, 400, 409, 500, 502])
def test_our_own_stamp_is_proof_whatever_the_http_status(status):
    got = API.call("stamp", echoing(items(stamped_item()), status)).value
    assert (got.uuid, got.http_status) == (UUID, status)


def test_a_refusal_inside_a_failed_answer_is_none():
    outcome = API.call("stamp", echoing(items(failed_item()), 500))
    assert (type(outcome.error), outcome.error.reason) == (UnknownOutcome, "server_error")
    found = bulk(lambda ids: [fine("1.xml", ids), failed_item(key=ids["2.xml"])], status=500)
    assert outcomes(found) == ["stamped", "unknown", "unknown"]


def test_a_refusal_may_quote_the_unstamped_document():
    outcome = API.call("stamp", echoing(items(failed_item(encode=b64(XML)))))
    assert (type(outcome.error), outcome.error.code) == (Rejected, "CFDI40108")


def test_a_refusal_without_credits_says_so():
    error = API.call("stamp", echoing(items(failed_item("No hay timbres disponibles")))).error
    assert (type(error), error.reason) == (Rejected, "no_credits")


def test_a_refused_call_is_refused_for_all():
    body = {"succeed": False, "code": 4001, "message": "La sucursal no existe."}
    outcome = call(
        "stamp_many", as_json(body), args=(FILES, "1"), provider="facture_api", token_store=TokenStore(Token(TOKEN))
    )
    assert type(outcome.error) is Rejected and outcome.error.detail == "La sucursal no existe."


VARIANTS = {
    "upper case": lambda row: {key.upper(): value for key, value in row.items()},
    "snake case": lambda row: {"request_uuid": row["requestUuid"], **row},
    "flag as text": lambda row: {**row, "succeed": "true"},
    "base64 in lines": lambda row: {**row, "encode": "\n".join(row["encode"][i : i + 76] for i in range(0, 9999, 76))},
    "byte order mark": lambda row: {**row, "encode": b64(b"\xef\xbb\xbf" + LATER)},
    "XML as it is": lambda row: {**row, "encode": LATER.decode()},
    "more than asked": lambda row: {**row, "extra": {"a": [1, 2]}, "code": 2000},
}


@pytest.mark.parametrize("case", VARIANTS)
def test_variants_of_an_item(case):
    assert API.call("stamp", echoing(items(VARIANTS[case](stamped_item())))).value.uuid == UUID


def test_a_single_item_without_its_list():
    body = {"succeed": True, "code": 2000, "result": {"items": stamped_item()}}
    assert API.call("stamp", echoing(body)).value.uuid == UUID
