"""When SAT is asked again: soon enough to notice, seldom enough to be gentle."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from l10n_mx_facture.pac.sat.pace import next_poll

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
AGES = st.timedeltas(timedelta(0), 3 * 365 * DAY)
EXPECTED = st.sampled_from(["known", "cancelled", "cancelled_again", "nothing"])
STATES = st.sampled_from(
    ["live", "cancel_in_process", "refused", "cancelled", "not_yet_known", "bad_expression", "unknown", None]
)


def _asked(until, state, expected, failures=False):
    """The ages at which SAT is asked, if nothing ever changes."""
    ages, age, count = [], timedelta(), 0
    while age < until:
        count += 1
        age += next_poll(age, state, expected, count if failures else 0)
        ages.append(age)
    return ages


def test_a_fresh_stamp_is_noticed_soon_and_costs_few_questions():
    ages = _asked(3 * DAY, "not_yet_known", "known")
    assert ages[0] == 2 * MINUTE
    assert sum(age <= HOUR for age in ages) == 8
    assert sum(age <= DAY for age in ages) == 16
    assert len(ages) == 25
    assert next_poll(3 * DAY, "not_yet_known", "known") == DAY


@given(st.timedeltas(timedelta(0), 3 * DAY))
def test_what_sat_comes_to_know_is_seen_within_half_its_age(age):
    before = [0 * DAY, *_asked(4 * DAY, "not_yet_known", "known")]
    seen = next(one for one in before if one >= age)
    assert seen - age <= max(2 * MINUTE, age / 2)


def test_a_cancellation_is_followed_through_the_receivers_term():
    ages = _asked(10 * DAY, "cancel_in_process", "cancelled")
    assert ages[:3] == [2 * MINUTE, 4 * MINUTE, 6 * MINUTE]
    late = [later - one for one, later in zip(ages, ages[1:], strict=False) if one > DAY and later < 10 * DAY]
    assert set(late) == {4 * HOUR}
    assert next_poll(10 * DAY, "cancel_in_process", "cancelled") == DAY


def test_a_second_request_is_followed_slowly_for_ever():
    ages = _asked(60 * DAY, "cancel_in_process", "cancelled_again")
    assert ages[0] == HOUR
    assert len(ages) < 60
    assert next_poll(29 * DAY, "cancel_in_process", "cancelled_again") == DAY
    assert next_poll(400 * DAY, "cancel_in_process", "cancelled_again") == 7 * DAY


@pytest.mark.parametrize(
    "age, state, wait",
    [
        (timedelta(), "live", DAY),
        (2 * DAY, "refused", DAY),
        (3 * DAY, "live", 7 * DAY),
        (89 * DAY, "live", 7 * DAY),
        (90 * DAY, None, 30 * DAY),
        (timedelta(), "cancelled", 90 * DAY),
        (-DAY, "live", DAY),
    ],
)
def test_the_slow_sweep(age, state, wait):
    assert next_poll(age, state, "nothing") == wait


@pytest.mark.parametrize(
    "age, expected, failures, wait",
    [
        (timedelta(), "known", 1, 5 * MINUTE),
        (timedelta(), "known", 2, 10 * MINUTE),
        (timedelta(), "known", 5, 80 * MINUTE),
        (timedelta(), "known", 9, 1280 * MINUTE),
        (timedelta(), "known", 10, DAY),
        (timedelta(), "known", 10**6, DAY),
        (DAY, "known", 1, 6 * HOUR),
        (40 * DAY, "cancelled_again", 1, DAY),
        (100 * DAY, "nothing", 1, DAY),
        (100 * DAY, "nothing", 11, 5120 * MINUTE),
        (100 * DAY, "nothing", 50, 30 * DAY),
    ],
)
def test_what_brought_no_word_is_asked_again_later_and_later(age, expected, failures, wait):
    assert next_poll(age, None, expected, failures) == wait


@given(AGES | st.timedeltas(-365 * DAY, timedelta(0)), STATES, EXPECTED, st.integers(0, 10**9))
def test_it_is_never_at_once_and_never_never(age, state, expected, failures):
    assert 2 * MINUTE <= next_poll(age, state, expected, failures) <= 90 * DAY


@given(AGES, AGES, STATES, EXPECTED)
def test_it_slows_down_with_age_only(one, other, state, expected):
    younger, older = sorted((one, other))
    assert next_poll(younger, state, expected) <= next_poll(older, state, expected)


@given(AGES, STATES, EXPECTED, st.integers(1, 60))
def test_failures_slow_it_down_but_for_the_first_day(age, state, expected, failures):
    wait = next_poll(age, state, expected)
    failed = next_poll(age, state, expected, failures)
    assert min(wait, DAY) <= failed <= max(wait, DAY)
    assert failed <= next_poll(age, state, expected, failures + 1)


def test_what_is_expected_is_one_of_four():
    with pytest.raises(ValueError, match="known, cancelled"):
        next_poll(DAY, "live", "nothing else")
