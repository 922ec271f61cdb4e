"""What `stats` and `trends` show."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from itertools import accumulate

from rich.cells import cell_len
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from papertrack.core.text import clean
from papertrack.index.counts import Progress, Share, Summary, Trend
from papertrack.render.charts import bars, calendar, parted_bar, shown_from, sparkline
from papertrack.render.elements import BLUE, table

MONTHS = 12
"""How many months of reading are shown."""

COLUMN, WIDEST = 38, 60
"""How wide a column of bars is at least and at most."""


def stats(
    summary: Summary,
    days: Mapping[dt.date, int],
    tops: Mapping[str, Sequence[Share]],
    progress: Sequence[Progress],
    *,
    width: int,
) -> Group:
    """The library in numbers: how papers stand, a calendar, the most frequent of each list, how reading goes."""
    drawn: list[RenderableType] = [_standing(summary)]
    if days:
        first, last = shown_from(days, width=width), max(days)
        drawn += [
            Text(""),
            Text(f"Papers a day, {first} to {last}", "bold"),
            *calendar(days, width=width),
        ]
    if charts := {name: shares for name, shares in tops.items() if shares}:
        drawn += [Text(""), _side_by_side(charts, width)]
    if progress:
        drawn += [Text(""), _reading(progress, width)]
    return Group(*drawn)


def _standing(summary: Summary) -> Text:
    line = Text(f"{summary.papers:,} paper{'s' * (summary.papers != 1)}", "bold")
    states = [
        f"{getattr(summary, name):,} {name}"
        for name in Summary._fields[1:]
        if getattr(summary, name)
    ]
    return line.append(": " + ", ".join(states) if states else "", "not bold")


def _side_by_side(charts: Mapping[str, Sequence[Share]], width: int) -> Table:
    """Charts beside each other, as many as have room."""
    across = min(max(width // COLUMN, 1), len(charts))
    each = min((width - 2 * (across - 1)) // across, WIDEST)
    grid = Table.grid(padding=(0, 2), pad_edge=False)
    for _ in range(across):
        grid.add_column(width=each)
    drawn = [bars(name, shares, width=each) for name, shares in charts.items()]
    for start in range(0, len(drawn), across):
        if start:
            grid.add_row()
        grid.add_row(*drawn[start : start + across])
    return grid


def _reading(progress: Sequence[Progress], width: int) -> Table:
    """Month by month what came and what was read, and how much of all was read by then."""
    added = list(accumulate(month.added for month in progress))
    read = list(accumulate(month.read for month in progress))
    drawn = table("Month", "Added", "Read", "So far", "█ read ░ not read")
    for column in drawn.columns[1:4]:
        column.justify = "right"
        column.no_wrap = True
    rows = list(zip(progress, added, read, strict=True))[-MONTHS:]
    for month, came, done in rows:
        part = f"{done / came:.0%}" if came else ""
        bar = parted_bar(done, came, max(added), min(width - 40, 40))
        drawn.add_row(
            clean(month.month), f"{month.added:,}", f"{month.read:,}", part, bar
        )
    return drawn


# ------------------------------------------------------------------ trends


FEW = 10
"""A period of fewer papers tells no share worth drawing: one paper of two is 50 %."""


WHEN_FROM = 76
"""The width from which on there is room to tell when a share was highest."""


def trends(
    rows: Sequence[Trend], periods: Sequence[str], *, width: int, same_scale: bool
) -> tuple[Table, int]:
    """Sparklines of the queries' shares, and how many of the last periods there was room for."""
    names = min(
        max(len("all papers"), *(cell_len(clean(row.query)) for row in rows)),
        max(width // 4, 12),
    )
    when = len(periods[-1]) + 2 if width >= WHEN_FROM else 0
    room = max(width - names - when - 25, 8)
    shown = min(len(periods), room)
    periods = periods[-shown:]
    stretch = min(max(room // shown, 1), 4)
    span = f"{periods[0]} … {periods[-1]}" if shown > 1 else periods[-1]
    drawn = table(
        "Query",
        span if len(span) <= room else f"to {periods[-1]}",
        "Last",
        "Most",
        "",
        "Papers",
    )
    drawn.columns[0].max_width = names
    for column in drawn.columns[1:]:
        column.no_wrap = True
        column.justify = (
            "right" if column.header in ("Last", "Most", "Papers") else "left"
        )
    if not when:
        del drawn.columns[4]
    shares = [_drawn(row, shown) for row in rows]
    tops = [max((share or 0 for share in series), default=0) for series in shares]
    for row, series, own in zip(rows, shares, tops, strict=True):
        spark = Text(
            sparkline(series, top=max(tops) if same_scale else own, stretch=stretch),
            BLUE,
        )
        peak = [Text(periods[_highest(series)], "dim")] if when else []
        cells: tuple[str | Text, ...] = (
            _percent(row.shares[-1]),
            _percent(own),
            *peak,
            f"{sum(row.counts):,}",
        )
        drawn.add_row(Text(clean(row.query), "bold"), spark, *cells)
    totals = rows[0].totals[-shown:]
    spark = Text(sparkline(totals, top=max(totals), stretch=stretch), "dim")
    peak = [Text(periods[_highest(totals)], "dim")] if when else []
    cells = (f"{totals[-1]:,}", f"{max(totals):,}", *peak, f"{sum(rows[0].totals):,}")
    drawn.add_row(Text("all papers", "dim"), spark, *cells)
    return drawn, shown


def _drawn(row: Trend, shown: int) -> list[float | None]:
    """The last shares, those of few papers left out where others are of more."""
    least = FEW if max(row.totals[-shown:]) >= FEW else 1
    told = zip(row.shares[-shown:], row.totals[-shown:], strict=True)
    return [share if of >= least else None for share, of in told]


def _highest(values: Sequence[float | None]) -> int:
    return max(range(len(values)), key=lambda place: values[place] or 0)


def _percent(share: float | None) -> str:
    if share is None:
        return "–"
    return f"{share:.1%}" if 0 < share < 0.1 else f"{share:.0%}"
