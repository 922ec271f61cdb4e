"""A listing grouped by tag, day, week, month, source, organisation or author."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from papertrack.cli import output
from papertrack.cli.options import Listing
from papertrack.cli.session import Session
from papertrack.core.model import Paper
from papertrack.core.text import clean
from papertrack.core.wording import plural
from papertrack.exports.grouping import GROUPINGS, PERIODS, sections
from papertrack.index import counts
from papertrack.index.search import SearchResult
from papertrack.query.language import Clause

if TYPE_CHECKING:
    from papertrack.render.papers import Snippets

LABELS = {"tag": "tags", "source": "sources", "org": "organization"}
"""Groups that the index can count -> the field."""


class Group(NamedTuple):
    """A heading and the papers shown under it.

    `total` is the number of all papers that match and belong there; None if unknown.
    """

    name: str
    papers: Sequence[Paper]
    total: int | None


def emit_groups(
    session: Session,
    result: SearchResult,
    query: Clause,
    options: Listing,
    snippets: Callable[[], Snippets | None],
) -> str:
    """Print the papers by groups; a summary of these, empty without any."""
    by = str(options.group)
    groups = _groups(session, result, query, by)

    def table() -> output.Drawing:
        from papertrack.render import papers as render

        session.library.number(paper for group in groups for paper in group.papers)
        return render.divided(
            [(_heading(group), group.papers) for group in groups],
            columns=options.columns or render.columns_for(session.width),
            today=session.today,
            snippets=snippets(),
        )

    output.emit_papers(
        session,
        result.papers,
        options,
        table=table,
        rows=_rows(groups, options),
        objects=lambda: [_as_json(group, options) for group in groups],
    )
    return _summary(groups, by) if groups else ""


def _groups(
    session: Session, result: SearchResult, query: Clause, by: str
) -> list[Group]:
    parts = sections(result.papers, by)
    if len(result.papers) == result.total and not result.more:
        return [Group(name, papers, len(papers)) for name, papers in parts]
    totals = _totals(session, query, by)
    return [Group(name, papers, totals.get(name.casefold())) for name, papers in parts]


def _totals(session: Session, query: Clause, by: str) -> Mapping[str, int]:
    """How many of all papers that match belong under each case-folded heading."""
    index = session.library.index
    missing = GROUPINGS[by].missing
    of = index.matching(query)
    totals: Counter[str] = Counter()
    if by in PERIODS:
        for day, papers in index.query(partial(counts.by_day, of=of)):
            heading = PERIODS[by](day.isoformat()) if day else missing
            totals[heading.casefold()] += papers
    elif by in LABELS:
        field = LABELS[by]
        for share in index.query(partial(counts.by_label, of=of, field=field)):
            totals[clean(share.name).casefold()] = share.papers
        without = index.query(partial(counts.without_label, of=of, field=field))
        totals[missing.casefold()] = without
    return totals


def _heading(group: Group) -> output.Drawing:
    from papertrack.render.papers import heading

    shown = len(group.papers)
    if group.total is None:
        return heading(group.name, f"{shown} shown")
    if shown < group.total:
        return heading(group.name, f"{shown} of {group.total}")
    return heading(group.name, plural(shown, "paper"))


def _rows(groups: Sequence[Group], options: Listing) -> Iterator[output.Row]:
    """A row for each paper; the heading is the first column."""
    for group in groups:
        for row in output.paper_rows(group.papers, options):
            yield [group.name, *row]


def _as_json(group: Group, options: Listing) -> dict[str, Any]:
    papers = output.paper_objects(group.papers, options)
    return {"group": group.name, "count": group.total, "papers": papers}


def _summary(groups: Sequence[Group], by: str) -> str:
    keys = [paper.key for group in groups for paper in group.papers]
    summary = plural(len(groups), "group")
    if len(set(keys)) < len(keys):
        summary += f"; a paper with several {GROUPINGS[by].several} is in each of them"
    return summary
