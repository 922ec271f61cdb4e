"""What stands on the desk: views, rules, the log; and what a dry run would change.

What a hand may have put into desk.json is cleaned, and goes into `Text`, which Rich does not read as markup.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from rich.table import Table
from rich.text import Text

from papertrack.core.model import Paper
from papertrack.core.text import clean
from papertrack.library.rules import Rule
from papertrack.render.elements import BLUE, RED, moment, table


def views(rows: Iterable[tuple[str, int | None, str]]) -> Table:
    """Saved queries: name, how many papers they find (None: none can be found), query."""
    found = table("View", "Papers", "Query")
    found.columns[1].justify = "right"
    for name, papers, query in rows:
        count = Text(
            "?" if papers is None else str(papers), RED if papers is None else ""
        )
        found.add_row(Text(f"@{clean(name)}", "bold"), count, Text(clean(query)))
    return found


def rules(rows: Iterable[Rule]) -> Table:
    """Rules in their order."""
    found = table("#", "Rule", "If", "Do")
    for number, rule in enumerate(rows, 1):
        condition = (
            Text(clean(rule.condition))
            if rule.condition
            else Text("every paper", "dim")
        )
        name = Text(clean(rule.name), "bold")
        found.add_row(
            Text(str(number), "dim"), name, condition, Text(clean(str(rule.actions)))
        )
    return found


def changes(rows: Iterable[tuple[Paper, Sequence[str]]]) -> Table:
    """Papers and what would become of each, numbered."""
    found = table("#", "Id", "Title", "Change")
    found.columns[1].no_wrap = True
    found.columns[1].max_width = 20
    for number, (paper, told) in enumerate(rows, 1):
        change = Text(clean(", ".join(told)), BLUE)
        found.add_row(
            Text(str(number), "dim"),
            Text(clean(paper.id), overflow="ellipsis"),
            Text(clean(paper.title)),
            change,
        )
    return found


def log(
    rows: Iterable[tuple[int | None, str, str, bool]], *, now: dt.datetime
) -> Table:
    """The undo log: what to give to `undo` (None: nothing), when (ISO 8601), what, and whether it was taken back."""
    found = table("#", "When", "What")
    found.columns[0].justify = "right"
    found.columns[1].no_wrap = True
    for back, at, what, undone in rows:
        told = Text(clean(what), "dim" if back is None else "")
        if undone:
            told.append("  undone")
        found.add_row(Text(str(back or ""), "dim"), Text(moment(at, now), "dim"), told)
    return found
