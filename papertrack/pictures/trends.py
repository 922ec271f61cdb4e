"""The picture of `trends`: shares over time, with their last and highest values."""

from __future__ import annotations

from collections.abc import Sequence

from papertrack.core.trends import Trend, highest, percent
from papertrack.pictures import letters
from papertrack.pictures.lines import Series, lines, swatch
from papertrack.pictures.stats import WIDTH, header
from papertrack.pictures.svg import (
    LINE,
    Drawing,
    cut_label,
    document,
    label,
    rectangle,
    stacked,
)

NAME = 38
"""Where the names begin, beside a piece of each line."""

ROOM = 205
"""The room of a name."""

COLUMNS = (("Last", 290.0), ("Most", 345.0), ("", 438.0), ("Papers", 500.0))
"""The columns of numbers, and where they end; the last is headed by what is counted."""


def trends(
    trends: Sequence[Trend], periods: Sequence[str], by: str, unit: str = "papers"
) -> str:
    """A picture of shares, as `papertrack trends` shows them; `unit` is papers or votes."""
    title = f"Share of {unit} by {by}"
    if not periods:
        nothing = f"no {unit}"
        return document(header(title, nothing, WIDTH), title, nothing)
    span = periods[0]
    if len(periods) > 1:
        span = f"{periods[0]} to {periods[-1]}"
    rows = [(trend.query, _cells(trend, periods)) for trend in trends]
    series = [Series(trend.query, trend.reliable_shares()) for trend in trends]
    parts = [
        header(title, span, WIDTH),
        lines(series, trends[0].totals, periods, WIDTH, unit),
        _legend(rows, _all_papers(trends[0].totals, periods), unit),
    ]
    facts = [
        f"{name}: last {last}, most {most} ({period}), {unit} {papers}"
        for name, (last, most, period, papers) in rows
    ]
    return document(stacked(parts, 14), title, "; ".join([span, *facts]))


Cells = tuple[str, str, str, str]
"""The last share, the highest one, its period, the papers."""


def _cells(trend: Trend, periods: Sequence[str]) -> Cells:
    shares = trend.reliable_shares()
    place = highest(shares)
    papers = f"{sum(trend.counts):,}"
    return percent(trend.shares[-1]), percent(shares[place]), periods[place], papers


def _all_papers(totals: Sequence[int], periods: Sequence[str]) -> Cells:
    place = highest(totals)
    papers = f"{sum(totals):,}"
    return f"{totals[-1]:,}", f"{totals[place]:,}", periods[place], papers


def _legend(rows: Sequence[tuple[str, Cells]], all_papers: Cells, unit: str) -> Drawing:
    y = float(letters.SIZE)
    headings = [name for name, _ in COLUMNS[:-1]] + [unit.capitalize()]
    parts = [
        label(x, y, name, "dim", anchor="end")
        for name, (_, x) in zip(headings, COLUMNS, strict=True)
        if name
    ]
    for place, (name, cells) in enumerate(rows):
        y += LINE
        parts.append(swatch(place, 0, y - 5))
        parts.append(cut_label(NAME, y, name, ROOM))
        parts += _numbers(cells, y)
    y += LINE
    parts.append(rectangle(8, y - 10, 12, 11, "rest"))
    parts.append(label(NAME, y, f"all {unit}", "dim"))
    parts += _numbers(all_papers, y)
    return Drawing(WIDTH, y + 6, "\n".join(parts) + "\n")


def _numbers(cells: Cells, y: float) -> list[str]:
    return [
        label(x, y, cell, "" if name else "dim", anchor="end")
        for (name, x), cell in zip(COLUMNS, cells, strict=True)
    ]
