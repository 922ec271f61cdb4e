"""Hugging Face's Daily Papers: `hf`, a day, a week, a month, `hf:trending`, or a paper.

A span is planned as few requests (`plan`), each read page by page through
`Listing.follow`; if the API refuses, the web page of the same listing is read instead.
Days are in UTC, as the service's are.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import ClassVar, NamedTuple
from urllib.parse import quote

from papertrack.core import dates
from papertrack.core.errors import FetchError, Unrecognised, UsageError
from papertrack.core.facts import Facts, Listing, Request
from papertrack.core.identity import arxiv_id
from papertrack.core.lazy_regex import pattern
from papertrack.core.wording import excerpt
from papertrack.sources.base import Context, Endpoint, Source, Target, check_days
from papertrack.sources.huggingface.page import other_page, parse_page
from papertrack.sources.huggingface.rows import CODE, SOURCE, one, rows
from papertrack.sources.limits import load

ENDPOINT = Endpoint("HF_ENDPOINT", "https://huggingface.co", "base URL of Hugging Face")
BEGAN = dt.date(2023, 5, 1)
"""No paper was listed before this month."""
ROWS_HAVE_DAYS = dt.date(2025, 3, 17)
"""Before it rows have no `submittedOnDailyAt`: those of a week or month have no day."""
LIMIT = 100
"""Rows of a page."""
MOST_PAGES = 50
LOOK_BACK = dt.timedelta(days=6)
"""The first fetch reads the newest listing and so many days before it: a week. Later ones
read as many days again, as a moderated paper is listed late, among days read already."""
VOTING = dt.timedelta(days=13)
"""A later fetch reads the newest listing and so many days before it again, as far as the
library has them: two weeks, in which papers get most of their votes."""
_DAY = dt.timedelta(days=1)
_PAGE = pattern(
    r"(?i)https?://(?:www\.)?(?:huggingface\.co|hf\.co)"
    r"/papers(?:/(?:date/|week/|month/)?([\w.-]{1,20}))?/?"
)
_NEXT = pattern(r"\brel\s*=\s*\"?next\b", re.I)


class HuggingFace(Source):
    """The source `hf`."""

    name = SOURCE
    endpoint = ENDPOINT
    trust: ClassVar = {SOURCE: 75, CODE: 74}
    targets = (
        Target(
            "hf",
            "the newest Daily Papers, and the days since the last fetch",
            complete=True,
        ),
        Target("hf:2025-11-07", "the papers of a day"),
        Target("hf:2025-W45", "the papers of a week"),
        Target("hf:2025-11", "the papers of a month"),
        Target("hf:trending", "what is trending on Hugging Face", complete=True),
        Target("hf:2511.04570", "one paper"),
    )

    def matches(self, target: str) -> bool:
        """`hf`, everything that starts with `hf:`, and the addresses of its pages."""
        is_own = target == "hf" or target.startswith("hf:")
        return is_own or bool(_PAGE.fullmatch(target))

    def start(self, target: str, context: Context) -> tuple[Request, ...]:
        """The first requests for a target.

        Raises UsageError, and FetchError for days in the future.
        """
        typed = target
        if page := _PAGE.fullmatch(target):
            target = f"hf:{page[1]}" if page[1] else "hf"
        newest = _Query(context.base(ENDPOINT), context.today)
        if target == "hf":
            return (*_newest(newest, context, typed), *_missed(newest, context, typed))
        what = target.removeprefix("hf:")
        if what == "trending":
            return (_request(replace(newest, trending=True)),)
        if found := arxiv_id(what):
            return (_lookup(found[0], newest.base),)
        shown = excerpt(target, 100)
        try:
            today = context.local_today or context.today
            start, end = dates.interval(what, today)
        except ValueError as error:
            reason = excerpt(str(error).partition(";")[0], 200)
            forms = f"a target of Hugging Face is one of: {self.forms()}"
            raise UsageError(f"{shown}: {reason}; {forms}") from error
        first = dt.date.fromisoformat(start) if start else BEGAN
        last = dt.date.fromisoformat(end) - _DAY if end else context.today
        return _span(newest, first, last, shown)


# ------------------------------------------------------------------ plans


class Step(NamedTuple):
    """A query of the API: `date`, `week` or `month`, its value, and its days."""

    param: str
    value: str
    days: tuple[dt.date, dt.date]


def plan(first: dt.date, last: dt.date, *, today: dt.date) -> list[Step]:
    """The steps from `first` to `last`, inclusive: whole months, else weeks, else days.

    A month or week that is not over is whole if it is wanted up to `today`. The service
    has no week 53.
    """
    last = min(last, today)
    steps: list[Step] = []
    while first <= last:
        step = Step("date", first.isoformat(), (first, first))
        for whole in _wholes(first, today):
            if first < whole.days[1] <= last:
                step = whole
                break
        steps.append(step)
        first = step.days[1] + _DAY
    return steps


def _wholes(first: dt.date, today: dt.date) -> Iterator[Step]:
    """The month and the week that start on `first`, up to `today`."""
    if first < ROWS_HAVE_DAYS:
        return
    if first.day == 1:
        end = (first + dt.timedelta(days=31)).replace(day=1) - _DAY
        yield Step("month", f"{first:%Y-%m}", (first, min(end, today)))
    year, week, weekday = first.isocalendar()
    if weekday == 1 and week <= 52:
        end = first + dt.timedelta(days=6)
        yield Step("week", f"{year}-W{week:02}", (first, min(end, today)))


@dataclass(frozen=True, slots=True)
class _Query:
    """What is requested: a step, or the newest listing, or the trending one.

    `single` if the user requested this one day, so that a note explains an empty listing.
    With `catches_up` the days before the newest listing are read, too: since `read_to`, the
    day that was read last, if any; after it those since `listed_since` again, for their
    votes. `newest`, for later pages of the newest listing, is the
    day of its first page.
    """

    base: str
    today: dt.date
    step: Step | None = None
    trending: bool = False
    single: bool = False
    catches_up: bool = False
    read_to: dt.date | None = None
    listed_since: dt.date | None = None
    newest: dt.date | None = None

    def url(self, page: int) -> str:
        """The URL of a page of the API's response."""
        parameters = f"limit={LIMIT}&p={page}"
        if self.step:
            parameters = f"{self.step.param}={self.step.value}&{parameters}"
        elif self.trending:
            parameters = f"sort=trending&{parameters}"
        return f"{self.base}/api/daily_papers?{parameters}"

    @property
    def page_url(self) -> str:
        """The address of the web page."""
        if self.step:
            return f"{self.base}/papers/{self.step.param}/{self.step.value}"
        if self.trending:
            return f"{self.base}/papers/trending"
        return f"{self.base}/papers"

    @property
    def day(self) -> str | None:
        """The listing day of rows that have none."""
        if self.step and self.step.param == "date":
            return self.step.value
        return None

    def within(self, facts: tuple[Facts, ...]) -> tuple[Facts, ...]:
        """The facts without those of days outside the week or month."""
        if self.step is None or self.step.param == "date":
            return facts
        first, last = map(dt.date.isoformat, self.step.days)
        inside = []
        for paper in facts:
            if paper.listed is None or first <= paper.listed <= last:
                inside.append(paper)
        return tuple(inside)


def _newest(query: _Query, context: Context, target: str) -> tuple[Request, ...]:
    """`hf`: the newest listing and the days missed, or the days requested."""
    if context.since or context.until:
        last = context.until or context.today
        return _span(query, context.since or last, last, "hf")
    day = context.read_to(target)
    known = context.listed_since if day else None
    query = replace(query, catches_up=True, read_to=day, listed_since=known)
    return (_request(query),)


def _missed(query: _Query, context: Context, target: str) -> tuple[Request, ...]:
    """The days that failed when they were last requested."""
    reading = context.readings.get(target)
    if not reading:
        return ()
    steps: list[Step] = []
    for span in reading.missed:
        first, last = map(dt.date.fromisoformat, span.split("/"))
        steps += plan(first, last, today=context.today)
    return _requests(query, steps)


def _span(
    query: _Query, first: dt.date, last: dt.date, shown: str
) -> tuple[Request, ...]:
    """The requests for some days of the target `shown`."""
    check_days(shown, first, last, query.today)
    if last < BEGAN:
        raise FetchError(f"{shown}: Daily Papers began in May 2023; use a later day")
    steps = plan(max(first, BEGAN), last, today=query.today)
    return _requests(replace(query, single=first == last), steps)


def _requests(query: _Query, steps: Iterable[Step]) -> tuple[Request, ...]:
    """One request per step; months and weeks first, as their pages are read in turn."""
    ordered = sorted(steps, key=lambda step: step.param == "date")
    queries = (replace(query, step=step, catches_up=False) for step in ordered)
    return tuple(map(_request, queries))


def _request(query: _Query, page: int = 0, before: tuple[str, ...] = ()) -> Request:
    """The request for a page; `before` are the ids of the page before it."""
    days = None
    if query.step:
        first, last = query.step.days
        days = (first.isoformat(), last.isoformat())
    return Request(
        query.url(page),
        partial(_parse_rows, query=query, page=page, before=before),
        Request(query.page_url, partial(_parse_page, query=query)),
        days=days,
    )


MOST_FOUND = 100
"""Papers that a search returns."""


def search(words: str, limit: int, context: Context) -> Request:
    """The request for the first `limit` papers that Hugging Face's own search finds, at
    most MOST_FOUND.
    """
    parameters = f"q={quote(words, safe='')}&limit={min(limit, MOST_FOUND)}"
    url = f"{context.base(ENDPOINT)}/api/papers/search?{parameters}"
    return Request(url, partial(_parse_found, where=url))


# ------------------------------------------------------------------ responses


def _parse_found(body: bytes, headers: Mapping[str, str], *, where: str) -> Listing:
    return rows(_load(body, where), where=where)


def _lookup(number: str, base: str) -> Request:
    missing = f"hf:{number}: Hugging Face does not have this paper; try arxiv:{number}"
    url = f"{base}/api/papers/{quote(number, safe='')}"
    return Request(url, partial(_parse_paper, where=url), not_found=missing)


def _parse_paper(body: bytes, headers: Mapping[str, str], *, where: str) -> Listing:
    return one(_load(body, where), where=where)


def _load(body: bytes, where: str) -> object:
    """The value of the API's response. Raises Unrecognised, naming a page in its place."""
    if body.lstrip()[:1] == b"<":
        raise other_page(body, where=where)
    if not body.strip():
        raise Unrecognised(f"{where}: the response is empty; a JSON array was expected")
    return load(body, where=where)


def _parse_rows(
    body: bytes,
    headers: Mapping[str, str],
    *,
    query: _Query,
    page: int,
    before: tuple[str, ...],
) -> Listing:
    """A page of the API's listing, with the requests that follow."""
    where = query.url(page)
    listing = rows(_load(body, where), where=where, day=query.day)
    ids = tuple(key for facts in listing.facts for key in facts.ids)
    if ids and ids == before:
        # A server that does not know `p=` returns the same page forever.
        return Listing(source=SOURCE)
    newest = query.newest or _newest_day(listing.facts)
    problems = listing.problems
    follow: tuple[Request, ...] = ()
    has_no_day = not query.step and not query.trending
    if newest and has_no_day and _has_older(listing, newest):
        # The response without a day includes earlier days: request the newest one itself.
        follow = _requests(query, plan(newest, newest, today=newest))
    elif _has_next(listing, headers):
        if page + 1 < MOST_PAGES:
            follow = (_request(replace(query, newest=newest), page + 1, ids),)
        else:
            most = f"more than {MOST_PAGES} pages; the rest was not read"
            problems += (f"{where}: {most}",)
    notes: tuple[str, ...] = ()
    if page == 0:
        follow += _catch_up(query, newest)
        if not listing.facts and not problems:
            notes = _why_empty(query)
    listing = replace(listing, problems=problems, follow=follow, notes=notes)
    return _within(query, listing)


def _parse_page(body: bytes, headers: Mapping[str, str], *, query: _Query) -> Listing:
    """The web page of a query: the whole listing at once."""
    expect = _page_days(query.step) if query.step else ()
    listing, own_day = parse_page(
        body, headers, where=query.page_url, day=query.day, expect=expect
    )
    newest = _newest_day(listing.facts)
    if newest is None and own_day:
        newest = dt.date.fromisoformat(own_day)
    notes = _why_empty(query) if not listing.facts else ()
    follow = _catch_up(query, newest)
    return _within(query, replace(listing, follow=follow, notes=notes))


def _within(query: _Query, listing: Listing) -> Listing:
    """The listing within the query's days, with the newest day as what was reached."""
    facts = query.within(listing.facts)
    newest = _newest_day(facts)
    if newest is None or query.trending:  # which is of any day
        return replace(listing, facts=facts)
    return replace(listing, facts=facts, reached=newest.isoformat())


def _has_next(listing: Listing, headers: Mapping[str, str]) -> bool:
    """Whether there is another page.

    An empty page is the last one, whatever its links say; so is one without readable rows.
    """
    has_link = "link" not in headers or _NEXT.search(headers["link"])
    return bool(listing.facts and has_link)


def _page_days(step: Step) -> tuple[str, ...]:
    """What the page of a step may show: its value, or a day in it."""
    first, last = step.days
    days = map(dt.date.fromordinal, range(first.toordinal(), last.toordinal() + 1))
    return (step.value, *map(dt.date.isoformat, days))


def _newest_day(facts: Iterable[Facts]) -> dt.date | None:
    days = [paper.listed for paper in facts if paper.listed]
    return dt.date.fromisoformat(max(days)) if days else None


def _has_older(listing: Listing, newest: dt.date) -> bool:
    days = (paper.listed for paper in listing.facts)
    return any(day < newest.isoformat() for day in days if day)


def _catch_up(query: _Query, newest: dt.date | None) -> tuple[Request, ...]:
    """The days before the newest listing, which is being read: those of a week, or those
    since a week before the day that was read last, and two weeks of known days.
    """
    if not query.catches_up:
        return ()
    last = newest - _DAY if newest else query.today
    read_to = query.read_to or newest or query.today
    first = max(read_to - LOOK_BACK, BEGAN)
    if query.listed_since:
        voting = (newest or query.today) - VOTING
        first = min(first, max(voting, query.listed_since))
    return _requests(query, plan(first, last, today=last))


def _why_empty(query: _Query) -> tuple[str, ...]:
    """Why a listing may be empty; nothing for each day of a span."""
    if query.step is None:
        return ("Hugging Face lists no papers now; name a day, as in hf:2025-11-07",)
    if not query.single:
        return ()
    day = query.step.days[0]
    why = "perhaps a holiday"
    if day.weekday() >= 5:
        why = "Daily Papers pauses on weekends"
    elif day == query.today:
        why = "perhaps none yet, or a holiday"
    return (f"no papers were listed on {day:%A} {day}: {why}",)
