"""The index's SQLite file: opened, brought up to date when files change, and rebuilt on
any doubt.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from functools import partial, wraps
from pathlib import Path
from sqlite3 import Connection
from types import MappingProxyType
from typing import TYPE_CHECKING, Concatenate, ParamSpec, TypeVar

from papertrack.core.environment import cache_name
from papertrack.core.errors import StoreError, UsageError
from papertrack.core.progress import SILENT, Progress
from papertrack.index.integrity import (
    NO_ROOM,
    PASSING,
    check,
    close,
    error_name,
    is_damage,
    may_be_opened,
    move_log,
)
from papertrack.index.schema import Crowded, has_fts5, meta_of, stamps_of
from papertrack.index.sql_functions import Patterns
from papertrack.storage import layout, waiting

if TYPE_CHECKING:
    from papertrack.core.model import Mark, Record
    from papertrack.index.files import FileChange
    from papertrack.index.prepared import Preparing
    from papertrack.index.update import Series
    from papertrack.storage.folder import Folder

WRITER_SECONDS = 20.0
"""How long a writer waits for another process that updates the index: its own change
must be seen next.
"""

READER_SECONDS = 0.1
"""How long a reader waits for such a process, before it reads the state before the
update, and reports that.
"""

DRAFT_SECONDS = 2.0
"""How long a draft waits, before it is made in memory, from all files."""

SERIES_KB = 8_000
"""How much of the file SQLite remembers in a series of updates, in place of 2 MB."""

SQLITE_SECONDS = 0.05
"""How long SQLite waits by itself: without a notice, and deaf to Ctrl-C."""

_NO_FTS5 = (
    "words can't be searched: the SQLite of this Python lacks FTS5; use another Python, "
    "or query fields of other kinds such as tag:, year and is:"
)

NO_CHANGES: Mapping[str, FileChange] = MappingProxyType({})

P = ParamSpec("P")
T = TypeVar("T")


def path_of(root: Path, cache: Path) -> Path:
    """The file of the index of the library at `root`."""
    return cache / f"index-{cache_name(root)}.db"


class Database:
    """The index of the library in `folder`, a file in the folder `cache`, as up to date
    as the library's files.

    Where no file can be written there, the index is built in memory. Updates are reported
    to `progress`.
    """

    def __init__(
        self, folder: Folder, cache: Path, progress: Progress = SILENT
    ) -> None:
        self.folder = folder
        self.root = folder.root
        self.cache = cache
        self.progress = progress
        self.path = path_of(folder.root, cache)
        self.patterns = Patterns()
        self._is_reading = False
        self._draft: _Draft | None = None
        self._helpers: Preparing | None = None
        self._series: Series | None = None
        self._use(self._open(NO_CHANGES, wait=False))

    def refresh(self, changes: Mapping[str, FileChange] = NO_CHANGES) -> None:
        """Update the index if files changed since it was opened; call it after a write.

        `changes` are what that write changed, by file: these files are not read again.
        """
        stale = self.db
        self._use(self._open(changes, wait=True))
        close(stale, self.path)

    @contextlib.contextmanager
    def series(self) -> Iterator[None]:
        """Within the block many updates follow each other. What takes as long as the
        library is large is done once, at its end; after an error, by the next update.
        """
        from papertrack.index.update import Series  # 5 ms, with joining

        series = self._series = Series()
        try:
            yield
        finally:
            self._series = None
        if self.meta.pending:
            stale = self.db
            self._use(self._first(partial(self._update, NO_CHANGES, False)))
            close(stale, self.path)
        if series.papers:
            self._write_completions(self.db, ids=True)

    def rebuild(self) -> None:
        """Drop the index and build it from the files."""
        close(self.db, self.path)
        with contextlib.suppress(OSError):
            self.path.unlink(missing_ok=True)
        self._use(self._first(partial(self._build, False)))

    def close(self) -> None:
        """Close the file; end the processes that helped to update it."""
        if self._helpers is not None:
            self._helpers.close()
        close(self.db, self.path)

    def read(self, query: Callable[[], T]) -> T:
        """What a query returns, on one state of the index; a damaged index is rebuilt,
        and the query run again, once.

        Raises UsageError for a query that can't be answered, StoreError if the index
        fails again, is locked, or the disk is full.
        """
        if self._is_reading:
            return query()
        self._is_reading = True
        try:
            try:
                return self._read(query)
            except sqlite3.DatabaseError as error:
                if not is_damage(error):
                    raise
            self._recover()
            return self._read(query)
        except sqlite3.DatabaseError as error:
            raise self._failed(error) from error
        finally:
            self._is_reading = False

    def _recover(self) -> None:
        """Rebuild a damaged index; a draft continues in memory."""
        if self._draft is None:
            self.rebuild()
        else:
            self._move_draft_to_memory(self._draft)

    def _failed(self, error: sqlite3.Error) -> StoreError:
        """Why the index can't be read, and what to do."""
        name = error_name(error)
        if name.startswith(PASSING):
            reason, advice = "is used by another process", "try again"
        elif name.startswith(NO_ROOM):
            reason, advice = f"can't be read ({error})", "free some space"
        else:
            reason = f"is damaged ({error}), also after it was rebuilt"
            advice = "check the disk, or set PAPERTRACK_CACHE to another folder"
        return StoreError(f"{self.path}: the index {reason}; {advice}")

    def _read(self, query: Callable[[], T]) -> T:
        if self._draft is not None:
            return self._answer(query)
        db = self.db
        db.execute("BEGIN")
        try:
            return self._answer(query)
        finally:
            db.rollback()

    def _answer(self, query: Callable[[], T]) -> T:
        self.patterns.begin()
        try:
            return query()
        except sqlite3.OperationalError as error:
            fault = self.patterns.fault
            if "overflow" in str(error) or "too large" in str(error):
                fault = UsageError("the query is nested too deep; make it simpler")
            if fault:
                raise fault from error
            if "fts" in str(error) and not has_fts5(self.db):
                raise StoreError(_NO_FTS5) from error
            raise
        except UnicodeDecodeError as error:
            # SQLite's message quotes the names of damaged tables.
            raise sqlite3.DatabaseError("tables have damaged names") from error

    # ------------------------------------------------------------------ opening

    def _use(self, db: Connection) -> None:
        self.db = db
        self.meta = meta_of(db)
        self.patterns.register(db)

    def _open(self, changes: Mapping[str, FileChange], *, wait: bool) -> Connection:
        """The index, read as it is if it is up to date, else updated, else rebuilt."""
        update = partial(self._update, changes, wait)
        return self._first(self._unchanged, update, partial(self._build, wait))

    def _first(self, *attempts: Callable[[], Connection]) -> Connection:
        """The index as the first attempt that succeeds opens it; in memory if none
        does.
        """
        for attempt in attempts:
            with contextlib.suppress(sqlite3.Error, OSError, Crowded):
                return attempt()
        return self._in_memory()

    def _in_memory(self) -> Connection:
        """The index, built in memory."""
        from papertrack.index.build import fill  # 25 ms, with joining and filelock

        db = sqlite3.connect(":memory:", isolation_level=None)
        try:
            with self.progress.working():
                fill(db, self.root, progress=self.progress)
        except BaseException:
            db.close()
            raise
        return db

    def _unchanged(self) -> Connection:
        """The index, if no file has changed. Raises sqlite3.Error otherwise."""
        stamps = layout.stamps(self.root)
        db = self._connect("ro")
        try:
            check(db, self.path)
            if stamps_of(db) != stamps:
                raise sqlite3.DatabaseError("out of date")
        except BaseException:
            db.close()
            raise
        return db

    def _update(
        self,
        changes: Mapping[str, FileChange],
        wait: bool,
    ) -> Connection:
        """The index, updated with the files that changed."""
        from papertrack.index.update import Unstable, update  # 5 ms, with joining

        def changed_files() -> set[str]:
            return _undamaged(update)(
                db,
                self.folder,
                changes,
                alone=wait,
                preparing=self._preparing(),
                series=self._series,
                progress=self.progress,
            )

        db = self._connect("rw")
        try:
            if self._series is not None:
                db.execute(f"PRAGMA cache_size = -{SERIES_KB}")
            check(db, self.path)
            seconds = WRITER_SECONDS if wait else READER_SECONDS
            with self.progress.working():
                changed = self._in_turn(changed_files, seconds)
            move_log(db, self.path)
            if self._series is None:
                months = changed - {layout.MARKS}
                self._write_completions(db, ids=bool(months))
        except BaseException as error:
            code = getattr(error, "sqlite_errorname", None)
            will_pass = code == "SQLITE_BUSY" or isinstance(error, Unstable)
            if wait or not will_pass:
                close(db, self.path)
                raise
            if code == "SQLITE_BUSY":
                waiting.report(
                    f"{self._updater()}, is not up to date yet: this is the state before"
                )
        return db

    def _preparing(self) -> Preparing:
        """What prepares papers for updates, the same for all."""
        from papertrack.index.prepared import Preparing  # with `update`

        if self._helpers is None:
            self._helpers = Preparing()
        return self._helpers

    def _in_turn(self, change: Callable[[], T], seconds: float) -> T:
        """What a change of the index returns, once no other process changes it.

        Raises sqlite3.Error, SQLITE_BUSY after `seconds`.
        """
        busy: list[sqlite3.OperationalError] = []

        def attempt() -> tuple[T] | None:
            try:
                return (change(),)
            except sqlite3.OperationalError as error:
                if error_name(error) != "SQLITE_BUSY":
                    raise
                busy.append(error)
                return None

        result = waiting.wait_for(attempt, seconds, self._updater)
        if result is None:
            raise busy[-1]
        return result[0]

    def _updater(self) -> str:
        """Which process updates the index."""
        # When it is waited for only; 2 ms
        from papertrack.storage.processes import lock_holder, named

        shared = self.path.with_name(f"{self.path.name}-shm")
        return (
            "the index of the library, which is updated by "
            f"{named(lock_holder(shared))}"
        )

    def _build(self, wait: bool) -> Connection:
        """The index, rebuilt from all files."""
        # 25 ms, with joining and filelock
        from papertrack.index.build import build
        from papertrack.storage import plans

        if not wait and plans.is_half_done(self.folder):
            waiting.report("no index has the state before: half of the change is shown")
        layout.private_folder(self.cache)
        with self.progress.working():
            build(self.path, self.root, self.progress)
            with contextlib.closing(self._connect("ro")) as db:
                self._write_completions(db, ids=True)
        # Files may have changed since they were read, by another process even.
        return self._first(self._unchanged, partial(self._update, NO_CHANGES, wait))

    def _connect(self, mode: str) -> Connection:
        """A connection to the index's file. Raises sqlite3.Error, FileNotFoundError."""
        if not may_be_opened(self.path):
            raise FileNotFoundError(self.path)
        address = f"{self.path.absolute().as_uri()}?mode={mode}"
        is_writable = os.access(self.cache, os.W_OK)
        if mode == "ro" and not is_writable:
            # SQLite can't create the file in which it notes that it reads.
            address = f"{address}&immutable=1"
        db = sqlite3.connect(
            address,
            uri=True,
            isolation_level=None,
            timeout=SQLITE_SECONDS,
        )
        try:
            # A page of garbage becomes an error instead of a wrong result.
            db.execute("PRAGMA cell_size_check = ON")
        except BaseException:
            db.close()
            raise
        return db

    def _write_completions(self, db: Connection, *, ids: bool) -> None:
        from papertrack.index import completion_words  # after changes only

        completion_words.write(db, self.cache, ids=ids)

    # ------------------------------------------------------------------ drafts

    @contextlib.contextmanager
    def draft(self, records: Mapping[str, Record]) -> Iterator[None]:
        """Within the block, reads see these records, by key, and marks of
        `draft_marks`.

        The index itself is not changed.
        """
        stored = self.db
        meta = self.meta
        draft = _Draft(records, {})
        try:
            db = self._connect("rw")
            self._use(self._drafted(db, draft))
        except (sqlite3.DatabaseError, Crowded):
            # The file is damaged, can't be written, or has no room for so many papers
            # of one day.
            self._use(self._drafted(self._in_memory(), draft))
        self._draft = draft
        try:
            yield
        finally:
            self._draft = None
            self.db.rollback()
            close(self.db, self.path)
            self.db = stored
            self.meta = meta

    def _move_draft_to_memory(self, draft: _Draft) -> None:
        close(self.db, self.path)
        self._use(self._drafted(self._in_memory(), draft))

    def _drafted(self, db: Connection, draft: _Draft) -> Connection:
        """The connection, with a transaction that makes the draft."""
        # 5 ms, with joining
        from papertrack.index.drafts import draft_marks, draft_records

        try:
            self._in_turn(partial(db.execute, "BEGIN IMMEDIATE"), DRAFT_SECONDS)
            _undamaged(draft_records)(db, draft.records)
            _undamaged(draft_marks)(db, draft.marks)
        except BaseException:
            close(db, self.path)
            raise
        return db

    def draft_marks(self, marks: Mapping[str, Mark]) -> None:
        """Within a draft, set the marks of papers by main key."""
        from papertrack.index.drafts import draft_marks  # 5 ms, with joining

        if self._draft is None:
            raise ValueError("no draft is open")
        self._draft.marks.update(marks)
        try:
            _undamaged(draft_marks)(self.db, marks)
        except sqlite3.DatabaseError as error:
            if not is_damage(error):
                raise self._failed(error) from error
            self._move_draft_to_memory(self._draft)


D = TypeVar("D", bound=Database)


def one_state(
    method: Callable[Concatenate[D, P], T],
) -> Callable[Concatenate[D, P], T]:
    """Make a method read one state of the index, whatever is written meanwhile, and
    rebuild a damaged index.
    """

    @wraps(method)
    def run(self: D, /, *arguments: P.args, **options: P.kwargs) -> T:
        query = partial(method, self, *arguments, **options)
        return self.read(query)

    return run


class _Draft:
    """The records and marks by key that a draft adds to the index."""

    def __init__(self, records: Mapping[str, Record], marks: dict[str, Mark]) -> None:
        self.records = records
        self.marks = marks


def _undamaged(function: Callable[P, T]) -> Callable[P, T]:
    """Make a function raise DatabaseError where rows of the index lack what it needs."""

    @wraps(function)
    def run(*arguments: P.args, **options: P.kwargs) -> T:
        try:
            return function(*arguments, **options)
        except (TypeError, ValueError) as error:
            raise sqlite3.DatabaseError(f"damaged: {error}") from error

    return run
