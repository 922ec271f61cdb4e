"""Dates as a reader types them, as half-open intervals of ISO days; ISO days in other text.

`2025`, `2025-03`, `2025-W45`, `2025-03-07`, `today`, `yesterday`, `7d` (seven days ago;
also w, m, y), and ranges `a..b`, `a..`, `..b`, both ends included. The caller passes
today's date.
"""

from __future__ import annotations

import datetime as dt
import re

Interval = tuple[str | None, str | None]
"""[first, last): ISO days, the second excluded; None where an end is open."""

_EXPECTED = (
    "expected 2025, 2025-03, 2025-W45, 2025-03-07, today, yesterday, 7d or a range such"
    " as 7d.."
)
_DAY = dt.timedelta(days=1)

_NAMES = "jan feb mar apr may jun jul aug sep oct nov dec"
MONTHS = {name: number for number, name in enumerate(_NAMES.split(), 1)}
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
    return _days(text, today)[0]


def last_day(text: str, today: dt.date) -> dt.date:
    """The last day that `text` names. Raises ValueError."""
    return _days(text, today)[1]


def _span(text: str, today: dt.date) -> tuple[str, str]:
    first, last = _days(text, today)
    return first.isoformat(), (last + _DAY).isoformat()


def _days(text: str, today: dt.date) -> tuple[dt.date, dt.date]:
    """The first and last day that `text` names. Raises ValueError."""
    text = text.strip()
    try:
        days = _parsed(text.lower(), today)
        if days is not None and days[1] < dt.date.max:
            return days
    except (ValueError, OverflowError):
        pass
    raise ValueError(f"{text or 'nothing'} is not a date; {_EXPECTED}") from None


def _parsed(text: str, today: dt.date) -> tuple[dt.date, dt.date] | None:
    """The first and last day; None for another text.

    Raises ValueError, OverflowError for a day that does not exist.
    """
    if text in ("today", "yesterday"):
        date = today if text == "today" else today - _DAY
        return date, date
    if match := re.fullmatch(r"(\d{1,4})([dwmy])", text):
        date = _ago(today, int(match[1]), match[2])
        return date, date
    if re.fullmatch(r"\d{4}", text):
        return dt.date(int(text), 1, 1), dt.date(int(text), 12, 31)
    if re.fullmatch(r"\d{4}-\d\d", text):
        date = dt.date.fromisoformat(f"{text}-01")
        return date, _month_end(date)
    if match := re.fullmatch(r"(\d{4})-w(\d\d)", text):
        date = dt.date.fromisocalendar(int(match[1]), int(match[2]), 1)
        return date, date + 6 * _DAY
    if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
        date = dt.date.fromisoformat(text)
        return date, date
    return None


def _month_end(date: dt.date) -> dt.date:
    next_month = date.replace(day=1) + 32 * _DAY
    return next_month.replace(day=1) - _DAY


def _ago(today: dt.date, count: int, unit: str) -> dt.date:
    """The day `count` days, weeks, months or years ago; a shorter month's last day."""
    if unit == "d":
        return today - count * _DAY
    if unit == "w":
        return today - 7 * count * _DAY
    months_ago = count if unit == "m" else 12 * count
    months = today.year * 12 + today.month - 1 - months_ago
    first = dt.date(months // 12, months % 12 + 1, 1)
    return min(first + (today.day - 1) * _DAY, _month_end(first))
