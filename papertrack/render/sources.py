"""What is followed, and how reading each source stands."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from papertrack.core.model import Reading
from papertrack.core.text import clean
from papertrack.render.elements import AMBER, RED, moment, table


def feeds(
    followed: Iterable[tuple[str, str]],
    read: Mapping[str, str | None],
    *,
    now: dt.datetime,
) -> Table:
    """What is followed: (target, name) pairs, and when each target was last read whole."""
    drawn = table("#", "Name", "Target", "Read")
    for number, (target, name) in enumerate(followed, 1):
        reading = Text(moment(read.get(target), now), "dim")
        called = Text(clean(name), "bold")
        drawn.add_row(
            Text(str(number), "dim"),
            called,
            Text("" if name == target else clean(target)),
            reading,
        )
    return drawn


def standings(
    rows: Sequence[tuple[str, Reading, str | None]], *, now: dt.datetime
) -> Group:
    """How reading each source stands: its name, its reading, what is due; below the table what is wrong."""
    drawn = table("Source", "Read", "New", "Known", "Due")
    for column in drawn.columns[1:4]:
        column.no_wrap = True
    drawn.columns[2].justify = drawn.columns[3].justify = "right"
    faults: list[RenderableType] = []
    for name, reading, due in rows:
        counts = (
            (str(reading.new), str(reading.updated + reading.known))
            if reading.tried
            else ("", "")
        )
        read = Text(moment(reading.read, now), "dim")
        drawn.add_row(
            Text(clean(name), "bold"),
            read,
            *counts,
            Text(due or "", AMBER if due else ""),
        )
        if reading.error:
            failing = f"{clean(name)} fails since {moment(reading.since, now)}: {clean(reading.error)}"
            faults.append(Text(failing, RED))
    return Group(drawn, *([Text("")] if faults else []), *faults)
