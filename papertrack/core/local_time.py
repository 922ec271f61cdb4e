"""The reader's days as intervals of UTC, and times in UTC as days of the reader.

Stored times are in UTC, days that a reader types or reads are in local time, by TZ or
the machine's setting: a day begins at another hour of UTC in each zone, and has 23 or 25
hours where the clock is put forward or back. Dates of papers are no times: they are the
days that a source states, the same for every reader.
"""

from __future__ import annotations

import datetime as dt
import time

from papertrack.core.dates import Interval


def utc_interval(days: Interval) -> Interval:
    """The times (ISO 8601 in UTC) that begin local days; None where an end is open."""
    first, last = days
    return _start(first), _start(last)


def _start(day: str | None) -> str | None:
    """When a local day begins; its midnight may not exist, or come twice."""
    if day is None:
        return None
    try:
        # Not by `astimezone`, which is an hour early where there is no midnight.
        seconds = dt.datetime.fromisoformat(day).timestamp()
        midnight = dt.datetime.fromtimestamp(seconds, dt.UTC)
    except (ValueError, OverflowError, OSError):  # beyond the years of the clock
        return day
    # A time that is stored as a day alone comes before any time of that day.
    text = midnight.replace(tzinfo=None).isoformat()
    return f"{text}Z".removesuffix("T00:00:00Z")


def local_date(moment: dt.datetime) -> dt.date:
    """The local day of a time.

    Not by `astimezone`, which refuses a TZ that is 24 hours or more from UTC.
    """
    local = time.localtime(moment.timestamp())
    return dt.date(local.tm_year, local.tm_mon, local.tm_mday)


def local_day(text: str) -> str:
    """The local day (ISO) of a time in UTC; another text, or a day alone, as it is.

    >>> local_day("2025-11-07"), local_day("soon")
    ('2025-11-07', 'soon')
    """
    try:
        moment = dt.datetime.fromisoformat(text)
        if moment.tzinfo is None:
            return text
        return local_date(moment).isoformat()
    except (ValueError, OverflowError, OSError):
        return text


def a_second_after(time: str) -> str:
    """The next second after a time, both ISO 8601 in UTC.

    >>> a_second_after("2025-02-28T23:59:59Z")
    '2025-03-01T00:00:00Z'
    """
    after = dt.datetime.fromisoformat(time) + dt.timedelta(seconds=1)
    return after.strftime("%Y-%m-%dT%H:%M:%SZ")


def days_before(time: str, days: int) -> str:
    """A time so many days before another, both ISO 8601 in UTC.

    >>> days_before("2025-03-01T09:00:00Z", 1)
    '2025-02-28T09:00:00Z'
    """
    before = dt.datetime.fromisoformat(time) - dt.timedelta(days=days)
    return before.strftime("%Y-%m-%dT%H:%M:%SZ")
