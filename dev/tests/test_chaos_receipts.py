"""Receipts of payment against the books, with made-up ones."""

from dev.chaos.compare_receipts import Due, Line, receipts

FIRST, SECOND = (1, 9), (2, 9)
LINES = [Line(5, FIRST, 1, 500, True, "stamped"), Line(6, SECOND, 2, 300, True, "unknown")]
BOOKS = {FIRST: 500, SECOND: 300}


def texts(lines=LINES, books=BOOKS, due=(), **kwargs):
    return [one.text for one in receipts(list(lines), books, list(due), **kwargs)]


def test_all_is_as_it_must_be():
    assert texts() == texts(at_the_end=True) == []
    assert texts(LINES[:1], due=[Due(SECOND, 300)]) == []


def test_a_receipt_counts_while_it_may_be_valid():
    (text,) = texts([Line(5, FIRST, 1, 500, True, "cancelled"), LINES[1]])
    assert "installment 1 counts: True; it is cancelled" in text
    (text, _due) = texts([Line(5, FIRST, 1, 500, False, "stamped"), LINES[1]])
    assert "counts: False" in text
    replaced = Line(4, FIRST, 1, 500, False, "stamped", replaced=True)
    assert texts([*LINES, replaced]) == []


def test_a_payment_has_one_live_receipt():
    found = texts([*LINES, Line(7, FIRST, 3, 500, True, "stamped")])
    assert "(1, 9) has 2 live receipts" in found
    assert "1000 of (1, 9) are receipted, 500 are paid" in found


def test_an_installment_is_there_once():
    found = texts([LINES[0], Line(6, SECOND, 1, 300, True, "stamped")])
    assert found == ["installment 1 of invoice 9 is there 2 times"]


def test_what_is_due_is_what_is_left():
    assert texts(LINES[:1]) == ["0 of (2, 9) are due, not 300"]
    assert texts(due=[Due(FIRST, 500)]) == ["500 of (1, 9) are due, not 0"]
    assert texts(LINES[:1], due=[Due(SECOND, 300)], at_the_end=True) == ["300 of (2, 9) are due in the end"]
