"""Ids, as every command that takes ids reads them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import Protocol, runtime_checkable

from papertrack.core.identity import show
from papertrack.core.model import Paper
from papertrack.core.progress import SILENT, Progress
from papertrack.core.text import clean


@runtime_checkable
class HasKeys(Protocol):
    """Papers whose main keys can be read without reading the papers."""

    def keys(self) -> Iterable[str]:
        """The main key of each paper."""


def pieces(papers: Collection[Paper], *, progress: Progress = SILENT) -> Iterator[str]:
    """The id of each paper on a line."""
    ids: Iterable[str]
    if isinstance(papers, HasKeys):  # a tenth of the time of reading them
        ids = map(show, papers.keys())
    else:
        ids = (paper.id for paper in papers)
    places = progress.counted(range(len(papers)), "writing", "papers")
    for id, _ in zip(ids, places, strict=True):
        yield f"{clean(id)}\n"
