"""The table of tags with their counts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from rich.table import Table
from rich.text import Text

from papertrack.core.text import clean
from papertrack.index.counts import Tag
from papertrack.render.charts import parted_bar
from papertrack.render.days import day
from papertrack.render.elements import table, text

HEADING = "Tag"
MIN_WIDTH_OF_DAYS = 50
MIN_WIDTH_OF_BARS = 64
LONGEST_BAR = 40
OTHER_COLUMNS = 42
"""The width of the columns between name and bar."""


def tags(
    rows: Sequence[Tag], *, today: dt.date, width: int, tree: bool = False
) -> Table:
    """The table of tags. With `tree` they are indented; parents come first in `rows`."""
    names = [_name(tag, tree) for tag in rows]
    has_days = width >= MIN_WIDTH_OF_DAYS
    headings = [HEADING, "Papers", "Unread", "Later"]
    if has_days:
        headings.append("Newest")
    drawn = table(*headings, gap=3)
    drawn.columns[0].min_width = len(HEADING)
    for column in drawn.columns[1:]:
        column.no_wrap = True
        column.justify = "right"
    has_bars = width >= MIN_WIDTH_OF_BARS
    if has_bars:
        drawn.add_column("█ unread ░ others", no_wrap=True)
    most = max((tag.papers for tag in rows), default=0)
    longest_name = max(len(HEADING), *(name.cell_len for name in names), 0)
    room = width - min(longest_name, width // 3) - OTHER_COLUMNS
    for name, tag in zip(names, rows, strict=True):
        cells: list[Text | str] = [
            name,
            str(tag.papers),
            _count(tag.unread, "unread"),
            _count(tag.later, "later"),
        ]
        if has_days:
            cells.append(Text(day(tag.newest, today), "dim"))
        if has_bars:
            length = min(room, LONGEST_BAR)
            cells.append(parted_bar(tag.unread, tag.papers, most, length))
        drawn.add_row(*cells)
    return drawn


def _name(tag: Tag, tree: bool) -> Text:
    if not tree:
        return text(tag.name, "bold")
    *parents, name = tag.name.split("/")
    return Text("  " * len(parents) + clean(name), "bold")


def _count(number: int, style: str) -> Text:
    return Text(str(number), style if number else "dim")
