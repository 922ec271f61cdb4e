"""Followed feeds, and when each source was read."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from papertrack.core.model import Reading
from papertrack.core.text import clean
from papertrack.render.elements import AMBER, RED, moment, table, text


def feeds(
    followed: Iterable[tuple[str, str]],
    read: Mapping[str, str | None],
    *,
    now: dt.datetime,
) -> Table:
    """Followed targets with their names, and when each was last read completely."""
    drawn = table("#", "Name", "Target", "Read")
    for number, (target, name) in enumerate(followed, 1):
        drawn.add_row(
            Text(str(number), "dim"),
            text(name, "bold"),
            text("" if name == target else target),
            Text(moment(read.get(target), now), "dim"),
        )
    return drawn


def standings(
    rows: Sequence[tuple[str, Reading, str | None]], *, now: dt.datetime
) -> Group:
    """Sources with their last reading and what is due; failures below the table."""
    drawn = table("Source", "Read", "New", "Known", "Due")
    for column in drawn.columns[1:4]:
        column.no_wrap = True
    drawn.columns[2].justify = drawn.columns[3].justify = "right"
    failures: list[RenderableType] = []
    for name, reading, due in rows:
        new = known = ""
        if reading.tried:
            new, known = str(reading.new), str(reading.updated + reading.known)
        read = Text(moment(reading.read, now), "dim")
        drawn.add_row(text(name, "bold"), read, new, known, Text(due or "", AMBER))
        if reading.error:
            since = moment(reading.since, now)
            message = f"{clean(name)} fails since {since}: {clean(reading.error)}"
            failures.append(Text(message, RED))
    if failures:
        failures.insert(0, Text(""))
    return Group(drawn, *failures)
