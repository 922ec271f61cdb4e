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
import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from sqlite3 import Connection

from papertrack.index.schema import fingerprint, has_fts5, has_full_text, meta_of
from papertrack.storage import waiting
from papertrack.storage.layout import owner_only

PASSING = ("SQLITE_BUSY", "SQLITE_LOCKED")
"""What SQLite calls the errors of a file that another process uses."""

NO_ROOM = ("SQLITE_FULL", "SQLITE_NOMEM")
"""What SQLite calls the errors of a full disk or memory."""

LOG_BEGINNINGS = (b"\x37\x7f\x06\x82", b"\x37\x7f\x06\x83")
"""The first bytes of SQLite's log of writes (https://www.sqlite.org/fileformat2.html,
section 4.1). It ignores other files in its place.
"""

SEAL_SECONDS = 1.0
"""How long to wait for the seal of a process that moves the log into the file."""

SEALINGS = 5
"""How often the seal is written anew, if another process writes at the same time."""

BY = b"by "
"""What the seal begins with, before the id of that process, until it is sealed."""

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
    if not is_sealed(path) and not _is_sealed_soon(path):
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


def seal(path: Path) -> None:
    """Note the state of the index's file, after a write.

    Does nothing where that can't be noted: the index is rebuilt when it is next used.
    """
    for _ in range(SEALINGS):
        with contextlib.suppress(OSError):
            state = _state(path)
            _write_seal(path, state)
            if _state(path) == state:
                return


def announce(path: Path) -> None:
    """Note that this process changes the index's file, and then seals it."""
    with contextlib.suppress(OSError):
        _write_seal(path, b"%s%d" % (BY, os.getpid()))


def _write_seal(path: Path, body: bytes) -> None:
    with open(seal_of(path), "wb", opener=owner_only) as file:
        file.write(body)


@contextlib.contextmanager
def _sealing(path: Path) -> Iterator[None]:
    """Within the block SQLite may move its log into the file, which is then sealed.

    The seal says so meanwhile: other processes wait for it rather than rebuild.
    """
    if not _has_log(path):  # nothing to move; the file stays as it is
        yield
        return
    announce(path)
    try:
        yield
    finally:
        if not _has_log(path):
            seal(path)


def _is_sealed_soon(path: Path) -> bool:
    """Whether the process that moves the log into the file seals it in time."""
    # When it is waited for only; 2 ms
    from papertrack.storage.processes import is_alive

    def attempt() -> bool | None:
        if is_sealed(path):
            return True
        try:
            body = seal_of(path).read_bytes()
        except OSError:
            return False
        number = body.removeprefix(BY)
        is_open = not body  # opened, and not yet written
        is_moved = body.startswith(BY) and number.isdigit() and is_alive(int(number))
        return None if is_open or is_moved else False

    return waiting.wait_for(attempt, SEAL_SECONDS, lambda: "the index") or False


def is_sealed(path: Path) -> bool:
    """Whether the index's file is in the state that was noted; true as long as a
    process has not moved what it wrote into it.
    """
    if _has_log(path):
        return True
    try:
        return seal_of(path).read_bytes() == _state(path)
    except OSError:
        return False


def seal_of(path: Path) -> Path:
    """The file with the seal of an index."""
    return path.with_suffix(".seal")


def _state(path: Path) -> bytes:
    stat = path.stat()
    return b"%d %d" % (stat.st_mtime_ns, stat.st_size)


def _has_log(path: Path) -> bool:
    """Whether there are writes that are not in the file itself yet."""
    log = path.with_name(f"{path.name}-wal")
    try:
        with log.open("rb") as file:
            return file.read(4) in LOG_BEGINNINGS
    except OSError:
        return False


def move_log(db: Connection, path: Path) -> None:
    """Move what was written into the index's file, and seal it; unless a reader is
    still reading the state before.
    """
    with _sealing(path), contextlib.suppress(sqlite3.OperationalError):
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def close(db: Connection, path: Path) -> None:
    """Close a connection. The last one moves the log into the file."""
    with _sealing(path):
        db.close()
