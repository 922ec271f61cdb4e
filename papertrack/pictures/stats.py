"""The picture of `stats`: totals, the calendar, bars, reading by month."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence

from papertrack.core.reading import SHOWN, Month
from papertrack.core.weeks import heading, last_weeks
from papertrack.core.wording import noun
from papertrack.pictures import bars, calendar
from papertrack.pictures.svg import (
    Drawing,
    cut_label,
    document,
    label,
    moved,
    side_by_side,
    stacked,
)

WIDTH = 500
"""The width inside the margins: texts can be read on a telephone, too."""
GAP = 22


def stats(
    title: str,
    totals: str,
    days: Mapping[dt.date, int],
    tops: Mapping[str, Sequence[tuple[str, int]]],
    months: Sequence[Month],
) -> str:
    """A picture of counts, as `papertrack stats` shows them."""
    parts = [header(title, totals, WIDTH)]
    if days:
        parts.append(_calendar(days))
    parts += _charts([(name, counts) for name, counts in tops.items() if counts])
    if months:
        parts.append(bars.reading("Reading", months[-SHOWN:], WIDTH))
    drawing = stacked(parts, GAP)
    description = ". ".join([totals, *_described(days, tops)])
    return document(drawing._replace(width=WIDTH), title, description)


def _charts(tops: Sequence[tuple[str, Sequence[tuple[str, int]]]]) -> Iterator[Drawing]:
    """Charts of bars, two beside each other; the last one has the room of two."""
    for start in range(0, len(tops), 2):
        pair = tops[start : start + 2]
        width = (WIDTH - GAP) / 2 if len(pair) == 2 else WIDTH
        yield side_by_side([bars.bars(*one, width) for one in pair], GAP)


def header(title: str, subtitle: str, width: float) -> Drawing:
    """A title and a line below it."""
    body = cut_label(0, 18, title, width, "heading")
    body += f"\n{label(0, 40, subtitle, 'dim')}\n"
    return Drawing(width, 42, body)


def _calendar(days: Mapping[dt.date, int]) -> Drawing:
    drawn = calendar.calendar(last_weeks(days), WIDTH)
    body = f"{label(0, 14, heading(days), 'strong')}\n{moved(drawn, 0, 24)}"
    return Drawing(WIDTH, drawn.height + 24, body)


def _described(
    days: Mapping[dt.date, int], tops: Mapping[str, Sequence[tuple[str, int]]]
) -> list[str]:
    """The facts in words."""
    described = []
    if days:
        day = max(days, key=lambda day: days[day])
        papers = f"{days[day]:,} {noun(days[day], 'paper')}"
        described.append(f"Most papers of a day: {papers}, {day}")
    for name, counts in tops.items():
        if counts:
            shown = ", ".join(f"{value} {count:,}" for value, count in counts)
            described.append(f"{name}: {shown}")
    return described
