"""Charts of characters: bars, sparklines, a calendar. They are readable without colour."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence

from rich.table import Table
from rich.text import Text

from papertrack.render.elements import table, text

FULL, REST = "█", "░"
STEPS = "▁▂▃▄▅▆▇█"
SHADES = "·░▒▓█"
WEEKS = 53
"""How many weeks a calendar has at most."""
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
    last = max(days)
    first = _monday(shown_from(days, width=width))
    weeks = (_monday(last) - first).days // 7 + 1
    has_room = weeks * 2 + MARGIN <= width
    cell = 2 if has_room else 1
    most = max(count for day, count in days.items() if day >= first)
    mondays = [first + dt.timedelta(weeks=number) for number in range(weeks)]
    lines = [_months(mondays, cell)]
    for weekday, name in enumerate(("Mon", "", "Wed", "", "Fri", "", "Sun")):
        line = Text(name.ljust(MARGIN), "dim")
        for monday in mondays:
            day = monday + dt.timedelta(days=weekday)
            if day <= last:
                line.append_text(_square(days.get(day, 0), most))
                line.append(" " * (cell - 1))
        lines.append(line)
    return (*lines, _scale(most))


def shown_from(days: Mapping[dt.date, int], *, width: int) -> dt.date:
    """The first day that a calendar of this width shows."""
    weeks = min(width - MARGIN, WEEKS)
    start = _monday(max(days)) - dt.timedelta(weeks=weeks - 1)
    return max(min(days), start)


def _monday(day: dt.date) -> dt.date:
    return day - dt.timedelta(days=day.weekday())


def _square(count: int, most: int) -> Text:
    shade = -(-count * (len(SHADES) - 1) // most)
    return Text(SHADES[shade], "votes" if count else "dim")


def _months(mondays: Sequence[dt.date], cell: int) -> Text:
    """The names of the months above their first weeks, where there is room."""
    starts = [
        number
        for number, monday in enumerate(mondays)
        if number == 0 or monday.month != mondays[number - 1].month
    ]
    ends = [*starts[1:], len(mondays) + MARGIN]
    line = ""
    for start, end in zip(starts, ends, strict=True):
        if (end - start) * cell > 3:
            line = f"{line:{MARGIN + start * cell}}{mondays[start]:%b}"
    return Text(line, "dim")


def _scale(most: int) -> Text:
    """The counts that each shade stands for."""
    line = Text(" " * MARGIN, "dim")
    for shade, low, high in _ranges(most):
        counts = f"{low}-{high}" if high > low else f"{low}"
        line.append(SHADES[shade], "votes" if shade else "dim")
        line.append(f" {counts}  ", "dim")
    line.rstrip()
    return line


def _ranges(most: int) -> Iterator[tuple[int, int, int]]:
    """Each shade with its lowest and highest count."""
    low = 0
    for shade in range(len(SHADES)):
        high = most * shade // (len(SHADES) - 1)
        if high >= low:
            yield shade, low, high
        low = high + 1
