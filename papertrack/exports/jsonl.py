"""JSON lines: an object per paper."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from papertrack.core.model import Paper
from papertrack.core.progress import SILENT, Progress
from papertrack.exports.json import encoded, selected


def pieces(
    papers: Collection[Paper],
    *,
    fields: Sequence[str] | None = None,
    progress: Progress = SILENT,
) -> Iterator[str]:
    """An object a line; nothing for no papers."""
    counted = progress.counted(papers, "writing", "papers")
    for paper in counted:
        yield encoded(selected(paper, fields))
