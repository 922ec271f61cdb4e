"""Papers as rows: CSV, TSV, and plain ids."""

from __future__ import annotations

import re
from collections.abc import Sequence

from papertrack.core.model import Paper
from papertrack.core.text import clean
from papertrack.exports.registry import note_lines

COLUMNS = (
    "id",
    "title",
    "authors",
    "published",
    "listed",
    "organization",
    "venue",
    "upvotes",
    "comments",
    "github",
    "project",
    "url",
    "pdf",
    "tags",
    "status",
    "starred",
    "note",
    "abstract",
)
"""The columns of a table unless others are picked."""

# What spreadsheets take for a formula, full-width forms included (OWASP, "CSV Injection").
_FORMULA = re.compile(r"\s*[=+\-@＝＋－＠]")

Cell = str | int | float


def csv(papers: Sequence[Paper], *, fields: Sequence[str] | None = None) -> str:
    """RFC 4180 with a header. No text is a formula: what could be one gets an apostrophe in front."""
    import csv
    import io

    out = io.StringIO()
    columns = fields or COLUMNS
    writer = csv.writer(out)
    writer.writerow(columns)
    writer.writerows([_cell(paper, name) for name in columns] for paper in papers)
    return out.getvalue()


def tsv(papers: Sequence[Paper], *, fields: Sequence[str] | None = None) -> str:
    """A header and a line a paper; whole values without quotes, their line breaks as spaces; no formulas either."""
    columns = fields or COLUMNS
    rows = [
        columns,
        *([clean(str(_cell(paper, name))) for name in columns] for paper in papers),
    ]
    return "".join("\t".join(row) + "\n" for row in rows)


def ids(papers: Sequence[Paper]) -> str:
    """The id of each paper on a line, as every command that takes ids reads it."""
    return "".join(f"{clean(paper.id)}\n" for paper in papers)


def _cell(paper: Paper, name: str) -> Cell:
    """A field as a cell: numbers as they are, lists joined, text that is no formula, "" where unknown."""
    value: object = getattr(paper, name)
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return value
    if isinstance(value, tuple):
        text = "; ".join(map(clean, value))
    else:
        text = (
            "\n".join(note_lines(str(value))) if name == "note" else clean(str(value))
        )
    return f"'{text}" if _FORMULA.match(text) else text
