"""Tab-separated values, with a header."""

from __future__ import annotations

from collections.abc import Sequence

from papertrack.core.model import Paper
from papertrack.core.text import clean
from papertrack.exports.rows import rows, tab_separated


def dumps(papers: Sequence[Paper], *, fields: Sequence[str] | None = None) -> str:
    """A header and a line per paper; a line break inside a value becomes a space."""
    return tab_separated(map(clean, row) for row in rows(papers, fields))
