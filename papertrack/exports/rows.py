"""Papers as rows of a table, and rows as tab-separated lines."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from papertrack.core.model import Paper
from papertrack.core.text import clean, clean_lines

_COLUMNS = """
    id title authors published listed organization venue upvotes comments
    github project url pdf tags status starred note abstract
"""
COLUMNS = tuple(_COLUMNS.split())
"""The columns of an exported table by default."""

# What spreadsheets take for a formula, full-width forms included (OWASP, "CSV
# Injection"); with apostrophes before it, so that an import knows which one to remove.
_FORMULA = r"['\s]*[=+\-@＝＋－＠]"


def rows(
    papers: Iterable[Paper], fields: Sequence[str] | None
) -> Iterator[Sequence[str]]:
    """A header, then a row per paper. No text is a formula: what could be one gets an
    apostrophe in front.
    """
    columns = fields or COLUMNS
    yield columns
    for paper in papers:
        yield [_cell(getattr(paper, name), name) for name in columns]


def _cell(value: object, name: str) -> str:
    if name == "note" and value:
        text = "\n".join(clean_lines(str(value)))
    else:
        text = cell(value)
    is_number = isinstance(value, int | float)
    if re.match(_FORMULA, text) and not is_number:
        return f"'{text}"
    return text


def cell(value: object, *, true: str = "true", false: str = "false") -> str:
    """A value on one line: the items of a list joined with `; `, nothing for None."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return true if value else false
    if isinstance(value, tuple):
        return "; ".join(clean(str(item)) for item in value)
    return clean(str(value))


def row_line(row: Iterable[str]) -> str:
    """A tab-separated line, values without quotes."""
    return "\t".join(row) + "\n"
