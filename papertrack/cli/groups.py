"""A listing divided by tag, day, week, month, source, organisation or author: drawn, piped, as JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from papertrack.cli import output
from papertrack.cli.session import Session
from papertrack.core.model import Paper
from papertrack.core.text import clean
from papertrack.exports.grouping import GROUPED, PERIODS, sections
from papertrack.index import counts
from papertrack.index.index import SearchResult
from papertrack.query.language import Clause

if TYPE_CHECKING:
    from papertrack.render.papers import Snippets

LABELS = {"tag": "tags", "source": "sources", "org": "organization"}
"""Groups that the index can count by label -> the field."""


class Group(NamedTuple):
    """A heading, the papers on show that stand under it, and how many do in all; None where that is not known."""

    name: str
    papers: Sequence[Paper]
    total: int | None


def divided(
    session: Session, found: SearchResult, asked: Clause, by: str
) -> list[Group]:
    """The papers on show under their headings. What is counted is all that match, not those on show."""
    parts = sections(found.papers, by)
    if len(found.papers) == found.total and not found.more:
        return [Group(name, papers, len(papers)) for name, papers in parts]
    totals = _totals(session, asked, by)
    return [Group(name, papers, totals.get(name.casefold())) for name, papers in parts]


def _totals(session: Session, asked: Clause, by: str) -> Mapping[str, int]:
    """How many of all papers that match stand under each heading, folded."""
    index, missing = session.library.index, GROUPED[by].missing.casefold()
    of = index.matching(asked)
    if by in PERIODS:
        totals: dict[str, int] = {}
        for day, papers in index.query(partial(counts.by_day, of=of)):
            heading = PERIODS[by](day.isoformat()) if day else missing
            totals[heading.casefold()] = totals.get(heading.casefold(), 0) + papers
        return totals
    if by in LABELS:
        shares = index.query(partial(counts.by_label, of=of, field=LABELS[by]))
        without = index.query(partial(counts.without_label, of=of, field=LABELS[by]))
        return {
            **{clean(share.name).casefold(): share.papers for share in shares},
            missing: without,
        }
    return {}


def draw(
    session: Session,
    groups: Sequence[Group],
    *,
    columns: Sequence[str] | None,
    snippets: Snippets | None,
) -> None:
    """On a terminal: a table below each heading, numbered through."""
    from papertrack.render.papers import columns_for, divided, heading

    parts = [(heading(group.name, _count(group)), group.papers) for group in groups]
    session.library.number(paper for group in groups for paper in group.papers)
    wanted = columns or columns_for(session.width)
    output.draw(
        session, divided(parts, columns=wanted, today=session.today, snippets=snippets)
    )


def _count(group: Group) -> str:
    shown = len(group.papers)
    if group.total is None:
        return f"{shown} shown"
    return (
        f"{shown} of {group.total}"
        if shown < group.total
        else f"{shown} paper{'s' * (shown != 1)}"
    )


def pipe(
    session: Session, groups: Sequence[Group], columns: Sequence[str] | None
) -> None:
    """Off a terminal: the heading is the first column."""
    rows = ((group.name, paper) for group in groups for paper in group.papers)
    names = columns or output.PIPED
    output.write_rows(
        session,
        ([name, *(getattr(paper, column) for column in names)] for name, paper in rows),
    )


def dump(
    session: Session, groups: Sequence[Group], fields: Sequence[str] | None
) -> None:
    """As JSON: an array of the groups, each with its papers."""
    whole = [
        {
            "group": group.name,
            "count": group.total,
            "papers": output.objects(group.papers, fields),
        }
        for group in groups
    ]
    output.write_json(session, whole)


def told(groups: Sequence[Group], by: str) -> str:
    """What is told beside the count of papers."""
    shown = [paper.key for group in groups for paper in group.papers]
    many = f"{len(groups)} group{'s' * (len(groups) != 1)}"
    several = (
        f"; one with several {GROUPED[by].several} stands under each"
        if len(set(shown)) < len(shown)
        else ""
    )
    return f"{many}{several}"
