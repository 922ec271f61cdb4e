"""Tab-separated values, with a header."""

from __future__ import annotations

from collections.abc import Sequence

from papertrack.core.model import Paper
from papertrack.core.progress import SILENT, Progress
from papertrack.core.text import clean
from papertrack.exports.rows import rows, tab_separated


def dumps(
    papers: Sequence[Paper],
    *,
    fields: Sequence[str] | None = None,
    progress: Progress = SILENT,
) -> str:
    """A header and a line per paper; a line break inside a value becomes a space."""
    counted = progress.counted(papers, "writing", "papers")
    return tab_separated(map(clean, row) for row in rows(counted, fields))
