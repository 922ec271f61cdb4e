"""The tag view: each tag with its counts and a bar; what stands above a tag's papers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from rich.table import Table
from rich.text import Text

from papertrack.core.text import clean
from papertrack.index.counts import Share, Tag
from papertrack.render.charts import parted_bar
from papertrack.render.elements import BLUE, PURPLE, day, table

BAR_FROM = 64
"""The width from which on there is room for the bars."""

TOGETHER = 8
"""How many of the tags that a tag's papers share are named."""


def tags(
    rows: Sequence[Tag], *, today: dt.date, width: int, tree: bool = False
) -> Table:
    """The tag view. With `tree`, `rows` stand below their parents already and are indented."""
    most = max((tag.papers for tag in rows), default=0)
    names = [_name(tag, tree) for tag in rows]
    drawn = table("Tag", "Papers", "Unread", "Later", "Newest", gap=3)
    for column in drawn.columns[1:]:
        column.no_wrap = True
        column.justify = "right"
    room = (
        width - min(max((name.cell_len for name in names), default=3), width // 3) - 42
    )
    if width >= BAR_FROM:
        drawn.add_column("█ unread ░ others", no_wrap=True)
    for name, tag in zip(names, rows, strict=True):
        counts = (_count(tag.unread, BLUE), _count(tag.later, PURPLE))
        bar = (
            [parted_bar(tag.unread, tag.papers, most, min(room, 40))]
            if width >= BAR_FROM
            else []
        )
        drawn.add_row(
            name, str(tag.papers), *counts, Text(day(tag.newest, today), "dim"), *bar
        )
    return drawn


def _name(tag: Tag, tree: bool) -> Text:
    depth = tag.name.count("/") if tree else 0
    return Text(
        "  " * depth + clean(tag.name.rpartition("/")[2] if tree else tag.name), "bold"
    )


def _count(number: int, style: str) -> Text:
    return Text(str(number), style if number else "dim")


def heading(tag: Tag, together: Sequence[Share], *, shown: int) -> Text:
    """What stands above a tag's papers: its counts, and the tags that they have besides it."""
    number = f"{shown} of {tag.papers}" if shown < tag.papers else str(tag.papers)
    told = (
        f"  {number} paper{'s' * (tag.papers != 1)}, {tag.unread} unread"
        + f", {tag.later} later" * bool(tag.later)
    )
    line = Text(f"#{clean(tag.name)}", f"bold {BLUE}").append(told, "not bold default")
    if together:
        named = [
            f"#{clean(share.name)} {share.papers}" for share in together[:TOGETHER]
        ]
        others = len(together) - TOGETHER
        text = (
            "\nwith " + ", ".join(named) + (f" and {others} more" if others > 0 else "")
        )
        line.append(text, "not bold default dim")
    return line
