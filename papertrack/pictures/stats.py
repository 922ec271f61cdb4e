"""The picture of `stats`: totals, the calendar, bars, reading by month."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence

from papertrack.core.reading import SHOWN, Month
from papertrack.core.weeks import heading, last_weeks
from papertrack.pictures import bars, calendar, words
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
    facts = [totals]
    if days:
        facts.append(words.busiest(last_weeks(days)))
    facts += [words.listed(name, counts) for name, counts in tops.items() if counts]
    return document(drawing._replace(width=WIDTH), title, "; ".join(facts))


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
    weeks = last_weeks(days)
    pitch = calendar.pitch_in(WIDTH, len(weeks.mondays))
    drawn = calendar.calendar(weeks, pitch)
    body = f"{label(0, 14, heading(days), 'strong')}\n{moved(drawn, 0, 24)}"
    return Drawing(WIDTH, drawn.height + 24, body)
