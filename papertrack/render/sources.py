"""Followed feeds, when each source was read, and what is to be looked up where."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from papertrack.core.text import clean
from papertrack.core.wording import plural
from papertrack.render.days import moment
from papertrack.render.elements import table, text


def feeds(rows: Iterable[Mapping[str, Any]], *, now: dt.datetime) -> Table:
    """Followed targets with names, tags, and when each was last read completely."""
    listed = list(rows)
    has_tags = any(feed["tags"] for feed in listed)
    drawn = table("#", "Name", "Target", *["Tags"] * has_tags, "Read")
    for number, feed in enumerate(listed, 1):
        name, target = feed["name"], feed["target"]
        drawn.add_row(
            Text(str(number), "dim"),
            text(name, "bold"),
            text("" if name == target else target),
            *[text(", ".join(feed["tags"]), "tag")] * has_tags,
            Text(moment(feed["read"], now), "dim"),
        )
    return drawn


def lookups(rows: Iterable[Mapping[str, Any]]) -> Table:
    """Services with how many papers are to be looked up there, and in how many requests."""
    drawn = table("Service", "Papers", "Requests")
    drawn.columns[1].justify = drawn.columns[2].justify = "right"
    for one in rows:
        name = text(one["service"], "bold")
        drawn.add_row(name, str(one["papers"]), str(one["requests"]))
    return drawn


def standings(rows: Iterable[Mapping[str, Any]], *, now: dt.datetime) -> Group:
    """Sources with their last reading and what is due; failures and known problems
    below the table.
    """
    drawn = table("Source", "Read", "New", "Known", "Due")
    for column in drawn.columns[1:4]:
        column.no_wrap = True
    drawn.columns[2].justify = drawn.columns[3].justify = "right"
    failures: list[RenderableType] = []
    for one in rows:
        new = known = ""
        if one["tried"]:
            new, known = str(one["new"]), str(one["updated"] + one["known"])
        name = text(one["name"], "bold")
        read = Text(moment(one["read"], now), "dim")
        drawn.add_row(name, read, new, known, Text(one["due"] or "", "warning"))
        if one["error"]:
            since = moment(one["since"], now)
            message = f"{name} fails since {since}: {clean(one['error'])}"
            failures.append(Text(message, "error"))
        if one["problems"]:
            count = plural(len(one["problems"]), "known problem")
            message = f"{name}: {count}; papertrack -v fetch shows all"
            failures.append(Text(message, "warning"))
    if failures:
        failures.insert(0, Text(""))
    return Group(drawn, *failures)
