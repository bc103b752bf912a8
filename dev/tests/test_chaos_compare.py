"""The comparison of `make chaos` can fail: made-up books and databases, each wrong in one way."""

from dataclasses import replace

import pytest

from dev.chaos.compare import Call, Document, Stamp, compare, contents, settled, two_steps, unsettled
from dev.chaos.services import FACTURE_API, FACTURE_REST, SELLO_DIGITAL

INVOICE = 7
STAMP = Stamp(INVOICE, "AAAA", b"<stamped/>")
OTHER = replace(STAMP, uuid="BBBB")
CANCELLED = replace(STAMP, estado="Cancelado")
STORED = Document(INVOICE, 1, "stamped", "AAAA", b"<stamped/>")
UNKNOWN = Document(INVOICE, 2, "unknown")
REJECTED = Document(INVOICE, 3, "rejected")
DONE = Call(INVOICE, "stamp", "done")
POSTED = {INVOICE: "posted"}

RIGHT = {
    "stamped and stored": (POSTED, [STAMP], [STORED], [DONE]),
    "never stamped": (POSTED, [], [REJECTED], [Call(INVOICE, "stamp", "rejected")]),
    "stamped and unknown": (POSTED, [STAMP], [UNKNOWN], [Call(INVOICE, "stamp", "unknown")]),
    "unknown and not stamped": (POSTED, [], [UNKNOWN], []),
    "cancelled and stamped again": (
        POSTED,
        [CANCELLED, OTHER],
        [replace(STORED, state="cancelled"), replace(STORED, id=4, uuid="BBBB")],
        [DONE],
    ),
    "cancellation requested": (POSTED, [CANCELLED], [replace(STORED, state="cancel_requested")], [DONE]),
    "reset and not stamped": ({INVOICE: "draft"}, [], [REJECTED], []),
    "deleted and not stamped": ({}, [], [], []),
}
WRONG = {
    "two live documents": ((POSTED, [STAMP], [STORED, UNKNOWN], []), "2 live documents"),
    "two stamps": ((POSTED, [STAMP, OTHER], [STORED, replace(STORED, uuid="BBBB")], []), "stamped 2 times"),
    "a lost stamp": ((POSTED, [STAMP], [REJECTED], []), "AAAA is lost"),
    "a lost stamp without any document": ((POSTED, [STAMP], [], []), "AAAA is lost"),
    "a stamp that is stored as rejected": ((POSTED, [STAMP], [replace(STORED, state="rejected")], []), "is lost"),
    "other bytes": ((POSTED, [STAMP], [replace(STORED, xml=b"<other/>")], []), "isn't what the service gave out"),
    "another's contents": ((POSTED, [replace(STAMP, sent=b"<old/>")], [STORED], []), "is not of what document"),
    "no bytes": ((POSTED, [STAMP], [replace(STORED, xml=None)], []), "isn't what the service gave out"),
    "cancelled here only": ((POSTED, [STAMP], [replace(STORED, state="cancelled")], []), "valid at the service"),
    "never stamped": ((POSTED, [], [STORED], []), "was never stamped"),
    "another's stamp": ((POSTED, [STAMP], [replace(STORED, uuid="CCCC")], []), "was never stamped"),
    "stamped without a UUID": ((POSTED, [], [replace(STORED, uuid=None)], []), "without a UUID"),
    "sending for ever": ((POSTED, [], [Document(INVOICE, 5, "sending")], []), "sending for ever"),
    "left in the queue": ((POSTED, [], [Document(INVOICE, 6, "draft", queued=True)], []), "left in the queue"),
    "a pending call": ((POSTED, [STAMP], [STORED], [Call(INVOICE, "cancel", "pending")]), "pending for ever"),
    "reset though stamped": (({INVOICE: "draft"}, [STAMP], [STORED], []), "the invoice is draft"),
    "deleted though stamped": (({}, [STAMP], [], []), "the invoice is deleted"),
    "cancelled though unknown": (({INVOICE: "cancel"}, [], [UNKNOWN], []), "the invoice is cancel"),
}


@pytest.mark.parametrize("case", RIGHT)
def test_what_is_right_is_no_violation(case):
    assert compare(*RIGHT[case]) == []


@pytest.mark.parametrize("case", WRONG)
def test_what_is_wrong_is_told_with_its_invoice(case):
    world, text = WRONG[case]
    found = compare(*world)
    assert {one.invoice for one in found} == {INVOICE}
    assert any(text in one.text for one in found), found


def test_invoices_are_told_apart():
    # the same stamp in the book of one invoice and in the database of another is wrong twice
    found = compare({7: "posted", 8: "posted"}, [STAMP], [replace(STORED, invoice=8)], [])
    assert {one.invoice for one in found} == {7, 8}


@pytest.mark.parametrize(
    ("book", "documents"),
    [
        ([STAMP], [STORED]),
        ([CANCELLED, OTHER], [replace(STORED, state="cancelled"), replace(STORED, id=4, uuid="BBBB")]),
        ([replace(STAMP, estado="En proceso")], [replace(STORED, state="cancel_requested")]),
        ([CANCELLED], [replace(STORED, state="cancel_requested")]),
    ],
)
def test_one_stamp_in_the_end_is_right(book, documents):
    assert settled(POSTED, book, documents) == []


def test_a_cancellation_whose_answer_was_lost_may_have_been_one():
    lost = Call(INVOICE, "cancel", "unknown")
    assert settled(POSTED, [CANCELLED], [STORED]) != []
    assert settled(POSTED, [CANCELLED], [STORED], [lost]) == []
    assert settled(POSTED, [CANCELLED], [STORED], [replace(lost, invoice=8)]) != []


@pytest.mark.parametrize(
    ("book", "documents", "text"),
    [
        ([], [REJECTED], "0 valid stamps"),
        ([STAMP, OTHER], [STORED], "2 valid stamps"),
        ([STAMP], [UNKNOWN], "ends with live documents"),
        ([CANCELLED], [replace(STORED, state="cancelled")], "0 valid stamps"),
    ],
)
def test_anything_else_in_the_end_is_wrong(book, documents, text):
    assert any(text in one.text for one in settled(POSTED, book, documents))


# -- what is asked of some services only -----------------------------------------------------------


@pytest.mark.parametrize(
    ("service", "book", "wrong"),
    [
        # nobody but a person can tell there
        (FACTURE_REST, [STAMP], False),
        (FACTURE_REST, [], False),
        # what it lists is adopted; that it lists nothing proves nothing
        (FACTURE_API, [STAMP], True),
        (FACTURE_API, [], False),
        # it always tells
        (SELLO_DIGITAL, [STAMP], True),
        (SELLO_DIGITAL, [], True),
    ],
)
def test_what_the_service_could_have_told_may_not_stay_unknown(service, book, wrong):
    found = unsettled(service, book, [UNKNOWN])
    assert bool(found) == wrong
    assert unsettled(service, book, [REJECTED]) == []


def test_a_stamp_that_is_accounted_for_says_nothing_about_a_later_attempt():
    former = replace(STORED, state="cancelled")
    assert unsettled(FACTURE_API, [CANCELLED], [former, UNKNOWN]) == []
    assert unsettled(FACTURE_API, [CANCELLED, OTHER], [former, UNKNOWN]) != []


SENT = (
    b'<c:Comprobante xmlns:c="http://www.sat.gob.mx/cfd/4" Total="%s" Fecha="%s">'
    b'<c:Conceptos><c:Concepto Cantidad="1"/></c:Conceptos></c:Comprobante>'
)
GIVEN = (
    b'<c:Comprobante xmlns:c="http://www.sat.gob.mx/cfd/4" Fecha="%s" Total="%s" Sello="abc" Certificado="x">'
    b'<c:Conceptos><c:Concepto Cantidad="1"/></c:Conceptos><c:Complemento>'
    b'<t:TimbreFiscalDigital xmlns:t="http://www.sat.gob.mx/TimbreFiscalDigital"/></c:Complemento></c:Comprobante>'
)


@pytest.mark.parametrize(
    ("service", "given", "right"),
    [
        (FACTURE_REST, GIVEN % (b"today", b"10"), True),
        (FACTURE_REST, GIVEN % (b"now", b"10"), False),
        (FACTURE_API, GIVEN % (b"now", b"10"), True),
        (FACTURE_API, GIVEN % (b"now", b"11"), False),
        (FACTURE_API, (GIVEN % (b"now", b"10")).replace(b'Cantidad="1"', b'Cantidad="2"'), False),
        # it writes the document itself
        (SELLO_DIGITAL, GIVEN % (b"now", b"11"), True),
    ],
)
def test_what_is_stamped_says_what_was_sent(service, given, right):
    document = replace(STORED, sent=SENT % (b"10", b"today"), xml=given)
    assert (contents(service, [document]) == []) == right


CREATED = Call(INVOICE, "create", "done", STORED.id)
ASKED = Call(INVOICE, "stamp", "unknown", STORED.id)


@pytest.mark.parametrize(
    ("calls", "right"),
    [
        ([CREATED, ASKED], True),
        ([replace(CREATED, outcome="unknown"), CREATED, ASKED, ASKED], True),
        ([CREATED], False),
        ([ASKED], False),
        ([CREATED, CREATED, ASKED], False),
        ([replace(CREATED, document=9), ASKED], False),
    ],
)
def test_what_is_stamped_in_two_steps_was_created_once(calls, right):
    assert (two_steps([STORED], calls) == []) == right
    assert two_steps([REJECTED], calls) == []
