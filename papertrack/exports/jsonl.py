"""JSON lines: an object per paper."""

from __future__ import annotations

from collections.abc import Sequence

from papertrack.core.model import Paper
from papertrack.core.progress import SILENT, Progress
from papertrack.exports.json import encoded, selected


def dumps(
    papers: Sequence[Paper],
    *,
    fields: Sequence[str] | None = None,
    progress: Progress = SILENT,
) -> str:
    """An object a line; nothing for no papers."""
    counted = progress.counted(papers, "writing", "papers")
    return "".join(encoded(selected(paper, fields)) for paper in counted)
