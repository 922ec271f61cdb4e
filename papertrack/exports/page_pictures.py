"""What the HTML page shows above its papers: a calendar of their days, and their tags."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from papertrack.core.model import Paper
from papertrack.core.periods import count_days
from papertrack.core.weeks import heading, last_weeks
from papertrack.exports.grouping import most_frequent
from papertrack.pictures.bars import bars
from papertrack.pictures.calendar import calendar, pitch_in
from papertrack.pictures.svg import inline, text
from papertrack.pictures.words import busiest, listed

WIDTH = 335
"""The width of each picture: it fits on a telephone, and three in a wide window."""

HALF = 27
"""The most weeks of a part of the calendar: half a year."""

TAGS = 10
"""How many tags are shown, the most frequent."""


def pictures(papers: Iterable[Paper]) -> str:
    """The pictures; "" if no paper has a day or a tag. The papers are read once."""
    dates: Counter[str | None] = Counter()

    def counted() -> Iterator[Paper]:
        for paper in papers:
            dates[paper.date] += 1
            yield paper

    tags = most_frequent(counted(), "tag")
    figures = _calendar(count_days(dates.items())) + _tags(tags)
    return f'<div class="counts">\n{figures}</div>\n' if figures else ""


def _calendar(days: Mapping[dt.date, int]) -> str:
    if not days:
        return ""
    title = heading(days)
    pitch = pitch_in(WIDTH, HALF)
    weeks = last_weeks(days)
    parts = weeks.parts(HALF)
    drawn = ""
    for part in parts:
        half = calendar(part, pitch, has_scale=part is parts[-1])
        drawn += inline(half, f"{title}; {busiest(weeks)}")
    return _figure(title, f'<div class="weeks">\n{drawn}</div>\n')


def _tags(tags: Sequence[tuple[str, int]]) -> str:
    if not tags:
        return ""
    title = "Tags"
    if len(tags) > TAGS:
        title = f"Tags, {TAGS} of {len(tags)}"
    shown = tags[:TAGS]
    drawn = inline(bars("", shown, WIDTH), listed(title, shown))
    return _figure(title, drawn)


def _figure(caption: str, content: str) -> str:
    return f"<figure>\n<figcaption>{text(caption)}</figcaption>\n{content}</figure>\n"
