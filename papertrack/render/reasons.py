"""Why a paper is recommended, or matches a query."""

from __future__ import annotations

from collections.abc import Sequence

from papertrack.core.model import Paper
from papertrack.core.text import clean
from papertrack.render import lines
from papertrack.render.lines import Line, Lines, Span

GAP = Span("  ")
TITLE_LINES = 2
"""How many lines each text above a table takes at most."""


def reasons(
    paper: Paper,
    summary: str,
    parts: Sequence[tuple[str, Sequence[str], Sequence[Sequence[str]]]],
    *,
    width: int,
) -> Lines:
    """A paper, a line about its place, and tables: each with a line above it, the
    headings of its columns, and rows. All columns but the first are aligned to the right.
    """
    title = [Span(clean(paper.id), "id"), GAP, Span(clean(paper.title), "title")]
    drawn = Lines(lines.wrapped(title, width, TITLE_LINES))
    drawn += lines.wrapped([Span(clean(summary))], width, TITLE_LINES + 1)
    for above, headings, rows in parts:
        drawn.append(())
        drawn += lines.wrapped([Span(clean(above), "bold")], width, TITLE_LINES)
        drawn += _table(headings, rows, width)
    return drawn


def _table(
    headings: Sequence[str], rows: Sequence[Sequence[str]], width: int
) -> list[Line]:
    cells = [[Span(heading, "dim") for heading in headings]]
    cells += [[Span(clean(text)) for text in row] for row in rows]
    widths = [max(lines.width([row[n]]) for row in cells) for n in range(len(headings))]
    others = sum(widths[1:]) + len(GAP.text) * len(widths[1:])
    first = max(min(widths[0], width - others), 1)
    drawn: list[Line] = []
    for head, *rest in cells:
        line = lines.padded(lines.cut([head], first), first)
        for cell, columns in zip(rest, widths[1:], strict=True):
            line += [GAP, *lines.padded([cell], columns, to_right=True)]
        drawn.append(lines.cut(line, width))
    return drawn
