"""`stats`: the library in numbers. `trends`: the share of papers that match queries."""

import contextlib
import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from typing import Annotated, Any, NamedTuple

from typer import Argument, Option

from papertrack import render
from papertrack.cli import options as opt
from papertrack.cli import output
from papertrack.cli.find import report_count
from papertrack.cli.options import Listing
from papertrack.cli.select import clause
from papertrack.cli.session import Session
from papertrack.core.wording import noun
from papertrack.exports.grouping import PERIODS
from papertrack.index import counts
from papertrack.index.search import SearchResult
from papertrack.query.language import Clause, Everything


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


class Period(StrEnum):
    """What trends are counted by."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


@opt.listing("words since until limit json")
def stats_command(session: Session, options: Listing) -> None:
    """Show the library in numbers: papers by day, source, tag and organisation.

    papertrack stats tag:nlp --since 2025

    The last table shows how many papers you have added and read, month by month.
    """
    index = session.library.index
    parsed = clause(session, options)
    of = index.matching(parsed)
    limit = options.limit
    if limit is None and session.on_terminal and not options.json:
        limit = SHOWN
    summary = index.query(counts.summary, of)
    days = _days(index.query(counts.by_date, of))
    shares = {
        one: index.query(counts.by_label, of, field=one.field)[:limit]
        for one in COUNTED
    }
    months = _all_months(index.query(counts.progress, of))
    facts = _as_json(summary, days, shares, months)

    def table() -> output.Drawing:
        tops = {one.heading: values for one, values in shares.items()}
        return render.stats.stats(summary, days, tops, months, width=session.width)

    output.emit(
        session,
        table=table,
        rows=_rows(facts),
        objects=lambda: facts,
        json=options.json,
    )
    _report_papers(session, summary.papers, summary.hidden, parsed, options.words)


def _report_papers(
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
    months: Sequence[counts.Progress],
) -> dict[str, Any]:
    facts = summary._asdict()
    facts["days"] = [
        {"day": day.isoformat(), "count": papers} for day, papers in days.items()
    ]
    for one, values in shares.items():
        facts[one.json_name] = [
            {"name": name, "count": papers} for name, papers in values
        ]
    return {**facts, "reading": [month._asdict() for month in months]}


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


def _days(
    dates: Iterable[tuple[str | None, int]], by: str = Period.DAY
) -> dict[dt.date, int]:
    """How many papers are of each day.

    Dates less precise than the period are left out; a month is its first day.
    """
    days: Counter[dt.date] = Counter()
    for date, papers in dates:
        day = date or ""
        if by == Period.MONTH and len(day) == len("2025-11"):
            day = f"{day}-01"
        with contextlib.suppress(ValueError):  # an edited file can contain any text
            days[dt.date.fromisoformat(day)] += papers
    return days


def _all_months(progress: Sequence[counts.Progress]) -> list[counts.Progress]:
    """All months from the first to the last, also those without papers."""
    months = {month.month: month for month in progress}
    days = []
    for month in months:
        with contextlib.suppress(ValueError):  # an edited file can contain any text
            days.append(dt.date.fromisoformat(f"{month}-01"))
    return [
        months.get(month, counts.Progress(month, 0, 0))
        for month in _between(days, "month")
    ]


# ------------------------------------------------------------------ trends


@opt.listing("since until json")
def trends_command(
    session: Session,
    options: Listing,
    queries: Annotated[
        list[str],
        Argument(
            metavar="QUERY...",
            help="Queries, each one argument: quote what has spaces.",
        ),
    ],
    by: Annotated[
        Period,
        Option(help="Count by this period.", case_sensitive=False),
    ] = Period.MONTH,
    same_scale: Annotated[
        bool,
        Option("--same-scale", help="Draw all sparklines on one scale."),
    ] = False,
) -> None:
    """Show how the share of papers that match each query changes over time.

    papertrack trends diffusion 'flow matching' 'agent or agents'
    """
    index = session.library.index

    def days(text: str) -> dict[dt.date, int]:
        of = index.matching(clause(session, options._replace(words=[text])))
        shown = of._replace(hidden=False)
        return _days(index.query(counts.by_date, shown), by)

    matches = [(text, days(text)) for text in queries]
    totals = days("")
    periods = _between(totals, by)
    of = _by_period(totals, periods, by)
    trends = [
        counts.Trend(text, _by_period(found, periods, by), of)
        for text, found in matches
    ]

    objects = [_trend_as_json(trend, periods) for trend in trends]
    shown = len(periods)

    def table() -> output.Drawing:
        nonlocal shown
        drawn, shown = render.stats.trends(
            trends, periods, width=session.width, same_scale=same_scale
        )
        return drawn

    output.emit(
        session,
        table=table,
        rows=_trend_rows(objects),
        objects=lambda: objects,
        json=options.json,
    )
    if shown < len(periods):
        session.narrate(
            f"the last {shown} of {len(periods)} {by}s; "
            "a wider terminal or --until shows others"
        )
    papers = session.library.index.count()
    if papers and not periods:
        session.narrate(f"none of {papers:,} papers is from these days")
    else:
        _report_papers(session, sum(of), 0, Everything(), [])


DAYS = {"day": 1, "week": 7, "month": 28}
"""Days of the shortest period of each kind."""


def _between(days: Iterable[dt.date], by: str) -> list[str]:
    """All periods from the first of these days to the last."""
    ordinals = [day.toordinal() for day in days]
    if not ordinals:
        return []
    last = max(ordinals)
    period_of = PERIODS[by]
    periods = []
    for ordinal in (*range(min(ordinals), last, DAYS[by]), last):
        day = dt.date.fromordinal(ordinal)
        periods.append(period_of(day.isoformat()))
    return list(dict.fromkeys(periods))


def _by_period(
    days: Mapping[dt.date, int], periods: Sequence[str], by: str
) -> list[int]:
    papers = dict.fromkeys(periods, 0)
    for day, count in days.items():
        papers[PERIODS[by](day.isoformat())] += count
    return list(papers.values())


def _trend_as_json(trend: counts.Trend, periods: Sequence[str]) -> dict[str, Any]:
    values = []
    series = zip(periods, trend.counts, trend.totals, trend.shares, strict=True)
    for period, count, of, share in series:
        if share is not None:
            share = round(share, 4)
        value = {"period": period, "count": count, "of": of, "share": share}
        values.append(value)
    return {"query": trend.query, "count": sum(trend.counts), "periods": values}


def _trend_rows(trends: Iterable[Mapping[str, Any]]) -> Iterator[output.Row]:
    for trend in trends:
        for period in trend["periods"]:
            *values, share = period.values()
            rounded = None if share is None else f"{share:.4f}"
            yield trend["query"], *values, rounded
