"""Ids, as every command that takes ids reads them."""

from __future__ import annotations

from collections.abc import Sequence

from papertrack.core.model import Paper
from papertrack.core.progress import SILENT, Progress
from papertrack.core.text import clean


def dumps(papers: Sequence[Paper], *, progress: Progress = SILENT) -> str:
    """The id of each paper on a line."""
    counted = progress.counted(papers, "writing", "papers")
    return "".join(f"{clean(paper.id)}\n" for paper in counted)
