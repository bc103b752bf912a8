"""SAT's answer on a CFDI of ours: the table of every state and reading, written out by hand."""

from datetime import timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st
from l10n_mx_facture.pac.sat.decision import Decision, decide

STATES = ("draft", "sending", "unknown", "rejected", "stamped", "cancel_requested", "cancelled")
READINGS = ("live", "cancel_in_process", "refused", "cancelled", "not_yet_known", "bad_expression", "unknown")
SOON, LATE = timedelta(hours=71, minutes=59), timedelta(hours=72)
BOTH = (False, True)
# (state, reading, asked, answers): (new state, news); whatever isn't here stays as it is and is not told
CHANGES = {
    ("stamped", "cancel_in_process", True, False): ("cancel_requested", None),
    ("stamped", "cancel_in_process", True, True): ("cancel_requested", None),
    ("stamped", "cancelled", False, False): ("cancelled", "cancelled_elsewhere"),
    ("stamped", "cancelled", False, True): ("cancelled", "cancelled_elsewhere"),
    ("stamped", "cancelled", True, False): ("cancelled", "cancelled"),
    ("stamped", "cancelled", True, True): ("cancelled", "cancelled"),
    # the state is what it was, and a request of ours is answered
    ("stamped", "refused", True, True): ("stamped", "refused"),
    ("cancel_requested", "cancelled", False, False): ("cancelled", "cancelled"),
    ("cancel_requested", "cancelled", False, True): ("cancelled", "cancelled"),
    ("cancel_requested", "cancelled", True, False): ("cancelled", "cancelled"),
    ("cancel_requested", "cancelled", True, True): ("cancelled", "cancelled"),
    ("cancel_requested", "refused", False, True): ("stamped", "refused"),
    ("cancel_requested", "refused", True, True): ("stamped", "refused"),
}
# what is told of when it lasts
LASTING = {
    ("stamped", "not_yet_known"): "not_known",
    ("cancel_requested", "not_yet_known"): "not_known",
    ("cancel_requested", "live"): "not_shown",
}
EVERY = list(product(STATES, READINGS, BOTH, BOTH))


@pytest.mark.parametrize(("state", "says", "asked", "answers"), EVERY)
def test_before_72_hours(state, says, asked, answers):
    expected = CHANGES.get((state, says, asked, answers), (state, None))
    assert decide(state, says, asked, answers, SOON) == Decision(*expected)


@pytest.mark.parametrize(("state", "says", "asked", "answers"), EVERY)
def test_after_72_hours(state, says, asked, answers):
    expected = CHANGES.get((state, says, asked, answers), (state, LASTING.get((state, says))))
    assert decide(state, says, asked, answers, LATE) == Decision(*expected)


@given(st.sampled_from(STATES), st.text(), st.booleans(), st.booleans(), st.timedeltas())
def test_a_reading_that_nobody_foresaw_changes_nothing(state, says, asked, answers, lasting):
    if says not in READINGS:
        assert decide(state, says, asked, answers, lasting).state == state
