"""Views, rules, config, the undo log, and the changes of a dry run."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from rich.table import Table
from rich.text import Text

from papertrack.core.model import Paper
from papertrack.core.text import clean
from papertrack.render import cells
from papertrack.render.days import moment
from papertrack.render.elements import table, text

OTHER_COLUMNS_OF_LOG = 24
"""The room for the number and the time of a step."""
LEAST_OF_TITLES = 12
"""Titles for which there is less room are left out."""


def views(rows: Iterable[Mapping[str, Any]]) -> Table:
    """Saved queries: name, how many papers match (None: the query fails), query."""
    drawn = table("View", "Papers", "Query")
    drawn.columns[1].justify = "right"
    for one in rows:
        papers = one["papers"]
        count = Text("?", "error") if papers is None else Text(str(papers))
        drawn.add_row(text(f"@{one['name']}", "bold"), count, text(one["query"]))
    return drawn


def rules(rows: Iterable[Mapping[str, Any]]) -> Table:
    """Rules in their order."""
    drawn = table("#", "Rule", "If", "Do")
    for number, rule in enumerate(rows, 1):
        condition = text(rule["if"]) if rule["if"] else _dim("every paper")
        name = text(rule["name"], "bold")
        drawn.add_row(_dim(number), name, condition, text(rule["do"]))
    return drawn


def changes(rows: Iterable[tuple[Paper, Sequence[str]]]) -> Table:
    """Papers with what would change, numbered."""
    drawn = table("#", "Id", "Title", "Change")
    drawn.columns[1].no_wrap = True
    drawn.columns[1].max_width = 20
    for number, (paper, changes) in enumerate(rows, 1):
        short_id = text(paper.id)
        short_id.overflow = "ellipsis"
        change = text(", ".join(changes), "change")
        drawn.add_row(_dim(number), short_id, text(paper.title), change)
    return drawn


def config(rows: Iterable[Mapping[str, Any]], *, with_origin: bool) -> Table:
    """Keys with their values, and where these come from."""
    headings = ("Key", "Value", "Origin") if with_origin else ("Key", "Value")
    drawn = table(*headings)
    drawn.columns[0].no_wrap = True
    for one in rows:
        style = "dim" if one["origin"] == "default" else ""
        row = [text(one["key"], "bold"), text(one["value"], style)]
        if with_origin:
            row.append(_dim(one["origin"]))
        drawn.add_row(*row)
    return drawn


def log(rows: Iterable[Mapping[str, Any]], *, now: dt.datetime, width: int) -> Table:
    """The undo log: number for `undo` or None, time (ISO 8601), what, whether undone, and
    titles of papers, as much of them as fits in a line.
    """
    drawn = table("#", "When", "What")
    drawn.columns[0].justify = "right"
    drawn.columns[1].no_wrap = True
    for one in rows:
        number = one["undo"]
        step = text(one["what"], "dim" if number is None else "")
        if one["undone"]:
            step.append("  undone")
        room = width - OTHER_COLUMNS_OF_LOG - step.cell_len - 2
        if one["titles"] and room > LEAST_OF_TITLES:
            titles = cells.cut(clean("; ".join(one["titles"])), room)
            step.append(f"  {titles}", "dim")
        drawn.add_row(_dim(number or ""), _dim(moment(one["at"], now)), step)
    return drawn


def _dim(value: object) -> Text:
    return Text(str(value), "dim")
