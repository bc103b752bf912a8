"""Reading at Facture's current API: branches, documents, and the evidence after a lost answer."""

import json

import pac_samples
import pac_server
import pytest
from l10n_mx_facture.pac.errors import NotFound, UnknownOutcome
from l10n_mx_facture.pac.results import BranchInfo, Stamped
from l10n_mx_facture.pac.wire.tokens import Token, TokenStore
from pac_calls import XML, call
from pac_samples import OTHER_UUID, PDF, UUID
from pac_services import BRANCH, DETAIL, FIND_ROW, LATER, STAMPED, TOKEN, as_json, b64, items, listed


def asked(operation, *script, args):
    return call(operation, *script, args=args, provider="facture_api", token_store=TokenStore(Token(TOKEN)))


def got(operation, *script, args):
    outcome = asked(operation, *script, args=args)
    assert outcome.error is None, outcome.error
    return outcome


def wrong(kind, operation, *script, args):
    outcome = asked(operation, *script, args=args)
    assert type(outcome.error) is kind, f"{outcome.value!r} / {outcome.error!r}"
    return outcome.error


# -- branches ---------------------------------------------------------------------------------------


def branch(number, **more):
    return {**BRANCH, "id": number, "nombre": f"S{number}", **more}


def test_branches_of_one_issuer():
    outcome = got("branches", as_json(listed(BRANCH, branch(17699))), args=("LAN7008173R5",))
    assert outcome.request.query == {"offset": "0", "size": "100", "filter": "empresa.rfc:eq!LAN7008173R5"}
    assert outcome.value == [BranchInfo("17694", "PRUEBAS", "58000"), BranchInfo("17699", "S17699", "58000")]


def test_branches_of_the_account():
    assert "filter" not in got("branches", as_json(listed(BRANCH)), args=()).request.query


def test_no_branches_is_a_list():
    assert got("branches", as_json(listed()), args=()).value == []


def test_pages_are_read_to_the_end():
    rows = [branch(number) for number in range(1, 251)]
    pages = [as_json(listed(*rows[i : i + 100], count=250)) for i in (0, 100, 200)]
    outcome = got("branches", *pages, args=())
    assert [one.remote_id for one in outcome.value] == [str(n) for n in range(1, 251)]
    assert [one.query["offset"] for one in outcome.server.received] == ["0", "100", "200"]


def test_a_count_of_the_page_ends_the_list_too():
    """Whether `count` counts all or one page, the documentation doesn't say."""
    rows = [branch(number) for number in range(1, 102)]
    pages = [as_json(listed(*rows[:100], count=100)), as_json(listed(rows[100], count=1))]
    assert len(got("branches", *pages, args=()).value) == 101


def test_exactly_one_full_page():
    rows = [branch(number) for number in range(1, 101)]
    assert len(got("branches", as_json(listed(*rows)), as_json(listed(count=100)), args=()).value) == 100


INCOMPLETE = {
    "fewer than counted": [listed(branch(1), count=5), listed(count=5)],
    "the same page again": [listed(*(branch(n) for n in range(1, 101)), count=300)],
    "an id twice": [listed(branch(1), branch(1))],
}


@pytest.mark.parametrize("case", INCOMPLETE)
def test_a_list_that_is_not_whole_is_an_error(case):
    outcome = asked("branches", *map(as_json, INCOMPLETE[case]), args=())
    assert (type(outcome.error), outcome.error.reason) == (UnknownOutcome, "incomplete")
    assert outcome.error.raw and len(outcome.server.received) <= 2, "not asked for ever"


NOT_A_LIST = {
    "no count": {"pagination": {"items": [BRANCH]}},
    "no items": {"pagination": {"count": 0}},
    "odd count": {"pagination": {"items": [], "count": "many"}},
    "a branch without id": listed({"nombre": "X"}),
    "an odd postal code": listed(branch(1, direccion={"codigopostal": "5800"})),
}


@pytest.mark.parametrize("case", NOT_A_LIST)
def test_what_is_no_list_of_branches_is_an_error(case):
    assert wrong(UnknownOutcome, "branches", as_json(NOT_A_LIST[case]), args=()).reason == "not_understood"


def test_an_account_is_known_by_its_user_only():
    status = got("account_status", as_json(listed(BRANCH, count=4)), args=()).value
    assert (status.holder, status.user, status.credits) == ("", "ana", None)


# -- one CFDI ---------------------------------------------------------------------------------------


def test_what_it_has_under_a_uuid():
    outcome = got("find", as_json(DETAIL), args=(UUID,))
    assert outcome.request.query == {"id": UUID.lower()}
    found = outcome.value
    assert (found.uuid, found.estado, found.xml) == (UUID, "Vigente", None)
    cancelled = json.loads(json.dumps(DETAIL).replace("false", "true"))
    assert got("find", as_json(cancelled), args=(UUID,)).value.estado == "Cancelado"


def test_another_uuid_is_not_it():
    error = wrong(UnknownOutcome, "find", as_json(DETAIL), args=(OTHER_UUID,))
    assert "another UUID" in error.text


ABSENT = {
    "requestUuid": UUID.lower(),
    "succeed": False,
    "message": "Comprobante no existe.",
    "error": f"Item '{UUID}' no existe o no pertenece al usuario.",
}


@pytest.mark.parametrize("operation", ["fetch_xml", "fetch_pdf"])
def test_what_it_does_not_have_is_not_found(operation):
    error = wrong(NotFound, operation, as_json(items(ABSENT)), args=(UUID,))
    assert "no pertenece al usuario" in error.detail


def test_the_fiscal_uuid_goes_in_request_uuid():
    row = {"requestUuid": UUID.lower(), "succeed": True, "xml": b64(STAMPED)}
    request = got("fetch_xml", as_json(items(row)), args=(UUID,)).request
    assert json.loads(request.body) == {"entity": {"data": {"comprobantes": [{"requestUuid": UUID.lower()}]}}}


@pytest.mark.parametrize(
    "pdf,reason", [(PDF[:-10], "cut"), (b"nothing like a PDF", "not_understood"), (b"", "not_understood")]
)
def test_a_pdf_that_is_none_is_not_kept(pdf, reason):
    row = {"requestUuid": UUID.lower(), "succeed": True, "pdf": b64(pdf)}
    assert wrong(UnknownOutcome, "fetch_pdf", as_json(items(row)), args=(UUID,)).reason == reason


@pytest.mark.parametrize(
    "rows,reason",
    [
        ([], "not_understood"),
        ([{"requestUuid": OTHER_UUID, "succeed": True, "xml": b64(STAMPED)}], "not_ours"),
        ([{"requestUuid": UUID, "succeed": True, "xml": b64(STAMPED)}] * 2, "contradictory"),
        ([{"requestUuid": UUID, "xml": b64(STAMPED)}], "not_understood"),
        ([{"requestUuid": UUID, "succeed": True}], "not_understood"),
    ],
)
def test_items_that_say_nothing_of_ours(rows, reason):
    assert wrong(UnknownOutcome, "fetch_xml", as_json(items(*rows)), args=(UUID,)).reason == reason


def receipt(xml, uuid=UUID):
    return as_json(items({"succeed": True, "uuid": uuid.lower(), "encode": b64(xml), "message": "Acuse disponible."}))


def test_the_receipt():
    found = got("receipt", receipt(pac_samples.acuse(code="202")), args=(UUID,)).value
    assert (found.uuid, found.code) == (UUID, "202") and found.xml == pac_samples.acuse(code="202")


def test_no_receipt_while_it_is_not_cancelled():
    row = {"succeed": False, "uuid": UUID.lower(), "error": "Error al obtener acuse, el comprobante no esta cancelado."}
    assert wrong(NotFound, "receipt", as_json(items(row)), args=(UUID,)).detail.endswith("no esta cancelado.")


def test_a_receipt_for_another_is_none():
    error = wrong(UnknownOutcome, "receipt", receipt(pac_samples.acuse(OTHER_UUID)), args=(UUID,))
    assert error.reason == "not_ours"


# -- after a lost answer ----------------------------------------------------------------------------


def row(**changes):
    return {**FIND_ROW, **changes}


def test_what_was_sent_is_looked_for_by_folio():
    outcome = got("look_up", as_json(listed(row())), fetched(), args=(XML,))
    assert outcome.server.received[0].query == {"offset": "0", "size": "100", "filter": "folio:eq!1"}
    assert outcome.value == Stamped(LATER, UUID, 200)


SAME = {
    "the series without its id": row(serie="A"),
    "a space in it": row(serie="A [3]"),
    "folio as text": row(folio="1"),
    "folio with zeros": row(folio="0001"),
    "total as text": row(total="116.00"),
    "RFC in small letters": row(rfcEmisor="eku9003173c9"),
}
OTHERS = {
    "series": row(serie="B[185]"),
    "no series": row(serie=None),
    "a series that begins alike": row(serie="AA[185]"),
    "folio": row(folio=11),
    "issuer": row(rfcEmisor="IIA040805DZ4"),
    "no UUID": row(uuid=None),
}


@pytest.mark.parametrize("case", SAME)
def test_the_lists_own_way_of_writing_is_understood(case):
    assert got("look_up", as_json(listed(SAME[case])), fetched(), args=(XML,)).value == Stamped(LATER, UUID, 200)


@pytest.mark.parametrize("case", OTHERS)
def test_whatever_differs_is_another_document(case):
    assert got("look_up", as_json(listed(OTHERS[case])), args=(XML,)).value is None


def test_a_folio_with_zeros_is_asked_for_as_a_number_too():
    sent = pac_samples.cfdi(folio="0007")
    lists = as_json(listed()), as_json(listed(row(folio=7)))
    outcome = got("look_up", *lists, fetched(pac_samples.stamped(sent)), args=(sent,))
    assert [one.query["filter"] for one in outcome.server.received[:2]] == ["folio:eq!0007", "folio:eq!7"]
    assert outcome.value.uuid == UUID


def test_former_cfdis_of_the_same_invoice_do_not_count():
    rows = as_json(listed(row(cancelada=True), row(uuid=OTHER_UUID)))
    second = fetched(pac_samples.stamped(XML, OTHER_UUID), OTHER_UUID)
    assert got("look_up", rows, second, args=(XML, None, (UUID.lower(),))).value.uuid == OTHER_UUID


def fetched(xml=LATER, uuid=UUID):
    return as_json(items({"requestUuid": uuid.lower(), "succeed": True, "xml": b64(xml)}))


def test_a_lost_stamp_is_recovered():
    found = got("look_up", as_json(listed(row())), fetched(), args=(XML,)).value
    assert found == Stamped(LATER, UUID, 200)


def test_nothing_listed_is_nothing_recovered():
    assert got("look_up", as_json(listed()), args=(XML,)).value is None


def test_a_list_that_can_not_be_read_recovers_nothing_and_proves_nothing():
    assert wrong(UnknownOutcome, "look_up", as_json(listed(row(), count=9)), as_json(listed(count=9)), args=(XML,))


def test_two_stamps_of_the_same_are_told():
    second = pac_samples.stamped(XML, OTHER_UUID)
    script = as_json(listed(row(), row(uuid=OTHER_UUID))), fetched(), fetched(second, OTHER_UUID)
    error = wrong(UnknownOutcome, "look_up", *script, args=(XML,))
    assert error.reason == "stamped_twice"
    assert UUID in error.text and OTHER_UUID in error.text


def test_a_document_of_the_same_folio_that_is_another_settles_nothing():
    other = pac_samples.stamped(pac_samples.cfdi(iva="16.01"))
    error = wrong(UnknownOutcome, "look_up", as_json(listed(row())), fetched(other), args=(XML,))
    assert error.reason == "others_there"


@pytest.mark.parametrize("changes", [{"total": 115.0}, {"total": None}, {"rfcReceptor": "XAXX010101000"}])
def test_another_total_or_receiver_of_the_same_folio_is_no_proof_of_nothing(changes):
    other = pac_samples.stamped(pac_samples.cfdi(total="115.00"))
    error = wrong(UnknownOutcome, "look_up", as_json(listed(row(**changes))), fetched(other), args=(XML,))
    assert error.reason == "others_there" and UUID in error.text


def test_a_find_that_fails_proves_nothing():
    assert wrong(UnknownOutcome, "look_up", pac_server.answer("", 500), args=(XML,)).reason == "server_error"


def test_what_is_listed_without_its_xml_is_not_taken_for_nothing():
    error = wrong(UnknownOutcome, "look_up", as_json(listed(row())), as_json(items(ABSENT)), args=(XML,))
    assert (error.reason, error.detail) == ("others_there", UUID)
