"""Papers under headings: by tag, day, week, month, source, organisation, author. Tables and reading lists alike."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from papertrack.core.model import Paper
from papertrack.core.text import clean

Section = tuple[str, list[Paper]]


class Division(NamedTuple):
    """A way to divide papers: the headings of a paper, the heading of those without, the order of the headings.

    `several` is what a paper may have more than one of, and so stand under more than one heading.
    """

    headings: Callable[[Paper], Iterable[str]]
    missing: str
    newest_first: bool = False
    most_first: bool = False
    several: str = ""


def day(iso: str) -> str:
    """The heading of a day: itself."""
    return iso


def week(iso: str) -> str:
    """The heading of a day's ISO week: 2025-W45; of its month where it is no whole day."""
    try:
        year, number, _ = dt.date.fromisoformat(iso[:10]).isocalendar()
    except ValueError:
        return month(iso)
    return f"{year}-W{number:02}"


def month(iso: str) -> str:
    """The heading of a day's month: 2025-11."""
    return iso[:7]


PERIODS: dict[str, Callable[[str], str]] = {"day": day, "week": week, "month": month}


def _dated(period: Callable[[str], str]) -> Division:
    return Division(
        lambda paper: [period(paper.date)] if paper.date else [],
        "Undated",
        newest_first=True,
    )


GROUPED: dict[str, Division] = {
    "tag": Division(lambda paper: paper.tags, "Untagged", several="tags"),
    **{name: _dated(period) for name, period in PERIODS.items()},
    "source": Division(lambda paper: paper.sources, "Other sources", several="sources"),
    "org": Division(
        lambda paper: filter(None, [paper.organization]),
        "No organisation",
        most_first=True,
    ),
    "author": Division(
        lambda paper: paper.authors,
        "Authors unknown",
        most_first=True,
        several="authors",
    ),
}
"""What papers can be divided by."""


def sections(papers: Sequence[Paper], group: str) -> list[Section]:
    """The papers under each heading: names A to Z, organisations and authors by their papers, days, weeks
    and months newest first; those without any last.

    Headings that differ in case only are one, spelled as it comes first.
    """
    division = GROUPED[group]
    found: dict[str, Section] = {}
    rest: list[Paper] = []
    for paper in papers:
        headings = {
            name.casefold(): name
            for name in map(clean, division.headings(paper))
            if name
        }
        for folded, heading in headings.items():
            found.setdefault(folded, (heading, []))[1].append(paper)
        if not headings:
            rest.append(paper)
    ordered = [found[folded] for folded in sorted(found, reverse=division.newest_first)]
    if division.most_first:
        ordered.sort(key=lambda section: len(section[1]), reverse=True)
    return [*ordered, *([(division.missing, rest)] if rest else [])]
