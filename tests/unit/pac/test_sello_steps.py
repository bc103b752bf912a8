"""The second seed's service: creating, reading, cancelling, and what is never sent."""

import base64
import json

import pac_server
import pytest
from l10n_mx_facture.pac.errors import NotFound, NotSent, PacError, Rejected, UnknownOutcome
from l10n_mx_facture.pac.results import Created
from pac_calls import XML
from pac_samples import OTHER_UUID, PDF, UUID
from pac_sello_calls import NOT_STAMPED, asked, wrong
from pac_services import OTHER, PENDING, as_json, invoice

# -- creating ---------------------------------------------------------------------------------------


def create(*script):
    return asked("create", *script, args=({"invoice": {"serie": "A", "ñ": "á"}},))


def test_the_json_goes_as_it_is():
    request = create(as_json({"id": 17}, 201)).request
    assert json.loads(request.body) == {"invoice": {"serie": "A", "ñ": "á"}}
    assert request.header("Content-Type") == "application/json"


@pytest.mark.parametrize(
    "data,status", [(invoice("No timbrada", None), 200), ({"id": "17"}, 201), ({"invoice": {"id": 17}}, 201)]
)
def test_the_id_of_what_was_created(data, status):
    assert create(as_json(data, status)).value == Created("17", status)


@pytest.mark.parametrize(
    "data", [{}, {"id": None}, {"id": "x"}, {"id": 17, "invoice": {"id": 18}}, [{"id": 1}, {"id": 2}]]
)
def test_a_creation_without_one_id_is_unknown(data):
    error = create(as_json(data)).error
    assert (type(error), error.reason) == (UnknownOutcome, "not_understood")


def test_all_errors_of_a_422_are_told():
    error = create(as_json({"errors": ["error 1", "error 2", "error 3"]}, 422)).error
    assert (type(error), error.detail) == (Rejected, "error 1; error 2; error 3")


def test_what_is_no_json_is_not_sent():
    outcome = asked("create", as_json({"id": 17}), args=({"total": XML},))
    assert (type(outcome.error), outcome.error.reason) == (NotSent, "bad_payload")
    assert outcome.server.connections == 0


# -- reading ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("remote_id", [None, "", "x", "1/stamp", "17?x", " 17", "١٧"])
@pytest.mark.parametrize(
    "operation", ["status", "stamp_created", "find", "fetch_xml", "fetch_pdf", "cancel", "look_up"]
)
def test_without_the_services_id_nothing_is_sent(operation, remote_id):
    args = {
        "status": (remote_id,),
        "stamp_created": (remote_id, XML),
        "look_up": (XML, remote_id),
        "cancel": (UUID, "", "02", None, remote_id),
    }.get(operation, (UUID, remote_id))
    outcome = asked(operation, as_json(invoice()), args=args)
    assert (type(outcome.error), outcome.error.reason) == (NotSent, "no_remote_id")
    assert outcome.server.connections == 0


@pytest.mark.parametrize("state", ["Timbrada", "Cancelada"])
def test_what_was_stamped_is_recovered(state):
    assert asked("look_up", as_json(invoice(state)), args=(XML, "17")).value.uuid == UUID


@pytest.mark.parametrize("data", [NOT_STAMPED, {**PENDING, "action_recommended": 2}, invoice("No timbrada", None)])
def test_what_was_not_stamped_is_proven(data):
    outcome = asked("look_up", as_json(data), args=(XML, "17"))
    assert outcome.error is None and outcome.value is None


def test_what_the_service_may_still_stamp_by_itself_is_not():
    wrong(UnknownOutcome, PENDING, reason="try_again", operation="look_up", args=(XML, "17"))


def test_what_is_still_in_work_is_not():
    wrong(UnknownOutcome, invoice("Pendiente", None), reason="pending", operation="look_up", args=(XML, "17"))


def test_what_is_not_there_is_not_found():
    body = {"status": 404, "message": "Not Found"}
    wrong(NotFound, body, 404, operation="look_up", args=(XML, "17"))
    wrong(NotFound, body, 404, operation="stamp_created")
    wrong(NotFound, invoice("No timbrada", None), operation="fetch_xml", args=(UUID, "17"))


def test_another_uuid_is_not_it():
    wrong(UnknownOutcome, invoice(xml=OTHER), reason="not_ours", operation="fetch_pdf", args=(UUID, "17"))


def test_a_pdf_that_was_cut_is_none():
    cut = base64.b64encode(PDF[:-8]).decode()
    wrong(UnknownOutcome, invoice(pdf_file=cut), operation="fetch_pdf", args=(UUID, "17"))


def test_the_test_of_an_account_tells_a_page_from_the_service():
    error = asked("account_status", pac_server.answer("<html>Not found</html>", 404), args=()).error
    assert isinstance(error, PacError)
    assert asked("account_status", pac_server.answer("", 404), args=()).error is not None


# -- cancelling -------------------------------------------------------------------------------------


def cancel(data, status=200, args=(UUID, "", "02", None, "17")):
    return asked("cancel", as_json(data, status), args=args)


def test_the_request_has_the_reason_that_sat_requires():
    outcome = cancel(invoice("Cancelada", None), args=(UUID, "", "01", OTHER_UUID, "17"))
    assert outcome.request.path == "/invoices/17/cancel"
    assert outcome.request.query == {"motivo": "01", "folioSustitucion": OTHER_UUID}


ANSWERS = {
    "cancelled": (invoice("Cancelada", message="La factura fue cancelada exitósamente"), "cancelled", True),
    "in process": (invoice(message="La cancelación está en proceso: el receptor debe aceptarla"), "in_process", True),
    "a code": (invoice(message="No se logró cancelar la factura", error="204 - No aplicable"), "204", False),
    "asked before": (invoice(error="202 - Previamente cancelado"), "202", True),
    "no code": (invoice(message="No se logró cancelar la factura", error="UUID No encontrado"), "refused", False),
    "a message only": (invoice(message="No se logró cancelar la factura"), "refused", False),
}


@pytest.mark.parametrize("case", ANSWERS)
def test_answers_to_a_cancellation(case):
    data, code, accepted = ANSWERS[case]
    found = cancel(data).value
    assert found is not None and (found.code, found.accepted) == (code, accepted)
    assert found.detail == data.get("error", data["message"])


@pytest.mark.parametrize(
    "data",
    [
        invoice(message="Listo"),
        invoice("Cancelada", error="No se pudo"),
        invoice("Pendiente", None, error="x", message="x"),
        invoice("No timbrada", None, message="x"),
    ],
)
def test_what_is_neither_yes_nor_no_is_unknown(data):
    assert type(cancel(data).error) is UnknownOutcome


def test_a_cancellation_of_another_uuid_is_not_ours():
    error = cancel(invoice("Cancelada", OTHER)).error
    assert (type(error), error.reason) == (UnknownOutcome, "not_ours")


def test_the_scheme_is_bearer_whatever_the_account_says():
    for scheme in ("basic", "raw", "bearer"):
        outcome = asked("status", as_json(invoice()), args=("17",), auth_scheme=scheme)
        assert outcome.request.header("Authorization").startswith("Bearer s3cr3t")
