"""`trends`: the share of papers, or of votes, that match queries."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

from papertrack import render
from papertrack.cli import output, picture
from papertrack.cli.listing import Listing, listing
from papertrack.cli.select import clause, days_of
from papertrack.cli.session import Session
from papertrack.cli.stats import report_papers
from papertrack.core.local_time import local_day
from papertrack.core.periods import between, by_period, count_days
from papertrack.core.secrets import hide_secrets
from papertrack.core.trends import Trend
from papertrack.core.wording import noun
from papertrack.index import counts
from papertrack.query.language import Everything

if TYPE_CHECKING:
    from typer import Argument, Option

    from papertrack.cli import options as opt


class Period(StrEnum):
    """What trends are counted by."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


@listing("since until out json")
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
    votes: Annotated[
        bool,
        Option(
            "--votes", help="Count the votes that the papers gained, not the papers."
        ),
    ] = False,
    out: opt.Picture = None,
) -> None:
    """Show how the share of papers that match each query changes over time.

    papertrack trends diffusion 'flow matching' 'agent or agents'
    papertrack trends diffusion agents --by week -o trends.svg
    papertrack trends diffusion agents --by day --votes

    With --votes a vote counts in the period in which a fetch first read it.
    """
    if out:
        picture.check(out, json=options.json)
    count = votes_of if votes else papers_of
    trends, periods = _counted(session, queries, by, options, count)
    papers = sum(trends[0].totals)
    unit = "votes" if votes else "papers"
    if out:
        from papertrack.pictures.trends import (
            trends as drawn,
        )  # 6 ms, for pictures

        drawing = drawn(trends, periods, by, unit)
        picture.write(session, drawing, out, papers, unit.removesuffix("s"))
    else:
        _emit(
            session,
            trends,
            periods,
            by,
            unit,
            same_scale=same_scale,
            json=options.json,
        )
    if votes and not (out and papers):
        _report_votes(session, papers)
    elif not (out and papers):
        _report(session, papers)


def papers_of(session: Session, options: Listing, by: Period) -> dict[dt.date, int]:
    """How many papers that match are of each day."""
    index = session.library.index
    of = index.matching(clause(session, options))._replace(hidden=False)
    return count_days(index.query(counts.by_date, of), by)


def votes_of(session: Session, options: Listing, by: Period) -> dict[dt.date, int]:
    """How many votes the papers that match gained on each day: that of the reading.

    --since and --until limit these days, not those of the papers.
    """
    index = session.library.index
    every = clause(session, options._replace(since=None, until=None))
    of = index.matching(every)._replace(hidden=False)
    gained = index.query(counts.votes_by_time, of)
    first, last = days_of(session, options.since, options.until)
    days = ((local_day(at), votes) for at, votes in gained)
    return count_days(
        (day, votes)
        for day, votes in days
        if (first or "") <= day and (last is None or day < last)
    )


def _counted(
    session: Session,
    queries: Sequence[str],
    by: Period,
    options: Listing,
    count: Callable[[Session, Listing, Period], dict[dt.date, int]],
) -> tuple[list[Trend], list[str]]:
    """What is counted for each query, period by period; the periods."""

    def days(text: str) -> dict[dt.date, int]:
        return count(session, options._replace(words=[text]), by)

    matches = [(text, days(text)) for text in queries]
    totals = days("")
    periods = between(totals, by)
    of = by_period(totals, periods, by)
    trends = [
        Trend(hide_secrets(text), by_period(found, periods, by), of)
        for text, found in matches
    ]
    return trends, periods


def _emit(
    session: Session,
    trends: Sequence[Trend],
    periods: Sequence[str],
    by: Period,
    unit: str,
    *,
    same_scale: bool,
    json: bool,
) -> None:
    objects = [_trend_as_json(trend, periods) for trend in trends]
    shown = len(periods)

    def table() -> output.Drawing:
        nonlocal shown
        drawn, shown = render.stats.trends(
            trends, periods, unit, width=session.width, same_scale=same_scale
        )
        return drawn

    output.emit(
        session,
        table=table,
        rows=_trend_rows(objects),
        objects=lambda: objects,
        json=json,
    )
    if shown < len(periods):
        session.narrate(
            f"the last {shown} of {len(periods)} {by}s; "
            "a wider terminal or --until shows others"
        )


def _report(session: Session, papers: int) -> None:
    """Report how many papers were counted, or why there are none."""
    known = session.library.index.count()
    if known and not papers:
        session.narrate(f"none of {known:,} papers is from these days")
    else:
        report_papers(session, papers, 0, Everything(), [])


def _report_votes(session: Session, votes: int) -> None:
    """Report how many votes were counted, or why there are none."""
    if votes:
        session.narrate(f"{votes:,} {noun(votes, 'vote')}")
    else:
        session.narrate(
            "no votes were read in these days; papertrack fetch reads those of the last"
            " two weeks of Daily Papers"
        )


def _trend_as_json(trend: Trend, periods: Sequence[str]) -> dict[str, Any]:
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
