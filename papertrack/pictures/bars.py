"""Names and months with their counts, and a bar for each."""

from __future__ import annotations

from collections.abc import Sequence

from papertrack.core.reading import Month
from papertrack.core.wording import noun
from papertrack.pictures import letters
from papertrack.pictures.svg import LINE, Drawing, cut_label, label, rectangle

THICK = 12
"""The height of a bar."""
GAP = 10
"""The room between a name, its count and its bar."""


def bars(heading: str, counts: Sequence[tuple[str, int]], width: float) -> Drawing:
    """Names, their counts, and bars as long as the counts; the heading may be empty."""
    most = max((count for _, count in counts), default=0)
    digits = letters.width(f"{most:,}")
    room = width * 0.3
    name_room = width - digits - room - 2 * GAP
    parts = []
    y = float(letters.SIZE - LINE)
    if heading:
        y = letters.SIZE
        parts.append(label(0, y, heading, "strong"))
    for name, count in counts:
        y += LINE
        tip = f"{name}: {count:,} {noun(count, 'paper')}"
        length = room * count / most
        parts += [
            cut_label(0, y, name, name_room),
            label(name_room + GAP + digits, y, f"{count:,}", "dim", anchor="end"),
            rectangle(width - room, y - THICK + 1, max(length, 1), THICK, "bar", tip),
        ]
    return Drawing(width, y + 6, "\n".join(parts) + "\n")


def reading(heading: str, months: Sequence[Month], width: float) -> Drawing:
    """How many papers were added and read in each month, and the share read by then."""
    columns = [120.0, 185.0, 255.0]
    left = columns[-1] + 2 * GAP
    most = months[-1].all_added
    parts = [label(0, letters.SIZE, heading, "strong")]
    y = letters.SIZE
    for x, name in zip(columns, ("Added", "Read", "So far"), strict=True):
        parts.append(label(x, y, name, "dim", anchor="end"))
    parts += _key(left, y)
    for month in months:
        y += LINE
        cells = f"{month.added:,}", f"{month.read:,}", month.share
        parts.append(label(0, y, month.month))
        for x, cell in zip(columns, cells, strict=True):
            parts.append(label(x, y, cell, anchor="end"))
        top = y - THICK + 1
        tip = f"{month.all_read:,} of {month.all_added:,} read by {month.month}"
        for count, kind in ((month.all_added, "rest"), (month.all_read, "bar")):
            length = (width - left) * count / most if most else 0
            if length:
                parts.append(rectangle(left, top, max(length, 1), THICK, kind, tip))
    return Drawing(width, y + 6, "\n".join(parts) + "\n")


def _key(x: float, y: float) -> list[str]:
    """What the two parts of a bar are."""
    return [
        rectangle(x, y - 10, 10, 10, "bar"),
        label(x + 16, y, "read", "dim"),
        rectangle(x + 60, y - 10, 10, 10, "rest"),
        label(x + 76, y, "not read", "dim"),
    ]
