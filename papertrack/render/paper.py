"""Whole papers, as `show` prints them."""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Iterable, Mapping, Sequence

from papertrack.core import votes
from papertrack.core.local_time import local_day
from papertrack.core.model import Paper, Record
from papertrack.core.text import clean
from papertrack.core.votes import VoteReading
from papertrack.core.wording import plural
from papertrack.library.origins import origins
from papertrack.render import cells, lines
from papertrack.render.days import day
from papertrack.render.lines import Line, Lines, Span
from papertrack.render.rows import authors

FIRST, LAST = 1, 3
"""How many of a paper's readings of votes are shown, of the first and of the last."""

GAP = 2
"""The columns between a name and what it names."""


def whole(
    papers: Iterable[tuple[Paper, Record]],
    numbers: Mapping[str, int],
    today: dt.date,
    width: int,
) -> Lines:
    """Whole papers with a rule between them, and their numbers in the last listing.

    `today` is the reader's day.
    """
    drawn = Lines()
    for paper, record in papers:
        if drawn:
            drawn.append([Span("─" * width, "dim")])
        drawn += _paper(paper, record, numbers.get(paper.key), today, width)
    return drawn


def _paper(
    paper: Paper, record: Record, number: int | None, today: dt.date, width: int
) -> list[Line]:
    """The facts of a paper, its abstract, the reader's marks, the source of each fact."""
    facts: list[tuple[str, Line]] = []
    origin = _origins(record, today)
    for name, value in _facts(paper, votes.of_record(record)):
        shown = [Span(clean(value), link=lines.link(value))]
        if name in origin:
            shown.append(Span(f"  ({origin[name]})", "dim"))
        if name == "Id" and number:
            shown.append(Span(f"  number {number} of the last listing", "dim"))
        facts.append((name, shown))
    parts = [_wrapped([Span(clean(paper.title), "bold")], width)]
    parts.append(_named(facts, "dim", width))
    if paper.abstract:
        parts.append(_wrapped([Span(clean(paper.abstract))], width))
    if paper.note:
        note: list[Line] = [[Span("Note", "dim")]]
        for line in paper.note.splitlines():
            note += _wrapped([Span(clean(line))], width)
        parts.append(note)
    parts.append(_sources(record, width))
    drawn: list[Line] = []
    for part in parts:
        drawn += [[], *part] if drawn else part
    return drawn


def _wrapped(line: Line, width: int) -> list[Line]:
    """The lines into which a line is broken; an empty one is a line, too."""
    return [*lines.wrapped(line, width, sys.maxsize)] or [[]]


def _named(rows: Sequence[tuple[str, Line]], style: str, width: int) -> list[Line]:
    """Lines with a name before each, in a column of their own."""
    room = max((cells.width(name) for name, _ in rows), default=0) + GAP
    drawn: list[Line] = []
    for name, value in rows:
        head = lines.padded([Span(name, style)], room)
        for line in _wrapped(value, max(width - room, 1)):
            drawn.append([*head, *line])
            head = [Span(" " * room)]
    return drawn


def _facts(paper: Paper, readings: Sequence[VoteReading]) -> Iterable[tuple[str, str]]:
    """The known facts with their names."""
    version = code = None
    if paper.version and paper.updated:
        version = f"{paper.version}, {paper.updated}"
    if paper.github:
        code = paper.github
        if paper.stars is not None:
            code += f"  ★ {paper.stars}"
    marks = [paper.status]
    if paper.starred:
        marks.append("starred")
    marks += [f"#{tag}" for tag in paper.tags]
    facts = {
        "Id": paper.id,
        "Authors": ", ".join(paper.authors) or authors(paper, 0),
        "Organisation": paper.organization,
        "Venue": _venue(paper),
        "Type": paper.type,
        "Citations": _citations(paper),
        "Editors": ", ".join(paper.editors),
        "Publisher": paper.publisher,
        "School": paper.school,
        "Published": paper.published,
        "Listed": paper.listed,
        "Version": version,
        "Withdrawn": "yes" if paper.withdrawn else None,
        "Comment": paper.comment,
        "Votes": _votes(paper, readings),
        "Categories": ", ".join(paper.categories),
        "Keywords": ", ".join(paper.keywords),
        "Code": code,
        "Project": paper.project,
        "DOI": paper.doi,
        "Read": paper.url,
        "PDF": paper.pdf,
        "Summary": paper.summary,
        "Marked": " ".join(marks),
    }
    return ((name, value) for name, value in facts.items() if value)


_ORIGINS = {"Venue": "venue", "Type": "type", "Code": "github", "DOI": "doi"}
_ORIGINS["Citations"] = "citations"
"""The facts of which the service is shown that stated them, by their names here."""


def _origins(record: Record, today: dt.date) -> dict[str, str]:
    """`Semantic Scholar, Nov 30`, by the names of the facts."""
    known = origins(record)
    shown = {}
    for name, fact in _ORIGINS.items():
        if fact in known:
            service, read = known[fact]
            shown[name] = f"{service}, {day(local_day(read), today)}"
    return shown


def _venue(paper: Paper) -> str | None:
    """The venue with its year, unless that is in the name."""
    year = str(paper.venue_year or "")
    if not paper.venue or not year or year in paper.venue:
        return paper.venue
    return f"{paper.venue}, {year}"


def _citations(paper: Paper) -> str | None:
    if paper.citations is None:
        return None
    shown = f"{paper.citations:,}"
    if paper.influential:
        shown += f", {paper.influential:,} influential"
    return shown


def _votes(paper: Paper, readings: Sequence[VoteReading]) -> str | None:
    """The votes and comments, and how the votes grew where that is known."""
    if paper.upvotes is None:
        return None
    shown = f"▲ {paper.upvotes}"
    if paper.comments is not None:
        shown += f", {plural(paper.comments, 'comment')}"
    speed = votes.votes_a_day(readings)
    if speed is not None:
        shown += f"; {_growth(readings)}: {_speed(speed)} a day"
    return shown


def _growth(readings: Sequence[VoteReading]) -> str:
    """`12 on 2025-11-07, 30 on 2025-11-09`, of many the first and the last ones."""
    parts = [f"{count} on {local_day(at)}" for at, count in readings]
    if len(parts) > FIRST + LAST:
        parts = [*parts[:FIRST], "…", *parts[-LAST:]]
    return ", ".join(parts)


def _speed(votes_a_day: float) -> str:
    if votes_a_day >= 10:
        return f"{votes_a_day:.0f}"
    return f"{votes_a_day:.1f}".removesuffix(".0")


def _sources(record: Record, width: int) -> list[Line]:
    """The names of the fields that each source provides."""
    rows: list[tuple[str, Line]] = [("Source", [Span("Fields", "dim")])]
    for source, facts in record.said.items():
        names = [clean(name) for name in facts if name != "ids"]
        rows.append((clean(source), [Span(", ".join(names), "dim")]))
    heading, *others = _named(rows, "", width)
    return [[span._replace(style="dim") for span in heading], *others]
