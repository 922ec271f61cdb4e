"""Parts of all tables that Rich draws: texts and their colours.

Text from outside becomes a `Text`, never a str that Rich would read as markup. It was
cleaned when it was imported, and is cleaned once more: the files can be edited by hand.

Styles are named as in `render.theme`: "id", "tag", "error".
"""

from __future__ import annotations

from rich.table import Table
from rich.text import Text

from papertrack.core.text import clean


def table(*headings: str, gap: int = 2) -> Table:
    """An empty table without lines; its cells are wrapped, not cut."""
    table = Table(box=None, padding=(0, gap, 0, 0), header_style="dim", pad_edge=False)
    for heading in headings:
        table.add_column(heading, overflow="fold")
    return table


def text(value: str, style: str = "") -> Text:
    """A cleaned text."""
    return Text(clean(value), style)
