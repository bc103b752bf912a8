"""c_TasaOCuota as a dated table: the rates that a tax may have, from when to when, and where that is written.

Rows that only the law has yet say so: SAT refuses what its catalogue lacks.
"""

import csv
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache
from pathlib import Path

# read by Odoo as well, whose table begins with these rows
FILE = Path(__file__).with_name("l10n_mx_facture.tax_rate.csv")
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class TaxRate:
    """A row: a rate (`lowest` and `highest` are the same), or a range.

    :param transferred: whether a Traslado may have it; `withheld`: whether a Retencion may
    :param date_to: the last day; None: until something else is published
    :param in_catalogue: False: the law has it, SAT's catalogue doesn't
    """

    impuesto: str
    tipo_factor: str
    lowest: Decimal
    highest: Decimal
    transferred: bool
    withheld: bool
    date_from: date
    date_to: date | None
    in_catalogue: bool
    source: str

    def is_of(self, day):
        """Whether it is in force on a day."""
        return self.date_from <= day and (self.date_to is None or day <= self.date_to)


class TaxRates:
    """All rows, by what is asked of them. A key is (Impuesto, TipoFactor, withheld)."""

    def __init__(self, rows):
        self._catalogue, self._law = defaultdict(list), defaultdict(list)
        for row in rows:
            table = self._catalogue if row.in_catalogue else self._law
            for withheld, applies in ((False, row.transferred), (True, row.withheld)):
                if applies:
                    table[row.impuesto, row.tipo_factor, withheld].append(row)
        # keys of which no row is open to the end
        self.limited = tuple(key for key, some in self._catalogue.items() if all(row.date_to for row in some))
        # asked for each tax of each line
        self.has = lru_cache(4096)(self._has)

    def _has(self, key, rate, day):
        """Whether SAT's catalogue has a rate on a day."""
        return any(row.lowest <= rate <= row.highest for row in self._of(key, day))

    def is_silent(self, key, day):
        """Whether the table has rows of a key, but none of this day: nobody knows then."""
        return bool(self._catalogue.get(key)) and not self._of(key, day)

    def is_over(self, key, day):
        """Whether all rows of a key ended before a day."""
        return all(row.date_to and row.date_to < day for row in self._catalogue.get(key, ()))

    def _of(self, key, day):
        return [row for row in self._catalogue.get(key, ()) if row.is_of(day)]

    def of_law(self, key, rate, day):
        """The row of a rate that the law has and SAT's catalogue lacks; None if there is none."""
        rows = (row for row in self._law.get(key, ()) if row.is_of(day) and row.lowest <= rate <= row.highest)
        return next(rows, None)

    def end(self, key, day):
        """The last day until which the rows of a key reach from a day on without a gap; None: there is no end."""
        reached = day - _DAY
        while True:
            following = [row for row in self._catalogue.get(key, ()) if row.is_of(reached + _DAY)]
            if not following:
                return reached
            if any(row.date_to is None for row in following):
                return None
            reached = max(row.date_to for row in following)


def read_rows(text):
    """Yield the TaxRate of each row of a CSV file as :data:`FILE` is one."""
    for row in csv.DictReader(text.splitlines()):
        yield TaxRate(
            row["impuesto"],
            row["tipo_factor"],
            Decimal(row["lowest"]),
            Decimal(row["highest"]),
            row["transferred"] == "1",
            row["withheld"] == "1",
            date.fromisoformat(row["date_from"]),
            date.fromisoformat(row["date_to"]) if row["date_to"] else None,
            row["in_catalogue"] == "1",
            row["source"],
        )


DEFAULT_RATES = TaxRates(read_rows(FILE.read_text(encoding="utf-8")))
