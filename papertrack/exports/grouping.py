"""Papers under headings: by tag, day, month or source. Tables and reading lists divide alike."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from papertrack.model import Paper
from papertrack.text import clean

Section = tuple[str, list[Paper]]

GROUPED: dict[str, tuple[Callable[[Paper], Iterable[str]], str, bool]] = {
    "tag": (lambda paper: paper.tags, "Untagged", False),
    "day": (lambda paper: [paper.date] if paper.date else [], "Undated", True),
    "month": (lambda paper: [paper.date[:7]] if paper.date else [], "Undated", True),
    "source": (lambda paper: paper.sources, "Other sources", False),
}
"""What papers can be divided by: the headings of a paper, the heading of those without, newest first or not."""


def sections(papers: Sequence[Paper], group: str) -> list[Section]:
    """The papers under each heading: names A to Z, days and months newest first, those without any last."""
    names, missing, newest_first = GROUPED[group]
    found: dict[str, list[Paper]] = {}
    rest: list[Paper] = []
    for paper in papers:
        headings = [clean(name) for name in names(paper)]
        for heading in headings:
            found.setdefault(heading, []).append(paper)
        if not headings:
            rest.append(paper)
    ordered = sorted(found.items(), key=lambda item: (item[0].casefold(), item[0]), reverse=newest_first)
    return [*ordered, *([(missing, rest)] if rest else [])]
