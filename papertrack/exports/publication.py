"""Who wrote a paper and where it appeared, for the formats of bibliographies."""

from __future__ import annotations

from papertrack.core.model import Paper

PARTS = ("conference-paper", "chapter")
"""The types of papers that appear in a book."""


def authors(paper: Paper) -> tuple[str, ...]:
    """The authors; none of an edited volume, whose people are its editors."""
    return () if paper.authors == paper.editors else paper.authors


def container(paper: Paper) -> str:
    """The book or journal that the paper is in; "" if that is not known."""
    if paper.type in PARTS and paper.booktitle:
        return paper.booktitle
    return paper.venue or ""


def publisher(paper: Paper) -> str:
    """The publisher, of a thesis its school; "" if that is not known."""
    if paper.type == "thesis" and paper.school:
        return paper.school
    return paper.publisher or ""
