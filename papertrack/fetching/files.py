"""Importing files: whole ones in one transaction, JSON lines as a stream, in batches.

After each batch the line that was reached is saved in the cache, so that an interrupted
import resumes there; a batch that is added twice changes nothing.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import io
import json
import os
import stat
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, NamedTuple

from papertrack.core.environment import cache_name
from papertrack.core.errors import FetchError, Interrupted, StoreError
from papertrack.core.facts import Listing
from papertrack.core.model import Mark
from papertrack.core.progress import Progress
from papertrack.core.wording import excerpt, plural
from papertrack.fetching.run import Collector, Report, read
from papertrack.library.library import Library
from papertrack.sources import formats, streams
from papertrack.sources.base import Context
from papertrack.sources.line_batches import Batch, Batches, Parsed, parse
from papertrack.storage.atomic import write_atomically

if TYPE_CHECKING:
    from papertrack.web.http import Http

BATCH = 1300
"""So many papers of a stream are added, with those of the same batch of lines: each time
costs memory, and rewrites files of 4 MB, some 2,000 papers."""

SERIAL_BATCHES = 1
"""After so many batches of lines another process parses: 0.3 s of work, as long as it
takes to start.
"""

PARSING_WORKERS = 1
"""It is faster than this process, which adds what it has parsed."""

MB = 1024 * 1024

MAX_PROBLEMS = 1000
"""Problems of a stream that are reported; it may have millions of lines."""


class Options(NamedTuple):
    """How a file is imported, on the reader's day `today`.

    `date` is the day (ISO) of the listing that a page is of; `source` replaces the one
    that the format implies. In a fetch there is a `context`; with `http`, too, what the
    file refers to is read. The papers get the tags and the status of `mark`.
    With `marks` the marks in an export are imported, and a bibliography's keywords as
    tags.
    """

    today: dt.date
    date: str | None = None
    limit: int | None = None
    dry_run: bool = False
    source: str | None = None
    marks: bool = False
    mark: Mark = Mark()
    http: Callable[[], Http] | None = None
    context: Context | None = None


def import_file(
    library: Library,
    stream: BinaryIO,
    report: Report,
    options: Options,
    *,
    narrate: Callable[[str], None] = lambda text: None,
) -> None:
    """Add the papers of an open file, named by the report's target. Errors are reported.

    `narrate` gets what can't wait for the report. Raises Interrupted, saying what was
    saved, if the reader interrupts a stream.
    """
    collector = Collector(
        library,
        report,
        options.today,
        options.limit,
        options.dry_run,
        marks=options.marks,
        mark=options.mark,
        is_fetch=options.context is not None,
    )
    name = excerpt(report.target, 200)
    report.advice = "correct the file and import it again"
    try:
        head, pieces = streams.peek(streams.read_pieces(stream, name=name))
        reader = formats.line_reader(head, name=report.target)
        if reader:
            collector.batch = BATCH
            place = _place(
                library,
                stream,
                head,
                options,
            )
            lines = _Stream(
                stream,
                collector,
                name,
                place,
            )
            lines.add(
                reader,
                pieces,
                narrate,
            )
        else:
            pieces = _reported(pieces, stream, library.progress)
            _add_whole(
                streams.join_pieces(pieces, name=name),
                collector,
                options,
            )
    except FetchError as error:
        report.errors.append(error)
    except OSError as error:
        report.errors.append(
            FetchError(f"{name}: {error.strerror}; check the name and its permissions")
        )
    except (KeyboardInterrupt, Interrupted):
        collector.finish()
        raise
    collector.finish()
    if report.merged:
        entries = plural(report.merged, "entry", "entries")
        report.notes.append(f"{entries} merged with another entry of the same paper")


def _reported(
    pieces: Iterable[bytes], stream: BinaryIO, progress: Progress
) -> Iterator[bytes]:
    """The pieces of a file, with how much of it is read; a pipe has no size."""
    size = 0
    with contextlib.suppress(io.UnsupportedOperation):  # bytes in memory
        size = os.fstat(stream.fileno()).st_size
    done = 0
    for piece in pieces:
        done += len(piece)
        # Of a file that is decompressed, what is read is less than its pieces.
        place = stream.tell() if size else done
        progress.report("reading", place // MB, size // MB, "MB")
        yield piece
    progress.report("reading")


def _add_whole(
    body: bytes,
    collector: Collector,
    options: Options,
) -> None:
    listing = formats.read_file(
        body,
        name=collector.report.target,
        date=options.date,
        context=options.context if options.http else None,
    )
    if options.source:
        listing = replace(listing, source=options.source)
    collector.add(listing)
    if options.http and listing.follow and not collector.full:
        read(collector, options.http, listing.follow)


def _parsed(
    reader: formats.LineReader, name: str, batches: Iterator[Batch]
) -> Iterator[Parsed]:
    """The listings of batches; another process parses those of a large file."""
    parse_one = partial(parse, reader, name)
    yield from map(parse_one, islice(batches, SERIAL_BATCHES))
    more = next(batches, None)
    if more is None:
        return
    from papertrack.storage.workers import Pool, worker_count  # 15 ms

    workers = min(worker_count(), PARSING_WORKERS)
    with Pool(parse_one, workers) as pool:
        yield from pool.mapped(chain([more], batches))


@dataclass(slots=True)
class _Stream:
    """The import of one file of JSON lines; `done` lines of it are in the library."""

    stream: BinaryIO
    collector: Collector
    name: str
    place: Place | None
    line: int = 0
    done: int = 0
    last_key: str | None = None

    def add(
        self,
        reader: formats.LineReader,
        pieces: Iterable[bytes],
        narrate: Callable[[str], None],
    ) -> None:
        """Add all lines, or those after the place where an import was interrupted."""
        if self.place:
            self.done = self.place.reached(self.collector.library)
        if self.done:
            narrate(f"{self.name}: resuming at line {self.done + 1}")
        with self.collector.library.index.series():
            try:
                self._read(reader, pieces)
            except KeyboardInterrupt:
                raise Interrupted(self._saved()) from None
            self.collector.finish()
        if self.place:
            self.place.remove()

    def _read(
        self,
        reader: formats.LineReader,
        pieces: Iterable[bytes],
    ) -> None:
        progress = self.collector.library.progress
        size = 0
        if self.place:
            size = os.fstat(self.stream.fileno()).st_size
        lines = streams.split_lines(pieces, name=self.name)
        for _ in islice(lines, self.done):
            pass
        batches = Batches(lines, self.done, self.stream.tell if size else lambda: 0)
        for end, place, listing in _parsed(reader, self.name, iter(batches)):
            self.line = end
            with progress.within():
                self._add(listing)
            total = 0
            if size:  # as the lines so far suggest
                total = max(round(end * size / place), end)
            progress.report("reading", end, total, "lines")
            if self.collector.full:
                return
        batches.finish()

    def _add(self, listing: Listing) -> None:
        """Add a listing; save the place when all up to its end is in the library."""
        room = max(MAX_PROBLEMS - len(self.collector.report.problems), 0)
        self.collector.add(replace(listing, problems=listing.problems[:room]))
        keys = [facts.ids[0] for facts in listing.facts if facts.ids]
        if keys:
            self.last_key = keys[-1]
        if not self.collector.waiting:
            self.done = self.line
            if self.place and self.last_key:
                self.place.save(self.done, self.last_key)

    def _saved(self) -> str:
        """What an interruption leaves; what waits of a file will be read again."""
        if self.place:
            self.collector.waiting.clear()
        else:
            self.collector.flush()
            self.done = self.line
        if not self.done or self.collector.dry_run:
            return "interrupted; nothing was saved"
        saved = f"interrupted; {self.done} lines of {self.name} are saved"
        if not self.place:
            return saved
        return f"{saved}; run the same command to resume at line {self.done + 1}"


class Place(NamedTuple):
    """The file in the cache with the line that an import has reached."""

    path: Path

    def reached(self, library: Library) -> int:
        """How many lines were added before; 0 if unknown.

        The paper added last must still be in the library: it may have been deleted, or
        replaced by a backup.
        """
        try:
            saved = json.loads(self.path.read_bytes())
            line = int(saved["lines"])
            keys = [str(key) for key in saved["keys"]]
        except (OSError, ValueError, KeyError, TypeError):
            return 0
        is_there = bool(keys) and all(library.index.locations([key]) for key in keys)
        return line if is_there and line > 0 else 0

    def save(self, lines: int, key: str) -> None:
        """Save the number of lines added and the last paper's key, if possible."""
        body = json.dumps({"lines": lines, "keys": [key]}).encode()
        with contextlib.suppress(StoreError):
            write_atomically(self.path, body, private=True)

    def remove(self) -> None:
        """Remove the file, and what a killed process has left beside it."""
        temporary = self.path.parent.glob(f".{self.path.name}.*.tmp")
        with contextlib.suppress(OSError):
            for path in (self.path, *temporary):
                path.unlink(missing_ok=True)


def _place(
    library: Library,
    stream: BinaryIO,
    head: bytes,
    options: Options,
) -> Place | None:
    """The place of a regular file, identified by size, time of change and head."""
    if options.dry_run or options.limit:
        return None
    try:
        status = os.fstat(stream.fileno())
    except OSError:
        return None
    if not stat.S_ISREG(status.st_mode):
        return None
    digest = hashlib.blake2b(head, digest_size=10)
    digest.update(f"{status.st_size} {status.st_mtime_ns}".encode())
    name = f"{cache_name(library.root)}-{digest.hexdigest()}.json"
    return Place(library.cache / "imports" / name)
