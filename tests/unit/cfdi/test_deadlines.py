"""The terms of a cancellation, counted by hand from calendars."""

from datetime import date, timedelta

import pytest
from l10n_mx_facture.cfdi.deadlines import is_business_day, last_day_to_answer, last_day_to_cancel

# CFF 12: the first Monday of February, the third of March and of November, 1 October every six years
HOLIDAYS = (
    date(2026, 1, 1), date(2026, 2, 2), date(2026, 3, 16), date(2026, 5, 1), date(2026, 5, 5), date(2026, 9, 16),
    date(2026, 11, 16), date(2026, 12, 25), date(2027, 2, 1), date(2027, 3, 15), date(2027, 11, 15),
    date(2024, 10, 1), date(2030, 10, 1),
)
ORDINARY = (
    date(2026, 2, 9), date(2026, 3, 9), date(2026, 3, 23), date(2026, 11, 20), date(2026, 11, 23), date(2026, 12, 1),
    date(2026, 10, 1), date(2029, 10, 1), date(2026, 1, 12),
)


@pytest.mark.parametrize("day", HOLIDAYS)
def test_holidays_don_t_count(day):
    assert not is_business_day(day)


@pytest.mark.parametrize("day", ORDINARY)
def test_ordinary_days_count(day):
    assert is_business_day(day)


def test_a_year_has_its_weekends_and_its_holidays():
    days = [date(2026, 1, 1) + timedelta(days=number) for number in range(365)]
    # 2026 has 104 days of weekends; all eight holidays are on weekdays
    assert sum(map(is_business_day, days)) == 365 - 104 - 8


@pytest.mark.parametrize(
    ("asked", "last"),
    [
        (date(2026, 11, 23), date(2026, 11, 26)),  # Monday: Thursday
        (date(2026, 11, 20), date(2026, 11, 25)),  # Friday: a weekend between
        (date(2026, 11, 21), date(2026, 11, 25)),  # Saturday: from Monday on
        (date(2026, 11, 13), date(2026, 11, 19)),  # a weekend and a holiday
        (date(2026, 12, 23), date(2026, 12, 29)),  # Christmas and a weekend
        (date(2026, 12, 30), date(2027, 1, 5)),  # New Year
    ],
)
def test_three_business_days_to_answer(asked, last):
    assert last_day_to_answer(asked) == last


@pytest.mark.parametrize(
    ("issued", "rfc", "last"),
    [
        (date(2026, 1, 1), "EKU9003173C9", date(2027, 3, 31)),
        (date(2026, 12, 31), "EKU9003173C9", date(2027, 3, 31)),
        (date(2025, 6, 30), "CACX7605101P8", date(2026, 4, 30)),
    ],
)
def test_until_the_month_of_the_annual_return(issued, rfc, last):
    assert last_day_to_cancel(issued, rfc) == last
