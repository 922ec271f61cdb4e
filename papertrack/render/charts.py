"""Charts of characters: bars, sparklines, a calendar. They are readable without colour."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from rich.table import Table
from rich.text import Text

from papertrack.core.weeks import YEAR, Weeks, last_weeks
from papertrack.render.elements import table, text

FULL, REST = "█", "░"
STEPS = "▁▂▃▄▅▆▇█"
SHADES = "·░▒▓█"
MARGIN = 4
"""The columns of the weekdays' names."""


def parted_bar(part: int, whole: int, most: int, width: int) -> Text:
    """A bar as long as `whole` is of `most`, filled as far as `part` is of `whole`.

    Each share that is not zero gets at least one character, if there is room.
    """
    length = _cells(whole, most, width)
    filled = _cells(part, whole, length)
    if filled == length and part < whole and length > 1:
        filled -= 1
    return Text(FULL * filled, "bar").append(REST * (length - filled), "dim")


def _cells(count: int, most: int, width: int) -> int:
    """How many of `width` characters show `count` of `most`; at least 1 unless 0."""
    if not count or not most:
        return 0
    return min(max(round(count * width / most), 1), width)


def bars(heading: str, counts: Sequence[tuple[str, int]], *, width: int) -> Table:
    """Names with their counts and bars, in a column of this width."""
    most = max((count for _, count in counts), default=0)
    digits = len(f"{most:,}")
    room = max((width - digits - 4) // 3, 4)
    drawn = table(heading, "", "")
    name_column, count_column, bar_column = drawn.columns
    name_column.width = width - digits - room - 4
    count_column.justify = "right"
    count_column.no_wrap = bar_column.no_wrap = True
    bar_column.width = room
    for name, count in counts:
        bar = Text(FULL * _cells(count, most, room), "bar")
        drawn.add_row(text(name), f"{count:,}", bar)
    return drawn


def sparkline(values: Sequence[float | None], *, top: float, stretch: int = 1) -> str:
    """A column for each value: the lowest for 0, the highest for `top`, none for None."""
    return "".join(_step(value, top) * stretch for value in values)


def _step(value: float | None, top: float) -> str:
    if value is None:
        return " "
    highest = len(STEPS) - 1
    if not value or not top:
        return STEPS[0]
    return STEPS[min(max(round(value / top * highest), 1), highest)]


# ------------------------------------------------------------------ the calendar


def calendar(days: Mapping[dt.date, int], *, width: int) -> Sequence[Text]:
    """The weeks up to the last day with a count, one column each, a row per weekday.

    The months are named above, the shades below. Empty without days.
    """
    if not days:
        return ()
    weeks = last_weeks(days, weeks_in(width))
    has_room = len(weeks.mondays) * 2 + MARGIN <= width
    cell = 2 if has_room else 1
    names = ("Mon", "", "Wed", "", "Fri", "", "Sun")
    lines = [Text(name.ljust(MARGIN), "dim") for name in names]
    for _, row, _, count in weeks.squares():
        style = "votes" if count else "dim"
        lines[row].append(SHADES[weeks.shade(count)], style)
        lines[row].append(" " * (cell - 1))
    return (_months(weeks, cell), *lines, _scale(weeks))


def weeks_in(width: int) -> int:
    """How many weeks a calendar of this width shows at most."""
    return min(width - MARGIN, YEAR)


def _months(weeks: Weeks, cell: int) -> Text:
    """The names of the months above their first weeks, where there is room."""
    line = ""
    for start, end, name in weeks.months():
        if end == len(weeks.mondays):
            end += MARGIN
        if (end - start) * cell > 3:
            line = f"{line:{MARGIN + start * cell}}{name}"
    return Text(line, "dim")


def _scale(weeks: Weeks) -> Text:
    """The counts that each shade stands for."""
    line = Text(" " * MARGIN, "dim")
    for shade, low, high in weeks.scale():
        counts = f"{low}-{high}" if high > low else f"{low}"
        line.append(SHADES[shade], "votes" if shade else "dim")
        line.append(f" {counts}  ", "dim")
    line.rstrip()
    return line
