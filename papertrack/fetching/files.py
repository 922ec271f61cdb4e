"""Importing: files into the library, whole ones in one go, JSON lines as a stream.

A stream is taken in batches, each under the lock by itself. After each the place that was reached is put into the
cache, so that an import that was interrupted goes on there; a batch that was taken twice changes nothing.
"""

from __future__ import annotations

import contextlib
import json
import os
import stat
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, NamedTuple

from papertrack.core.environment import cache_name
from papertrack.core.errors import FetchError, Interrupted, StoreError
from papertrack.core.facts import Listing
from papertrack.core.text import clean, shorten
from papertrack.fetching import run as fetching
from papertrack.fetching.run import Intake, Report
from papertrack.library.library import Library
from papertrack.sources import detect as formats
from papertrack.sources import registry as sources
from papertrack.sources.base import Context

if TYPE_CHECKING:
    from papertrack.web import http as web

BATCH = 3000
"""Papers of a stream taken at once: each batch writes whole files of 4 MB, some 2,000 papers, and costs memory."""

MAX_PROBLEMS = 1000
"""Problems of a stream that are kept to be told; it may have millions of lines."""

Progress = Callable[[int, float], None]
"""Told (lines read, the share of the file that was read; 0 where its size is unknown)."""


class Wanted(NamedTuple):
    """What is wanted of a file: `date` is the day (ISO) of its listing; `source` says it where the format does not
    tell; with `http` and `context` what it leads to is read as well."""

    date: str | None = None
    limit: int | None = None
    dry_run: bool = False
    source: str | None = None
    http: Callable[[], web.Http] | None = None
    context: Context | None = None


def take_file(
    library: Library,
    stream: BinaryIO,
    report: Report,
    wanted: Wanted,
    *,
    pages: Callable[[int, int], None] | None = None,
    lines: Progress | None = None,
    tell: Callable[[str], None] = lambda text: None,
) -> None:
    """Take in an open file, as the report's target names it. Errors are in the report.

    `pages` and `lines` are told the progress, `tell` at once what can't wait for the report. Raises Interrupted,
    saying what was kept, where the reader interrupts a stream.
    """
    intake = Intake(library, report, limit=wanted.limit, dry_run=wanted.dry_run)
    name = shorten(clean(report.target), 200)
    try:
        head, pieces = formats.begun(formats.pieces(stream, name=name))
        if reader := sources.line_reader(head, name=report.target):
            intake.batch = BATCH
            _Stream(stream, intake, name, _place(library, stream, head, wanted)).take(
                reader, pieces, lines, tell
            )
        else:
            _take_whole(formats.whole(pieces, name=name), intake, wanted, pages)
    except FetchError as error:
        report.errors.append(error)
    except OSError as error:
        report.errors.append(
            FetchError(f"{name}: {error.strerror}; check the name and its permissions")
        )
    finally:
        intake.flush()


def _take_whole(
    body: bytes,
    intake: Intake,
    wanted: Wanted,
    progress: Callable[[int, int], None] | None,
) -> None:
    context = wanted.context if wanted.http else None
    listing = sources.read_file(
        body, name=intake.report.target, date=wanted.date, context=context
    )
    intake.add(replace(listing, source=wanted.source) if wanted.source else listing)
    if wanted.http and listing.follow and not intake.full:
        fetching.read(intake, wanted.http, listing.follow, progress=progress)


class _Stream:
    """The import of one file of JSON lines."""

    def __init__(
        self, stream: BinaryIO, intake: Intake, name: str, place: Place | None
    ) -> None:
        self.stream = stream
        self.intake = intake
        self.name = name
        self.place = place
        self.line = 0
        self.done = 0
        self.last: list[str] = []
        self.size = os.fstat(stream.fileno()).st_size if place else 0

    def take(
        self,
        reader: sources.LineReader,
        pieces: Iterable[bytes],
        progress: Progress | None,
        tell: Callable[[str], None],
    ) -> None:
        self.done = self.place.reached(self.intake.library) if self.place else 0
        if self.done:
            tell(f"{self.name}: going on at line {self.done + 1}")
        try:
            self._read(reader, pieces, progress)
        except KeyboardInterrupt:
            self._stop()
            raise Interrupted(self._kept()) from None
        if self.place:
            self.place.drop()

    def _read(
        self,
        reader: sources.LineReader,
        pieces: Iterable[bytes],
        progress: Progress | None,
    ) -> None:
        lines = self._counted(formats.lines(pieces, name=self.name))
        for _ in islice(lines, self.done):
            pass
        for listing in reader(lines, name=self.name, first_line=self.done + 1):
            self._take(listing)
            if progress:
                progress(
                    self.line, self.stream.tell() / self.size if self.size else 0.0
                )
            if self.intake.full:
                break
        self.intake.flush()

    def _counted(self, lines: Iterable[bytes]) -> Iterator[bytes]:
        for line in lines:
            self.line += 1
            yield line

    def _take(self, listing: Listing) -> None:
        """Take in a listing; note the place where all up to its end is in the library."""
        self.intake.add(
            _fewer(listing, MAX_PROBLEMS - len(self.intake.report.problems))
        )
        self.last = [said.ids[0] for said in listing.facts if said.ids][
            -1:
        ] or self.last
        if not self.intake.waiting:
            self.done = self.line
            if self.place:
                self.place.keep(self.done, self.last)

    def _stop(self) -> None:
        """What waits of a file is read again, the reader wants the prompt; of a pipe it is taken."""
        if self.place:
            self.intake.waiting.clear()
        else:
            self.intake.flush()
            self.done = self.line

    def _kept(self) -> str:
        if not self.done or self.intake.dry_run:
            return "interrupted; nothing was kept"
        what = f"interrupted; {self.done} lines of {self.name} are kept"
        return (
            f"{what}, the same import goes on at line {self.done + 1}"
            if self.place
            else what
        )


def _fewer(listing: Listing, room: int) -> Listing:
    return (
        listing
        if len(listing.problems) <= room
        else replace(listing, problems=listing.problems[: max(room, 0)])
    )


class Place(NamedTuple):
    """Where the place is kept that an import has reached; its name tells which file, as it is, in which library."""

    path: Path

    def reached(self, library: Library) -> int:
        """How many lines are in the library already; 0 where there is no telling.

        The papers last taken must still be there: a library that was begun anew, or put back, is filled anew.
        """
        try:
            said = json.loads(self.path.read_bytes())
            line, keys = int(said["lines"]), [str(key) for key in said["keys"]]
        except (OSError, ValueError, KeyError, TypeError):
            return 0
        there = all(library.index.locations([key]) for key in keys)
        return line if keys and there and line > 0 else 0

    def keep(self, lines: int, keys: list[str]) -> None:
        """Note that so many lines were taken, `keys` the last of their papers. A cache that can't be written is
        passed by."""
        from papertrack.storage import writing as store

        with contextlib.suppress(StoreError):
            store.write_atomically(
                self.path,
                json.dumps({"lines": lines, "keys": keys}).encode(),
                private=True,
            )

    def drop(self) -> None:
        """Forget the place: the file was read to its end. What a killed process has left beside it goes too."""
        with contextlib.suppress(OSError):
            for path in (self.path, *self.path.parent.glob(f".{self.path.name}.*.tmp")):
                path.unlink(missing_ok=True)


def _place(
    library: Library, stream: BinaryIO, head: bytes, wanted: Wanted
) -> Place | None:
    """The place of a file that is told from others by size, time of change and head; None where none is to be kept."""
    if wanted.dry_run or wanted.limit:
        return None
    try:
        status = os.fstat(stream.fileno())
    except OSError:
        return None
    if not stat.S_ISREG(status.st_mode):
        return None
    import hashlib  # loads OpenSSL, 3 ms

    told = hashlib.blake2b(head, digest_size=10)
    told.update(f"{status.st_size} {status.st_mtime_ns}".encode())
    return Place(
        library.cache
        / "imports"
        / f"{cache_name(library.root)}-{told.hexdigest()}.json"
    )
