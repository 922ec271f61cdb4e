"""`fetch` and `import`: papers from the network, from files, from standard input."""

from __future__ import annotations

import contextlib
import gc
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from papertrack.cli import fetch_reports as reports
from papertrack.cli import hooks, output, proposed, targets
from papertrack.cli.fetch_run import Run
from papertrack.cli.paper_counts import show_new
from papertrack.cli.session import Session
from papertrack.cli.statuses import Status
from papertrack.core import dates
from papertrack.core.errors import (
    ConfigError,
    UsageError,
)
from papertrack.core.model import Mark
from papertrack.core.secrets import hide_in_address
from papertrack.core.tags import names as tag_names
from papertrack.core.text import clean
from papertrack.core.wording import excerpt
from papertrack.fetching import files as importing
from papertrack.fetching import run as fetching
from papertrack.fetching.followed import NO_FEEDS, Readable, readable
from papertrack.fetching.run import Report
from papertrack.sources.base import Context
from papertrack.sources.short_targets import full
from papertrack.storage import approvals
from papertrack.storage.layout import DESK

if TYPE_CHECKING:
    from typer import Argument, Option

    from papertrack.cli import options as opt


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
    date: opt.Day = None,
    limit: opt.Most = None,
    kind: Annotated[
        str | None,
        Option(
            metavar="A,B",
            help="Of arXiv's announcements: new, cross, replace…",
        ),
    ] = None,
    tag: opt.TagAll = None,
    mark: opt.MarkNew = None,
    dry_run: opt.ShowNew = False,
    json: opt.JsonReports = False,
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
        _countable(limit),
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
    tag: opt.TagAll = None,
    mark: opt.MarkNew = None,
    dry_run: opt.ShowNew = False,
    json: opt.JsonReports = False,
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
    date: opt.Day = None,
    limit: opt.Most = None,
    marks: Annotated[
        bool,
        Option(
            "--marks",
            help="Import tags, status, stars and notes of an export too, and a"
            " bibliography's keywords as tags.",
        ),
    ] = False,
    tag: opt.TagAll = None,
    mark: opt.MarkNew = None,
    with_: opt.With = None,
    dry_run: opt.ShowNew = False,
    json: opt.JsonReports = False,
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

    papertrack import references.bib

    papertrack import zotero.json --tag zotero --dry-run

    papertrack import ../other-library --with feeds,rules
    """
    options = importing.Options(
        session.today,
        _day(session, date),
        _countable(limit),
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
    gc.freeze()  # what is imported stays: to look at it again took 15 ms of a short fetch
    gc.enable()  # `__main__` disables it for short commands
    run = Run(session, options, feeds, requested)
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
    if options.context and not options.dry_run:
        hooks.after_fetch(session, done)
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


def _countable(limit: int | None) -> int | None:
    """A limit that `itertools.islice` takes: no greater one makes a difference."""
    return None if limit is None else min(limit, sys.maxsize)


def _day(session: Session, text: str | None) -> str | None:
    if text is None:
        return None
    try:
        return dates.day(text, session.today).isoformat()
    except ValueError as error:
        raise UsageError(str(error)) from None
