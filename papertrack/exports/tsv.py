"""Tab-separated values, with a header."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from papertrack.core.model import Paper
from papertrack.core.progress import SILENT, Progress
from papertrack.core.text import clean
from papertrack.exports.rows import row_line, rows


def pieces(
    papers: Collection[Paper],
    *,
    fields: Sequence[str] | None = None,
    progress: Progress = SILENT,
) -> Iterator[str]:
    """A header and a line per paper; a line break inside a value becomes a space."""
    counted = progress.counted(papers, "writing", "papers")
    for row in rows(counted, fields):
        yield row_line(map(clean, row))
