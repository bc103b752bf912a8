"""How long to wait until SAT is asked again about one CFDI: minutes, hours or days, by what is expected of it.

The waits grow with the age of what is waited for, so that an hour's change is seen within minutes and a month's within
a day. Nothing here knows a clock; the caller spreads the questions (at most one a second a database).

===============  ==================================  ======  ========  =================================================
expected         what                                from    grows to  why
===============  ==================================  ======  ========  =================================================
known            a fresh stamp that SAT has to find  2 min   6 h       mostly minutes, up to 72 h; then once a day
cancelled        a first request to cancel           2 min   4 h       SAT has to see it, then the receiver has 3
                                                                       business days; after 10 days once a day
cancelled_again  a further request, after a refusal  1 h     1 day     never expires: the receiver may answer any day;
                                                                       after 30 days once a week
nothing          a CFDI at rest, a refused one too   1 day   30 days   others may cancel it (SAT's portal): daily for 3
                                                                       days, weekly for 90, then every 30 days
===============  ==================================  ======  ========  =================================================

A cancelled CFDI of which nothing is expected is asked for every 90 days: SAT has no way back from it. After questions
without an understandable answer the wait is 5 min, doubled with each in a row, where that is longer; a wait of more
than a day is cut to a day first.
"""

from datetime import timedelta

from ..wire.backoff import backoff

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
EXPECTED = ("known", "cancelled", "cancelled_again", "nothing")
UNTIL_KNOWN = 3 * DAY
UNTIL_EXPIRED = 10 * DAY  # 3 business days with a weekend and holidays
_FIRST_PAUSE = 5 * MINUTE
_CANCELLED = 90 * DAY


def next_poll(age, state, expected, failures=0):
    """The wait until the next question.

    :param age: timedelta since what is expected began: the stamp, or the request to cancel; negative counts as 0
    :param state: State (answer.py) of SAT's last answer that was understood; None without one
    :param expected: one of EXPECTED; `nothing` once SAT said what was waited for
    :param failures: questions in a row that brought no answer, or one that reads `unknown` or `bad_expression`
    :return: timedelta, 2 min to 90 days
    :raise ValueError: `expected` is none of these
    """
    if expected not in EXPECTED:
        raise ValueError(f"expected is {expected!r}, it must be one of {', '.join(EXPECTED)}")
    wait = _wait(age, state, expected)
    if not failures:
        return wait
    return max(min(wait, DAY), backoff(failures, _FIRST_PAUSE, ceiling=max(wait, DAY)))


def _wait(age, state, expected):
    if expected == "known":
        return _grown(age / 2, 2 * MINUTE, 6 * HOUR) if age < UNTIL_KNOWN else DAY
    if expected == "cancelled":
        return _grown(age / 4, 2 * MINUTE, 4 * HOUR) if age < UNTIL_EXPIRED else DAY
    if expected == "cancelled_again":
        return _grown(age / 4, HOUR, DAY) if age < 30 * DAY else 7 * DAY
    if state == "cancelled":
        return _CANCELLED
    if age < 3 * DAY:
        return DAY
    return 7 * DAY if age < 90 * DAY else 30 * DAY


def _grown(wait, least, most):
    return min(max(wait, least), most)
