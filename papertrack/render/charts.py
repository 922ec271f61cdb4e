"""Charts drawn with characters: bars, sparklines, a calendar. Each tells its numbers without colour too."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from rich.table import Table
from rich.text import Text

from papertrack.core.text import clean
from papertrack.render.elements import BLUE, GREEN, table

FULL, REST = "█", "░"
STEPS = "▁▂▃▄▅▆▇█"
SHADES = "·░▒▓█"
WEEKS = 53
"""How many weeks a calendar has at most."""


def parted_bar(part: int, whole: int, most: int, width: int) -> Text:
    """A bar as long as `whole` is to `most`, filled as far as `part` goes. What is not nothing is seen."""
    length = _cells(whole, most, width)
    filled = _cells(part, whole, length)
    if filled == length and part < whole and length > 1:
        filled -= 1
    return Text(FULL * filled, BLUE).append(REST * (length - filled), "dim")


def _cells(count: int, most: int, width: int) -> int:
    """How many of `width` cells show `count` of `most`: one at least where it is not nothing."""
    return min(max(round(count * width / most), 1), width) if count and most else 0


def bars(heading: str, counts: Sequence[tuple[str, int]], *, width: int) -> Table:
    """Names with their counts and bars, in a column of this width."""
    most = max((count for _, count in counts), default=0)
    digits = len(f"{most:,}")
    room = max((width - digits - 4) // 3, 4)
    drawn = table(heading, "", "")
    drawn.columns[0].width = width - digits - room - 4
    drawn.columns[1].justify = "right"
    drawn.columns[1].no_wrap = drawn.columns[2].no_wrap = True
    drawn.columns[2].width = room
    for name, count in counts:
        drawn.add_row(
            Text(clean(name)),
            f"{count:,}",
            Text(FULL * _cells(count, most, room), BLUE),
        )
    return drawn


def sparkline(values: Sequence[float | None], *, top: float, stretch: int = 1) -> str:
    """A column of a height for each value: the lowest for nothing, the highest for `top`, none for None."""
    return "".join(_step(value, top) * stretch for value in values)


def _step(value: float | None, top: float) -> str:
    if value is None:
        return " "
    height = (
        min(max(round(value / top * (len(STEPS) - 1)), 1), len(STEPS) - 1)
        if value and top
        else 0
    )
    return STEPS[height]


# ------------------------------------------------------------------ the calendar


def calendar(days: Mapping[dt.date, int], *, width: int) -> tuple[Text, ...]:
    """The days up to the last that has any, a column a week and a row a weekday; above it the months, below the scale.

    No lines where there are no days.
    """
    if not days:
        return ()
    last = max(days)
    room = min((width - 4), WEEKS)
    monday = _monday(last)
    first = max(_monday(min(days)), monday - dt.timedelta(weeks=room - 1))
    weeks = (monday - first).days // 7 + 1
    cell = 2 if weeks * 2 + 4 <= width else 1
    most = max(count for day, count in days.items() if day >= first)
    starts = [first + dt.timedelta(weeks=number) for number in range(weeks)]
    lines = [_months(starts, cell)]
    for weekday, name in enumerate(("Mon", "", "Wed", "", "Fri", "", "Sun")):
        line = Text(f"{name:4}", "dim")
        for start in starts:
            day = start + dt.timedelta(days=weekday)
            line.append_text(
                _square(days.get(day, 0), most).append(" " * (cell - 1))
                if day <= last
                else Text()
            )
        lines.append(line)
    return (*lines, _scale(most))


def shown_from(days: Mapping[dt.date, int], *, width: int) -> dt.date:
    """The first day that a calendar of this width shows."""
    return max(
        min(days), _monday(max(days)) - dt.timedelta(weeks=min(width - 4, WEEKS) - 1)
    )


def _monday(day: dt.date) -> dt.date:
    return day - dt.timedelta(days=day.weekday())


def _square(count: int, most: int) -> Text:
    shade = -(-count * (len(SHADES) - 1) // most)
    return Text(SHADES[shade], GREEN if count else "dim")


def _months(starts: Sequence[dt.date], cell: int) -> Text:
    """The months' names above the weeks that they begin in, where they have room before the next."""
    begun = [
        0,
        *(
            number
            for number in range(1, len(starts))
            if starts[number].month != starts[number - 1].month
        ),
    ]
    line = ""
    for number, following in zip(begun, [*begun[1:], len(starts) + 4], strict=True):
        if (following - number) * cell > 3:
            line = f"{line:{4 + number * cell}}{starts[number]:%b}"
    return Text(line, "dim")


def _scale(most: int) -> Text:
    """What the shades stand for."""
    line = Text("    ", "dim")
    ends = [most * level // (len(SHADES) - 1) for level in range(len(SHADES))]
    for level, (low, high) in enumerate(
        zip([0, *(end + 1 for end in ends[:-1])], ends, strict=True)
    ):
        if high >= low:
            line.append(SHADES[level], GREEN if level else "dim")
            line.append(f" {low}-{high}  " if high > low else f" {low}  ", "dim")
    line.rstrip()
    return line
