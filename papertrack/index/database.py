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
from papertrack.core.errors import UsageError
from papertrack.index.schema import Crowded, fingerprint, meta_of, stamps_of
from papertrack.index.sql_functions import Patterns
from papertrack.storage import layout

if TYPE_CHECKING:
    from papertrack.core.model import Mark, Record
    from papertrack.index.update import FileChange

WRITER_SECONDS = 20.0
"""How long a writer waits for another process that updates the index: its own change
must be seen next.
"""

READER_SECONDS = 0.05
"""How long a reader waits for such a process, before it reads the state before the
update.
"""

NO_CHANGES: Mapping[str, FileChange] = MappingProxyType({})

D = TypeVar("D", bound="Database")
P = ParamSpec("P")
T = TypeVar("T")


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


class Database:
    """The index of the library at `root`, a file in the folder `cache`, as up to date
    as the library's files.

    Where no file can be written there, the index is built in memory.
    """

    def __init__(self, root: Path, cache: Path) -> None:
        self.root = root
        self.cache = cache
        self.path = cache / f"index-{cache_name(root)}.db"
        self.patterns = Patterns()
        self._is_draft = False
        self._use(self._open(NO_CHANGES, wait=False))

    def refresh(self, changes: Mapping[str, FileChange] = NO_CHANGES) -> None:
        """Update the index if files changed since it was opened; call it after a write.

        `changes` are what that write changed, by file: these files are not read again.
        """
        stale = self.db
        self._use(self._open(changes, wait=True))
        stale.close()

    def rebuild(self) -> None:
        """Drop the index and build it from the files."""
        self.db.close()
        with contextlib.suppress(OSError):
            self.path.unlink(missing_ok=True)
        self._use(self._first(self._build))

    def close(self) -> None:
        """Close the file."""
        self.db.close()

    def read(self, query: Callable[[], T]) -> T:
        """What a query returns, on one state of the index; a damaged index is rebuilt,
        and the query run again.

        Raises UsageError for a query that can't be answered.
        """
        if self._is_draft:
            return self._answer(query)
        if self.db.in_transaction:
            return query()
        try:
            return self._read(query)
        except sqlite3.DatabaseError as error:
            # These two blame the query, or another process, not the file.
            if isinstance(error, sqlite3.OperationalError | sqlite3.ProgrammingError):
                raise
        self.rebuild()
        return self._read(query)

    def _read(self, query: Callable[[], T]) -> T:
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
            raise

    # ------------------------------------------------------------------ opening

    def _use(self, db: Connection) -> None:
        self.db = db
        self.meta = meta_of(db)
        self.patterns.register(db)

    def _open(self, changes: Mapping[str, FileChange], *, wait: bool) -> Connection:
        """The index, read as it is if it is up to date, else updated, else rebuilt."""
        update = partial(self._update, changes, wait)
        return self._first(self._unchanged, update, self._build)

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
        fill(db, self.root)
        return db

    def _unchanged(self) -> Connection:
        """The index, if no file has changed. Raises sqlite3.Error otherwise."""
        stamps = layout.stamps(self.root)
        db = self._connect("ro")
        if meta_of(db).schema == fingerprint() and stamps_of(db) == stamps:
            return db
        db.close()
        raise sqlite3.DatabaseError("out of date")

    def _update(
        self,
        changes: Mapping[str, FileChange],
        wait: bool,
    ) -> Connection:
        """The index, updated with the files that changed."""
        from papertrack.index.update import Unstable, update  # 5 ms, with joining

        db = self._connect("rw", WRITER_SECONDS if wait else READER_SECONDS)
        try:
            if meta_of(db).schema != fingerprint():
                raise sqlite3.DatabaseError("of another schema")
            changed = update(db, self.root, changes, alone=wait)
            months = changed - {layout.MARKS}
            self._write_completions(db, ids=bool(months))
        except BaseException as error:
            code = getattr(error, "sqlite_errorname", None)
            will_pass = code == "SQLITE_BUSY" or isinstance(error, Unstable)
            if wait or not will_pass:
                db.close()
                raise
        return db

    def _build(self) -> Connection:
        """The index, rebuilt from all files."""
        from papertrack.index.build import build  # 25 ms, with joining and filelock

        layout.private_folder(self.cache)
        build(self.path, self.root)
        db = self._connect("ro")
        self._write_completions(db, ids=True)
        return db

    def _connect(self, mode: str, seconds: float = 5) -> Connection:
        """A connection that waits so long for other processes."""
        address = f"{self.path.absolute().as_uri()}?mode={mode}"
        is_writable = os.access(self.cache, os.W_OK)
        if mode == "ro" and not is_writable:
            # SQLite can't create the file in which it notes that it reads.
            address = f"{address}&immutable=1"
        db = sqlite3.connect(
            address,
            uri=True,
            isolation_level=None,
            timeout=seconds,
        )
        # A page of garbage becomes an error instead of a wrong result.
        db.execute("PRAGMA cell_size_check = ON")
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
        try:
            db = self._connect("rw", WRITER_SECONDS)
            self._use(self._drafted(db, records))
        except (sqlite3.OperationalError, Crowded):
            # The file can't be written, or has no room for so many papers of one day.
            db = self._in_memory()
            self._use(self._drafted(db, records))
        self._is_draft = True
        try:
            yield
        finally:
            self._is_draft = False
            self.db.rollback()
            self.db.close()
            self.db = stored
            self.meta = meta

    def _drafted(
        self,
        db: Connection,
        records: Mapping[str, Record],
    ) -> Connection:
        """The connection, with a transaction that adds the records."""
        from papertrack.index.update import draft_records  # 5 ms, with joining

        try:
            db.execute("BEGIN IMMEDIATE")
            draft_records(db, records)
        except BaseException:
            db.close()
            raise
        return db

    def draft_marks(self, marks: Mapping[str, Mark]) -> None:
        """Within a draft, set the marks of papers by main key."""
        from papertrack.index.update import draft_marks  # 5 ms, with joining

        draft_marks(self.db, marks)
