"""Shares over time as lines, above columns of all papers."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from papertrack.pictures import letters
from papertrack.pictures.svg import (
    COLORS,
    Drawing,
    element,
    label,
    number,
    rectangle,
    tooltip,
)

LEFT = 46
"""The room of the percentages."""
HIGH = 190
"""The height of the lines' part."""
COLUMNS = 40
"""The height of the columns of all papers."""
MARKED = 60
"""The most periods whose points are marked."""
DASHES = ("", "7 4", "2 4", "9 3 2 3")
"""A line is known by its dashes where its colour is not seen, or used again."""


class Series(NamedTuple):
    """A line: its name, and a share for each period, None where it is unknown."""

    name: str
    shares: Sequence[float | None]


class Scale(NamedTuple):
    """Where periods and shares are drawn."""

    left: float
    width: float
    periods: int
    top: float

    def x(self, place: int) -> float:
        """The middle of a period."""
        return self.left + self.width * (place + 0.5) / self.periods

    def y(self, share: float) -> float:
        """The height of a share."""
        return HIGH - (HIGH - 10) * share / self.top


def lines(
    series: Sequence[Series],
    totals: Sequence[int],
    periods: Sequence[str],
    width: float,
    unit: str = "papers",
) -> Drawing:
    """The shares of each period as lines, and below them the number of all papers, or of
    what else the shares are of (`unit`).
    """
    known = [share for one in series for share in one.shares if share is not None]
    step, ticks = _steps(max(known, default=0))
    scale = Scale(LEFT, width - LEFT, len(periods), step * ticks)
    parts = list(_grid(scale, step, ticks, width))
    for place, one in enumerate(series):
        parts += _line(scale, one, periods, place)
    top = HIGH + 12
    parts += _columns(scale, totals, periods, top, unit)
    bottom = top + COLUMNS
    parts += _period_names(scale, periods, bottom + 18)
    return Drawing(width, bottom + 24, "\n".join(parts) + "\n")


def swatch(place: int, x: float, y: float) -> str:
    """A piece of a line, for what explains it."""
    return _path(f"M{number(x)} {number(y)}h28", place)


def _steps(most: float) -> tuple[float, int]:
    """The share between two lines of the grid, and how many of them there are: at most
    five up to `most`.
    """
    if not most:
        return 0.01, 1
    power = 10.0 ** math.floor(math.log10(most / 4))
    steps = (times * power for times in (1, 2, 2.5, 5, 10))
    step = next(step for step in steps if step >= most / 4 - 1e-9)
    return step, math.ceil(most / step - 1e-9)


def _grid(scale: Scale, step: float, ticks: int, width: float) -> Iterator[str]:
    decimals = next(
        digits for digits in range(9) if math.isclose(round(step, digits + 2), step)
    )
    for tick in range(ticks + 1):
        y = scale.y(step * tick)
        yield element("path", d=f"M{LEFT} {number(y)}H{number(width)}", class_="grid")
        share = f"{step * tick:.{decimals}%}"
        yield label(LEFT - 8, y + 4, share, "dim small", anchor="end")


def _line(
    scale: Scale, series: Series, periods: Sequence[str], place: int
) -> Iterator[str]:
    """A line that is broken where a share is unknown, and its points."""
    path = ""
    is_drawing = False
    for period, share in enumerate(series.shares):
        if share is not None:
            command = "L" if is_drawing else "M"
            path += f"{command}{_point(scale, period, share)}"
        is_drawing = share is not None
    yield _path(path, place, series.name)
    for period, share in enumerate(series.shares):
        if share is not None and (
            len(periods) <= MARKED or _is_alone(series.shares, period)
        ):
            tip = f"{series.name}, {periods[period]}: {share:.1%}"
            dot = f"M{_point(scale, period, share)}h0"
            kind = f"dot c{place % COLORS}"
            yield element("path", tooltip(tip), d=dot, class_=kind)


def _point(scale: Scale, period: int, share: float) -> str:
    return f"{number(scale.x(period))} {number(scale.y(share))}"


def _is_alone(shares: Sequence[float | None], place: int) -> bool:
    """Whether the shares beside this one are unknown: no line goes through it."""
    beside = (*shares[max(place - 1, 0) : place], *shares[place + 1 : place + 2])
    return all(share is None for share in beside)


def _path(d: str, place: int, name: str = "") -> str:
    content = tooltip(name) if name else ""
    kind = f"line c{place % COLORS}"
    dashes = DASHES[place % len(DASHES)]
    if not dashes:
        return element("path", content, d=d, class_=kind)
    return element("path", content, d=d, class_=kind, stroke_dasharray=dashes)


def _columns(
    scale: Scale, totals: Sequence[int], periods: Sequence[str], top: float, unit: str
) -> Iterator[str]:
    """The number of all papers, or other units, of each period."""
    most = max(totals)
    room = scale.width / scale.periods
    wide = max(min(room * 0.8, 24), 0.5)
    yield label(LEFT - 8, top + 12, f"{most:,}", "dim small", anchor="end")
    for place, total in enumerate(totals):
        if total:
            height = max(COLUMNS * total / most, 1)
            x = scale.x(place) - wide / 2
            y = top + COLUMNS - height
            tip = f"all {unit}, {periods[place]}: {total:,}"
            yield rectangle(x, y, wide, height, "rest", tip)


def _period_names(scale: Scale, periods: Sequence[str], y: float) -> Iterator[str]:
    """As many names of periods as there is room for, as far from each other."""
    wide = letters.width(periods[-1], 12)
    every = math.ceil(len(periods) * (wide + 16) / scale.width)
    free = 0.0
    for place in range(0, len(periods), every):
        x = min(scale.x(place), scale.left + scale.width - wide / 2)
        if x - wide / 2 >= free:
            yield label(x, y, periods[place], "dim small", anchor="middle")
            free = x + wide / 2 + 4
