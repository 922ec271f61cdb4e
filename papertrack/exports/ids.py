"""Ids, as every command that takes ids reads them."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from papertrack.core.model import Paper
from papertrack.core.progress import SILENT, Progress
from papertrack.core.text import clean


def pieces(papers: Collection[Paper], *, progress: Progress = SILENT) -> Iterator[str]:
    """The id of each paper on a line."""
    counted = progress.counted(papers, "writing", "papers")
    for paper in counted:
        yield f"{clean(paper.id)}\n"
