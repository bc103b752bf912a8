"""Tickets and global invoices against the books, with made-up ones."""

from dataclasses import replace

from dev.chaos.compare_tickets import Sale, Ticket, Told, sales, tickets

GLOBAL = Told("global 1", "G", "I", 300, is_global=True, lines={"A": 100, "B": 200})
KNOWN = [Ticket("A", "global", "global 1", 100), Ticket("B", "global", "global 1", 200)]
CREDIT = Told("move 8", "E", "E", 60, lines={"B": 60}, credits=("G",))
BOOKS = [Sale("A", 100, owners={"move 5": 1}), Sale("B", 200, owners={"move 6": 1, "move 8": -1})]


def at_any_time(*told, known=KNOWN):
    return [one.text for one in tickets(list(told), known)]


def in_the_end(*told, known=KNOWN, books=BOOKS):
    return [one.text for one in sales(list(told), known, books)]


def test_all_is_as_it_must_be():
    assert at_any_time(GLOBAL) == in_the_end(GLOBAL) == []
    assert at_any_time(GLOBAL, CREDIT) == []
    assert in_the_end(GLOBAL, CREDIT, books=[BOOKS[0], replace(BOOKS[1], returned=60)]) == []


def test_a_ticket_is_in_one_valid_global():
    other = Told("global 2", "H", "I", 100, is_global=True, lines={"A": 100})
    assert "A is in 2 valid global invoices" in at_any_time(GLOBAL, other)
    assert at_any_time(GLOBAL, replace(other, valid=False)) == []


def test_a_global_has_the_tickets_that_name_it():
    (text,) = at_any_time(GLOBAL, known=KNOWN[:1])
    assert "the database {'A': 100}" in text
    (text,) = at_any_time(GLOBAL, known=[KNOWN[0], replace(KNOWN[1], amount=199)])
    assert "'B': 199" in text
    assert at_any_time(replace(GLOBAL, total=299)) == ["G is of 299, its tickets of 300"]


def test_a_credit_note_is_within_its_ticket():
    second = replace(CREDIT, owner="move 9", uuid="F", lines={"B": 150})
    assert at_any_time(GLOBAL, CREDIT, second) == ["210 of B are credited, G has 200"]
    assert at_any_time(GLOBAL, replace(CREDIT, lines={"C": 1})) == ["1 of C are credited, G has 0"]


def test_a_credit_note_names_a_valid_global():
    (text,) = at_any_time(replace(GLOBAL, valid=False), CREDIT)
    assert text == "E credits ['G'], valid are []"
    # of an invoice that has a CFDI of its own
    own = Told("move 6", "O", "I", 200, lines={None: 200})
    assert at_any_time(own, replace(CREDIT, credits=("O",))) == []


def test_sat_was_told_what_the_books_have():
    assert in_the_end(replace(GLOBAL, valid=False)) == [
        "A: SAT was told 0, the books have 100",
        "B: SAT was told 0, the books have 200",
    ]
    # in the global invoice and a CFDI of its own
    own = Told("move 5", "O", "I", 100)
    assert in_the_end(GLOBAL, own) == ["A: SAT was told 200, the books have 100"]
    (text,) = in_the_end(GLOBAL, CREDIT)
    assert text == "B: SAT was told 140, the books have 200"


def test_invoiced_to_a_name():
    books = [BOOKS[0], Sale("B", 200, 200, 200, {"move 6": 1, "move 8": -1, "move 9": 1})]
    known = [KNOWN[0], replace(KNOWN[1], state="invoiced")]
    credit, named = replace(CREDIT, total=200, lines={"B": 200}), Told("move 9", "N", "I", 200)
    assert in_the_end(GLOBAL, credit, named, known=known, books=books) == []
    assert in_the_end(GLOBAL, named, known=known, books=books) == ["B: SAT was told 400, the books have 200"]


def test_nothing_waits_in_the_end():
    waits = [replace(KNOWN[0], state="open", owner=None), KNOWN[1]]
    assert in_the_end(GLOBAL, known=waits) == ["A is open in the end"]
    returned = [replace(BOOKS[0], returned=100), BOOKS[1]]
    only = replace(GLOBAL, total=200, lines={"B": 200})
    left = [replace(KNOWN[0], state="left_out", owner=None), KNOWN[1]]
    assert in_the_end(only, known=left, books=returned) == []
    # no ticket of it at all
    assert in_the_end(only, known=KNOWN[1:], books=returned[1:]) == []
    assert "A is None in the end" in in_the_end(GLOBAL, known=KNOWN[1:])
