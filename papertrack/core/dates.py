"""Dates as a reader types them, turned into half-open intervals of ISO days.

`2025`, `2025-03`, `2025-W45`, `2025-03-07`, `today`, `yesterday`, `7d` (seven days ago; also w, m, y),
and ranges `a..b`, `a..`, `..b`, both ends included. The caller says what day it is.
"""

from __future__ import annotations

import datetime as dt
import re

Interval = tuple[str | None, str | None]
"""[first, last): ISO days, the second excluded; None where an end is open."""

_EXPECTED = "expected 2025, 2025-03, 2025-W45, 2025-03-07, today, yesterday, 7d or a range such as 7d.."

MONTHS = {
    "jan": 1,
    "feb": 2,
    "mar": 3,
    "apr": 4,
    "may": 5,
    "jun": 6,
    "jul": 7,
    "aug": 8,
    "sep": 9,
    "oct": 10,
    "nov": 11,
    "dec": 12,
}
"""The numbers of the months by the first three letters of their English names."""


def existing_day(text: str) -> str | None:
    """The ISO day that `text` begins with; None if there is none, or no such day.

    >>> existing_day("2025-11-07T10:00:00Z"), existing_day("2025-02-30")
    ('2025-11-07', None)
    """
    match = re.match(r"\d{4}-\d\d-\d\d(?!\d)", text)
    if not match:
        return None
    try:
        return dt.date.fromisoformat(match[0]).isoformat()
    except ValueError:
        return None


def interval(text: str, today: dt.date) -> Interval:
    """The days that `text` names. Raises ValueError with a one-line reason."""
    first, dots, last = text.partition("..")
    if not dots:
        return _span(text, today)
    if not first and not last:
        raise ValueError(f"an empty range; {_EXPECTED}")
    start = _span(first, today)[0] if first else None
    end = _span(last, today)[1] if last else None
    if start is not None and end is not None and start >= end:
        raise ValueError(f"the range {text} ends before it begins")
    return start, end


def day(text: str, today: dt.date) -> dt.date:
    """The first day that `text` names. Raises ValueError."""
    return dt.date.fromisoformat(_span(text, today)[0])


def last_day(text: str, today: dt.date) -> dt.date:
    """The last day that `text` names. Raises ValueError."""
    return dt.date.fromisoformat(_span(text, today)[1]) - dt.timedelta(days=1)


def _span(text: str, today: dt.date) -> tuple[str, str]:
    first, last = _days(text.strip(), today)
    try:
        return first.isoformat(), (last + dt.timedelta(days=1)).isoformat()
    except OverflowError:
        raise ValueError(f"{text} is not a date; {_EXPECTED}") from None


def _days(text: str, today: dt.date) -> tuple[dt.date, dt.date]:
    """The first and last day of what `text` names."""
    low = text.lower()
    try:
        if low in ("today", "yesterday"):
            date = today - dt.timedelta(days=low == "yesterday")
            return date, date
        if match := re.fullmatch(r"(\d{1,4})([dwmy])", low):
            date = _ago(today, int(match[1]), match[2])
            return date, date
        if re.fullmatch(r"\d{4}", low):
            return dt.date(int(low), 1, 1), dt.date(int(low), 12, 31)
        if re.fullmatch(r"\d{4}-\d\d", low):
            date = dt.date.fromisoformat(f"{text}-01")
            return date, _month_end(date)
        if match := re.fullmatch(r"(\d{4})-w(\d\d)", low):
            date = dt.date.fromisocalendar(int(match[1]), int(match[2]), 1)
            return date, date + dt.timedelta(days=6)
        if re.fullmatch(r"\d{4}-\d\d-\d\d", low):
            date = dt.date.fromisoformat(text)
            return date, date
    except (ValueError, OverflowError):
        raise ValueError(f"{text} is not a date; {_EXPECTED}") from None
    raise ValueError(f"{text or 'nothing'} is not a date; {_EXPECTED}")


def _month_end(date: dt.date) -> dt.date:
    return (date.replace(day=1) + dt.timedelta(days=32)).replace(day=1) - dt.timedelta(
        days=1
    )


def _ago(today: dt.date, count: int, unit: str) -> dt.date:
    if unit in "dw":
        return today - dt.timedelta(days=count * (7 if unit == "w" else 1))
    months = today.year * 12 + today.month - 1 - count * (12 if unit == "y" else 1)
    first = dt.date(months // 12, months % 12 + 1, 1)
    return min(
        first.replace(day=1) + dt.timedelta(days=today.day - 1), _month_end(first)
    )
