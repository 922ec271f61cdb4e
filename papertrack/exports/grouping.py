"""Papers under headings: by tag, day, week, month, source, organisation or author. For
tables and reading lists.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from papertrack.core.model import Paper
from papertrack.core.periods import PERIODS
from papertrack.core.text import clean

Section = tuple[str, list[Paper]]


class Grouping(NamedTuple):
    """A way to group papers: the headings of a paper, the heading of those without, the
    order of the headings.

    `several` names what a paper may have more than one of; it is then under several
    headings.
    """

    headings: Callable[[Paper], Iterable[str]]
    missing: str
    newest_first: bool = False
    most_first: bool = False
    several: str = ""


def _by_period(period: Callable[[str], str]) -> Grouping:
    return Grouping(
        lambda paper: [period(paper.date)] if paper.date else [],
        "Undated",
        newest_first=True,
    )


GROUPINGS: dict[str, Grouping] = {
    "tag": Grouping(lambda paper: paper.tags, "Untagged", several="tags"),
    **{name: _by_period(period) for name, period in PERIODS.items()},
    "source": Grouping(lambda paper: paper.sources, "Other sources", several="sources"),
    "org": Grouping(
        lambda paper: filter(None, [paper.organization]),
        "No organisation",
        most_first=True,
    ),
    "author": Grouping(
        lambda paper: paper.authors,
        "Authors unknown",
        most_first=True,
        several="authors",
    ),
}


def sections(papers: Iterable[Paper], group: str) -> list[Section]:
    """The papers under each heading, in the order of `places`."""
    papers = list(papers)
    return [
        (heading, [papers[place] for place in below])
        for heading, below in places(papers, group)
    ]


def places(papers: Iterable[Paper], group: str) -> list[tuple[str, Sequence[int]]]:
    """The places of the papers under each heading: names A to Z, organisations and
    authors by their number of papers, days, weeks and months newest first. Those without
    a heading are last.

    Headings that differ only in case are one, spelled as it comes first.
    """
    grouping = GROUPINGS[group]
    by_name: dict[str, tuple[str, array[int]]] = {}
    rest = array("q")
    for place, paper in enumerate(papers):
        names = filter(None, map(clean, grouping.headings(paper)))
        headings = {name.casefold(): name for name in names}
        for folded, heading in headings.items():
            by_name.setdefault(folded, (heading, array("q")))[1].append(place)
        if not headings:
            rest.append(place)
    names_in_order = sorted(by_name, reverse=grouping.newest_first)
    ordered: list[tuple[str, Sequence[int]]] = []
    ordered += [by_name[folded] for folded in names_in_order]
    if grouping.most_first:
        ordered.sort(key=lambda section: len(section[1]), reverse=True)
    if rest:
        ordered.append((grouping.missing, rest))
    return ordered


def most_frequent(papers: Iterable[Paper], group: str) -> list[tuple[str, int]]:
    """The headings and how many papers each has; most first, then A to Z.

    Of spellings that differ only in case the first of the alphabet is shown, as
    `index.counts` does.
    """
    grouping = GROUPINGS[group]
    names: dict[str, str] = {}
    counts: Counter[str] = Counter()
    for paper in papers:
        headings = filter(None, map(clean, grouping.headings(paper)))
        spellings = {name.casefold(): name for name in headings}
        counts.update(spellings.keys())
        for folded, name in spellings.items():
            names[folded] = min(name, names.get(folded, name))
    ordered = sorted(counts.items(), key=lambda one: (-one[1], one[0]))
    return [(names[folded], count) for folded, count in ordered]
