"""Building the index from nothing."""

from __future__ import annotations

import contextlib
import json
import os
import sqlite3
import time
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from sqlite3 import Connection

from filelock import FileLock, Timeout

from papertrack.core.model import Mark
from papertrack.core.progress import SILENT, Progress
from papertrack.index import integrity
from papertrack.index.files import file_numbers, set_own_layout, store_stamps
from papertrack.index.marks import read_marks, store_marks
from papertrack.index.prepared import Prepared, prepared
from papertrack.index.rows import Rows
from papertrack.index.schema import (
    CROWDED_BITS,
    DAY_BITS,
    FEW_AT_ONCE,
    FULL_TEXT_TABLE,
    INDEXES,
    MANY_AT_ONCE,
    RECENT_TABLE,
    TABLES,
    Crowded,
    column,
    fingerprint,
    has_fts5,
    set_full_text,
)
from papertrack.index.update import record_row, update_in_turn
from papertrack.storage import json_lines, layout, reading, waiting
from papertrack.storage.processes import is_stopped, lock_holder, named
from papertrack.storage.workers import Pool, worker_count

BATCH = 3000
"""Papers added at once.

All at once takes as long, and 47 MB more memory for 10,000 papers.
"""

PARALLEL_BYTES = 8_000_000
"""From files of this size together on, other processes prepare the rows: half a second
of work, more than starting them takes.
"""

BUILDER_SECONDS = 600.0
"""How long to wait for another process that builds the index, and gets on with it."""

STALL_SECONDS = 10.0
"""How long to wait for one that writes nothing. One that is stopped (Ctrl-Z) is not
waited for after `waiting.NOTICE_SECONDS`.
"""


def build(path: Path, root: Path, progress: Progress = SILENT) -> None:
    """Build the index of the library at `root` in a file of its own, and put it at
    `path` when it is complete.

    Of several processes that find no usable index, one builds it and the others wait,
    unless it does not get on. Raises StoreError, sqlite3.Error, OSError.
    """
    unusable = _inode(path)

    def is_built() -> bool:
        return _inode(path) != unusable and _is_usable(path)

    lock = FileLock(path.with_suffix(".lock"), mode=0o600, fallback_to_soft=False)
    builder = _Builder(path, lock)
    waiting.wait_for(builder.is_awaited, BUILDER_SECONDS, builder.describe)
    try:
        if not lock.is_locked:
            waiting.report(f"{builder.describe()}, does not get on; building another")
        if not is_built():
            _build(path, root, is_built, progress)
    finally:
        lock.release()


class _Builder:
    """Another process that builds the index at `path`, as far as it can be seen."""

    def __init__(self, path: Path, lock: FileLock) -> None:
        self._path = path
        self._lock = lock
        self._began = self._changed = time.monotonic()
        self._written: set[tuple[str, int, int]] = set()

    def is_awaited(self) -> bool | None:
        """True with the lock, if it has ended; False if it does not get on; else None."""
        try:
            self._lock.acquire(timeout=0)
        except Timeout:
            pass
        else:
            return True
        now = time.monotonic()
        written = self._files()
        if written != self._written:
            self._written = written
            self._changed = now
        process = lock_holder(Path(self._lock.lock_file))
        if process is not None and is_stopped(process):
            limit = waiting.NOTICE_SECONDS
            return False if now - self._began >= limit else None
        return False if now - self._changed >= STALL_SECONDS else None

    def _files(self) -> set[tuple[str, int, int]]:
        """The files that are being built, with their sizes and times."""
        files = set()
        for path in self._path.parent.glob(f".{self._path.name}.*.tmp*"):
            with contextlib.suppress(OSError):
                status = path.stat()
                files.add((path.name, status.st_size, status.st_mtime_ns))
        return files

    def describe(self) -> str:
        """What is waited for."""
        process = named(lock_holder(Path(self._lock.lock_file)))
        return f"the index of the library, which is built by {process}"


def _inode(path: Path) -> int | None:
    return path.stat().st_ino if path.exists() else None


def _is_usable(path: Path) -> bool:
    if not integrity.may_be_opened(path):
        return False
    try:
        with contextlib.closing(integrity.opened_to_read(path)) as db:
            integrity.check(db, path)
            return True
    except sqlite3.Error:
        return False


def _build(
    path: Path, root: Path, is_built: Callable[[], bool], progress: Progress
) -> None:
    """Build the index, unless another process has built one meanwhile."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        try:
            _build_file(temporary, root, DAY_BITS, progress)
        except Crowded:
            _build_file(temporary, root, CROWDED_BITS, progress)
        if is_built():
            return
        integrity.replace(path, temporary)
    finally:
        temporary.unlink(missing_ok=True)


def _build_file(
    path: Path,
    root: Path,
    bits: int,
    progress: Progress,
) -> None:
    # SQLite would create the file with the mode that the umask leaves.
    flags = os.O_RDWR | os.O_CREAT | os.O_TRUNC
    os.close(layout.owner_only(str(path), flags))
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as db:
        fill(db, root, bits, progress=progress)
        # Readers wait for no writer, and no writer for readers.
        db.execute("PRAGMA journal_mode = WAL")


def fill(
    db: Connection,
    root: Path,
    bits: int = CROWDED_BITS,
    *,
    progress: Progress = SILENT,
) -> None:
    """Fill an empty database with the library.

    Raises StoreError, sqlite3.Error, Crowded.
    """
    # Waiting for the disk takes 0.6 s of 2.3 s at 10,000 papers; a file that is not
    # complete is never used.
    db.execute("PRAGMA synchronous = OFF")
    db.execute("PRAGMA page_size = 8192")  # 4 % smaller than with 4096
    db.executescript(TABLES)
    if has_fts5(db):
        db.execute(FULL_TEXT_TABLE)
        db.execute(RECENT_TABLE)
    db.execute("BEGIN")
    with db:
        set_full_text(db, **MANY_AT_ONCE)
        stamps = layout.stamps(root)
        store_stamps(db, stamps)
        documents, own_layout = read_marks(root)
        store_marks(db, documents, own_layout=own_layout)
        rows = Rows(db, bits, progress)
        for batch in _batches(db, root, documents, stamps, progress):
            with progress.within():
                rows.add_prepared(batch)
        progress.report("completing the index")
        for index in INDEXES:
            db.execute(index)
        set_full_text(db, **FEW_AT_ONCE)
        _join_shared_papers(db, root, rows)
        rows.finish()
        (version,) = column(db, "PRAGMA schema_version")
        query = "INSERT INTO meta VALUES ('schema', ?), ('version', ?), ('bits', ?)"
        db.execute(query, (fingerprint(), version, bits))


def _batches(
    db: Connection,
    root: Path,
    documents: dict[str, str],
    stamps: Mapping[str, layout.Stamp],
    progress: Progress,
) -> Iterator[list[Prepared]]:
    """The rows of all papers, some thousand at a time."""
    numbers = file_numbers(db)
    numbers.pop(layout.MARKS, None)
    files = sorted(numbers.items())
    size = sum(stamps[name][2] for name, _ in files)
    workers = worker_count() if size >= PARALLEL_BYTES else 0
    batch: list[Prepared] = []
    with Pool(partial(_rows_of_file, root, documents), workers) as pool:
        rows = pool.mapped(files)
        for name, _ in progress.counted(files, "indexing", "files"):
            prepared_rows, is_own_layout = next(rows)
            if is_own_layout:
                set_own_layout(db, [name])
            batch += prepared_rows
            if len(batch) >= BATCH:
                yield batch
                batch = []
    yield batch


def _rows_of_file(
    root: Path, documents: Mapping[str, str], file: tuple[str, int]
) -> tuple[list[Prepared], bool]:
    """The rows of the file with this name and number, and whether it is in papertrack's
    layout; `documents` are those of marks.json by key, as JSON. Raises StoreError.
    """
    name, number = file
    path = root / name
    _, body = reading.read_stamped(path)
    if body is None:
        return [], False

    def find(key: str) -> Mark | None:
        document = documents.get(key)
        return None if document is None else Mark.from_json(json.loads(document))

    tables = reading.parse_tables(path, body)
    records = reading.records(path, tables)
    rows = [prepared(record_row(one, find, number)) for one in records]
    # Else the first write to the file would parse and dump all of it.
    return rows, json_lines.is_by_lines(body, tables)


def _join_shared_papers(
    db: Connection,
    root: Path,
    rows: Rows,
) -> None:
    """Join papers that are in several files, or twice in one, and were added as
    several.
    """
    shared = (
        "SELECT alias FROM alias WHERE typeof(alias) = 'text' "
        "GROUP BY alias HAVING count(*) > 1"
    )
    names = db.execute(
        "SELECT DISTINCT f.name FROM alias JOIN paper p USING (rid) "
        f"JOIN file f ON f.id = p.file WHERE alias IN ({shared})"
    )
    in_several = {name for (name,) in names}
    update_in_turn(db, root, in_several, rows, "completing the index")
