"""A listing grouped by tag, day, week, month, source, organisation or author."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from papertrack import render
from papertrack.cli import output
from papertrack.cli.listing import Listing
from papertrack.cli.session import Session
from papertrack.core.model import Paper
from papertrack.core.periods import PERIODS
from papertrack.core.text import clean
from papertrack.core.wording import plural
from papertrack.exports.grouping import GROUPINGS, places
from papertrack.index import counts
from papertrack.index.search import SearchResult
from papertrack.index.stored_papers import StoredPapers
from papertrack.query.language import Clause

if TYPE_CHECKING:
    from papertrack.render.lines import Line
    from papertrack.render.papers import Snippets

LABELS = {"tag": "tags", "source": "sources", "org": "organization"}
"""Groups that the index can count -> the field."""


def emit_groups(
    session: Session,
    result: SearchResult,
    query: Clause,
    options: Listing,
    snippets: Snippets | None,
    each: int | None = None,
) -> tuple[str, SearchResult]:
    """Print the papers by groups, the first of each; a summary of these, empty without
    any, and the papers that are shown.
    """
    by = str(options.group)
    papers = result.papers
    stored = papers.as_stored() if isinstance(papers, StoredPapers) else papers
    whole = places(stored, by)
    totals: Mapping[str, int] = {name.casefold(): len(below) for name, below in whole}
    if len(papers) < result.total or result.more:
        totals = _totals(session, query, by)
    shown = [(name, below[:each]) for name, below in whole]
    groups = [(name, _chosen(papers, below)) for name, below in shown]
    distinct = _each_once((below for _, below in shown), len(papers))
    result = result._replace(papers=_chosen(papers, distinct))

    def facts(name: str) -> dict[str, object]:
        return {"group": name, "count": totals.get(name.casefold())}

    def heading(name: str, papers: Sequence[Paper]) -> Sequence[Line]:
        count = _count(len(papers), totals.get(name.casefold()))
        return render.papers.heading(name, count, session.width)

    output.emit_sections(
        session,
        groups,
        result.papers,
        options,
        heading=heading,
        facts=facts,
        snippets=snippets,
    )
    if not groups:
        return "", result
    summary = plural(len(groups), "group")
    if sum(len(papers) for _, papers in groups) > len(result.papers):
        summary += f"; a paper with several {GROUPINGS[by].several} is in each of them"
    return summary, result


def _each_once(parts: Iterable[Sequence[int]], total: int) -> Iterator[int]:
    """The places of all parts, of so many in total, each once."""
    passed = bytearray(total)
    for part in parts:
        for place in part:
            if not passed[place]:
                passed[place] = True
                yield place


def _chosen(papers: Sequence[Paper], places: Iterable[int]) -> Sequence[Paper]:
    """Those of the papers at these places."""
    if isinstance(papers, StoredPapers):
        return papers.chosen(places)
    return tuple(papers[place] for place in places)


def _totals(session: Session, query: Clause, by: str) -> Mapping[str, int]:
    """How many of all papers that match belong under each case-folded heading."""
    index = session.library.index
    missing = GROUPINGS[by].missing
    of = index.matching(query)
    totals: Counter[str] = Counter()
    if by in PERIODS:
        for date, papers in index.query(counts.by_date, of):
            heading = PERIODS[by](date) if date else missing
            totals[heading.casefold()] += papers
    elif by in LABELS:
        field = LABELS[by]
        for share in index.query(counts.by_label, of, field=field):
            totals[clean(share.name).casefold()] = share.papers
        without = index.query(counts.without_label, of, field=field)
        totals[missing.casefold()] = without
    return totals


def _count(shown: int, total: int | None) -> str:
    if total is None:
        return f"{shown} shown"
    if shown < total:
        return f"{shown} of {total}"
    return plural(shown, "paper")
