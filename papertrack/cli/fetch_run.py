"""One run of `fetch` or `import`: each target or file read, added to the library and
reported.
"""

import contextlib
import io
import shlex
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from papertrack.cli import fetch_reports as reports
from papertrack.cli import proposed, targets
from papertrack.cli.feed import follow
from papertrack.cli.session import Session
from papertrack.config.settings import DEFAULT
from papertrack.core.addresses import host_of, is_web_url
from papertrack.core.errors import (
    FetchError,
    Interrupted,
    PapertrackError,
    UsageError,
)
from papertrack.core.secrets import hide_in_address, without_password, without_secrets
from papertrack.core.tags import added
from papertrack.core.wording import excerpt, plural
from papertrack.fetching import files as importing
from papertrack.fetching import run as fetching
from papertrack.fetching.followed import Readable
from papertrack.fetching.run import Plan, Report
from papertrack.library.join import join
from papertrack.library.settings import Followed
from papertrack.sources import sample
from papertrack.sources.base import Context
from papertrack.storage import approvals

if TYPE_CHECKING:
    from papertrack.web.http import Http


class Run:
    """One run of `fetch` or `import`."""

    def __init__(
        self,
        session: Session,
        options: importing.Options,
        feeds: Readable,
        requested: str | None,
    ) -> None:
        self.session = session
        self.library = session.library
        self.options = options
        self.feeds = feeds
        self.requested = requested
        self.plans: dict[str, Plan] = {}
        self.client: Http | None = None

    def plan(self, names: Sequence[str]) -> None:
        """Plan what to read for each target.

        Raises UsageError before anything is read, but for a feed that never can be: the
        others are read.
        """
        context = self.options.context
        followed = self._followed()
        for name in names:
            if name in self.feeds.errors:
                continue
            # A followed target is never a file, even if there is one of its name.
            is_feed = name in self.feeds.targets
            if context and (is_feed or not targets.is_file(name)):
                try:
                    plan = fetching.plan(name, context)
                except UsageError:
                    reason = self._fault_of_feed(name, context) if is_feed else None
                    if reason is None:
                        raise
                    self.feeds.errors[name] = reason
                    continue
                if plan.target not in followed:
                    # Only a feed that is followed is stored with its token.
                    plan = plan._replace(target=without_secrets(plan.target))
                self.plans[name] = plan
            elif context and (hint := targets.other_meaning(name)):
                self.session.narrate(hint)

    def _fault_of_feed(self, name: str, context: Context) -> FetchError | None:
        """Why a feed can't be read whatever the options are; None if it could be."""
        try:
            fetching.plan(name, replace(context, since=None, until=None, kinds=None))
        except UsageError as error:
            advice = f"papertrack feed remove {shlex.quote(name)} unfollows it"
            return FetchError(f"{error}; {advice}")
        return None

    def start(self, name: str) -> Report:
        """The report of a target that is about to be read."""
        if name in self.plans:
            return Report(self.plans[name].target)
        return Report("standard input" if name == "-" else hide_in_address(name))

    def finish(self, name: str, report: Report) -> None:
        """Read a target and add it to the library."""
        context = self.options.context
        if name in self.feeds.errors:
            report.errors.append(self.feeds.errors[name])
        elif context and name in self.plans:
            self._fetch_source(self.plans[name], report, context)
        elif not context and targets.is_library(name):
            self._join_library(Path(name), report)
        else:
            self._import_file(name, report)

    def http(self) -> "Http":
        """The run's one HTTP client, made for the first target that needs it."""
        if self.client is None:
            from papertrack.fetching.client import connect  # httpx: 115 ms

            session = self.session
            self.client = connect(
                session.environment,
                session.locations.cache,
                session.config["fetch.timeout"],
            )
        return self.client

    def close(self) -> None:
        """Close the HTTP client."""
        if self.client is not None:
            self.client.close()

    @contextlib.contextmanager
    def _reporting_interruption(self, report: Report) -> Iterator[None]:
        """If the reader interrupts, report what was saved."""
        try:
            yield
        except KeyboardInterrupt:
            if not any(report.counts) or self.options.dry_run:
                raise
            reports.show(self.session, report, dry_run=False)
            raise Interrupted(
                f"interrupted: the papers read from {report.target} so far are saved; "
                "run the same command to continue"
            ) from None

    def _fetch_source(self, plan: Plan, report: Report, context: Context) -> None:
        followed = self._followed().get(report.target)
        with (
            self._reporting_interruption(report),
        ):
            fetching.fetch(
                self.library,
                self.http,
                plan,
                report,
                context,
                today=self.session.today,
                limit=self.options.limit,
                dry_run=self.options.dry_run,
                tags=followed.tags if followed else (),
                mark=self.options.mark,
                is_followed=self._is_followed(report.target),
            )
        reports.explain(report, context)
        if report.target in context.origins:
            reports.advise_to_confirm(report)
        self._report_move(report, followed)
        if followed and report.errors:
            reading = self.library.settings.readings().get(report.target)
            reports.advise(report, followed.name, reading, now=self.session.time)

    def _report_move(self, report: Report, feed: Followed | None) -> None:
        """Report that a feed has moved, and follow it there if it is followed."""
        if not report.moved_to or report.errors:
            return
        new = without_password(report.moved_to)
        is_downgrade = report.target.startswith("https:") and new.startswith("http:")
        if new == report.target or is_downgrade:
            return
        if feed is None or self.options.dry_run:
            report.notes.append(f"it has moved permanently to {new}")
            return
        others = {one.target: one for one in self._followed().values()}
        if new in others:
            self.library.settings.unfollow([feed.target])
            report.notes.append(
                f"it has moved permanently to {new}, which is followed already;"
                f" {feed.target} was unfollowed"
            )
            return
        folder = self.session.folder
        if feed.target in approvals.named_here(folder):
            approvals.name_here(folder, [new])
        self.library.settings.move(feed, new, _moved_name(feed, new, others.values()))
        report.notes.append(f"it has moved permanently: now following {new}")

    def _import_file(self, name: str, report: Report) -> None:
        options = self.options
        if name == "sample":
            options = options._replace(source="sample")
        if options.context:
            options = options._replace(http=self.http)
        try:
            with (
                self._reporting_interruption(report),
                _opened(name) as stream,
            ):
                importing.import_file(
                    self.library,
                    stream,
                    report,
                    options,
                    narrate=self.session.narrate,
                )
        except FetchError as error:
            report.errors.append(error)
        except Interrupted:
            reports.show(self.session, report, dry_run=self.options.dry_run)
            raise
        self._follow(report)

    def _join_library(self, folder: Path, report: Report) -> None:
        dry_run = self.options.dry_run
        try:
            terms = proposed.terms(self.requested, by=excerpt(str(folder), 200))
            used = self._used()
            if not dry_run:
                addresses = [one.target for one in used if is_web_url(one.target)]
                approvals.name_here(self.session.folder, addresses)
            joined = join(self.library, folder, terms=terms, used=used, dry_run=dry_run)
        except PapertrackError as error:
            report.errors.append(error)
            return
        report.counts = joined.papers
        counts = {"marks": joined.marks, **joined.settings}
        parts = [
            plural(count, name.removesuffix("s"))
            for name, count in counts.items()
            if count
        ]
        if parts:
            advice = "" if dry_run else " (undo: papertrack undo)"
            report.notes.append(f"{', '.join(parts)} joined{advice}")
        command = f"papertrack import {folder}"
        report.notes += proposed.report(joined.proposals, command)

    def _used(self) -> list[Followed]:
        """What is followed by default and was fetched, or is named in config.toml.

        What a new library would follow gives way to the feeds of another one.
        """
        settings = self.library.settings
        readings = settings.readings()
        is_own = self.session.config.setting("sources").origin != DEFAULT
        first = targets.followed_at_first(self.session)
        return [
            feed
            for feed in settings.following(first)
            if is_own or feed.target in readings
        ]

    def _follow(self, report: Report) -> None:
        """Follow the feeds that a file names; those followed already keep their names."""
        if not report.feeds:
            return
        if self.options.dry_run:
            count = plural(len(report.feeds), "feed")
            report.notes.append(f"the file names {count} to follow")
            return
        followed = self._followed()
        names = {feed.name for feed in followed.values()}
        by = excerpt(report.target, 200)
        feeds = []
        for title, target, tags in report.feeds:
            name = target if title in names else title
            feed = followed.get(target, Followed(target, name, by=by))
            feeds.append(feed._replace(tags=added(feed.tags, tags)))
            names.add(feed.name)
        follow(self.session, feeds)

    def _is_followed(self, target: str) -> bool:
        """Whether a plain fetch reads this target, also by default."""
        first = targets.followed_at_first(self.session)
        following = self.library.settings.following(first)
        return any(feed.target == target for feed in following)

    def _followed(self) -> dict[str, Followed]:
        return {feed.target: feed for feed in self.library.settings.followed()}


def _moved_name(feed: Followed, new: str, others: Iterable[Followed]) -> str:
    """The name of a feed that moves. Its papers are listed under it, or under its host."""
    if feed.name != feed.target:
        return feed.name
    host = host_of(feed.target)
    is_free = all(one.name != host for one in others)
    return host if host != host_of(new) and is_free else new


def _opened(name: str) -> contextlib.AbstractContextManager[BinaryIO]:
    """A file, opened. Raises FetchError naming it."""
    if name == "sample":
        return io.BytesIO(sample.body())
    if name == "-":
        return contextlib.nullcontext(sys.stdin.buffer)
    try:
        return Path(name).open("rb")
    except OSError as error:
        raise FetchError(
            f"{hide_in_address(name)}: {error.strerror}; check the name and its"
            " permissions"
        ) from error
