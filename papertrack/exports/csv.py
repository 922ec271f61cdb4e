"""CSV for spreadsheets: RFC 4180, with a header."""

from __future__ import annotations

import csv
from collections.abc import Collection, Iterator, Sequence

from papertrack.core.model import Paper
from papertrack.core.progress import SILENT, Progress
from papertrack.exports.rows import rows


def pieces(
    papers: Collection[Paper],
    *,
    fields: Sequence[str] | None = None,
    progress: Progress = SILENT,
) -> Iterator[str]:
    """A header and a row per paper, of `fields` or of the usual columns."""
    counted = progress.counted(papers, "writing", "papers")
    writer = csv.writer(_Echo())
    # It returns what the `write` of its file does.
    yield from map(writer.writerow, rows(counted, fields))


class _Echo:
    """A file that keeps nothing."""

    def write(self, text: str) -> str:
        return text
