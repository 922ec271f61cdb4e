"""`pdf`: download the PDFs of papers."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

from typer import Option

from papertrack.cli import options as opt
from papertrack.cli import output
from papertrack.cli.fetch_reports import SHOWN_PROBLEMS
from papertrack.cli.select import named_versions, select
from papertrack.cli.session import Session
from papertrack.core.addresses import host_of
from papertrack.core.errors import (
    FetchError,
    PapertrackError,
    Refused,
    SomeTargetsFailed,
    Unrecognised,
)
from papertrack.core.model import Paper
from papertrack.core.progress import Progress
from papertrack.core.text import clean
from papertrack.core.wording import counted, plural
from papertrack.fetching import pdfs as fetching
from papertrack.fetching.pdfs import Address
from papertrack.library import pdfs as files

if TYPE_CHECKING:
    from papertrack.web.download import Limits
    from papertrack.web.http import Http

MAX_UNCONFIRMED = 50
"""More PDFs than this are downloaded only after the reader has agreed."""
USUAL_MB = 2
"""Megabytes of a paper's PDF, for an estimate."""
MOST_FAILURES = 2
"""After so many PDFs in a row that a host did not send, no more are requested there."""
SECONDS_EACH = 3
"""Seconds between two requests to arXiv."""


class _Missing(NamedTuple):
    """A PDF to download: of which paper, from where, into which file."""

    paper: Paper
    address: Address
    path: Path


def pdf_command(
    session: Session,
    select_: opt.Select,
    again: Annotated[
        bool, Option("--again", help="Download also what is there already.")
    ] = False,
    dry_run: Annotated[
        bool, Option("--dry-run", help="Print the addresses; download nothing.")
    ] = False,
    yes: opt.Yes = False,
) -> None:
    """Download PDFs of papers, and print the paths of their files.

    papertrack pdf 2511.03773
    papertrack pdf is:starred --dry-run

    arXiv's are read one every three seconds, in the version that you name or that the
    library knows. What was cut off resumes. open --pdf then opens the file.
    """
    keys, _ = select(session, select_)
    versions = named_versions(session, select_)
    papers = [session.library.get(key) for key in keys]
    run = _Run(session, again=again)
    for paper in papers:
        run.plan(paper, versions.get(paper.key))
    size = f"about {counted(len(run.missing) * USUAL_MB, 'MB', 'MB')}"
    seconds = f"at least {plural(len(run.missing) * SECONDS_EACH, 'second')}"
    count = plural(len(run.missing), "PDF")
    if dry_run:
        output.write_rows(session, ([one.address.url] for one in run.missing))
        session.narrate(f"would download {count}: {size}, {seconds}")
    else:
        if len(run.missing) > MAX_UNCONFIRMED and not yes:
            session.confirm(f"download {count} ({size}, {seconds})")
        run.download()
    run.conclude(len(papers))


class Amount:
    """How much of all PDFs has arrived, as progress in kilobytes.

    Those to come are taken to be as large as those before them, so that the time that is
    left is right as soon as the first one is here.
    """

    def __init__(self, progress: Progress, count: int) -> None:
        self._progress = progress
        self._count = count
        self._name = ""
        self._begun = 0
        self._done = 0
        self._size = 0

    def begin(self, name: str) -> None:
        """The next PDF."""
        self._done += self._size
        self._begun += 1
        self._name = name
        self.report(0, 0)

    def report(self, size: int, total: int) -> None:
        """Of this PDF `size` bytes have arrived, of `total` or 0 for unknown."""
        self._size = size
        before = self._begun - 1
        average = self._done // before if before else USUAL_MB * 1_000_000
        this = max(total or average, size)
        everything = self._done + this + (self._count - self._begun) * average
        phase = self._name
        if self._count > 1:
            phase += f" ({self._begun} of {self._count})"
        arrived = self._done + size
        self._progress.report(phase, arrived // 1000, everything // 1000, "kB")


class _Run:
    """One run of `pdf`."""

    def __init__(self, session: Session, *, again: bool) -> None:
        self.session = session
        self.again = again
        config = session.config
        self.folder = files.folder(session.locations.library, config["pdf.folder"])
        self.shelf = files.Shelf(self.folder)
        self.found: list[Path] = []
        self.missing: list[_Missing] = []
        self.errors: list[str] = []
        self.failures: Counter[str] = Counter()
        """How many PDFs in a row each host did not send."""

    def plan(self, paper: Paper, version: int | None) -> None:
        """Find out whether a paper's PDF is to be downloaded."""
        session = self.session
        is_on_arxiv = paper.key.startswith("arxiv:")
        version = version or (paper.version if is_on_arxiv else None)
        found = self.shelf.find(paper, version)
        if found and not self.again:
            self.found.append(found)
            return
        address = fetching.address(paper, version, session.environment)
        if address is None:
            self.errors.append(f"{clean(paper.id)} has no PDF")
            return
        name = files.name_of(paper, version, session.config["pdf.name"])
        path = found or self.folder / name
        self.missing.append(_Missing(paper, address, path))

    def download(self) -> None:
        """Download what is missing; print the path of each file, first of those there."""
        for path in self.found:
            self._print(path)
        if not self.missing:
            return
        session = self.session
        from papertrack.fetching.client import connect  # httpx: 115 ms
        from papertrack.web.download import MEGABYTE, Limits

        config = session.config
        limits = Limits(
            config["pdf.limit_mb"] * MEGABYTE, config["pdf.free_mb"] * MEGABYTE
        )
        cache = session.locations.cache
        http = connect(session.environment, cache, config["fetch.timeout"])
        amount = Amount(session.progress, len(self.missing))
        with http, session.progress.working():
            for one in self.missing:
                amount.begin(clean(one.paper.id))
                self._download(http, one, limits, amount)

    def _download(
        self, http: Http, one: _Missing, limits: Limits, amount: Amount
    ) -> None:
        session = self.session
        host = host_of(one.address.url)
        if self.failures[host] >= MOST_FAILURES:
            self.errors.append(
                f"{clean(one.paper.id)}: not requested, as {host} did not send the"
                " others; run the same command later"
            )
            return
        try:
            fetching.download(
                lambda: http,
                one.address,
                one.path,
                limits,
                locks=session.locations.cache,
                report=amount.report,
                again=self.again,
            )
        except FetchError as error:
            self.errors.append(str(error))
            self.failures[host] += 1 if _is_of_host(error) else 0
        else:
            self.failures[host] = 0
            self._print(one.path)

    def conclude(self, count: int) -> None:
        """Report each failure in a line, of `count` papers; raises the last one.

        Exit code 1 if all failed, 3 if not.
        """
        if not self.errors:
            return
        shown = self.errors if self.session.verbose else self.errors[-SHOWN_PROBLEMS:]
        for message in shown[:-1]:
            self.session.report(message)
        hidden = len(self.errors) - len(shown)
        if hidden:
            self.session.narrate(f"  and {hidden} more failed; -v shows all")
        if len(self.errors) == count:
            raise PapertrackError(self.errors[-1])
        raise SomeTargetsFailed(self.errors[-1])

    def _print(self, path: Path) -> None:
        output.write(self.session, f"{clean(str(path))}\n")


def _is_of_host(error: FetchError) -> bool:
    """Whether the host, or the way to it, failed, and not this PDF alone."""
    if isinstance(error, Refused):
        return error.status == 429 or error.status >= 500
    return not isinstance(error, Unrecognised)
