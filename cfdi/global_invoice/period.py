"""The periods of global invoices (c_Periodicidad, c_Meses). Weeks begin on Monday; none crosses the end of a month."""

from calendar import monthrange
from datetime import date, timedelta
from typing import NamedTuple

DAY, WEEK, FORTNIGHT, MONTH, TWO_MONTHS = "01", "02", "03", "04", "05"
_FORTNIGHT_DAYS = 15


class Period(NamedTuple):
    """The days that one global invoice covers, first and last.

    :param periodicidad: code of c_Periodicidad
    """

    periodicidad: str
    first: date
    last: date

    @property
    def meses(self):
        """Code of c_Meses: 01 to 12, or 13 to 18 for two months."""
        month = self.first.month
        return f"{12 + (month + 1) // 2 if self.periodicidad == TWO_MONTHS else month:02}"


def period_of(periodicidad, day):
    """Return the Period of a day. A week that crosses the end of a month is two, as Meses has one month."""
    if periodicidad == DAY:
        return Period(periodicidad, day, day)
    first, last = day.replace(day=1), _month_end(day.year, day.month)
    if periodicidad == WEEK:
        monday = day - timedelta(days=day.weekday())
        first, last = max(first, monday), min(last, monday + timedelta(days=6))
    elif periodicidad == FORTNIGHT and day.day <= _FORTNIGHT_DAYS:
        last = day.replace(day=_FORTNIGHT_DAYS)
    elif periodicidad == FORTNIGHT:
        first = day.replace(day=_FORTNIGHT_DAYS + 1)
    elif periodicidad == TWO_MONTHS:
        odd = day.month - 1 + day.month % 2
        first, last = date(day.year, odd, 1), _month_end(day.year, odd + 1)
    return Period(periodicidad, first, last)


def _month_end(year, month):
    return date(year, month, monthrange(year, month)[1])
