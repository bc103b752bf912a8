"""The comparison of `make chaos` with SAT can fail: made-up words, each wrong in one way."""

from dataclasses import replace

import pytest

from dev.chaos.compare import Document
from dev.chaos.sat import as_at_sat

INVOICE = 7
STAMPED = Document(INVOICE, 1, "stamped", "AAAA")
REQUESTED, CANCELLED = replace(STAMPED, state="cancel_requested"), replace(STAMPED, state="cancelled")
LIVE = {"Estado": "Vigente", "EstatusCancelacion": ""}
REFUSED, IN_PROCESS = ({**LIVE, "EstatusCancelacion": text} for text in ("Solicitud rechazada", "En proceso"))
GONE = {"Estado": "Cancelado", "EstatusCancelacion": "Cancelado con aceptación"}


@pytest.mark.parametrize(
    ("state", "document", "word"),
    [
        ("posted", STAMPED, LIVE),
        ("posted", STAMPED, REFUSED),
        ("posted", REQUESTED, IN_PROCESS),
        ("cancel", CANCELLED, GONE),
    ],
)
def test_what_is_right_is_no_violation(state, document, word):
    assert as_at_sat({INVOICE: state}, [document], {"AAAA": word}, set()) == []


@pytest.mark.parametrize(
    ("document", "word"),
    [
        (CANCELLED, LIVE),
        (CANCELLED, IN_PROCESS),
        (CANCELLED, REFUSED),
        (STAMPED, IN_PROCESS),
        (STAMPED, GONE),
        (REQUESTED, GONE),
        (REQUESTED, REFUSED),
    ],
)
def test_another_state_than_sat_s_is_one(document, word):
    state = "cancel" if document is CANCELLED else "posted"
    (found,) = as_at_sat({INVOICE: state}, [document], {"AAAA": word}, set())
    assert f"document 1 is {document.state}, SAT says {word['Estado']}" in found.text


def test_an_invoice_that_stays_posted_is_one_unless_a_person_brought_it_back():
    found = as_at_sat({INVOICE: "posted"}, [CANCELLED], {"AAAA": GONE}, set())
    assert [str(one) for one in found] == ["invoice 7: its CFDI is cancelled, and the invoice is posted"]
    assert as_at_sat({INVOICE: "posted"}, [CANCELLED], {"AAAA": GONE}, {INVOICE}) == []


def test_a_cfdi_that_was_not_stamped_is_not_asked_about():
    assert as_at_sat({INVOICE: "posted"}, [Document(INVOICE, 2, "rejected")], {}, set()) == []
