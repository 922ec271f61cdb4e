"""Days and times as they are shown."""

from __future__ import annotations

import datetime as dt

from papertrack.core.local_time import local_date, local_day
from papertrack.core.text import clean
from papertrack.core.wording import plural


def day(iso: str | None, today: dt.date) -> str:
    """A date for the reader: today, yesterday, `3 days ago`, `Nov 7`, `2024-11-07`; a
    month or a year as it is.
    """
    try:
        date = dt.date.fromisoformat((iso or "")[:10])
    except ValueError:
        return clean(iso or "")
    ago = (today - date).days
    if ago == 0:
        return "today"
    if ago == 1:
        return "yesterday"
    if 1 < ago < 7:
        return f"{ago} days ago"
    if date.year == today.year:
        return f"{date:%b} {date.day}"
    return date.isoformat()


def moment(iso: str | None, now: dt.datetime) -> str:
    """A time for the reader: `5 minutes ago`, `3 hours ago`, else its day; `never`."""
    try:
        then = dt.datetime.fromisoformat(iso or "")
    except ValueError:
        return clean(iso) if iso else "never"
    if then.tzinfo is None:
        return clean(iso or "")
    minutes = int((now - then).total_seconds() // 60)
    if minutes == 0:
        return "just now"
    if 0 < minutes < 60:
        return f"{plural(minutes, 'minute')} ago"
    if 60 <= minutes < 12 * 60:
        return f"{plural(minutes // 60, 'hour')} ago"
    return day(local_day(iso or ""), local_date(now))
