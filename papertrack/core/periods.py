"""Days, weeks and months as periods: their names, and how many papers are of each."""

from __future__ import annotations

import contextlib
import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence

SHORTEST = {"day": 1, "week": 7, "month": 28}
"""Days of the shortest period of each kind."""


def day(iso: str) -> str:
    """The period of a day: itself."""
    return iso


def week(iso: str) -> str:
    """The ISO week of a day, 2025-W45; the month if `iso` is no whole day."""
    try:
        year, number, _ = dt.date.fromisoformat(iso[:10]).isocalendar()
    except ValueError:
        return month(iso)
    return f"{year}-W{number:02}"


def month(iso: str) -> str:
    """The month of a day: 2025-11."""
    return iso[:7]


PERIODS: dict[str, Callable[[str], str]] = {"day": day, "week": week, "month": month}


def count_days(
    dates: Iterable[tuple[str | None, int]], by: str = "day"
) -> dict[dt.date, int]:
    """How many papers are of each day, from dates (ISO) with their papers.

    Dates less precise than the period are left out; a month is its first day.
    """
    days: Counter[dt.date] = Counter()
    for date, papers in dates:
        iso = date or ""
        if by == "month" and len(iso) == len("2025-11"):
            iso = f"{iso}-01"
        with contextlib.suppress(ValueError):  # an edited file can contain any text
            days[dt.date.fromisoformat(iso)] += papers
    return days


def between(days: Iterable[dt.date], by: str) -> list[str]:
    """All periods from the first of these days to the last."""
    ordinals = [day.toordinal() for day in days]
    if not ordinals:
        return []
    last = max(ordinals)
    period_of = PERIODS[by]
    periods = []
    for ordinal in (*range(min(ordinals), last, SHORTEST[by]), last):
        day = dt.date.fromordinal(ordinal)
        periods.append(period_of(day.isoformat()))
    return list(dict.fromkeys(periods))


def by_period(
    days: Mapping[dt.date, int], periods: Sequence[str], by: str
) -> list[int]:
    """How many papers are of each of these periods, which contain all the days."""
    papers = dict.fromkeys(periods, 0)
    for day, count in days.items():
        papers[PERIODS[by](day.isoformat())] += count
    return list(papers.values())
