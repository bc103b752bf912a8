"""After the stamp: the life of receipts of payment at SAT, and what they say together."""

import pytest
from client import local_now
from receipts import ANYONE, of, receipt
from samples import RECEIVER, cfdi, change, uuid_of
from sat_client import ask, stamp, state

WITH, WITHOUT, NOT = "Cancelable con aceptación", "Cancelable sin aceptación", "No cancelable"
SUBSTITUTE = ('<cfdi:CfdiRelacionados TipoRelacion="04"><cfdi:CfdiRelacionado UUID="{}"/>'
              "</cfdi:CfdiRelacionados>")
NOTE = ('<cfdi:CfdiRelacionados TipoRelacion="01"><cfdi:CfdiRelacionado UUID="{}"/>'
        "</cfdi:CfdiRelacionados>")
ELSEWHERE = "99999999-2222-4333-8444-000000000001"


def _code(client, xml, *args, **kwargs):
    return client.cancel(uuid_of(xml), *args, **kwargs).json()["codigo"]


def _answer(client, xml, answer):
    client.control("POST", "sat/answer", {"uuid": uuid_of(xml), "answer": answer})


def _audit(client, xml):
    return client.control("GET", f"payments/{uuid_of(xml)}")


@pytest.fixture
def invoice(client):
    """A stamped invoice of 116.00."""
    return stamp(client, cfdi())


# --- SAT ----------------------------------------------------------------------------------------


def test_sat_finds_it_with_a_total_of_0(client, invoice):
    xml = stamp(client, of(uuid_of(invoice)))
    assert state(client, xml) == ("Vigente", WITH, "")
    assert ask(client, xml, tt="0.000000")["Estado"] == "Vigente"
    assert ask(client, xml, tt="58.00")["Estado"] == "No Encontrado"


def test_an_invoice_with_a_live_receipt_stays(client, invoice):
    xml = stamp(client, of(uuid_of(invoice).upper()))
    assert state(client, invoice) == ("Vigente", NOT, "")
    assert client.control("GET", f"sat/{uuid_of(invoice)}")["blocking"] == [uuid_of(xml)]
    assert _code(client, invoice) == "204"
    assert _code(client, xml) == "201"
    # asked for is not cancelled
    assert _code(client, invoice) == "204"
    _answer(client, xml, "accept")
    assert state(client, invoice) == ("Vigente", WITHOUT, "")
    assert _code(client, invoice) == "201"


@pytest.mark.parametrize("answer, after", [
    ("accept", ("Cancelado", WITH, "Cancelado con aceptación")),
    ("refuse", ("Vigente", WITH, "Solicitud rechazada")),
    ("expire", ("Cancelado", WITH, "Plazo vencido"))])
def test_the_receiver_is_asked_whatever_was_paid(client, answer, after):
    xml = stamp(client, receipt())
    assert _code(client, xml) == "201"
    assert state(client, xml) == ("Vigente", WITH, "En proceso")
    assert client.book()[0]["estado"] == "En proceso"
    _answer(client, xml, answer)
    assert state(client, xml) == after


def test_the_public_is_not_asked(client):
    xml = stamp(client, receipt(receiver=ANYONE))
    assert state(client, xml)[1] == WITHOUT
    assert _code(client, xml) == "201"
    assert state(client, xml)[0] == "Cancelado"


@pytest.mark.parametrize("hours", [0, -70])
def test_until_the_next_business_day_nobody_is_asked(client, hours):
    xml = stamp(client, change(receipt(), ".", "Fecha", local_now(hours=hours)))
    client.settings(sat_next_day=True)
    asked = state(client, xml)[1] == WITH
    assert not (asked and hours == 0)
    assert _code(client, xml) == "201"
    assert state(client, xml)[0] == ("Vigente" if asked else "Cancelado")


def test_one_takes_the_place_of_another(client, invoice):
    old = stamp(client, of(uuid_of(invoice)))
    new = stamp(client, of(
        uuid_of(invoice), folio="2", related=SUBSTITUTE.format(uuid_of(old))))
    assert _code(client, old, "02") == "204"
    assert _code(client, old, "01", folioSustitucion=uuid_of(new)) == "201"
    assert state(client, old)[2] == "En proceso"
    assert _audit(client, invoice)["violations"] == []
    _answer(client, old, "accept")
    about = _audit(client, invoice)
    assert [row["rep"] for row in about["installments"]] == [uuid_of(new)]
    assert [row["rep"] for row in about["left"]] == [uuid_of(old)]
    assert about["violations"] == []


# --- what they say together ---------------------------------------------------------------------


def test_a_chain_that_holds(client, invoice):
    uuid = uuid_of(invoice)
    xmls = [stamp(client, of(uuid)), stamp(client, of(uuid, 2, "58.00", "0.00", folio="2"))]
    about = _audit(client, invoice)
    assert about["violations"] == [] and client.control("GET", "payments") == []
    assert (about["total"], about["currency"], about["notes"]) == ("116.00", "MXN", "0")
    assert [row["rep"] for row in about["installments"]] == [uuid_of(xml) for xml in xmls]
    assert [(row["installment"], row["before"], row["paid"], row["after"])
            for row in about["installments"]] == [
        (1, "116.00", "58.00", "58.00"), (2, "58.00", "58.00", "0.00")]


@pytest.mark.parametrize("second, told", [
    ((1, "58.00", "0.00"), "installment 1 is there twice"),
    ((3, "58.00", "0.00"), "installment 3 follows 1"),
    ((2, "116.00", "58.00"), "installment 2: 116.00 before, 58.00 was left")])
def test_a_chain_that_does_not(client, invoice, second, told):
    uuid = uuid_of(invoice)
    stamp(client, of(uuid))
    stamp(client, of(uuid, *second, folio="2"))
    (about,) = client.control("GET", "payments")
    assert about["uuid"] == uuid and told in about["violations"]


def test_what_is_not_the_first(client, invoice):
    stamp(client, of(uuid_of(invoice), 2, "116.00", "58.00"))
    assert _audit(client, invoice)["violations"] == ["the first installment is 2"]
    # another system may have issued the first
    stamp(client, of(ELSEWHERE, 2, "116.00", "58.00", folio="2"))
    about = client.control("GET", f"payments/{ELSEWHERE}")
    assert about["total"] is None and about["violations"] == []


def test_too_much(client, invoice):
    uuid = uuid_of(invoice)
    for number in (1, 2, 3):
        stamp(client, of(uuid, number, folio=str(number)))
    assert "174.00 paid of 116.00" in _audit(client, invoice)["violations"]


def test_a_cancelled_one_leaves_a_gap(client, invoice):
    uuid = uuid_of(invoice)
    first = stamp(client, of(uuid))
    stamp(client, of(uuid, 2, "58.00", "0.00", folio="2"))
    _code(client, first)
    _answer(client, first, "accept")
    violations = _audit(client, invoice)["violations"]
    assert violations[0] == "the first installment is 2" and len(violations) == 2


def test_a_credit_note_lowers_the_balance(client, invoice):
    """Only what its live credit notes are worth may be missing."""
    uuid = uuid_of(invoice)
    stamp(client, of(uuid, 1, "60.00", "2.00"))
    assert _audit(client, invoice)["violations"] == [
        "56.00 of the balance went without receipt, credit notes are 0"]
    note = cfdi(folio="9", receiver=RECEIVER.replace("G03", "G02"), before=NOTE.format(uuid))
    note = change(note, ".", "TipoDeComprobante", "E")
    note = stamp(client, note)
    about = _audit(client, invoice)
    assert about["violations"] == [] and about["notes"] == "116.00"
    _code(client, note)
    assert len(_audit(client, invoice)["violations"]) == 1
