"""`stats`: the library in numbers. `trends`: how the share of papers that match queries goes."""

import contextlib
import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from functools import partial
from typing import Annotated, Any, NamedTuple

import typer

from papertrack.cli import options as opt
from papertrack.cli import output
from papertrack.cli.select import clause
from papertrack.cli.session import Session
from papertrack.exports.grouping import PERIODS
from papertrack.index import counts
from papertrack.query.language import Clause, Everything


class Counted(NamedTuple):
    """A field that is counted by value: its name in --json, off a terminal, and as a heading."""

    field: str
    many: str
    one: str
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


def stats_command(
    ctx: typer.Context,
    query: opt.QueryWords = None,
    since: opt.Since = None,
    until: opt.Until = None,
    limit: Annotated[
        int | None,
        typer.Option(
            "--limit", "-n", min=1, metavar="N", help="At most so many of each list."
        ),
    ] = None,
    json: opt.Json = False,
) -> None:
    """Show the library in numbers: papers by day, source, tag and organisation, and how reading goes.

    papertrack stats tag:nlp --since 2025
    """
    session: Session = ctx.obj
    asked = clause(session, query or [], since=since, until=until)
    ask, of = session.library.index.query, session.library.index.matching(asked)
    summary = ask(partial(counts.summary, of=of))
    days = _dated(ask(partial(counts.by_day, of=of)))
    wanted = limit or (SHOWN if session.on_terminal and not json else None)
    lists = [
        (one, ask(partial(counts.by_label, of=of, field=one.field))[:wanted])
        for one in COUNTED
    ]
    progress = _all_months(ask(partial(counts.progress, of=of)))
    if json:
        output.write_json(
            session,
            {
                **summary._asdict(),
                "days": [
                    {"day": day.isoformat(), "count": papers}
                    for day, papers in days.items()
                ],
                **{
                    one.many: [
                        {"name": name, "count": papers} for name, papers in shares
                    ]
                    for one, shares in lists
                },
                "reading": [month._asdict() for month in progress],
            },
        )
    elif not session.on_terminal:
        output.write_rows(session, _rows(summary, days, lists, progress))
    elif summary.papers:
        from papertrack.render.stats import stats

        tops = {one.heading: shares for one, shares in lists}
        drawn = stats(summary, days, tops, progress, width=session.width)
        output.draw(session, drawn)
    _tell(session, summary.papers, asked, query or [], hidden=summary.hidden)


def _rows(
    summary: counts.Summary,
    days: Mapping[dt.date, int],
    lists: Sequence[tuple[Counted, Sequence[counts.Share]]],
    progress: Sequence[counts.Progress],
) -> Iterator[tuple[str, str, int]]:
    """Off a terminal: what is counted, of what, how many."""
    yield from (("total", name, value) for name, value in summary._asdict().items())
    yield from (("day", day.isoformat(), papers) for day, papers in days.items())
    yield from (
        (one.one, name, papers) for one, shares in lists for name, papers in shares
    )
    yield from (("added", month.month, month.added) for month in progress)
    yield from (("read", month.month, month.read) for month in progress)


def _dated(days: Iterable[tuple[dt.date | None, int]]) -> dict[dt.date, int]:
    return {day: papers for day, papers in days if day}


def _all_months(progress: Sequence[counts.Progress]) -> list[counts.Progress]:
    """The months from the first to the last, those without anything too."""
    held = {month.month: month for month in progress}
    days = []
    for month in held:
        with contextlib.suppress(ValueError):  # what a hand has left in place of a date
            days.append(dt.date.fromisoformat(f"{month}-01"))
    return [
        held.get(month, counts.Progress(month, 0, 0))
        for month in _between(days, "month")
    ]


def _tell(
    session: Session,
    papers: int,
    asked: Clause,
    words: Sequence[str],
    *,
    hidden: int = 0,
) -> None:
    if papers:
        session.narrate(f"{papers:,} paper{'s' * (papers != 1)}")
        return
    from papertrack.cli.find import tell_count
    from papertrack.index.index import SearchResult

    tell_count(session, SearchResult((), 0, hidden), asked, words)


# ------------------------------------------------------------------ trends


def trends_command(
    ctx: typer.Context,
    queries: Annotated[
        list[str],
        typer.Argument(
            metavar="QUERY...",
            help="Queries, each one argument: quote what has spaces.",
        ),
    ],
    by: Annotated[
        Period, typer.Option("--by", help="Count by this.", case_sensitive=False)
    ] = Period.MONTH,
    same_scale: Annotated[
        bool,
        typer.Option(
            "--same-scale", help="One scale for all sparklines, not each its own."
        ),
    ] = False,
    since: opt.Since = None,
    until: opt.Until = None,
    json: opt.Json = False,
) -> None:
    """Show how the share of papers that match each query goes, month by month.

    papertrack trends diffusion 'flow matching' 'agent or agents'
    """
    session: Session = ctx.obj
    index = session.library.index

    def days(text: str) -> dict[dt.date, int]:
        of = index.matching(clause(session, [text], since=since, until=until))
        return _dated(index.query(partial(counts.by_day, of=of._replace(hidden=False))))

    found = {text: days(text) for text in queries}
    totals = days("")
    periods = _between(totals, by.value)
    of = _in_periods(totals, periods, by.value)
    rows = [
        counts.Trend(text, _in_periods(found[text], periods, by.value), of)
        for text in queries
    ]
    if json:
        output.write_json(session, [_trend_as_json(row, periods) for row in rows])
    elif not session.on_terminal:
        output.write_rows(
            session, (line for row in rows for line in _trend_rows(row, periods))
        )
    elif periods:
        _draw_trends(session, rows, periods, by, same_scale=same_scale)
    if not periods and (papers := session.library.count()):
        session.narrate(f"no paper of {papers:,} is of these days")
    else:
        _tell(session, sum(of), Everything(), [])


def _draw_trends(
    session: Session,
    rows: Sequence[counts.Trend],
    periods: Sequence[str],
    by: Period,
    *,
    same_scale: bool,
) -> None:
    from papertrack.render.stats import trends

    drawn, shown = trends(rows, periods, width=session.width, same_scale=same_scale)
    output.draw(session, drawn)
    if shown < len(periods):
        session.narrate(
            f"the last {shown} of {len(periods)} {by.value}s; a wider terminal or --until shows others"
        )


STEPS = {"day": 1, "week": 7, "month": 28}
"""Days to the next period at most: no month is shorter."""


def _between(days: Iterable[dt.date], by: str) -> list[str]:
    """The periods from the first of these days to the last, those without any too."""
    first, last = min(days, default=None), max(days, default=None)
    if first is None or last is None:
        return []
    steps = range(0, (last - first).days, STEPS[by])
    all_days = [*(first + dt.timedelta(days=step) for step in steps), last]
    return list(dict.fromkeys(PERIODS[by](day.isoformat()) for day in all_days))


def _in_periods(
    days: Mapping[dt.date, int], periods: Sequence[str], by: str
) -> list[int]:
    found = dict.fromkeys(periods, 0)
    for day, papers in days.items():
        found[PERIODS[by](day.isoformat())] += papers
    return list(found.values())


def _trend_rows(
    row: counts.Trend, periods: Sequence[str]
) -> Iterator[tuple[str, str, int, int, str | None]]:
    """Off a terminal: the query, the period, how many match, of how many, their share."""
    for period, count, of, share in zip(
        periods, row.counts, row.totals, row.shares, strict=True
    ):
        yield row.query, period, count, of, None if share is None else f"{share:.4f}"


def _trend_as_json(row: counts.Trend, periods: Sequence[str]) -> dict[str, Any]:
    told = zip(periods, row.counts, row.totals, row.shares, strict=True)
    return {
        "query": row.query,
        "count": sum(row.counts),
        "periods": [
            {
                "period": period,
                "count": count,
                "of": of,
                "share": None if share is None else round(share, 4),
            }
            for period, count, of, share in told
        ],
    }
