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
from papertrack.core.wording import noun
from papertrack.index.counts import Progress, Share, Summary, Trend
from papertrack.render.charts import bars, calendar, parted_bar, shown_from, sparkline
from papertrack.render.elements import table, text

MONTHS = 12
"""How many months of reading are shown."""

COLUMN, WIDEST = 38, 60
"""The least and greatest width of a chart of bars."""


def stats(
    summary: Summary,
    days: Mapping[dt.date, int],
    tops: Mapping[str, Sequence[Share]],
    progress: Sequence[Progress],
    *,
    width: int,
) -> Group:
    """Totals, a calendar, the most frequent values of fields, reading by month."""
    drawn: list[RenderableType] = [_totals(summary)]
    if days:
        first, last = shown_from(days, width=width), max(days)
        title = Text(f"Papers a day, {first} to {last}", "bold")
        drawn += [Text(""), title, *calendar(days, width=width)]
    charts = {name: shares for name, shares in tops.items() if shares}
    if charts:
        drawn += [Text(""), _side_by_side(charts, width)]
    if progress:
        drawn += [Text(""), _reading(progress, width)]
    return Group(*drawn)


def _totals(summary: Summary) -> Text:
    papers, *_ = summary
    line = Text(f"{papers:,} {noun(papers, 'paper')}", "bold")
    states = [
        f"{count:,} {name}"
        for name, count in summary._asdict().items()
        if count and name != "papers"
    ]
    if states:
        line.append(f": {', '.join(states)}", "not bold")
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


def _reading(progress: Sequence[Progress], width: int) -> Table:
    """How many papers were added and read in each month, and the share read by then."""
    added = list(accumulate(month.added for month in progress))
    read = list(accumulate(month.read for month in progress))
    drawn = table("Month", "Added", "Read", "So far", "█ read ░ not read")
    for column in drawn.columns[1:4]:
        column.justify = "right"
        column.no_wrap = True
    rows = list(zip(progress, added, read, strict=True))
    for month, all_added, all_read in rows[-MONTHS:]:
        share = f"{all_read / all_added:.0%}" if all_added else ""
        bar = parted_bar(all_read, all_added, max(added), min(width - 40, 40))
        counts = f"{month.added:,}", f"{month.read:,}"
        drawn.add_row(clean(month.month), *counts, share, bar)
    return drawn


# ------------------------------------------------------------------ trends


FEW = 10
"""The share of a period with fewer papers means little: one paper of two is 50 %."""

MIN_WIDTH_OF_PEAKS = 76
"""The width from which on the period of the highest share is shown."""

MAX_STRETCH = 4
"""How many characters wide a period is drawn at most."""


def trends(
    rows: Sequence[Trend], periods: Sequence[str], *, width: int, same_scale: bool
) -> tuple[Table, int]:
    """Sparklines of the shares, and how many of the last periods fit in the width."""
    names = ["all papers", *(clean(row.query) for row in rows)]
    name_width = min(max(map(cell_len, names)), max(width // 4, 12))
    has_peaks = width >= MIN_WIDTH_OF_PEAKS
    peak_width = len(periods[-1]) + 2 if has_peaks else 0
    room = max(width - name_width - peak_width - 25, 8)
    shown = min(len(periods), room)
    stretch = min(max(room // shown, 1), MAX_STRETCH)
    periods = periods[-shown:]
    drawn = _trend_table(periods, room)
    drawn.columns[0].max_width = name_width

    shares = [_reliable_shares(row, shown) for row in rows]
    tops: list[float] = []
    for series in shares:
        known = (share for share in series if share is not None)
        tops.append(max(known, default=0))

    def add_row(
        name: Text, series: Sequence[float | None], top: float, style: str, *cells: str
    ) -> None:
        last, most, papers = cells
        spark = Text(sparkline(series, top=top, stretch=stretch), style)
        peak = periods[_highest(series)] if has_peaks else ""
        drawn.add_row(name, spark, last, most, Text(peak, "dim"), papers)

    for row, series, top in zip(rows, shares, tops, strict=True):
        scale = max(tops) if same_scale else top
        cells = _percent(row.shares[-1]), _percent(top), f"{sum(row.counts):,}"
        add_row(text(row.query, "bold"), series, scale, "bar", *cells)
    all_papers = rows[0].totals
    totals = all_papers[-shown:]
    most = max(totals)
    cells = f"{totals[-1]:,}", f"{most:,}", f"{sum(all_papers):,}"
    add_row(Text("all papers", "dim"), totals, most, "dim", *cells)
    return drawn, shown


def _trend_table(periods: Sequence[str], room: int) -> Table:
    span = periods[-1]
    if len(periods) > 1:
        span = f"{periods[0]} … {periods[-1]}"
    if len(span) > room:
        span = f"to {periods[-1]}"
    drawn = table("Query", span, "Last", "Most", "", "Papers")
    for column in drawn.columns[1:]:
        column.no_wrap = True
        if column.header in ("Last", "Most", "Papers"):
            column.justify = "right"
    return drawn


def _reliable_shares(row: Trend, shown: int) -> list[float | None]:
    """The last shares, without those of few papers if other periods have more."""
    totals = row.totals[-shown:]
    least = FEW if max(totals) >= FEW else 1
    shares = zip(row.shares[-shown:], totals, strict=True)
    return [share if of >= least else None for share, of in shares]


def _highest(values: Sequence[float | None]) -> int:
    return max(range(len(values)), key=lambda place: values[place] or 0)


def _percent(share: float | None) -> str:
    if share is None:
        return "–"
    return f"{share:.1%}" if 0 < share < 0.1 else f"{share:.0%}"
