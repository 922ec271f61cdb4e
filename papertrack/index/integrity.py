"""Whether the index is as papertrack left it.

SQLite notices a page of garbage, but not an empty table: the words in it are not found,
without an error. The state in which papertrack leaves the file is written beside it, the
seal: whatever else writes to it changes its time. Three rows of the index are compared
as well, since a program that has the file open may not have written to it yet.

Both take less than 0.1 ms. Damage of the disk under an unchanged time is found by
SQLite, or by `doctor`, which compares the index with the files (`diagnosis`).
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from sqlite3 import Connection

from papertrack.index.schema import fingerprint, has_fts5, has_full_text, meta_of
from papertrack.storage import waiting
from papertrack.storage.layout import in_cache

PASSING = ("SQLITE_BUSY", "SQLITE_LOCKED")
"""What SQLite calls the errors of a file that another process uses."""

NO_ROOM = ("SQLITE_FULL", "SQLITE_NOMEM")
"""What SQLite calls the errors of a full disk or memory."""

LOG_BEGINNINGS = (b"\x37\x7f\x06\x82", b"\x37\x7f\x06\x83")
"""The first bytes of SQLite's log of writes (https://www.sqlite.org/fileformat2.html,
section 4.1). It ignores other files in its place.
"""

SEAL_SECONDS = 1.0
"""How long to wait for a process that moves the log into the file and seals it."""

UNSEALED = "another program wrote to it"


def is_damage(error: sqlite3.Error) -> bool:
    """Whether an error is of the index, so that rebuilding it may help."""
    if isinstance(error, sqlite3.ProgrammingError):
        return False
    return not error_name(error).startswith((*PASSING, *NO_ROOM))


def error_name(error: BaseException) -> str:
    """What SQLite calls an error; "" for one of Python's own."""
    return getattr(error, "sqlite_errorname", None) or ""


def check(db: Connection, path: Path) -> None:
    """Raise DatabaseError unless the index at `path`, which `db` has open, is of this
    papertrack and as it was left.
    """
    check_tables(db)
    if not is_sealed(path):
        raise sqlite3.DatabaseError(UNSEALED)


def check_tables(db: Connection) -> None:
    """Raise DatabaseError unless the index is of this papertrack and has its tables."""
    meta = meta_of(db)
    if meta.schema != fingerprint():
        raise sqlite3.DatabaseError("it is not an index of this papertrack")
    (version,) = db.execute("PRAGMA schema_version").fetchone()
    if version != meta.version:
        raise sqlite3.DatabaseError("tables were added or removed")
    if has_full_text(db):
        _check_full_text(db)
    elif has_fts5(db):
        raise sqlite3.DatabaseError("it has no full text")


def _check_full_text(db: Connection) -> None:
    """Raise DatabaseError if tables of FTS5 were emptied.

    They are described in https://www.sqlite.org/fts5.html, section 9: `fts_docsize` has
    a row for each paper, `fts_idx` one for each page of words in `fts_data` but the
    first ten.
    """
    query = (
        "SELECT (SELECT max(id) FROM fts_docsize) IS (SELECT max(rid) FROM paper) "
        "AND (SELECT count(*) FROM fts_data WHERE id IN (1, 10)) = 2 "
        "AND (SELECT max(id) > 10 FROM fts_data) = EXISTS (SELECT 1 FROM fts_idx)"
    )
    (is_whole,) = db.execute(query).fetchone()
    if not is_whole:
        raise sqlite3.DatabaseError("full text is missing")


# ------------------------------------------------------------------ the seal


@contextlib.contextmanager
def moving(path: Path) -> Iterator[None]:
    """Within the block SQLite may move its log into the file at `path`, or the file may
    be replaced; it is sealed afterwards.

    One process at a time does so, under a lock of the seal. Others, which find the file
    changed, wait for that lock before they take it for damaged.
    """
    with _locked(path):
        is_ours = _is_as_sealed(path)
        try:
            yield
        finally:
            # There may have been no log before: others write to it without this lock.
            if is_ours and not _is_as_sealed(path):
                _seal(path)


def may_be_opened(path: Path) -> bool:
    """Whether there is an index to open, and no pipe, which would keep SQLite waiting."""
    journal = path.with_name(f"{path.name}-journal")
    return path.is_file() and not journal.is_fifo()


def opened_to_read(path: Path) -> Connection:
    """The index at `path`. As the last one to close it, this must not move the log.

    Raises sqlite3.Error.
    """
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)


def replace(path: Path, new: Path) -> None:
    """Put a new index in the place of that at `path`. Raises OSError."""
    with _locked(path):
        # What a killed writer left beside the old file would be taken for the new
        # one's.
        for suffix in ("", "-wal", "-shm", "-journal"):
            path.with_name(f"{path.name}{suffix}").unlink(missing_ok=True)
        new.replace(path)
        _seal(path)


def move_log(db: Connection, path: Path) -> None:
    """Move what was written into the index's file, and seal it; unless a reader is
    still reading the state before.
    """
    with moving(path), contextlib.suppress(sqlite3.OperationalError):
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def close(db: Connection, path: Path) -> None:
    """Close a connection. The last one moves the log into the file."""
    with moving(path):
        db.close()


def is_sealed(path: Path) -> bool:
    """Whether the index's file is in the state that was noted; true as long as a
    process has not moved what it wrote into it.
    """
    if _is_as_sealed(path):
        return True
    with _locked(path):  # another process may be moving the log
        return _is_as_sealed(path)


def seal_of(path: Path) -> Path:
    """The file with the seal of an index."""
    return path.with_suffix(".seal")


def _is_as_sealed(path: Path) -> bool:
    if _has_log(path):
        return True
    try:
        with open(seal_of(path), "rb", opener=in_cache) as file:
            return file.read() == _state(path)
    except OSError:
        return False


def _seal(path: Path) -> None:
    """Note the state of the index's file. Hold the lock.

    Does nothing where that can't be noted: the index is rebuilt when it is next used.
    """
    with (
        contextlib.suppress(OSError),
        open(seal_of(path), "wb", opener=in_cache) as file,
    ):
        file.write(_state(path))


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Hold the lock of the seal; go on without after SEAL_SECONDS, or where there are no
    locks.
    """
    try:
        import fcntl  # filelock takes 25 ms

        file = open(seal_of(path), "ab", opener=in_cache)  # noqa: SIM115
    except (OSError, ImportError):
        yield
        return

    def attempt() -> bool | None:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return None
        except OSError:  # a file system without locks
            return False
        return True

    with file:
        waiting.wait_for(attempt, SEAL_SECONDS, lambda: "the index")
        yield


def _state(path: Path) -> bytes:
    stat = path.stat()
    return b"%d %d" % (stat.st_mtime_ns, stat.st_size)


def _has_log(path: Path) -> bool:
    """Whether there are writes that are not in the file itself yet."""
    log = path.with_name(f"{path.name}-wal")
    try:
        with open(log, "rb", opener=in_cache) as file:
            return file.read(4) in LOG_BEGINNINGS
    except OSError:
        return False
