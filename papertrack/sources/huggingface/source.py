"""Hugging Face's Daily Papers: `hf`, a day, a week, a month, `hf:trending`, or one paper by its id.

A span is planned as few questions (`plan`), each read page by page through `Listing.follow`; where
the API refuses, the web page of the same listing is read instead. Days are UTC's, as the service's are.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import NamedTuple
from urllib.parse import quote

from papertrack.core import dates
from papertrack.core.errors import FetchError, Unrecognised, UsageError
from papertrack.core.facts import Facts, Listing, Request
from papertrack.core.identity import arxiv_id
from papertrack.core.lazy_regex import pattern
from papertrack.core.text import clean, shorten
from papertrack.sources import limits as guard
from papertrack.sources.base import Context, Endpoint, Source, Target
from papertrack.sources.huggingface import page as huggingface_page
from papertrack.sources.huggingface import rows as huggingface_rows

BEGAN = dt.date(2023, 5, 1)
"""No paper was listed before this month."""
ROWS_TELL_THEIR_DAY = dt.date(2025, 3, 17)
"""Before it, rows carry no `submittedOnDailyAt`: an answer for a week or month can't tell their days."""
LIMIT = 100
MOST_PAGES = 50
LOOK_BACK = dt.timedelta(days=7)
_DAY = dt.timedelta(days=1)
ENDPOINT = Endpoint("HF_ENDPOINT", "https://huggingface.co")
_PAGE = pattern(
    r"(?i)https?://(?:www\.)?(?:huggingface\.co|hf\.co)/papers(?:/(?:date/|week/|month/)?([\w.-]{1,20}))?/?"
)
_NEXT = pattern(r"\brel\s*=\s*\"?next\b", re.I)


class Step(NamedTuple):
    """One question to the API: `date=`, `week=` or `month=`, its value, and the days it is asked for."""

    param: str
    value: str
    days: tuple[dt.date, dt.date]


def plan(first: dt.date, last: dt.date, *, today: dt.date) -> list[Step]:
    """The questions that cover `first` to `last`, both included: whole months, else whole weeks, else days.

    A month or week still running is whole where it is wanted up to `today`. There is no W53 at the service.
    """
    last = min(last, today)
    steps: list[Step] = []
    while first <= last:
        step = next(
            (s for s in _wholes(first, today) if first < s.days[1] <= last), None
        )
        step = step or Step("date", first.isoformat(), (first, first))
        steps.append(step)
        first = step.days[1] + _DAY
    return steps


def _wholes(first: dt.date, today: dt.date) -> Iterator[Step]:
    """The month and the week that begin on `first`, as far as they have come."""
    if first < ROWS_TELL_THEIR_DAY:
        return
    if first.day == 1:
        end = (first + dt.timedelta(days=31)).replace(day=1) - _DAY
        yield Step("month", f"{first:%Y-%m}", (first, min(end, today)))
    year, week, weekday = first.isocalendar()
    if weekday == 1 and week <= 52:
        yield Step(
            "week",
            f"{year}-W{week:02}",
            (first, min(first + dt.timedelta(days=6), today)),
        )


@dataclass(frozen=True, slots=True)
class _Asked:
    """What a request asks: `step` None for the newest listing (`trending` or not)."""

    base: str
    today: dt.date
    step: Step | None = None
    trending: bool = False
    single: bool = False
    """The user asked for this one day, and is told why it is empty."""
    back_to: dt.date | None = None
    """For the newest listing: the first day to be read besides it."""
    newest: dt.date | None = None
    """For its later pages: the day that its first page gave."""

    def query(self, page: int) -> str:
        what = (
            f"{self.step.param}={self.step.value}&"
            if self.step
            else "sort=trending&"
            if self.trending
            else ""
        )
        return f"{self.base}/api/daily_papers?{what}limit={LIMIT}&p={page}"

    @property
    def page(self) -> str:
        if self.step:
            return f"{self.base}/papers/{self.step.param}/{self.step.value}"
        return (
            f"{self.base}/papers/trending" if self.trending else f"{self.base}/papers"
        )

    @property
    def day(self) -> str | None:
        """The listing day of rows that tell none."""
        return self.step.value if self.step and self.step.param == "date" else None

    def within(self, facts: tuple[Facts, ...]) -> tuple[Facts, ...]:
        """Without what a week or month brings of the days beside it."""
        if self.step is None or self.step.param == "date":
            return facts
        first, last = (day.isoformat() for day in self.step.days)
        return tuple(
            item
            for item in facts
            if item.listed is None or first <= item.listed <= last
        )


class HuggingFace(Source):
    """The source `hf`."""

    name = "hf"
    endpoint = ENDPOINT
    targets = (
        Target("hf", "the newest Daily Papers, and the days missed", complete=True),
        Target("hf:2025-11-07", "the papers of a day"),
        Target("hf:2025-W45", "the papers of a week"),
        Target("hf:2025-11", "the papers of a month"),
        Target("hf:trending", "what is trending on Hugging Face", complete=True),
        Target("hf:2511.04570", "one paper"),
    )

    def matches(self, target: str) -> bool:
        """`hf`, all that begins with `hf:`, and the addresses of its pages of papers."""
        return (
            target == "hf" or target.startswith("hf:") or bool(_PAGE.fullmatch(target))
        )

    def start(self, target: str, context: Context) -> tuple[Request, ...]:
        """The first requests for a target. Raises UsageError, and FetchError for days that are yet to come."""
        if page := _PAGE.fullmatch(target):
            target = f"hf:{page[1]}" if page[1] else "hf"
        what = target.removeprefix("hf").removeprefix(":")
        if target == "hf" and not (context.since or context.until):
            return (
                _request(
                    _Asked(
                        context.base(ENDPOINT),
                        context.today,
                        back_to=_look_back(context),
                    )
                ),
                *_again(context),
            )
        if target == "hf":
            first = context.since or context.until or context.today
            return (
                *_span(target, first, context.until or context.today, context),
                *_again(context),
            )
        if what == "trending":
            return (
                _request(_Asked(context.base(ENDPOINT), context.today, trending=True)),
            )
        if found := arxiv_id(what):
            return (_lookup(found[0], context),)
        try:
            start, end = dates.interval(what, context.today)
        except ValueError as error:
            reason = (
                f"{shorten(clean(target), 100)}: {clean(str(error).partition(';')[0])}"
            )
            raise UsageError(
                f"{reason}; a target of Hugging Face is one of: {self.forms()}"
            ) from error
        first = dt.date.fromisoformat(start) if start else BEGAN
        return _span(
            target,
            first,
            dt.date.fromisoformat(end) - _DAY if end else context.today,
            context,
        )


def _look_back(context: Context) -> dt.date | None:
    """The first day to be read again: a moderated paper is listed late, among the days that were read already."""
    day = context.read_to("hf")
    return max(day, BEGAN + LOOK_BACK) - LOOK_BACK if day else None


def _again(context: Context) -> tuple[Request, ...]:
    """The days that failed when they were asked for last."""
    reading = context.readings.get("hf")
    spans = [
        tuple(map(dt.date.fromisoformat, span.split("/")))
        for span in (reading.missed if reading else ())
    ]
    steps = [
        step for first, last in spans for step in plan(first, last, today=context.today)
    ]
    return _requests(_Asked(context.base(ENDPOINT), context.today), steps)


def _span(
    target: str, first: dt.date, last: dt.date, context: Context
) -> tuple[Request, ...]:
    shown = shorten(clean(target), 100)
    if first > last:
        raise UsageError(f"{shown}: {first} is after {last}; swap --since and --until")
    if first > context.today:
        raise FetchError(
            f"{shown if ':' in shown else first} lies in the future: it is {context.today} in UTC"
        )
    if last < BEGAN:
        raise FetchError(
            f"{shown if ':' in shown else last}: Daily Papers began in May 2023; ask for a later day"
        )
    asked = _Asked(context.base(ENDPOINT), context.today, single=first == last)
    return _requests(asked, plan(max(first, BEGAN), last, today=context.today))


def _requests(asked: _Asked, steps: list[Step]) -> tuple[Request, ...]:
    """A request a step; months and weeks first, since their pages can be read only one after another."""
    ordered = sorted(steps, key=lambda step: step.param == "date")
    return tuple(_request(replace(asked, step=step, back_to=None)) for step in ordered)


def _request(asked: _Asked, page: int = 0, before: tuple[str, ...] = ()) -> Request:
    """The request for a page of what is asked; `before` are the ids of the page before it."""
    url = asked.query(page)
    otherwise = Request(asked.page, partial(_parse_page, asked=asked))
    days = (
        (asked.step.days[0].isoformat(), asked.step.days[1].isoformat())
        if asked.step
        else None
    )
    return Request(
        url,
        partial(_parse_rows, asked=asked, page=page, before=before),
        otherwise,
        days=days,
    )


def _lookup(number: str, context: Context) -> Request:
    missing = f"hf:{number}: Hugging Face does not know this paper; try arxiv:{number}"
    url = f"{context.base(ENDPOINT)}/api/papers/{quote(number, safe='')}"
    return Request(url, partial(_parse_paper, where=url), missing=missing)


def _parse_paper(body: bytes, headers: Mapping[str, str], *, where: str) -> Listing:
    return huggingface_rows.one(_load(body, where), where=where)


def _load(body: bytes, where: str) -> object:
    """The value of an API's answer. A page in its place is told as such."""
    if body.lstrip()[:1] == b"<":
        raise huggingface_page.portal(body, where=where)
    if not body.strip():
        raise Unrecognised(
            f"{where}: an empty answer, where even a day without papers gives []; try again later"
        )
    return guard.load(body, where=where)


def _parse_rows(
    body: bytes,
    headers: Mapping[str, str],
    *,
    asked: _Asked,
    page: int,
    before: tuple[str, ...],
) -> Listing:
    """A page of the API's listing, with what to read after it."""
    where = asked.query(page)
    listing = huggingface_rows.rows(_load(body, where), where=where, day=asked.day)
    ids = tuple(key for facts in listing.facts for key in facts.ids)
    if (
        ids and ids == before
    ):  # a server that does not know p= gives the same page for ever
        return Listing(source=huggingface_rows.SOURCE)
    problems = listing.problems
    # An empty page is the last one, whatever its links say; so is a page of rows that could not be read.
    more = bool(listing.facts) and (
        "link" not in headers or bool(_NEXT.search(headers["link"]))
    )
    if more and page + 1 >= MOST_PAGES:
        problems, more = (
            (
                *problems,
                f"{where}: more than {MOST_PAGES} pages; the rest was not read",
            ),
            False,
        )
    follow: tuple[Request, ...] = ()
    newest = asked.newest or _newest(listing)
    if asked.step is None and not asked.trending and _older_than(newest, listing):
        # The answer without a day runs on into the days before: ask for the newest day itself.
        follow = _requests(asked, plan(newest, newest, today=newest)) if newest else ()
    elif more:
        follow = (_request(replace(asked, newest=newest), page + 1, ids),)
    if page == 0:
        follow += _catch_up(asked, newest)
    notes = (
        _why_empty(asked) if page == 0 and not listing.facts and not problems else ()
    )
    facts = asked.within(listing.facts)
    return replace(
        listing,
        facts=facts,
        problems=problems,
        follow=follow,
        notes=notes,
        reached=_reached(asked, facts),
    )


def _parse_page(body: bytes, headers: Mapping[str, str], *, asked: _Asked) -> Listing:
    """The web page of what is asked: the whole listing at once."""
    expect = _page_days(asked.step) if asked.step else ()
    listing, own_day = huggingface_page.parse_page(
        body, headers, where=asked.page, day=asked.day, expect=expect
    )
    newest = _newest(listing) or (dt.date.fromisoformat(own_day) if own_day else None)
    notes = _why_empty(asked) if not listing.facts else ()
    facts, follow = asked.within(listing.facts), _catch_up(asked, newest)
    return replace(
        listing, facts=facts, follow=follow, notes=notes, reached=_reached(asked, facts)
    )


def _page_days(step: Step) -> tuple[str, ...]:
    """What the page of a step may say that it shows: its value, or a day within it."""
    first, last = step.days
    days = range((last - first).days + 1)
    return (
        step.value,
        *((first + dt.timedelta(days=number)).isoformat() for number in days),
    )


def _newest(listing: Listing) -> dt.date | None:
    days = [facts.listed for facts in listing.facts if facts.listed]
    return dt.date.fromisoformat(max(days)) if days else None


def _reached(asked: _Asked, facts: tuple[Facts, ...]) -> str | None:
    """The newest listing day in an answer; what is trending is of any day."""
    return (
        max((one.listed for one in facts if one.listed), default=None)
        if not asked.trending
        else None
    )


def _older_than(newest: dt.date | None, listing: Listing) -> bool:
    return newest is not None and any(
        f.listed and f.listed < newest.isoformat() for f in listing.facts
    )


def _catch_up(asked: _Asked, newest: dt.date | None) -> tuple[Request, ...]:
    """The days from `back_to` to the one before the newest listing, which is being read."""
    if asked.back_to is None:
        return ()
    before = newest - _DAY if newest else asked.today
    return _requests(asked, plan(max(asked.back_to, BEGAN), before, today=before))


def _why_empty(asked: _Asked) -> tuple[str, ...]:
    """Why a listing without papers may be so. The days of a span are not told one by one."""
    if asked.step is None:
        return (
            "Hugging Face lists no papers at the moment; name a day, as in hf:2025-11-07",
        )
    day = asked.step.days[0]
    if not asked.single:
        return ()
    if day.weekday() >= 5:
        why = "Daily Papers rests on weekends"
    elif day == asked.today:
        why = "perhaps none yet, or a holiday"
    else:
        why = "perhaps a holiday"
    weekday = (
        "Monday",
        "Tuesday",
        "Wednesday",
        "Thursday",
        "Friday",
        "Saturday",
        "Sunday",
    )[day.weekday()]
    return (f"no papers were listed on {weekday} {day}: {why}",)
