"""The bar of long work, as a line: what is done, how much of it, how fast, how long."""

from __future__ import annotations

import datetime as dt

from rich.console import RenderableType
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from papertrack.core.progress import Moment
from papertrack.core.text import abridge, shorten

SPINNER = "-\\|/"
"""A turning bar in ASCII, as no terminal lacks it."""

BAR, NUMBERS = 16, 32
"""Columns of the bar, and at least of the numbers: that it does not jump."""

NARROW = 60
"""Columns of a terminal with room for the count, but not for a bar and the rate."""


def line(moment: Moment, width: int) -> Table:
    """The bar, as wide as `width`."""
    is_narrow = width < NARROW
    numbers = "  ".join(_numbers(moment, has_rate=not is_narrow))
    numbers_width = len(numbers) if is_narrow else max(len(numbers), NUMBERS)
    bar_width = 0 if is_narrow else BAR
    room = width - numbers_width - bar_width - len("-  ") - (not is_narrow)
    table = Table.grid(padding=(0, 1, 0, 0))
    table.add_column(width=1)
    table.add_column(width=room, no_wrap=True)
    cells: list[RenderableType] = [Text(_what(moment, room))]
    if bar_width:
        table.add_column(width=bar_width)
        cells.append(_bar(moment))
    table.add_column(width=numbers_width, no_wrap=True)
    table.add_row(SPINNER[moment.turns % len(SPINNER)], *cells, Text(numbers))
    return table


def _what(moment: Moment, room: int) -> str:
    """`refs.bib: reading`; a long name is shortened, as the phase is what changes."""
    phase = shorten(moment.phase, room)
    room -= len(phase) + len(": ")
    if not moment.name or room < 4:
        return phase
    return f"{abridge(moment.name, room)}: {phase}"


def _bar(moment: Moment) -> ProgressBar:
    is_known = bool(moment.total)
    return ProgressBar(
        moment.total if is_known else None,
        min(moment.done, moment.total),
        pulse=not is_known,
        animation_time=moment.seconds,
        style="dim",
        complete_style="bar",
        finished_style="bar",
        pulse_style="bar",
    )


def _numbers(moment: Moment, *, has_rate: bool) -> list[str]:
    """`12/402 pages`, `8.3/s`, `0:47 left`; the time so far where the total is unknown."""
    parts = []
    if moment.total:
        parts.append(f"{moment.done:,}/{moment.total:,} {moment.unit}".rstrip())
    elif moment.done:
        parts.append(f"{moment.done:,} {moment.unit}".rstrip())
    if moment.rate and has_rate:
        parts.append(_rate(moment.rate))
    if moment.total and moment.rate:
        left = max(moment.total - moment.done, 0) / moment.rate
        parts.append(f"{_duration(left)} left")
    else:
        parts.append(_duration(moment.seconds))
    return parts


def _rate(rate: float) -> str:
    if rate < 1:
        return f"{rate * 60:.1f}/min"
    return f"{rate:.1f}/s" if rate < 10 else f"{rate:,.0f}/s"


def _duration(seconds: float) -> str:
    """`0:47`, `12:05`, `1:02:05`."""
    duration = str(dt.timedelta(seconds=round(seconds)))
    return duration.removeprefix("0:").removeprefix("0") if seconds < 3600 else duration
