"""Whole papers, as `show` prints them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence

from rich.console import Group, RenderableType
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from papertrack.core import votes
from papertrack.core.local_time import local_day
from papertrack.core.model import Paper, Record
from papertrack.core.text import clean
from papertrack.core.votes import VoteReading
from papertrack.core.wording import plural
from papertrack.library.origins import origins
from papertrack.render.days import day
from papertrack.render.elements import table, text
from papertrack.render.lines import link
from papertrack.render.papers import authors

FIRST, LAST = 1, 3
"""How many of a paper's readings of votes are shown, of the first and of the last."""


def whole(
    papers: Iterable[tuple[Paper, Record]], numbers: Mapping[str, int], today: dt.date
) -> Group:
    """Whole papers with a rule between them, and their numbers in the last listing.

    `today` is the reader's day.
    """
    drawn: list[RenderableType] = []
    for paper, record in papers:
        if drawn:
            drawn.append(Rule(style="dim"))
        drawn.append(_paper(paper, record, numbers.get(paper.key), today))
    return Group(*drawn)


def _paper(paper: Paper, record: Record, number: int | None, today: dt.date) -> Group:
    """The facts of a paper, its abstract, the reader's marks, the source of each fact."""
    facts = Table.grid(padding=(0, 2, 0, 0))
    facts.add_column(style="dim", no_wrap=True)
    facts.add_column(overflow="fold")
    origin = _origins(record, today)
    for name, value in _facts(paper, votes.of_record(record)):
        address = link(value)
        style = f"link {address}" if address else ""
        shown = text(value, style)
        if name in origin:
            shown.append(f"  ({origin[name]})", "dim")
        if name == "Id" and number:
            shown.append(f"  number {number} of the last listing", "dim")
        facts.add_row(name, shown)
    parts: list[RenderableType] = [text(paper.title, "bold"), Text(""), facts]
    if paper.abstract:
        parts += [Text(""), text(paper.abstract)]
    if paper.note:
        parts += [Text(""), Text("Note", "dim"), *map(text, paper.note.splitlines())]
    parts += [Text(""), _sources(record)]
    return Group(*parts)


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


def _sources(record: Record) -> Table:
    """The names of the fields that each source provides."""
    drawn = table("Source", "Fields")
    drawn.columns[0].no_wrap = True
    for source, facts in record.said.items():
        names = [clean(name) for name in facts if name != "ids"]
        drawn.add_row(text(source), Text(", ".join(names), "dim"))
    return drawn
