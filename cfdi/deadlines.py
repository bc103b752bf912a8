"""The terms of a cancellation: how long the receiver may take, and until when the issuer may ask at all; and that of a
receipt of payment.

Sources: CFF 12 (days that don't count), RMF 2.7.1.34 (three days to answer, silence is acceptance), CFF 29-A
(cancelling until the end of the month in which the annual return of the year of issue is due), LISR 76 and 150 (that
month: March for companies, April for persons). The tax authority's own holidays (CFF 12, published each year) are not
known here: the term may be longer, never shorter.
"""

from datetime import date, timedelta

from .rfc import is_moral

ANSWER_DAYS = 3
RECEIPT_DAY = 5
# month, day
_HOLIDAYS = {(1, 1), (5, 1), (5, 5), (9, 16), (12, 25)}
# month: which Monday of it
_MONDAYS = {2: 1, 3: 3, 11: 3}
_SATURDAY = 5


def is_business_day(day):
    """:param day: date
    :return: whether it counts in a term of days (CFF 12)
    """
    if day.weekday() >= _SATURDAY or (day.month, day.day) in _HOLIDAYS:
        return False
    if day.month in _MONDAYS and not day.weekday() and (day.day - 1) // 7 + 1 == _MONDAYS[day.month]:
        return False
    # the President takes office, every sixth year since 2024
    return not ((day.month, day.day) == (10, 1) and day.year % 6 == 2024 % 6)


def last_day_for_receipt(paid):
    """The last day on which the receipt of a payment can be issued in time (RMF 2.7.1.32).

    :param paid: date on which the money came in, where the issuer is
    :return: date, the fifth day of the next month; no weekend moves it
    """
    first = (paid.replace(day=1) + timedelta(days=31)).replace(day=1)
    return first.replace(day=RECEIPT_DAY)


def last_day_to_answer(asked):
    """The last day on which the receiver can answer a first request; after it silence counts as acceptance.

    :param asked: date on which the request reaches the receiver, at SAT (centre of Mexico)
    :return: date, the third business day after it
    """
    day, left = asked, ANSWER_DAYS
    while left:
        day += timedelta(days=1)
        left -= is_business_day(day)
    return day


def last_day_to_cancel(issued, rfc_emisor):
    """The last day on which the issuer can ask for the cancellation (CFF 29-A).

    :param issued: date of issue (Fecha)
    :param rfc_emisor: RFC of the issuer: a company's has 12 characters, a person's 13
    :return: date in the year after the issue: 31 March for companies, 30 April for persons
    """
    year = issued.year + 1
    return date(year, 3, 31) if is_moral(rfc_emisor) else date(year, 4, 30)
