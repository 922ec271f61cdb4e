"""What a terminal shows, as Rich renderables: papers, tags, counts, sources. Nothing is printed here.

Whatever came from outside goes into `Text`, never into a str that Rich reads as markup, and was cleaned
of control characters when it was taken in; it is cleaned once more here, since the library's files may
have been edited by hand.

The colours are of the fixed part of the 256, each with a contrast of three to one at least on black and on
white: what a terminal calls yellow or cyan vanishes on a light background, and its blue on a dark one.
"""

from __future__ import annotations

import datetime as dt

from rich.table import Table

from papertrack.core.text import clean

BLUE = "color(31)"
GREEN = "color(64)"
AMBER = "color(136)"
ORANGE = "color(166)"
PURPLE = "color(133)"
RED = "color(160)"


def table(*headings: str, gap: int = 2) -> Table:
    """An empty table without lines, with these headings; its cells fold, nothing is cut."""
    made = Table(box=None, padding=(0, gap, 0, 0), header_style="dim", pad_edge=False)
    for heading in headings:
        made.add_column(heading, overflow="fold")
    return made


def link(url: str | None) -> str | None:
    """A URL that may stand in a terminal's link sequence: http(s), nothing but printable ASCII."""
    usable = (
        url
        and url.startswith(("https://", "http://"))
        and url.isascii()
        and url.isprintable()
    )
    return url if usable and " " not in (url or " ") else None


def day(iso: str | None, today: dt.date) -> str:
    """A day as it is best read: today, yesterday, `3 days ago`, `Nov 7`, `2024-11-07`."""
    try:
        date = dt.date.fromisoformat((iso or "")[:10])
    except ValueError:
        return clean(iso or "")
    ago = (today - date).days
    if 0 <= ago <= 1:
        return "yesterday" if ago else "today"
    if 1 < ago < 7:
        return f"{ago} days ago"
    return f"{date:%b} {date.day}" if date.year == today.year else date.isoformat()


def moment(iso: str | None, now: dt.datetime) -> str:
    """A moment as it is best read: `5 minutes ago`, `3 hours ago`, then as `day`; `never` for None."""
    try:
        then = dt.datetime.fromisoformat(iso or "")
        seconds = (now - then).total_seconds()
    except (ValueError, TypeError):
        return clean(iso) if iso else "never"
    minutes = int(seconds // 60)
    if 0 <= minutes < 60:
        return f"{minutes} minute{'s' * (minutes != 1)} ago" if minutes else "just now"
    if 60 <= minutes < 12 * 60:
        return f"{minutes // 60} hour{'s' * (minutes >= 120)} ago"
    return day(then.astimezone().date().isoformat(), now.astimezone().date())
