"""Who wrote a paper and where it appeared, for the formats of bibliographies."""

from __future__ import annotations

from papertrack.core.dates import partial_date
from papertrack.core.model import Paper

PARTS = ("conference-paper", "chapter")
"""The types of papers that appear in a book."""


def authors(paper: Paper) -> tuple[str, ...]:
    """The authors; none of an edited volume, whose people are its editors."""
    return () if paper.authors == paper.editors else paper.authors


def date(paper: Paper) -> str:
    """The day, month or year of publication (ISO), as far as known; "" if it is not.

    The date of a preprint on arXiv is not that of the venue, which may be years later:
    it is only taken where both are of one year.
    """
    first = partial_date(paper.published or paper.listed or "") or ""
    if not paper.venue:
        return first
    if paper.venue_year:
        year = str(paper.venue_year)
        return first if first.startswith(year) else year
    return "" if paper.key.startswith("arxiv:") else first


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
