"""A calendar: a column for each week, a square for each day, darker with more papers."""

from __future__ import annotations

from papertrack.core.weeks import Weeks
from papertrack.core.wording import noun
from papertrack.pictures import letters
from papertrack.pictures.svg import LINE, Drawing, element, label, number, rectangle

WEEKDAYS = (("Mon", 0), ("Wed", 2), ("Fri", 4), ("Sun", 6))
LEFT = 36
"""The room of the weekdays' names."""
LARGEST = 15
"""The largest distance of two squares, in pixels."""
SMALL = 12
"""The size of texts beside small squares."""


def pitch_in(width: float, weeks: int) -> float:
    """The distance of two squares if so many weeks are drawn in a width."""
    return min((width - LEFT - SMALL) / weeks, LARGEST)


def calendar(weeks: Weeks, pitch: float, *, has_scale: bool = True) -> Drawing:
    """The weeks, their squares at this distance, with the scale of the shades below."""
    parts = [_months(weeks, pitch)]
    for name, row in WEEKDAYS:
        y = LINE + row * pitch + pitch / 2 + SMALL / 3
        parts.append(label(0, y, name, "dim small"))
    parts.append(_squares(weeks, pitch))
    # The name of the last month may be wider than its weeks.
    width = LEFT + len(weeks.mondays) * pitch + SMALL
    height = LINE + 7 * pitch
    if has_scale:
        scale = _scale(weeks, height + LINE)
        parts.append(scale.body)
        width = max(width, scale.width)
        height += LINE + 6
    return Drawing(width, height, "\n".join(parts) + "\n")


def _squares(weeks: Weeks, pitch: float) -> str:
    """Days without papers are one shape: there are hundreds of them."""
    side = pitch * 0.84
    empty = ""
    squares = []
    for column, row, day, count in weeks.squares():
        x = LEFT + column * pitch
        y = LINE + row * pitch
        if count:
            tip = f"{day}: {count:,} {noun(count, 'paper')}"
            kind = f"s{weeks.shade(count)}"
            squares.append(rectangle(x, y, side, side, kind, tip))
        else:
            edge = number(side)
            empty += f"M{number(x)} {number(y)}h{edge}v{edge}h-{edge}z"
    return "\n".join([element("path", d=empty, class_="none"), *squares])


def _months(weeks: Weeks, pitch: float) -> str:
    """The names of the months above their first weeks, where there is room."""
    names = []
    free = 0.0
    last = len(weeks.mondays)
    for start, end, name in weeks.months():
        x = LEFT + start * pitch
        room = letters.width(name, SMALL) + 4
        has_room = (end - start) * pitch >= room or end == last
        if x >= free and has_room:
            names.append(label(x, LINE - 7, name, "dim small"))
            free = x + room
    return "\n".join(names)


def _scale(weeks: Weeks, y: float) -> Drawing:
    """The counts that each shade stands for, on a line at this height."""
    parts = []
    x = float(LEFT)
    for shade, low, high in weeks.scale():
        counts = f"{low:,}–{high:,}" if high > low else f"{low:,}"
        kind = f"s{shade}" if shade else "none"
        parts.append(rectangle(x, y - 9, 10, 10, kind))
        parts.append(label(x + 15, y, counts, "dim small"))
        x += 27 + letters.width(counts, SMALL)
    return Drawing(x, LINE, "\n".join(parts))
