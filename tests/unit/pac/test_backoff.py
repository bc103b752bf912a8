"""The wait after failures in a row."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from l10n_mx_facture.pac.wire.backoff import backoff


@pytest.mark.parametrize("failures,wait", [(0, 5), (1, 5), (2, 10), (3, 20), (4, 40), (5, 60), (10**9, 60)])
def test_each_wait_is_twice_the_one_before_up_to_the_longest(failures, wait):
    assert backoff(failures, 5, 60) == wait
    assert backoff(failures, timedelta(minutes=5), timedelta(hours=1)) == timedelta(minutes=wait)


def test_another_factor():
    assert [backoff(failures, 1, 50, factor=3) for failures in range(1, 6)] == [1, 3, 9, 27, 50]


def test_the_first_wait_is_no_longer_than_the_longest():
    assert backoff(1, 90, 60) == 60


DAY = timedelta(days=1)


@given(st.integers(0, 10**6), st.timedeltas(timedelta(seconds=1), DAY), st.timedeltas(DAY, 400 * DAY))
def test_the_waits_only_grow(failures, first, ceiling):
    assert first <= backoff(failures, first, ceiling) <= backoff(failures + 1, first, ceiling) <= ceiling
