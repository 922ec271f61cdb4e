"""`stats`: the library in numbers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from papertrack import render
from papertrack.cli import output, picture
from papertrack.cli.find import report_count
from papertrack.cli.listing import Listing, listing
from papertrack.cli.select import clause
from papertrack.cli.session import Session
from papertrack.core import reading
from papertrack.core.periods import count_days
from papertrack.core.wording import noun
from papertrack.index import counts
from papertrack.index.search import SearchResult
from papertrack.query.language import Clause

if TYPE_CHECKING:
    from papertrack.cli import options as opt


class Counted(NamedTuple):
    """A field counted by value: its names in JSON, in rows, and as a heading."""

    field: str
    json_name: str
    row_name: str
    heading: str


COUNTED = (
    Counted("sources", "sources", "source", "Sources"),
    Counted("tags", "tags", "tag", "Tags"),
    Counted("organization", "organizations", "organization", "Organisations"),
)
SHOWN = 10


@listing("words since until limit out json")
def stats_command(session: Session, options: Listing, out: opt.Picture = None) -> None:
    """Show the library in numbers: papers by day, source, tag and organisation.

    papertrack stats tag:nlp --since 2025
    papertrack stats -o papers.svg

    The last table shows how many papers you have added and read, month by month.
    """
    if out:
        picture.check(out, json=options.json)
    index = session.library.index
    parsed = clause(session, options)
    of = index.matching(parsed)
    limit = options.limit
    is_for_eyes = out is not None or session.on_terminal
    if limit is None and is_for_eyes and not options.json:
        limit = SHOWN
    summary = index.query(counts.summary, of)
    days = count_days(index.query(counts.by_date, of))
    shares = {
        one: index.query(counts.by_label, of, field=one.field)[:limit]
        for one in COUNTED
    }
    tops = {one.heading: values for one, values in shares.items()}
    months = reading.months(index.query(counts.progress, of))
    if out:
        from papertrack.pictures.stats import stats  # 5 ms, for pictures only

        svg = stats(_title(options), summary.in_words, days, tops, months)
        picture.write(session, svg, out, summary.papers)
    else:
        facts = _as_json(summary, days, shares, months)
        output.emit(
            session,
            table=lambda: render.stats.stats(
                summary, days, tops, months, width=session.width
            ),
            rows=_rows(facts),
            objects=lambda: facts,
            json=options.json,
        )
    if not (out and summary.papers):
        report_papers(session, summary.papers, summary.hidden, parsed, options.words)


def _title(options: Listing) -> str:
    """What a picture of these papers is called."""
    title = " ".join(options.words) or "Papers in the library"
    for name, day in (("since", options.since), ("until", options.until)):
        if day:
            title += f", {name} {day}"
    return title


def report_papers(
    session: Session, papers: int, hidden: int, query: Clause, words: Sequence[str]
) -> None:
    """Report how many papers were counted, or why there are none."""
    if papers:
        session.narrate(f"{papers:,} {noun(papers, 'paper')}")
    else:
        report_count(session, SearchResult((), 0, hidden), query, words)


def _as_json(
    summary: counts.Summary,
    days: Mapping[dt.date, int],
    shares: Mapping[Counted, Sequence[counts.Share]],
    months: Sequence[reading.Month],
) -> dict[str, Any]:
    facts = summary._asdict()
    facts["days"] = [
        {"day": day.isoformat(), "count": papers} for day, papers in days.items()
    ]
    for one, values in shares.items():
        facts[one.json_name] = [
            {"name": name, "count": papers} for name, papers in values
        ]
    facts["reading"] = [
        {"month": one.month, "added": one.added, "read": one.read} for one in months
    ]
    return facts


def _rows(facts: Mapping[str, Any]) -> Iterator[output.Row]:
    """Rows of three: what is counted, its value, how many papers."""
    for name in counts.Summary._fields:
        yield "total", name, facts[name]
    for one in facts["days"]:
        yield "day", one["day"], one["count"]
    for counted in COUNTED:
        for one in facts[counted.json_name]:
            yield counted.row_name, one["name"], one["count"]
    for what in ("added", "read"):
        for month in facts["reading"]:
            yield what, month["month"], month[what]
