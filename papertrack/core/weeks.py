"""The days of a calendar: a column for each week, a shade for each count of papers."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

YEAR = 53
"""How many weeks a calendar has at most: the last day is below that of last year."""

DARKEST = 4
"""The shade of the most papers; 0 is that of none."""


class Weeks(NamedTuple):
    """The last weeks of some days, as the Mondays that they start with."""

    days: Mapping[dt.date, int]
    mondays: Sequence[dt.date]
    last: dt.date
    most: int
    """The papers of the day with the most."""

    def squares(self) -> Iterator[tuple[int, int, dt.date, int]]:
        """(column, row, day, papers) of each day; Monday is row 0."""
        last = self.last.toordinal()
        for row in range(7):
            for column, monday in enumerate(self.mondays):
                ordinal = monday.toordinal() + row
                if ordinal <= last:
                    day = dt.date.fromordinal(ordinal)
                    yield column, row, day, self.days.get(day, 0)

    def parts(self, most: int) -> list[Weeks]:
        """The weeks in parts of at most this many, about as long as each other."""
        number = math.ceil(len(self.mondays) / most)
        size = math.ceil(len(self.mondays) / number)
        parts = []
        for start in range(0, len(self.mondays), size):
            mondays = self.mondays[start : start + size]
            sunday = mondays[-1].toordinal() + 6
            last = min(sunday, self.last.toordinal())
            part = self._replace(mondays=mondays, last=dt.date.fromordinal(last))
            parts.append(part)
        return parts

    def months(self) -> list[tuple[int, int, str]]:
        """(first column, column after the last, name) of each month.

        A week is of the month in which it starts.
        """
        starts = [
            number
            for number, monday in enumerate(self.mondays)
            if number == 0 or monday.month != self.mondays[number - 1].month
        ]
        ends = [*starts[1:], len(self.mondays)]
        spans = zip(starts, ends, strict=True)
        return [(start, end, f"{self.mondays[start]:%b}") for start, end in spans]

    def shade(self, count: int) -> int:
        """The shade of a count: 0 for none, 1 to DARKEST."""
        return -(-count * DARKEST // self.most)

    def scale(self) -> Iterator[tuple[int, int, int]]:
        """Each shade that a count can have, with its lowest and highest count."""
        low = 0
        for shade in range(DARKEST + 1):
            high = self.most * shade // DARKEST
            if high >= low:
                yield shade, low, high
            low = high + 1


def last_weeks(days: Mapping[dt.date, int], most: int = YEAR) -> Weeks:
    """The weeks up to the last day that has papers, at most this many. Needs a day."""
    last = max(days)
    first = _monday(shown_from(days, most))
    number = (_monday(last) - first).days // 7 + 1
    mondays = [first + dt.timedelta(weeks=week) for week in range(number)]
    papers = max(count for day, count in days.items() if day >= first)
    return Weeks(days, mondays, last, papers)


def shown_from(days: Mapping[dt.date, int], most: int = YEAR) -> dt.date:
    """The first day with papers in the last weeks, or the day that these start with."""
    start = _monday(max(days)).toordinal() - 7 * (most - 1)
    return dt.date.fromordinal(max(min(days).toordinal(), start))


def heading(days: Mapping[dt.date, int], most: int = YEAR) -> str:
    """What a calendar of the last weeks shows."""
    return f"Papers a day, {shown_from(days, most)} to {max(days)}"


def _monday(day: dt.date) -> dt.date:
    return day - dt.timedelta(days=day.weekday())
