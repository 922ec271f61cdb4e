"""`fetch` and `import`: papers from the network, from files, from standard input."""

import contextlib
import gc
import io
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, BinaryIO

from typer import Argument, Option

from papertrack.cli import fetch_reports as reports
from papertrack.cli import options as opt
from papertrack.cli import output, proposed, targets
from papertrack.cli.feed import follow
from papertrack.cli.mark import Status
from papertrack.cli.paper_counts import show_new
from papertrack.cli.session import Session
from papertrack.config.settings import DEFAULT
from papertrack.core import dates
from papertrack.core.addresses import host_of, is_web_url
from papertrack.core.errors import (
    ConfigError,
    FetchError,
    Interrupted,
    PapertrackError,
    UsageError,
)
from papertrack.core.model import Mark
from papertrack.core.secrets import hide_in_address, without_password, without_secrets
from papertrack.core.tags import added
from papertrack.core.tags import names as tag_names
from papertrack.core.text import clean
from papertrack.core.wording import excerpt, plural
from papertrack.fetching import files as importing
from papertrack.fetching import run as fetching
from papertrack.fetching.followed import NO_FEEDS, Readable, readable
from papertrack.fetching.run import Plan, Report
from papertrack.library.join import join
from papertrack.library.settings import Followed
from papertrack.sources import sample
from papertrack.sources.base import Context
from papertrack.sources.short_targets import full
from papertrack.storage import approvals
from papertrack.storage.layout import DESK

if TYPE_CHECKING:
    from papertrack.web.http import Http

Day = Annotated[
    str | None,
    Option(
        metavar="D",
        help="Day of a saved page or copied text: 2025-11-07.",
    ),
]
DryRun = Annotated[
    bool, Option("--dry-run", help="Show what would be new; save nothing.")
]
Json = Annotated[bool, Option("--json", help="Print the reports as JSON.")]
Tag = Annotated[
    str | None,
    Option(metavar="T[,T]", help="Tag all papers, new and known ones."),
]
Status_ = Annotated[
    Status | None,
    Option("--mark", help="Mark papers that you have not marked yet."),
]


def _countable(limit: int | None) -> int | None:
    """A limit that `itertools.islice` takes: no greater one makes a difference."""
    return None if limit is None else min(limit, sys.maxsize)


Limit = Annotated[
    int | None,
    Option(
        "--limit",
        "-n",
        min=1,
        metavar="N",
        help="At most N papers per target.",
        callback=_countable,
    ),
]


def fetch_command(
    session: Session,
    targets_: Annotated[
        list[str] | None,
        Argument(
            metavar="[TARGET]...", help="What to fetch; by default what you follow."
        ),
    ] = None,
    since: opt.Since = None,
    until: opt.Until = None,
    date: Day = None,
    limit: Limit = None,
    kind: Annotated[
        str | None,
        Option(
            metavar="A,B",
            help="Of arXiv's announcements: new, cross, replace…",
        ),
    ] = None,
    tag: Tag = None,
    mark: Status_ = None,
    dry_run: DryRun = False,
    json: Json = False,
) -> None:
    """Fetch papers into the library.

    papertrack fetch                       what you follow; else hf: the newest Daily Papers, and the days missed

    papertrack fetch yesterday             Daily Papers: today, trending, 2025-11-07, 2025-W45, 2025-11

    papertrack fetch hf --since 2025-10    from October 2025 to today

    papertrack fetch 2511.04570            a paper: its arXiv id, or the address of a site that has it

    papertrack fetch cs.CL,cs.LG           what arXiv announced; arxiv:'abs:diffusion AND cat:cs.CL'

    papertrack fetch arxiv-oai:cs --since 2025-11-01   a harvest in bulk

    papertrack fetch page.html copied.txt  saved pages, the API's JSON, copied text, arXiv ids; - is stdin

    papertrack fetch sample                a week of papers that comes with papertrack, to try it offline
    """  # noqa: E501
    configured = session.config["sources"]
    settings = session.library.settings
    followed = [] if targets_ else settings.followed()
    first = [
        target
        for target in configured
        if full(target) not in settings.documents("unfollowed")
    ]
    if not targets_ and not followed and not first:
        raise UsageError(
            "nothing is followed; name a target, as in papertrack fetch today, or follow"
            " one: papertrack feed add hf"
        )
    feeds = readable(
        followed,
        approvals.named_here(session.folder),
        str(session.folder.root / DESK),
    )
    context = targets.context(
        session,
        since=since,
        until=until,
        kinds=frozenset(kind.split(",")) if kind else None,
    )
    options = importing.Options(
        session.today,
        _day(session, date),
        limit,
        dry_run,
        mark=_mark(tag, mark),
        context=replace(context, origins=feeds.origins),
    )
    if not targets_ and not followed:
        _check_sources(session, configured, context)
    requested = targets_ or [feed.target for feed in followed] or first
    _fetch(session, requested, options, feeds, json=json)


def add_command(
    session: Session,
    targets_: Annotated[
        list[str],
        Argument(metavar="TARGET...", help="Ids, addresses of papers, or targets."),
    ],
    tag: Tag = None,
    mark: Status_ = None,
    dry_run: DryRun = False,
    json: Json = False,
) -> None:
    """Add single papers by their ids or addresses: fetch, for papers that you name.

    papertrack add 2511.04570 https://www.alphaxiv.org/abs/2511.03773 --tag video --mark later
    """
    fetch_command(session, targets_, tag=tag, mark=mark, dry_run=dry_run, json=json)


def _mark(tag: str | None, status: Status | None) -> Mark:
    """The tags and the status that papers get. Raises UsageError for a bad tag."""
    tags = tag_names(tag) if tag is not None else ()
    return Mark(tags, status.value if status else "unread")


def _check_sources(session: Session, names: Sequence[str], context: Context) -> None:
    """Raise ConfigError for a source of config.toml that can't be fetched."""
    for name in names:
        try:
            if not targets.is_file(name):
                fetching.plan(name, context)
        except UsageError as error:
            place = session.config.file.place("sources")
            raise ConfigError(
                f"{place}: sources: {error}; correct it with: papertrack config edit"
            ) from None


def import_command(
    session: Session,
    files: Annotated[
        list[str],
        Argument(
            metavar="FILE...",
            help="BibTeX, RIS, CSV, JSON and others, or the folder of a library; - is stdin.",
        ),
    ],
    date: Day = None,
    limit: Limit = None,
    marks: Annotated[
        bool,
        Option(
            "--marks",
            help="Import tags, status, stars and notes of an export too, and a"
            " bibliography's keywords as tags.",
        ),
    ] = False,
    tag: Tag = None,
    mark: Status_ = None,
    with_: opt.With = None,
    dry_run: DryRun = False,
    json: Json = False,
) -> None:
    """Import files: BibTeX, RIS, CSL-JSON, EndNote, PubMed, Zotero's JSON, tables (CSV,
    TSV), papertrack's JSON and JSON lines, saved pages, API responses and feeds, text
    copied from a listing page or with arXiv ids or DOIs; papertrack help formats lists
    all. The format is detected from the content; gzip is decompressed. The feeds of an
    OPML file are followed. An interrupted import of JSON lines resumes when it is run
    again.

    An entry that can't be read is reported with its line, and the others are imported.

    The folder of another library is merged into this one: its papers, marks and views;
    nothing is lost. Its feeds and rules are listed, and taken with --with feeds,rules.
    """
    options = importing.Options(
        session.today,
        _day(session, date),
        limit,
        dry_run,
        marks=marks,
        mark=_mark(tag, mark),
    )
    for name in files if options.mark != Mark() else ():
        if targets.is_library(name):
            raise UsageError(
                f"{excerpt(name, 200)} is a library, whose papers have marks of their"
                " own; import it without --tag and --mark"
            )
    proposed.terms(with_, by="")  # a mistake is reported before anything is read
    _fetch(session, files, options, json=json, requested=with_)


def _fetch(
    session: Session,
    names: Sequence[str],
    options: importing.Options,
    feeds: Readable = NO_FEEDS,
    *,
    json: bool,
    requested: str | None = None,
) -> None:
    """Read targets; without a context in the options, only files."""
    gc.enable()  # `__main__` disables it for short commands
    run = _Run(session, options, feeds, requested)
    run.plan(names)
    names = list(dict.fromkeys(names))
    unit = "targets" if options.context else "files"
    done: list[Report] = []
    try:
        with _progress(session, names):
            for name in names:
                report = run.start(name)
                shown = _short_name(report.target)
                session.progress.report(shown, len(done), len(names), unit)
                done.append(report)
                with session.progress.within():
                    run.finish(name, report)
                if reports.is_listed(session, report, len(names)):
                    reports.show(session, report, dry_run=options.dry_run)
    finally:
        run.close()
        reports.summarize(session, done, len(names), dry_run=options.dry_run)
        reports.show_rules(session, done)
    if json:
        output.write_json(session, [report.as_json() for report in done])
    elif options.context and not options.dry_run:
        show_new(session)
    reports.conclude(session, done, dry_run=options.dry_run)


def _progress(
    session: Session, names: Sequence[str]
) -> contextlib.AbstractContextManager[None]:
    """Shows the progress, unless a text is typed on the terminal meanwhile."""
    if "-" in names and sys.stdin.isatty():
        return contextlib.nullcontext()
    return session.progress.working()


def _short_name(target: str) -> str:
    """A target without its secrets, a file without its folders."""
    path = Path(target)
    if path.name and targets.exists(target):
        target = path.name
    return clean(hide_in_address(target))


class _Run:
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
        """Plan what to read for each target. Raises UsageError before anything is read."""
        context = self.options.context
        followed = self._followed()
        for name in names:
            if name in self.feeds.errors:
                continue
            # A followed target is never a file, even if there is one of its name.
            is_feed = name in self.feeds.targets
            if context and (is_feed or not targets.is_file(name)):
                plan = fetching.plan(name, context)
                if plan.target not in followed:
                    # Only a feed that is followed is stored with its token.
                    plan = plan._replace(target=without_secrets(plan.target))
                self.plans[name] = plan
            elif context and (hint := targets.other_meaning(name)):
                self.session.narrate(hint)

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


def _day(session: Session, text: str | None) -> str | None:
    if text is None:
        return None
    try:
        return dates.day(text, session.today).isoformat()
    except ValueError as error:
        raise UsageError(str(error)) from None
