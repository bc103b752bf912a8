"""The table of `make bench PART=core`: time and queries without and with the module, and what is allowed."""

import statistics
from dataclasses import dataclass

HEAD = ("", "without", "with", "ratio", "to reach", "", "without", "with", "more", "to reach", "")


@dataclass(frozen=True)
class Limit:
    """What the module may cost in one row of the table; None where nothing is asked."""

    time: float | None = None  # of the time without it
    more: float | None = None  # queries on top of those without it
    queries: float | None = None  # of the queries without it


@dataclass(frozen=True)
class Row:
    """What was measured: (milliseconds, queries) of each round, without and with the module."""

    name: str
    limit: Limit
    without: list
    with_module: list

    @property
    def times(self):
        """Medians of the milliseconds, without and with."""
        return tuple(statistics.median(one[0] for one in side) for side in (self.without, self.with_module))

    @property
    def queries(self):
        """Medians of the queries, without and with."""
        return tuple(statistics.median(one[1] for one in side) for side in (self.without, self.with_module))

    @property
    def more(self):
        """How many queries the module adds."""
        return self.queries[1] - self.queries[0]

    def cells(self):
        """The row's cells, as text in the order of HEAD."""
        (time, own_time), (queries, own_queries) = self.times, self.queries
        ratio, limit = own_time / time, self.limit
        in_time = limit.time is None or ratio <= limit.time
        allowed = limit.more if limit.queries is None else round(queries * (limit.queries - 1), 3)
        in_queries = allowed is None or round(self.more, 3) <= allowed
        return (
            *(self.name, f"{time:.1f}", f"{own_time:.1f}", f"{ratio:.2f}"),
            *_verdict(limit.time, "{:.2f}", in_time),
            *(f"{queries:.4g}", f"{own_queries:.4g}", f"{self.more:+.4g}"),
            *_verdict(allowed, "{:+.3g}", in_queries),
        )


def table(rows):
    """:return: lines: times in milliseconds at the left, queries at the right"""
    cells = [HEAD, *(row.cells() for row in rows)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    left = sum(widths[1:6]) + 2 * 4
    yield f"{'':{widths[0]}}  {'milliseconds':{left}}  queries"
    for first, *rest in cells:
        padded = (text.rjust(width) for text, width in zip(rest, widths[1:], strict=True))
        yield f"{first:{widths[0]}}  {'  '.join(padded)}".rstrip()


def same(rows):
    """A line that says whether the module adds the same number of queries in all these rows."""
    added = [row.more for row in rows]
    verdict = "ok" if len(set(added)) == 1 else "over"
    told = ", ".join(f"{more:+g}" for more in added)
    return f"more queries for a list, the same for few or many rows, stamped or not: {told} {verdict}"


def _verdict(limit, form, reached):
    if limit is None:
        return "", ""
    return form.format(limit), "ok" if reached else "over"
