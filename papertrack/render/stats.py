"""What `stats` and `trends` show."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from rich.cells import cell_len
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from papertrack.core.reading import SHOWN, Month
from papertrack.core.text import clean
from papertrack.core.trends import Trend, highest, percent
from papertrack.core.weeks import heading
from papertrack.index.counts import Share, Summary
from papertrack.render.charts import bars, calendar, parted_bar, sparkline, weeks_in
from papertrack.render.elements import table, text

COLUMN, WIDEST = 38, 60
"""The least and greatest width of a chart of bars."""


def stats(
    summary: Summary,
    days: Mapping[dt.date, int],
    tops: Mapping[str, Sequence[Share]],
    months: Sequence[Month],
    *,
    width: int,
) -> Group:
    """Totals, a calendar, the most frequent values of fields, reading by month."""
    drawn: list[RenderableType] = [_totals(summary)]
    if days:
        title = Text(heading(days, weeks_in(width)), "bold")
        drawn += [Text(""), title, *calendar(days, width=width)]
    charts = {name: shares for name, shares in tops.items() if shares}
    if charts:
        drawn += [Text(""), _side_by_side(charts, width)]
    if months:
        drawn += [Text(""), _reading(months[-SHOWN:], width)]
    return Group(*drawn)


def _totals(summary: Summary) -> Text:
    line = Text(summary.in_words)
    line.stylize("bold", 0, len(summary.in_words) - len(summary.states))
    return line


def _side_by_side(charts: Mapping[str, Sequence[Share]], width: int) -> Table:
    """As many charts beside each other as there is room for."""
    across = min(max(width // COLUMN, 1), len(charts))
    gaps = 2 * (across - 1)
    each = min((width - gaps) // across, WIDEST)
    grid = Table.grid(padding=(0, 2), pad_edge=False)
    for _ in range(across):
        grid.add_column(width=each)
    drawn = [bars(name, shares, width=each) for name, shares in charts.items()]
    for start in range(0, len(drawn), across):
        if start:
            grid.add_row()
        grid.add_row(*drawn[start : start + across])
    return grid


def _reading(months: Sequence[Month], width: int) -> Table:
    """How many papers were added and read in each month, and the share read by then."""
    drawn = table("Month", "Added", "Read", "So far", "█ read ░ not read")
    for column in drawn.columns[1:4]:
        column.justify = "right"
        column.no_wrap = True
    most = months[-1].all_added
    for month in months:
        bar = parted_bar(month.all_read, month.all_added, most, min(width - 40, 40))
        counts = f"{month.added:,}", f"{month.read:,}"
        drawn.add_row(month.month, *counts, month.share, bar)
    return drawn


# ------------------------------------------------------------------ trends


MIN_WIDTH_OF_PEAKS = 76
"""The width from which on the period of the highest share is shown."""

MAX_STRETCH = 4
"""How many characters wide a period is drawn at most."""


def trends(
    rows: Sequence[Trend],
    periods: Sequence[str],
    unit: str,
    *,
    width: int,
    same_scale: bool,
) -> tuple[Table, int]:
    """Sparklines of the shares, and how many of the last periods fit in the width.

    `unit` is what is counted, papers or votes.
    """
    names = [f"all {unit}", *(clean(row.query) for row in rows)]
    name_width = min(max(map(cell_len, names)), max(width // 4, 12))
    has_peaks = width >= MIN_WIDTH_OF_PEAKS
    peak_width = len(periods[-1]) + 2 if has_peaks else 0
    room = max(width - name_width - peak_width - 25, 8)
    shown = min(len(periods), room)
    stretch = min(max(room // shown, 1), MAX_STRETCH)
    periods = periods[-shown:]
    drawn = _trend_table(periods, room, unit.capitalize())
    drawn.columns[0].max_width = name_width

    shares = [row.reliable_shares(shown) for row in rows]
    tops: list[float] = []
    for series in shares:
        known = (share for share in series if share is not None)
        tops.append(max(known, default=0))

    def add_row(
        name: Text, series: Sequence[float | None], top: float, style: str, *cells: str
    ) -> None:
        last, most, papers = cells
        spark = Text(sparkline(series, top=top, stretch=stretch), style)
        peak = periods[highest(series)] if has_peaks else ""
        drawn.add_row(name, spark, last, most, Text(peak, "dim"), papers)

    for row, series, top in zip(rows, shares, tops, strict=True):
        scale = max(tops) if same_scale else top
        cells = percent(row.shares[-1]), percent(top), f"{sum(row.counts):,}"
        add_row(text(row.query, "bold"), series, scale, "bar", *cells)
    all_papers = rows[0].totals
    totals = all_papers[-shown:]
    most = max(totals)
    cells = f"{totals[-1]:,}", f"{most:,}", f"{sum(all_papers):,}"
    add_row(Text(f"all {unit}", "dim"), totals, most, "dim", *cells)
    return drawn, shown


def _trend_table(periods: Sequence[str], room: int, counted: str) -> Table:
    span = periods[-1]
    if len(periods) > 1:
        span = f"{periods[0]} … {periods[-1]}"
    if len(span) > room:
        span = f"to {periods[-1]}"
    drawn = table("Query", span, "Last", "Most", "", counted)
    for column in drawn.columns[1:]:
        column.no_wrap = True
        if column.header in ("Last", "Most", counted):
            column.justify = "right"
    return drawn
