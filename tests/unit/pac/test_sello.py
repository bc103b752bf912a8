"""The second seed's service: two steps, every parameter of its table validated, states mapped."""

import base64
import json

import pac_samples
import pac_server
import pytest
from cfdi_values import sample
from l10n_mx_facture.pac.errors import NotSent, Rejected, UnknownOutcome
from l10n_mx_facture.pac.reading import identity
from l10n_mx_facture.pac.results import Stamped
from pac_calls import XML
from pac_samples import OTHER_UUID, PDF, UUID
from pac_sello_calls import FRESH, NOT_STAMPED, asked, wrong
from pac_services import FOREIGN, LATER, PENDING, STAMPED, as_json, invoice

# the seed's two answers, made the JSON that it means
SEED_STAMPED = {
    "id": 17,
    "invoice_status": {"id": 2, "name": "Timbrada"},
    "paid_status": "false",
    "message": "La factura fue timbrada exitósamente",
    "xml": STAMPED.decode(),
    "pdf_file": base64.b64encode(PDF).decode(),
}
SEED_PENDING = {
    "id": 16,
    "invoice_status": {"id": 1, "name": "Pendiente"},
    "action_recommended": 1,
    "paid_status": "false",
    "message": "No se logró timbrar la factura",
    "error": "Ocurrió un problema, intente nuevamente en unos minutos. "
    "Contacte al administrador si persiste el problema",
}


def stamp(data, status=200, **more):
    return asked("stamp_created", as_json(data, status), **more)


def targets(outcome):
    return [one.target for one in outcome.server.received]


# -- the seed's answers -----------------------------------------------------------------------------


def test_the_seeds_stamp():
    outcome = stamp(SEED_STAMPED)
    assert outcome.value == Stamped(STAMPED, UUID, 200, PDF, False)
    look, request = outcome.server.received
    assert (look.method, look.target) == ("GET", "/invoices/17")
    assert (request.method, request.target, request.body) == ("GET", "/invoices/17/stamp", b"")
    assert request.header("Authorization").startswith("Bearer ")
    assert request.header("Accept") == "application/json"


def test_the_seeds_failure_is_for_a_while():
    error = asked("stamp_created", as_json(SEED_PENDING), args=("16", XML)).error
    assert (type(error), error.reason) == (NotSent, "temporary")
    assert "intente nuevamente" in error.detail and json.loads(error.raw)["action_recommended"] == 1


def test_the_example_of_another_page_of_the_service():
    """`GET /invoices/:id`: the status as a text, the id inside `invoice`, no message, amounts as texts."""
    body = {
        "invoice_status": "No timbrada",
        "paid_status": "false",
        "invoice": {
            "id": 17,
            "serie": "A",
            "folio": 1,
            "total": "21600.0",
            "uuid": None,
            "stamp": None,
            "paid_status": None,
            "invoice_status_id": 1,
            "concepts": [{"id": 3, "quantity": "2.0"}],
        },
    }
    found = asked("status", as_json(body), args=("17",)).value
    assert (found.remote_id, found.state, found.name, found.paid) == ("17", "not_stamped", "No timbrada", False)
    assert (found.message, found.error, found.action, found.uuid, found.xml, found.pdf) == (
        "",
        "",
        None,
        None,
        None,
        None,
    )


VARIANTS = {
    "id as text": {"id": "17"},
    "status as text": {"invoice_status": "Timbrada"},
    "status in capitals": {"invoice_status": {"id": "2", "name": "TIMBRADA"}},
    "status without id": {"invoice_status": {"name": "Timbrada"}},
    "paid as boolean": {"paid_status": False},
    "paid in capitals": {"paid_status": "FALSE"},
    "no PDF": {"pdf_file": None},
    "a PDF that is none": {"pdf_file": "AAAA"},
    "no base64": {"pdf_file": "ñ"},
    "XML in white space": {"xml": b"\n " + STAMPED + b"\n"},
    "its own date": {"xml": LATER},
    "more than known": {"extra": [1, {"a": None}], "folio": "1", "serie": "A", "name": "X", "address_attributes": {}},
}


@pytest.mark.parametrize("case", VARIANTS)
def test_variants_of_a_stamp(case):
    got = stamp(invoice(**VARIANTS[case])).value
    assert got is not None and got.uuid == UUID
    assert (got.pdf is None) == ("PDF" in case or case == "no base64")


@pytest.mark.parametrize(
    "wrap",
    [
        lambda data: {"data": data},
        lambda data: {"response": {"invoices": [data]}},
        lambda data: {key.upper(): value for key, value in data.items()},
        lambda data: {key.title().replace("_", ""): value for key, value in data.items()},
        lambda data: [data],
    ],
)
def test_nesting_and_letter_case(wrap):
    assert stamp(wrap(invoice())).value.uuid == UUID


def test_what_is_paid_is_told():
    assert stamp(invoice(paid_status="true")).value.paid is True
    assert asked("status", as_json(invoice(paid_status="true")), args=("17",)).value.paid is True


# -- the table --------------------------------------------------------------------------------------

VIOLATIONS = {
    "id": [None, "", "x", "1.5", 1.5, -1, True, [], {}, 10**30],
    "invoice_status": [
        None,
        "",
        "Otra",
        2,
        True,
        [],
        {},
        {"name": "Otra"},
        {"name": 2},
        {"id": "x", "name": "Timbrada"},
    ],
    "paid_status": [None, "", "sí", "1", 0, 1, [], {}],
    "message": [None, "", 5, True, [], {}],
    "xml": [5, True, [], {}, {"a": 1}],
    "pdf_file": [5, False, ["JVBERi0="], {}],
    "error": [5, True, ["x"], {"x": 1}],
    "action_recommended": ["later", 1.5, True, [], {}],
    "serie": [5, True, [], {}],
    "folio": ["A1", 1.5, True, [], {}],
    "name": [5, True, [], {}],
    "address_attributes": ["Calle 1", 5, True, []],
}


@pytest.mark.parametrize("name,value", [(name, value) for name, values in VIOLATIONS.items() for value in values])
def test_a_violation_of_the_table_is_an_unknown_outcome(name, value):
    data = {**invoice(), name: value}
    error = wrong(UnknownOutcome, data, reason="not_understood")
    assert f"`{name}" in error.text
    assert json.loads(error.raw) == data


@pytest.mark.parametrize("state", ["Timbrada", "No timbrada", "Pendiente", "Cancelada"])
def test_a_violation_beside_any_state_is_one(state):
    data = invoice(state, None, error="Algo", paid_status="quizá")
    wrong(UnknownOutcome, data, reason="not_understood")
    wrong(UnknownOutcome, data, reason="not_understood", operation="status", args=("17",))
    wrong(UnknownOutcome, data, reason="not_understood", operation="cancel", args=(UUID, "", "02", None, "17"))


@pytest.mark.parametrize(
    "body",
    [
        '{"id": 17, "id": 18, "invoice_status": "Timbrada", "paid_status": "false", "message": "x"}',
        '{"id": 18, "id": 17, "invoice_status": "No timbrada", "paid_status": "false", "message": "x"}',
        json.dumps([invoice(), invoice(id=18)]),
        json.dumps({**invoice(), "invoice": {"id": 18}}),
        "17",
        '"Timbrada"',
    ],
)
def test_two_answers_in_one_are_none(body):
    error = asked("stamp_created", pac_server.answer(body, content_type="application/json")).error
    assert type(error) is UnknownOutcome and error.raw == body.encode()


def test_the_seeds_own_notation_is_not_json():
    body = '{ id: 17, invoice_status: { "id"=>2, "name"=>"Timbrada" }, paid_status: "false" }'
    error = asked("stamp_created", pac_server.answer(body)).error
    assert (type(error), error.reason) == (UnknownOutcome, "no_document")


# -- states -----------------------------------------------------------------------------------------


def test_not_stamped_is_a_refusal():
    error = wrong(Rejected, NOT_STAMPED, reason="rejected")
    assert (error.code, error.detail) == ("CFDI40108", "CFDI40108 - El SubTotal no suma")


@pytest.mark.parametrize(
    "changes,kind,reason",
    [
        ({}, NotSent, "temporary"),
        ({"action_recommended": None}, NotSent, "temporary"),
        ({"action_recommended": "1"}, NotSent, "temporary"),
        ({"error": None}, NotSent, "temporary"),
        ({"error": None, "action_recommended": None}, UnknownOutcome, "pending"),
        ({"action_recommended": 2}, Rejected, "rejected"),
        ({"action_recommended": 2, "error": "718 - No hay timbres disponibles"}, Rejected, "no_credits"),
        ({"error": "307 - El CFDI contiene un timbre previo"}, UnknownOutcome, "stamped_before"),
    ],
)
def test_pending(changes, kind, reason):
    data = {key: value for key, value in {**PENDING, **changes}.items() if value is not None}
    error = wrong(kind, data, reason=reason)
    assert ("action 2" in error.text) == (changes.get("action_recommended") == 2)


def test_pending_is_believed_once_the_invoice_itself_says_so():
    outcome = asked("stamp_created", as_json(PENDING), as_json(invoice()))
    assert outcome.value.uuid == UUID
    assert targets(outcome) == ["/invoices/17", "/invoices/17/stamp", "/invoices/17"]


def test_a_look_that_says_the_same_leaves_it_for_later():
    error = asked("stamp_created", as_json(PENDING), as_json(PENDING)).error
    assert (type(error), error.reason) == (NotSent, "temporary")


@pytest.mark.parametrize("second", [pac_server.reset, as_json({}), pac_server.answer("", 404)])
def test_a_look_that_settles_nothing_is_unknown(second):
    error = asked("stamp_created", as_json(PENDING), second).error
    assert (type(error), error.reason) == (UnknownOutcome, "pending")
    assert "could not be confirmed" in error.text and PENDING["error"] in error.detail


def test_a_look_that_finds_another_stamp_is_unknown():
    error = asked("stamp_created", as_json(PENDING), as_json(invoice(xml=FOREIGN))).error
    assert (type(error), error.reason) == (UnknownOutcome, "not_ours")


def test_cancelled_is_no_answer_to_a_stamp():
    wrong(UnknownOutcome, invoice("Cancelada"), reason="cancelled")


def test_a_stamp_without_its_xml_is_fetched():
    bare = invoice(xml=None)
    outcome = asked("stamp_created", as_json(bare), as_json(invoice()))
    assert outcome.value.uuid == UUID
    assert targets(outcome) == ["/invoices/17", "/invoices/17/stamp", "/invoices/17"]


@pytest.mark.parametrize(
    "second", [as_json(invoice(xml=None)), as_json(NOT_STAMPED), pac_server.reset, as_json(invoice(xml=FOREIGN))]
)
def test_a_stamp_whose_xml_can_not_be_fetched_is_unknown(second):
    error = asked("stamp_created", as_json(invoice(xml=None)), second).error
    assert type(error) is UnknownOutcome
    assert error.raw


# -- the look before ---------------------------------------------------------------------------------


@pytest.mark.parametrize("state", ["Timbrada", "Cancelada"])
def test_what_the_service_stamped_by_itself_is_not_asked_for_again(state):
    outcome = asked("stamp_created", as_json(invoice()), look=invoice(state))
    assert outcome.value.uuid == UUID
    assert targets(outcome) == ["/invoices/17"]


@pytest.mark.parametrize("look", [PENDING, NOT_STAMPED, {**PENDING, "action_recommended": 2}, FRESH])
def test_what_it_has_not_stamped_is_asked_for(look):
    outcome = asked("stamp_created", as_json(invoice()), look=look)
    assert outcome.value.uuid == UUID
    assert targets(outcome) == ["/invoices/17", "/invoices/17/stamp"]


def test_what_is_in_work_is_not_asked_for():
    outcome = asked("stamp_created", as_json(invoice()), look=invoice("Pendiente", None))
    assert (type(outcome.error), outcome.error.reason) == (UnknownOutcome, "pending")
    assert targets(outcome) == ["/invoices/17"]


PAGE = pac_server.answer("<html></html>")


@pytest.mark.parametrize("look", [pac_server.reset, as_json({}, 500), as_json({}), PAGE, as_json(invoice(id=9))])
def test_without_an_answer_to_the_look_nothing_is_sent(look):
    outcome = asked("stamp_created", look, as_json(invoice()), look=None)
    assert (type(outcome.error), outcome.error.reason) == (NotSent, "not_looked_up")
    assert targets(outcome) == ["/invoices/17"]


def test_another_stamp_under_the_id_is_unknown():
    outcome = asked("stamp_created", as_json(invoice()), look=invoice(xml=FOREIGN))
    assert (type(outcome.error), outcome.error.reason) == (UnknownOutcome, "not_ours")
    assert targets(outcome) == ["/invoices/17"]


@pytest.mark.parametrize("place", ["invoice", None])
@pytest.mark.parametrize("total", ["100.00", "116.01", 0])
def test_another_total_is_refused_before_anything_fiscal(place, total):
    shown = {place: {"total": total}} if place else {"total": total}
    outcome = asked("stamp_created", as_json(invoice()), look={**FRESH, **shown})
    assert (type(outcome.error), outcome.error.reason) == (Rejected, "total_differs")
    assert "116" in outcome.error.text
    assert targets(outcome) == ["/invoices/17"]


@pytest.mark.parametrize("total", ["116", "116.0", 116, "116.000000", None, "", "?"])
def test_the_same_total_or_none_is_stamped(total):
    assert asked("stamp_created", as_json(invoice()), look={**FRESH, "invoice": {"total": total}}).value.uuid == UUID


# -- whose it is ------------------------------------------------------------------------------------


def test_the_answer_about_another_invoice_is_not_ours():
    error = wrong(UnknownOutcome, invoice(id=18), reason="not_ours")
    assert "invoice 18" in error.text


@pytest.mark.parametrize("shown", [{"serie": "B"}, {"folio": 2}, {"invoice": {"serie": "A", "folio": "2"}}])
def test_series_and_folio_are_those_that_the_service_shows(shown):
    error = wrong(UnknownOutcome, invoice(**shown), reason="not_ours")
    assert "got" in error.text
    # it may number the invoice itself
    numbered = STAMPED.replace(b'Serie="A" Folio="1"', b'Serie="B" Folio="25"')
    assert numbered != STAMPED
    assert stamp(invoice(xml=numbered)).value.uuid == UUID
    assert stamp(invoice(xml=numbered, serie="B", folio=25)).value.uuid == UUID


def test_a_uuid_beside_the_xml_must_be_its_own():
    wrong(UnknownOutcome, invoice(uuid=OTHER_UUID), reason="not_ours")
    assert stamp(invoice(uuid=UUID.lower())).value.uuid == UUID


def old(version):
    """A CFDI of 2016 or 2018 with the same issuer, receiver and total."""
    if version == "3.3":
        return STAMPED.replace(b'Version="4.0"', b'Version="3.3"').replace(b"cfd/4", b"cfd/3")
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<cfdi:Comprobante xmlns:cfdi="http://www.sat.gob.mx/cfd/3" version="3.2" serie="Z" folio="99" \
fecha="2016-05-05T10:00:00" sello="U0VMTE8=" subTotal="100.00" total="116.000000" tipoDeComprobante="ingreso">
<cfdi:Emisor rfc="EKU9003173C9"/><cfdi:Receptor rfc="URE180429TM6"/>
<cfdi:Conceptos><cfdi:Concepto importe="100.000000"/></cfdi:Conceptos><cfdi:Complemento>
<tfd:TimbreFiscalDigital xmlns:tfd="http://www.sat.gob.mx/TimbreFiscalDigital" version="1.0" UUID="{UUID}" \
FechaTimbrado="2016-05-05T10:00:03" selloCFD="U0VMTE8=" noCertificadoSAT="3" selloSAT="U0FU"/>
</cfdi:Complemento></cfdi:Comprobante>""".encode()


@pytest.mark.parametrize("version", ["3.2", "3.3"])
def test_the_xml_may_be_of_any_version(version):
    got = stamp(invoice(xml=old(version))).value
    assert got is not None and (got.uuid, got.xml) == (UUID, old(version))
    found, problem = identity.read(old(version))
    assert problem is None and found.version == version


@pytest.mark.parametrize("version", ["3.2", "3.3"])
@pytest.mark.parametrize(
    "change", [(b"EKU9003173C9", b"IIA040805DZ4"), (b"URE180429TM6", b"XAXX010101000"), (b"116.0", b"117.0")]
)
def test_an_older_one_of_someone_else_is_refused(version, change):
    wrong(UnknownOutcome, invoice(xml=old(version).replace(*change)), reason="not_ours")


def test_a_real_stamp_has_an_identity():
    found, problem = identity.read(sample("stamped_invoice"))
    assert problem is None and found.uuid != pac_samples.UUID and len(found.uuid) == 36
