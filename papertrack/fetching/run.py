"""Fetching a target: plan, read, parse, add to the library, report.

The network is outside the library's lock: threads read and parse pages, and what they
report is added in one transaction per target, or per batch of a large one. What was read
before a failure or an interruption is saved.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from papertrack.core.addresses import web_address
from papertrack.core.errors import (
    FetchError,
    PapertrackError,
    UnknownPaper,
    UsageError,
)
from papertrack.core.facts import Facts, FeedLink, Listing, Request, truncated
from papertrack.core.identity import show
from papertrack.core.model import Mark, Reading
from papertrack.core.secrets import (
    hide_in_address,
    hide_secrets,
    is_clear,
    without_password,
)
from papertrack.core.tags import added, from_keyword
from papertrack.core.wording import excerpt, plural
from papertrack.fetching import known_problems
from papertrack.library.adding import Counts, Fetched
from papertrack.library.apply_rules import Outcome
from papertrack.library.library import Library
from papertrack.sources import registry as sources
from papertrack.sources.base import Context
from papertrack.sources.short_targets import full

if TYPE_CHECKING:
    from papertrack.web.http import Http

BATCH = 1000
"""Papers added in one transaction; the threads read on meanwhile."""

BIBLIOGRAPHY = "bibliography"
"""The source whose keywords `import --marks` makes tags."""


class Plan(NamedTuple):
    """What to read for a target: the first requests, or why there is nothing to read yet.

    `target` is without the password that it may have been given with.
    """

    target: str
    requests: Sequence[Request] = ()
    error: FetchError | None = None


def plan(target: str, context: Context) -> Plan:
    """What to read for a target, in any form. Raises UsageError if no source has such a
    target, or if it is not clear what of it is the password.
    """
    target = web_address(target)
    check_password(target)
    target = full(target)
    shown = without_password(target)
    try:
        return Plan(shown, sources.find(target).start(target, context))
    except FetchError as error:
        return Plan(shown, error=error)


def check_password(target: str) -> None:
    """Raise UsageError if it is not clear where the password in a target ends."""
    if not is_clear(target):
        raise UsageError(
            f"{hide_in_address(target)}: it is not clear what of this address is the"
            " password; put it into ~/.netrc and leave it out, or write its / ? # @ as"
            " %2F %3F %23 %40"
        )


@dataclass(slots=True)
class Report:
    """What fetching one target did. Problems, notes and errors are one line each.

    `reached` is the day (ISO) up to which the source has reported. Of what failed,
    `missed` are the spans of days, `first/last`, and `lost` is whether anything else did.
    `stopped` is whether reading ended early, by a limit or an interruption. `onward` is
    where an unfinished harvest resumes. `feeds` are those that a file names. `moved_to` is the
    address to which a feed has moved permanently.
    `merged` counts the entries that are further ones of papers in the same batch.
    `unreadable` counts the entries that were dropped, `advice` is what to do about them.
    `problems_before` are those that the last fetch has reported, without their places.
    """

    target: str
    counts: Counts = field(default_factory=Counts)
    rules: Outcome = field(default_factory=lambda: Outcome({}))
    marked: int = 0
    problems: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    errors: list[PapertrackError] = field(default_factory=list)
    reached: str | None = None
    missed: list[str] = field(default_factory=list)
    lost: bool = False
    stopped: bool = False
    onward: tuple[str, str | None] | None = None
    feeds: list[FeedLink] = field(default_factory=list)
    moved_to: str | None = None
    merged: int = 0
    unreadable: int = 0
    problems_before: tuple[str, ...] = ()
    advice: str = "the others are saved"

    @property
    def new_problems(self) -> list[str]:
        """The problems that were not reported before."""
        return known_problems.new(self.problems, self.problems_before)

    @property
    def failures(self) -> list[PapertrackError]:
        """The errors, and that entries were dropped, unless all of that is known."""
        if not self.unreadable or not self.new_problems:
            return self.errors
        entries = plural(self.unreadable, "entry", "entries")
        reason = f"{entries} can't be read; {self.advice}"
        return [*self.errors, FetchError(f"{excerpt(self.target, 200)}: {reason}")]

    def as_json(self) -> dict[str, Any]:
        """The report for `--json`."""
        return {
            "target": hide_in_address(self.target),
            **self.counts._asdict(),
            "problems": list(map(hide_secrets, self.problems)),
            "notes": list(map(hide_secrets, self.notes)),
            "errors": [str(error) for error in self.failures],
        }


@dataclass(slots=True)
class Collector:
    """Collects the listings of one target and adds them to the library in batches.

    At most `room` papers; rules are applied on the reader's day `today`. With `marks`
    the marks in an export are imported, and a bibliography's keywords as tags. Each paper
    gets the tags and the status of `mark`; a status that the reader has set stays. After
    a fetch (`is_fetch`) its new papers are the library's new ones; of a service
    (`is_service`) the votes are counted now.
    """

    library: Library
    report: Report
    today: dt.date
    room: int | None
    dry_run: bool
    batch: int = BATCH
    marks: bool = False
    mark: Mark = field(default_factory=Mark)
    new_tags: tuple[str, ...] = ()
    is_fetch: bool = False
    is_service: bool = False
    has_read: bool = False
    waiting: dict[str, list[Facts]] = field(default_factory=dict)
    waiting_marks: list[tuple[Facts, Mark]] = field(default_factory=list)
    skipped_marks: int = 0

    def add(self, listing: Listing) -> None:
        """Collect a listing; add all to the library when a batch is complete."""
        report = self.report
        self.has_read = True
        facts = listing.facts[: self.room]
        if self.room is not None:
            self.room -= len(facts)
        self.waiting.setdefault(listing.source, []).extend(facts)
        self._collect_marks(listing, facts)
        report.problems += map(hide_secrets, listing.problems)
        for one in facts:
            names = ", ".join(truncated(one))
            if names:
                report.problems.append(f"{_name(one)}: too long, truncated: {names}")
        report.notes += map(hide_secrets, listing.notes)
        report.feeds += listing.feeds
        report.unreadable += listing.unreadable
        report.errors += map(UnknownPaper, listing.unknown)
        if listing.reached:
            report.reached = max(listing.reached, report.reached or "")
        if not listing.whole:
            report.lost = True
            report.errors.append(
                FetchError(
                    f"{report.target}: the response was cut off; what it had is saved, "
                    "fetch it again"
                )
            )
        if listing.onward:
            self._save_page((listing.onward, listing.asked))
            return
        waiting = sum(len(facts) for facts in self.waiting.values())
        if waiting >= self.batch:
            self.flush()

    def _collect_marks(
        self,
        listing: Listing,
        facts: Sequence[Facts],
    ) -> None:
        """Collect the marks of papers, or count them."""
        stated = {}
        for place, mark in listing.marks.items():
            if place < len(facts):
                stated[place] = mark
        if not self.marks:
            self.skipped_marks += len(stated)
            stated = {}
        elif listing.source == BIBLIOGRAPHY:
            for place, one in enumerate(facts):
                tags = map(from_keyword, one.keywords)
                mark = Mark(tags=added((), tuple(filter(None, tags))))
                stated.setdefault(place, mark)
        for place, one in enumerate(facts):
            for mark in (stated.get(place, Mark()), self.mark):
                if mark != Mark():
                    self.waiting_marks.append((one, mark))

    @property
    def full(self) -> bool:
        """Whether the limit is reached."""
        return self.room is not None and self.room <= 0

    def _save_page(self, onward: tuple[str, str | None]) -> None:
        """Add a page of a harvest, and save where the harvest resumes after it."""
        if onward == self.report.onward:
            self.flush()
            return
        self.report.onward = onward
        token, request = onward
        reading = saved_reading(self.library, self.report.target)
        reading = reading._replace(onward=token, asked=request)
        self.flush(lambda counts: Fetched(reading))

    def finish(self, state: Callable[[Counts], Fetched] | None = None) -> None:
        """Add what is left, with the state of the source; tag new papers, apply rules."""
        if self.skipped_marks:
            papers = plural(self.skipped_marks, "paper")
            self.report.notes.append(
                f"the tags, status, stars and notes of {papers} were not imported; "
                "import --marks does that"
            )
            self.skipped_marks = 0
        self.flush(state, rules_on=self.today)

    def flush(
        self,
        state: Callable[[Counts], Fetched] | None = None,
        *,
        rules_on: dt.date | None = None,
    ) -> None:
        """Add what was collected to the library; `state` gets the counts of the target."""
        report = self.report
        before = report.counts
        facts, self.waiting = self.waiting, {}
        marks, self.waiting_marks = self.waiting_marks, []
        result = self.library.adding.add(
            facts,
            marks=marks,
            origin=report.target,
            state=state and (lambda counts: state(before.plus(counts))),
            rules_on=rules_on,
            new_tags=self.new_tags,
            is_fetch=self.is_fetch and (self.has_read or state is not None),
            is_read_now=self.is_service,
            dry_run=self.dry_run,
        )
        report.counts = before.plus(result.counts)
        if len(facts) == 1:  # else a paper that two sources report is no double entry
            (entries,) = facts.values()
            report.merged += len(entries) - sum(result.counts)
        report.rules = report.rules.plus(result.rules)
        report.marked += result.marked

    def failed(
        self,
        error: PapertrackError,
        days: tuple[str, str] | None,
    ) -> None:
        """Report a failure; `days` are the first and last day not read because of it."""
        self.report.errors.append(error)
        if days:
            self.report.missed.append("/".join(days))
        else:
            self.report.lost = True


def _name(facts: Facts) -> str:
    name = facts.title
    if facts.ids:
        name = show(facts.ids[0])
    return excerpt(name, 60)


def fetch(
    library: Library,
    http: Callable[[], Http],
    plan: Plan,
    report: Report,
    context: Context,
    *,
    today: dt.date,
    limit: int | None = None,
    dry_run: bool = False,
    tags: tuple[str, ...] = (),
    mark: Mark | None = None,
    is_followed: bool = False,
) -> None:
    """Read what is planned for a target and add it to the library. Errors are reported.

    Of a target that `is_followed`, problems of its last fetch are known ones.
    New papers get the `tags`, all papers the tags and status of `mark`, then rules are
    applied on the reader's day `today`. If interrupted, what was read is saved and
    reported before KeyboardInterrupt is raised again. Raises StoreError.
    """
    if is_followed:
        report.problems_before = saved_reading(library, report.target).problems
    collector = Collector(
        library,
        report,
        today,
        limit,
        dry_run,
        mark=mark or Mark(),
        new_tags=tags,
        is_fetch=True,
        is_service=True,
    )
    try:
        if plan.error is None:
            read(
                collector,
                http,
                plan.requests,
            )
        else:
            collector.failed(plan.error, None)
    except FetchError as error:
        collector.failed(error, None)
    except KeyboardInterrupt:
        report.stopped = True
        collector.finish()
        raise

    def state(counts: Counts) -> Fetched:
        before = saved_reading(library, report.target)
        reading = reading_after(
            before,
            report,
            counts,
            context,
            now=library.now,
        )
        return Fetched(reading, {**report.as_json(), **counts._asdict()})

    collector.finish(state)


def read(
    collector: Collector,
    http: Callable[[], Http],
    requests: Sequence[Request],
) -> None:
    """Read requests and what follows from them, up to the limit. Failures are reported."""
    from papertrack.web.crawl import crawl  # with httpx 100 ms that no file needs

    progress = collector.library.progress
    for fetched in crawl(http(), requests, progress=progress):
        if fetched.error is not None:
            collector.failed(fetched.error, fetched.request.days)
        if fetched.listing is not None:
            with progress.within():
                collector.add(fetched.listing)
            if fetched.request.url == requests[0].url:
                collector.report.moved_to = fetched.moved_to
        if collector.full:
            collector.report.stopped = True
            break


def saved_reading(library: Library, target: str) -> Reading:
    """The state of a source as it is saved."""
    return library.settings.readings().get(target, Reading(target))


def reading_after(
    before: Reading,
    report: Report,
    counts: Counts,
    context: Context,
    *,
    now: str,
) -> Reading:
    """The state of a source after a fetch at `now` (ISO 8601 in UTC).

    Its day moves only past what was read, or is to be requested again.
    """
    day = _read_to(before, report, context)
    if before.day:
        day = max(before.day, day or "")
    missed = set(report.missed)
    if report.stopped or report.lost:
        missed.update(before.missed)
    reading = before._replace(
        tried=now,
        **counts._asdict(),
        day=day,
        missed=tuple(sorted(missed)),
        problems=_problems(before, report, context),
    )
    if report.errors:
        error = str(report.errors[-1])
        since = before.since if before.error else now
        return reading._replace(error=error, since=since)
    if report.stopped:
        return reading
    return reading._replace(
        read=now,
        error=None,
        since=None,
        onward=None,
        asked=None,
    )


def _problems(
    before: Reading,
    report: Report,
    context: Context,
) -> tuple[str, ...]:
    """The problems of a source to remember."""
    is_part = report.errors or report.stopped or context.since or context.until
    return known_problems.remembered(
        report.problems, before.problems, is_whole=not is_part
    )


def _read_to(
    before: Reading,
    report: Report,
    context: Context,
) -> str | None:
    """The day up to which a source is read; None if days before it are missing."""
    if report.lost or report.stopped or context.until or context.kinds:
        return None
    if context.since and before.day and context.since.isoformat() > before.day:
        return None
    return report.reached


def all_failed(reports: Sequence[Report]) -> bool:
    """Whether all targets failed without any paper."""
    return all(report.failures and not any(report.counts) for report in reports)
