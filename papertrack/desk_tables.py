"""What stands on the desk as Rich tables, for a terminal. Nothing is printed here.

What a hand may have put into desk.json is cleaned, and goes into `Text`, which Rich does not read as markup.
"""

from __future__ import annotations

from collections.abc import Iterable

from rich.table import Table
from rich.text import Text

from papertrack.text import clean


def _table(*headings: str) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim", pad_edge=False)
    for heading in headings:
        table.add_column(heading, overflow="fold")
    return table


def views(rows: Iterable[tuple[str, int | None, str]]) -> Table:
    """Saved queries: name, how many papers they find (None: none can be found), query."""
    table = _table("View", "Papers", "Query")
    table.columns[1].justify = "right"
    for name, papers, query in rows:
        count = Text("?" if papers is None else str(papers), "red" if papers is None else "")
        table.add_row(Text(f"@{clean(name)}", "bold"), count, Text(clean(query)))
    return table
