"""Ids, as every command that takes ids reads them."""

from __future__ import annotations

from collections.abc import Sequence

from papertrack.core.model import Paper
from papertrack.core.text import clean


def dumps(papers: Sequence[Paper]) -> str:
    """The id of each paper on a line."""
    return "".join(f"{clean(paper.id)}\n" for paper in papers)
