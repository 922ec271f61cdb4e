"""Fetching: targets to listings to the library, one report a target.

The network is outside the library's lock: pages are read and parsed by threads, and what came is taken
in batches, in the order in which one reader would have read the pages. What came before a failure or an
interruption is kept.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from papertrack.core.addresses import shown
from papertrack.core.environment import Environment
from papertrack.core.errors import ConfigError, FetchError, PapertrackError, UsageError
from papertrack.core.facts import Facts, Listing, Request, truncated
from papertrack.core.identity import show
from papertrack.core.model import Reading
from papertrack.core.text import shorten
from papertrack.library.library import Library, Taken
from papertrack.sources import registry as sources
from papertrack.sources.base import Context, RateLimit
from papertrack.sources.huggingface.source import ENDPOINT as huggingface
from papertrack.storage import layout

if TYPE_CHECKING:
    from papertrack.web import http as web

BATCH = 1000
"""Papers taken under one lock; the threads read on meanwhile."""


@dataclass(slots=True)
class Report:
    """What fetching one target did. `errors` are one line each.

    `reached` is the day (ISO) up to which the source has told what it has. Of what failed, `missed` are the spans
    of days, `first/last`; `lost` is whether there was more to it than days. `stopped` is whether reading ended
    early, by a limit or by the reader. `onward` is where a harvest goes on that was cut off. `feeds` are (title,
    target) of feeds that a file names.
    """

    target: str
    taken: Taken = field(default_factory=Taken)
    problems: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    errors: list[PapertrackError] = field(default_factory=list)
    reached: str | None = None
    missed: list[str] = field(default_factory=list)
    lost: bool = False
    stopped: bool = False
    onward: tuple[str, str | None] | None = None
    feeds: list[tuple[str, str]] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """The report for `--json`."""
        return {
            "target": self.target,
            "new": self.taken.new,
            "updated": self.taken.updated,
            "known": self.taken.known,
            "problems": self.problems,
            "notes": self.notes,
            "errors": [str(error) for error in self.errors],
        }


class Intake:
    """Collects the listings of one target and takes them into the library in batches."""

    def __init__(
        self, library: Library, report: Report, *, limit: int | None, dry_run: bool
    ) -> None:
        self.library = library
        self.report = report
        self.room = limit
        self.dry_run = dry_run
        self.batch = BATCH
        self.waiting: dict[str, list[Facts]] = {}
        self.onward: tuple[str, str | None] | None = None

    def add(self, listing: Listing) -> None:
        """Keep a listing for the next batch."""
        facts = listing.facts if self.room is None else listing.facts[: self.room]
        if self.room is not None:
            self.room -= len(facts)
        self.waiting.setdefault(listing.source, []).extend(facts)
        self.report.problems += map(shown, listing.problems)
        self.report.problems += [
            f"{_named(said)}: longer than any, and cut: {', '.join(names)}"
            for said in facts
            if (names := truncated(said))
        ]
        self.report.notes += map(shown, listing.notes)
        self.report.feeds += listing.feeds
        self.report.reached = (
            max(listing.reached or "", self.report.reached or "") or None
        )
        if not listing.whole:
            self.report.lost = True
            self.report.errors.append(
                FetchError(
                    f"{self.report.target}: cut off; what came is kept, fetch it again"
                )
            )
        self.onward = (listing.onward, listing.asked) if listing.onward else None
        if self.onward or sum(map(len, self.waiting.values())) >= self.batch:
            self.flush()

    @property
    def full(self) -> bool:
        """Whether `limit` papers came."""
        return self.room is not None and self.room <= 0

    def flush(self) -> None:
        """Take what waits."""
        waiting, self.waiting = self.waiting, {}
        for source, facts in waiting.items():
            if facts:
                taken = self.library.take(facts, source=source, dry_run=self.dry_run)
                self.report.taken = self.report.taken.plus(taken)
        if self.onward and not self.dry_run and self.onward != self.report.onward:
            held = self.library.settings.readings().get(
                self.report.target, Reading(self.report.target)
            )
            self.library.settings.note(
                held._replace(onward=self.onward[0], asked=self.onward[1])
            )
            self.report.onward = self.onward

    def failed(self, error: PapertrackError, days: tuple[str, str] | None) -> None:
        """Note a failure, and what is not read because of it."""
        self.report.errors.append(error)
        if days:
            self.report.missed.append("/".join(days))
        else:
            self.report.lost = True


def _named(said: Facts) -> str:
    return shorten(show(said.ids[0]) if said.ids else said.title, 60)


def fetch(
    library: Library,
    http: Callable[[], web.Http],
    report: Report,
    context: Context,
    *,
    target: str | None = None,
    limit: int | None = None,
    dry_run: bool = False,
    progress: Callable[[int, int], None] | None = None,
) -> None:
    """Fetch the report's target, named by its source (`hf`, `hf:2025-11`…). Errors are in the report.

    `target` is the same with the password that no report shows.

    Interrupted, what was read is taken in and in the report before KeyboardInterrupt goes on. Raises UsageError
    for a target that no source knows, StoreError where the library can't be written.
    """
    intake = Intake(library, report, limit=limit, dry_run=dry_run)
    try:
        requests = sources.find(target or report.target).start(
            target or report.target, context
        )
        read(intake, http, requests, progress=progress)
    except UsageError:
        raise
    except FetchError as error:
        intake.failed(error, None)
    except KeyboardInterrupt:
        report.stopped = True
        raise
    finally:
        intake.flush()


def read(
    intake: Intake,
    http: Callable[[], web.Http],
    requests: Sequence[Request],
    *,
    progress: Callable[[int, int], None] | None = None,
) -> None:
    """Read requests and what they lead to into `intake`, until it is full. Failures are in its report."""
    from papertrack.web.crawl import (
        crawl,
    )  # with threads, and `web` with httpx, 100 ms: no file needs them

    for fetched in crawl(http(), requests, on_done=progress):
        if fetched.error is not None:
            intake.failed(fetched.error, fetched.request.days)
        if fetched.listing is not None:
            intake.add(fetched.listing)
        if intake.full:
            intake.report.stopped = True
            break


def remember(library: Library, report: Report, context: Context) -> None:
    """Note on the desk how reading a source stands. Its day moves only past what was really read, or is to be
    asked for again."""
    held = library.settings.readings().get(report.target, Reading(report.target))
    new, updated, known = report.taken
    reading = held._replace(
        tried=library.now,
        new=new,
        updated=updated,
        known=known,
        day=max(
            filter(None, (held.day, _read_to(held, report, context))), default=None
        ),
        missed=tuple(
            sorted(
                {
                    *report.missed,
                    *(held.missed if report.stopped or report.lost else ()),
                }
            )
        ),
    )
    if report.errors:
        since = held.since if held.error else library.now
        library.settings.note(
            reading._replace(error=str(report.errors[-1]), since=since)
        )
    elif report.stopped:
        library.settings.note(reading)
    else:
        library.settings.note(
            reading._replace(
                read=library.now, error=None, since=None, onward=None, asked=None
            )
        )


def _read_to(held: Reading, report: Report, context: Context) -> str | None:
    """The day up to which a source is read now; None where the days before were not, or not all that they have."""
    if report.lost or report.stopped or context.until or context.kinds:
        return None
    gap = context.since and held.day and context.since.isoformat() > held.day
    return None if gap else report.reached


def all_failed(reports: Sequence[Report]) -> bool:
    """Whether no target gave anything but errors."""
    return all(
        report.errors
        and not any((report.taken.new, report.taken.updated, report.taken.known))
        for report in reports
    )


def connect(environment: Environment, cache: Path) -> web.Http:
    """The run's HTTP client: it observes the sources' rate limits; responses are kept in `cache`."""
    from papertrack.web import http as web
    from papertrack.web import rate_limit as manners

    endpoints = sources.endpoints(environment)
    hf = environment.endpoint(huggingface.variable, huggingface.url)
    try:
        host = urlsplit(hf).netloc
    except ValueError:
        raise ConfigError(
            f"HF_ENDPOINT: {hf} is not a web address; set it to one, or unset it"
        ) from None
    bodies = manners.Bodies(cache / "http")
    bodies.prune()
    layout.private_folder(cache)

    @functools.cache
    def pace(limit: RateLimit) -> manners.Pace:
        return manners.Pace(cache, limit.name, limit.seconds)

    def pace_of(url: str) -> manners.Pace | None:
        limit = sources.rate_limit(url, endpoints)
        return pace(limit) if limit else None

    return web.Http(
        token=environment.hf_token,
        token_host=host,
        deadline=environment.timeout,
        netrc=environment.netrc,
        bodies=bodies,
        pace=pace_of,
    )
