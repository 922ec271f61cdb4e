"""`fetch` and `import`: taking listings in, from the network, from files, from stdin."""

import contextlib
import gc
import io
import sys
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, BinaryIO

import typer

from papertrack.cli import options as opt
from papertrack.cli import output
from papertrack.cli.fetch_reports import Progress, conclude, explain, tell, tell_rules
from papertrack.cli.session import Session
from papertrack.cli.targets import asked, is_file, is_library
from papertrack.core import dates
from papertrack.core.addresses import bare
from papertrack.core.errors import FetchError, Interrupted, PapertrackError, UsageError
from papertrack.core.text import clean, shorten
from papertrack.fetching import files as importing
from papertrack.fetching import run as fetching
from papertrack.library.settings import Followed
from papertrack.sources import registry as sources
from papertrack.sources import sample
from papertrack.sources.base import Context

if TYPE_CHECKING:
    from papertrack.web.http import Http

Day = Annotated[
    str | None,
    typer.Option(
        "--date",
        metavar="D",
        help="The day of a saved page or copied text: 2025-11-07.",
    ),
]
DryRun = Annotated[
    bool, typer.Option("--dry-run", help="Tell what would be new; keep nothing.")
]
Report = Annotated[bool, typer.Option("--json", help="The reports as JSON.")]
Many = Annotated[
    int | None,
    typer.Option(
        "--limit", "-n", min=1, metavar="N", help="At most so many papers a target."
    ),
]


def fetch_command(
    ctx: typer.Context,
    targets: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[TARGET]...", help="What to fetch; what you follow without one."
        ),
    ] = None,
    since: opt.Since = None,
    until: opt.Until = None,
    date: Day = None,
    limit: Many = None,
    kind: Annotated[
        str | None,
        typer.Option(
            "--kind",
            metavar="A,B",
            help="Of arXiv's announcements: new, cross, replace…",
        ),
    ] = None,
    dry_run: DryRun = False,
    json: Report = False,
) -> None:
    """Fetch listings into the library.

    papertrack fetch                       what you follow; else hf: the newest Daily Papers, and the days missed

    papertrack fetch hf:2025-11-07         a day; hf:2025-W45, hf:2025-11, hf:trending, hf:2511.04570

    papertrack fetch hf --since 2025-10    from October 2025 to today

    papertrack fetch arxiv:cs.CL,cs.LG     what arXiv announced; arxiv:2511.04570, arxiv:'abs:diffusion AND cat:cs.CL'

    papertrack fetch arxiv-oai:cs --since 2025-11-01   a harvest in bulk

    papertrack fetch page.html copied.txt  saved pages, the API's JSON, copied text, arXiv ids; - is stdin

    papertrack fetch sample                a week of papers that comes with papertrack, to try it offline
    """
    session: Session = ctx.obj
    followed = [] if targets else session.library.settings.bare()
    _take(
        session,
        targets or [feed.target for feed in followed],
        origins={f.target: f.by for f in followed if f.by},
        since=since,
        until=until,
        date=date,
        limit=limit,
        dry_run=dry_run,
        json=json,
        kinds=frozenset(kind.split(",")) if kind else None,
        files_only=False,
    )


def import_command(
    ctx: typer.Context,
    files: Annotated[
        list[str],
        typer.Argument(
            metavar="FILE...",
            help="BibTeX, RIS, CSL-JSON, JSON (lines), feeds, OPML, text, a library; - is stdin.",
        ),
    ],
    date: Day = None,
    limit: Many = None,
    dry_run: DryRun = False,
    json: Report = False,
) -> None:
    """Take files in: BibTeX, RIS, CSL-JSON, papertrack's own JSON and JSON lines, arXiv's metadata, saved pages,
    answers and feeds, text copied from a listing page or holding arXiv ids or DOIs; the feeds of an OPML are followed.
    The format is told from the content. JSON lines go on where an import was interrupted.

    The folder of another library is joined with this one: its papers, marks, views and feeds; nothing is lost.
    """
    _take(
        ctx.obj,
        files,
        since=None,
        until=None,
        date=date,
        limit=limit,
        dry_run=dry_run,
        json=json,
        files_only=True,
    )


def _take(
    session: Session,
    targets: list[str],
    *,
    since: str | None,
    until: str | None,
    date: str | None,
    limit: int | None,
    dry_run: bool,
    json: bool,
    files_only: bool,
    kinds: frozenset[str] | None = None,
    origins: Mapping[str, str] | None = None,
) -> None:
    gc.enable()
    context = replace(
        asked(session, since=since, until=until, kinds=kinds), origins=origins or {}
    )
    day = _page_day(session, date)
    for target in targets:
        if not is_file(target, files_only=files_only):
            # A word that names nothing is told before anything is read.
            with contextlib.suppress(FetchError):
                sources.find(target).start(target, context)
    reports: list[fetching.Report] = []
    http = _Opener(session)
    wanted = importing.Wanted(day, limit, dry_run)
    if not files_only:
        wanted = wanted._replace(http=http, context=context)
    try:
        for target in dict.fromkeys(targets):
            if is_library(target, files_only=files_only):
                report = _take_library(session, target, dry_run=dry_run)
            elif is_file(target, files_only=files_only):
                report = _take_file(session, target, wanted)
            else:
                report = _take_source(
                    session, http, target, context, limit=limit, dry_run=dry_run
                )
            reports.append(report)
            tell(session, report, dry_run=dry_run)
    finally:
        http.close()
        read = [report.as_json() for report in reports if report.target in http.read]
        if read and not dry_run:
            session.library.settings.record(read)
        if not dry_run:
            tell_rules(session)
    if json:
        output.write_json(session, [report.as_json() for report in reports])
    conclude(session, reports, dry_run=dry_run)


def _take_library(session: Session, target: str, *, dry_run: bool) -> fetching.Report:
    """Join another library into this one."""
    from papertrack.library import join as uniting

    report = fetching.Report(target)
    try:
        joined = uniting.join(session.library, Path(target), dry_run=dry_run)
    except PapertrackError as error:
        report.errors.append(error)
        return report
    report.taken = joined.papers
    counts = {"marks": joined.marks, **joined.settings}
    if told := ", ".join(
        f"{n} {name if n > 1 else name[:-1]}" for name, n in counts.items() if n
    ):
        report.notes.append(
            f"{told} joined{'' if dry_run else ' (undo: papertrack undo)'}"
        )
    return report


@contextlib.contextmanager
def _kept(
    session: Session, report: fetching.Report, further: str, *, dry_run: bool
) -> Iterator[None]:
    """Tells, where the reader interrupts, what was kept, and what the same command does next."""
    try:
        yield
    except KeyboardInterrupt:
        if not any(report.taken) or dry_run:
            raise
        tell(session, report, dry_run=dry_run)
        raise Interrupted(
            f"interrupted: what came of {report.target} is kept, {further}"
        ) from None


def _take_source(
    session: Session,
    http: "_Opener",
    target: str,
    context: Context,
    *,
    limit: int | None,
    dry_run: bool,
) -> fetching.Report:
    """Fetch a target over the network. Interrupted, it tells what was kept."""
    report = fetching.Report(bare(target))
    http.read.add(report.target)
    kept = _kept(session, report, "the same fetch goes on", dry_run=dry_run)
    with kept, Progress(session, report.target) as progress:
        fetching.fetch(
            session.library,
            http,
            report,
            context,
            target=target,
            limit=limit,
            dry_run=dry_run,
            progress=progress,
        )
    explain(report, context)
    if not dry_run:
        fetching.remember(session.library, report, context)
    return report


def _take_file(
    session: Session, target: str, wanted: importing.Wanted
) -> fetching.Report:
    """Take in a file. Interrupted, it tells what was kept."""
    report = fetching.Report("standard input" if target == "-" else target)
    if target == "sample":
        wanted = wanted._replace(source="sample")
    try:
        with (
            _kept(session, report, "the same brings the rest", dry_run=wanted.dry_run),
            _stream(target) as stream,
            Progress(session, report.target) as progress,
        ):
            importing.take_file(
                session.library,
                stream,
                report,
                wanted,
                pages=progress,
                lines=progress.lines,
                tell=session.narrate,
            )
    except FetchError as error:
        report.errors.append(error)
    except Interrupted:
        tell(session, report, dry_run=wanted.dry_run)
        raise
    _follow(session, report, dry_run=wanted.dry_run)
    return report


def _stream(target: str) -> contextlib.AbstractContextManager[BinaryIO]:
    """A file, opened. Raises FetchError naming it."""
    if target == "sample":
        return io.BytesIO(sample.body())
    if target == "-":
        return contextlib.nullcontext(sys.stdin.buffer)
    try:
        return Path(target).open("rb")
    except OSError as error:
        raise FetchError(
            f"{target}: {error.strerror}; check the name and its permissions"
        ) from error


def _follow(session: Session, report: fetching.Report, *, dry_run: bool) -> None:
    """Follow the feeds that a file names, under the names that they have there; those the reader gave stay."""
    held = (
        {feed.target: feed for feed in session.library.settings.followed()}
        if report.feeds
        else {}
    )
    taken = {feed.name for feed in held.values()}
    feeds: list[Followed] = []
    for title, target in report.feeds:
        new = Followed(
            target,
            target if title in taken else title,
            by=shorten(clean(report.target), 200),
        )
        feeds.append(held.get(target, new))
        taken.add(feeds[-1].name)
    if feeds and dry_run:
        report.notes.append(
            f"it names {len(feeds)} feed{'s' * (len(feeds) != 1)} to follow"
        )
    elif feeds:
        from papertrack.cli.feed import follow

        follow(session, feeds)


def _page_day(session: Session, date: str | None) -> str | None:
    if date is None:
        return None
    try:
        return dates.day(date, session.today).isoformat()
    except ValueError as error:
        raise UsageError(str(error)) from None


class _Opener:
    """The run's one HTTP client, made when the first target needs it: httpx costs 115 ms to import.

    `read` are the targets that were asked for over it.
    """

    def __init__(self, session: Session) -> None:
        self.session = session
        self.read: set[str] = set()
        self.http: Http | None = None

    def __call__(self) -> "Http":
        if self.http is None:
            self.http = fetching.connect(
                self.session.environment, self.session.locations.cache
            )
        return self.http

    def close(self) -> None:
        if self.http is not None:
            self.http.close()
