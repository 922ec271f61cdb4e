"""Taking the library's files into the index: all of them where there is none yet, else what changed, by any means."""

from __future__ import annotations

import contextlib
import json
import os
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from papertrack.core.model import Mark, Record
from papertrack.index.rows import Row, Rows, marked_row, row_of
from papertrack.index.schema import (
    CROWDED_BITS,
    DAY_BITS,
    LOOKUPS,
    TABLES,
    Crowded,
    fingerprint,
    meta_of,
    names_of,
    stamps_of,
)
from papertrack.joining import records as merge
from papertrack.storage import json_lines as lines
from papertrack.storage import layout
from papertrack.storage import reading as files

BATCH = 4000
"""Papers put in at once where the index is made from nothing: the more, the fewer pieces full text is written in."""

BUILDER_SECONDS = 600.0
"""How long to wait for another process that makes the index from nothing."""

HASHED = 16_000_000
"""Bytes of full text that FTS5 then collects before it writes a piece."""


# ------------------------------------------------------------------ from nothing


def build(path: Path, root: Path) -> None:
    """Make the index of the library at `root` in a file of its own, and put it at `path` when it is whole.

    Raises StoreError, sqlite3.Error, OSError.
    """
    from filelock import FileLock  # 20 ms that only making an index pays for

    bad = _inode(path)
    with FileLock(
        path.with_suffix(".lock"),
        timeout=BUILDER_SECONDS,
        mode=0o600,
        fallback_to_soft=False,
    ):
        if _inode(path) == bad or not _is_made(path):
            _build(path, root)


def _inode(path: Path) -> int | None:
    return path.stat().st_ino if path.exists() else None


def _is_made(path: Path) -> bool:
    """Whether another process has made the index while this one waited to."""
    with (
        contextlib.suppress(sqlite3.Error),
        contextlib.closing(sqlite3.connect(path)) as db,
    ):
        return meta_of(db).schema == fingerprint()
    return False


def _build(path: Path, root: Path) -> None:
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        for bits in (DAY_BITS, CROWDED_BITS):
            os.close(
                layout.owner_only(str(temporary), os.O_RDWR | os.O_CREAT | os.O_TRUNC)
            )  # SQLite goes by the umask
            with (
                contextlib.suppress(Crowded),
                contextlib.closing(
                    sqlite3.connect(temporary, isolation_level=None)
                ) as db,
            ):
                db.execute("PRAGMA journal_mode = OFF")
                fill(db, root, bits)
                break
        with contextlib.closing(sqlite3.connect(temporary, isolation_level=None)) as db:
            db.execute(
                "PRAGMA journal_mode = WAL"
            )  # readers wait for no writer, and no writer for readers
        # What a killed writer left beside the old file would be taken for the new one's.
        for left in ("", "-wal", "-shm", "-journal"):
            path.with_name(f"{path.name}{left}").unlink(missing_ok=True)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def fill(db: sqlite3.Connection, root: Path, bits: int = CROWDED_BITS) -> None:
    """Fill an empty database with the library, some months at a time. Raises StoreError, sqlite3.Error, Crowded."""
    _tune(db)
    db.execute(
        "PRAGMA page_size = 8192"
    )  # bodies of some 900 bytes leave less of it empty
    db.execute("PRAGMA cache_size = -16000")
    db.execute("PRAGMA locking_mode = EXCLUSIVE")
    db.executescript(TABLES)
    db.execute("BEGIN")
    db.executemany(
        "INSERT INTO fts (fts, rank) VALUES (?, ?)",
        [("automerge", 0), ("hashsize", HASHED)],
    )
    stamps = layout.stamps(root)
    said, lined = _marks_in(root)
    db.executemany("INSERT INTO mark VALUES (?, ?)", said.items())
    marks = {
        key: Mark.from_json(json.loads(document)) for key, document in said.items()
    }
    _remember(db, stamps)
    _set_lined(db, [layout.MARKS] if lined else [])
    rows = Rows(db, bits)
    for batch in _batches(db, root, stamps, marks):
        rows.put(batch, empty=True)
    for statement in LOOKUPS.split(";\n"):  # executescript would end the transaction
        db.execute(statement)
    db.executemany(
        "INSERT INTO fts (fts, rank) VALUES (?, ?)",
        [("automerge", 4), ("hashsize", 1 << 20)],
    )
    db.execute("INSERT INTO fts (fts) VALUES ('optimize')")
    _join_twins(db, root, rows)
    _finish(db, rows)
    db.executemany(
        "INSERT INTO meta VALUES (?, ?)", [("schema", fingerprint()), ("bits", bits)]
    )
    db.execute("COMMIT")
    db.execute("PRAGMA locking_mode = NORMAL")


def _tune(db: sqlite3.Connection) -> None:
    db.execute(
        "PRAGMA synchronous = OFF"
    )  # derived: after a power cut the schema row or stamps are missing
    db.execute("PRAGMA secure_delete = OFF")
    db.execute("PRAGMA cache_size = -32000")


def _batches(
    db: sqlite3.Connection, root: Path, stamps: Iterable[str], marks: Mapping[str, Mark]
) -> Iterator[list[Row]]:
    """The rows of whole months, some thousand at a time: what lies beside one another is sorted together."""
    numbers = _file_numbers(db)
    batch: list[Row] = []
    month = ""
    for name in sorted(stamps):
        if name == layout.MARKS:
            continue
        if len(batch) >= BATCH // 2 and (name[:14] != month or len(batch) >= BATCH):
            yield batch
            batch = []
        month = name[:14]
        path = root / name
        for record in files.read_records(path):
            mark = _mark_of(record.keys, marks.get)
            batch.append(row_of(record, mark, numbers[name]))
    yield batch


def _join_twins(db: sqlite3.Connection, root: Path, rows: Rows) -> None:
    """Papers that lie in several files, or twice in one, were taken in as several: make them one."""
    twice = "SELECT alias FROM alias WHERE typeof(alias) = 'text' GROUP BY alias HAVING count(*) > 1"
    query = "SELECT DISTINCT f.name FROM alias JOIN paper p USING (rid) JOIN file f ON f.id = p.file WHERE alias IN"
    waiting = {name for (name,) in db.execute(f"{query} ({twice})")}
    while waiting:
        waiting -= _take_months(db, root, {min(waiting)}, rows)


# ------------------------------------------------------------------ what changed


class FileChange(NamedTuple):
    """A file that papertrack has just written: its stamps before and after, and what changed in it, by key.

    The values are records, or documents of marks; None where one was dropped.
    """

    before: layout.Stamp | None
    after: layout.Stamp
    changed: Mapping[str, Any]


class Moving(Exception):
    """Several files were being replaced together while they were read: what came of it may be a mixture."""


def update(
    db: sqlite3.Connection,
    root: Path,
    told: Mapping[str, FileChange],
    *,
    alone: bool = True,
) -> set[str]:
    """Take in what changed below `root`, in one transaction; the files that did.

    `told` is what papertrack itself has just written, which need not be read. `alone`: the lock is held, and nobody
    replaces files meanwhile. Raises StoreError, sqlite3.Error, Crowded, Moving.
    """
    _tune(db)
    db.execute("BEGIN IMMEDIATE")
    try:
        stamps = layout.stamps(root)
        known = stamps_of(db)
        changed = {
            name
            for name in stamps.keys() | known.keys()
            if stamps.get(name) != known.get(name)
        }
        sure = {
            name: one
            for name, one in told.items()
            if known.get(name) == one.before and stamps.get(name) == one.after
        }
        _remember(db, {name: stamps[name] for name in changed if name in stamps})
        _set_lined(db, sure)
        rows = Rows(db, meta_of(db).bits)
        marked = (
            _changed_marks(db, root, sure.get(layout.MARKS))
            if layout.MARKS in changed
            else set()
        )
        months = changed - {layout.MARKS}
        mine = {name: sure[name].changed for name in months if name in sure}
        if months and not (mine.keys() == months and _take_told(db, mine, rows)):
            _take_months(db, root, months, rows)
        _mark_again(db, marked, rows)
        db.executemany(
            "DELETE FROM file WHERE name = ?",
            [(name,) for name in changed - stamps.keys()],
        )
        _finish(db, rows)
        if not alone and _moving(root, stamps):
            raise Moving
        db.execute("COMMIT")
    except BaseException:
        if db.in_transaction:
            db.execute("ROLLBACK")
        raise
    return changed


def _moving(root: Path, stamps: Mapping[str, layout.Stamp]) -> bool:
    """Whether several files are being replaced together, or were since `stamps`; one alone is whole by itself."""
    now = layout.stamps(root)
    moved = [
        name for name in now.keys() | stamps.keys() if now.get(name) != stamps.get(name)
    ]
    return len(moved) > 1 or (root / layout.REPLACING).exists()


def _remember(db: sqlite3.Connection, stamps: Mapping[str, layout.Stamp]) -> None:
    """The stamps of files; a file keeps its number."""
    put = (
        "INSERT INTO file (name, inode, mtime, size) VALUES (?, ?, ?, ?) "
        "ON CONFLICT (name) DO UPDATE SET (inode, mtime, size, lined) = "
        "(excluded.inode, excluded.mtime, excluded.size, 0)"
    )
    db.executemany(put, [(name, *stamp) for name, stamp in sorted(stamps.items())])


def _set_lined(db: sqlite3.Connection, names: Iterable[str]) -> None:
    """Remember that these files are in the layout that papertrack writes."""
    db.executemany(
        "UPDATE file SET lined = 1 WHERE name = ?", [(name,) for name in names]
    )


def _finish(db: sqlite3.Connection, rows: Rows) -> None:
    rows.settle()
    db.execute("INSERT OR REPLACE INTO meta SELECT 'newest', max(added) FROM paper")


def _file_numbers(db: sqlite3.Connection) -> dict[str, int]:
    return dict(db.execute("SELECT name, id FROM file").fetchall())


# ------------------------------------------------------------------ months


def _take_told(
    db: sqlite3.Connection, told: Mapping[str, Mapping[str, Record | None]], rows: Rows
) -> bool:
    """Take in what changed in files that papertrack wrote; False where more than these papers must be looked at."""
    if any(
        db.execute("SELECT 1 FROM twin WHERE name = ?", (name,)).fetchone()
        for name in told
    ):
        return False
    numbers = _file_numbers(db)
    home = {
        key: (name, record)
        for name, changed in told.items()
        for key, record in changed.items()
        if record
    }
    gone = {key for changed in told.values() for key in changed}
    keys = gone.union(*(record.keys for _, record in home.values()))
    query = "SELECT rid, key, file FROM alias JOIN paper USING (rid) WHERE alias = ?"
    old = {row for key in keys for row in db.execute(query, (key,)).fetchall()}
    written = {numbers[name] for name in told}
    if any(key not in gone or file not in written for _, key, file in old):
        return False
    mark_of = _held_mark(db)
    rows.drop(rid for rid, _, _ in old)
    rows.put(
        row_of(record, _mark_of(record.keys, mark_of), numbers[name])
        for name, record in home.values()
    )
    return True


def _take_months(
    db: sqlite3.Connection, root: Path, names: set[str], rows: Rows
) -> set[str]:
    """Take in files that changed, and those that hold parts of their papers; which these are in all."""
    held = _held(db, root, names)
    records, home, twins = _joined(held)
    numbers = _file_numbers(db)
    places = ",".join("?" * len(held))
    query = f"SELECT rid, key, file, body FROM paper JOIN doc USING (rid) WHERE file IN ({places})"
    mark_of = _held_mark(db)
    old = {
        rid: (key, file, body)
        for rid, key, file, body in db.execute(
            query, [numbers.get(name) for name in held]
        )
    }

    new = {
        key: row_of(record, _mark_of(record.keys, mark_of), numbers[home[key]])
        for key, record in records.items()
    }
    same = {
        key: rid
        for rid, (key, *kept) in old.items()
        if key in new and kept == [new[key].file, new[key].body]
    }
    rows.drop(old.keys() - same.values())
    rows.put(row for key, row in new.items() if key not in same)
    db.execute(f"DELETE FROM twin WHERE name IN ({places})", tuple(held))
    db.executemany("INSERT OR IGNORE INTO twin VALUES (?, ?)", twins)
    return set(held)


def _held(
    db: sqlite3.Connection, root: Path, names: set[str]
) -> dict[str, list[Record]]:
    """The records of these files, and of all files that hold a paper with a key of one of theirs."""
    held: dict[str, list[Record]] = {}
    while missing := names - held.keys():
        for name in sorted(missing):
            path = root / name
            held[name] = list(files.read_records(path))
            names |= {
                row[0]
                for row in db.execute("SELECT other FROM twin WHERE name = ?", (name,))
            }
        names |= _shared_elsewhere(
            db, [record for name in missing for record in held[name]]
        )
    return held


def _shared_elsewhere(db: sqlite3.Connection, records: Iterable[Record]) -> set[str]:
    """The files of all papers with a key of these: a crash between two files, or a merge by git, leaves such."""
    query = "SELECT f.name FROM alias JOIN paper p USING (rid) JOIN file f ON f.id = p.file WHERE alias = ?"
    keys = (key for record in records for key in record.keys)
    return {name for key in keys for (name,) in db.execute(query, (key,))}


def _joined(
    held: Mapping[str, list[Record]],
) -> tuple[dict[str, Record], dict[str, str], list[tuple[str, str]]]:
    """The papers of these files by key, the file each is filed in, and pairs of files that hold parts of one."""
    groups: dict[str, list[tuple[str, Record]]] = {}
    by_key: dict[str, str] = {}
    for name in sorted(held):
        for record in held[name]:
            met = {by_key[key] for key in record.keys if key in by_key}
            parts = [part for first in sorted(met) for part in groups.pop(first)] + [
                (name, record)
            ]
            groups[record.key] = parts
            by_key.update({key: record.key for _, part in parts for key in part.keys})
    records, home, twins = {}, {}, []
    for parts in groups.values():
        whole = (
            merge.join([record for _, record in parts])
            if len(parts) > 1
            else parts[0][1]
        )
        records[whole.key] = whole
        home[whole.key] = next(
            (name for name, record in parts if record.key == whole.key), parts[0][0]
        )
        names = {name for name, _ in parts}
        twins += [(name, other) for name in names for other in names if name != other]
    return records, home, twins


# ------------------------------------------------------------------ marks


def _marks_in(root: Path) -> tuple[dict[str, str], bool]:
    """The documents of marks.json as JSON, by key, and whether the file is in our layout. Raises StoreError."""
    path = root / layout.MARKS
    _, body = files.read_stamped(path)
    if body is None:
        return {}, False
    tables = files.parse_tables(path, body)
    said = {
        key: json.dumps(document, ensure_ascii=False)
        for key, document in files.marks(path, tables).items()
    }
    return said, lines.dumped(tables) == body


def _mark_of(keys: Iterable[str], find: Callable[[str], Mark | None]) -> Mark:
    """The mark of a paper with these keys."""
    found = [mark for key in keys if (mark := find(key))]
    return merge.join_marks(found) if found else Mark()


def _changed_marks(
    db: sqlite3.Connection, root: Path, told: FileChange | None
) -> set[str]:
    """Keep the marks as the file has them; the keys of those that differ from what the index held."""
    if told:
        changed = set(told.changed)
        said = {
            key: json.dumps(one, ensure_ascii=False)
            for key, one in told.changed.items()
            if one is not None
        }
    else:
        said, lined = _marks_in(root)
        held = dict(db.execute("SELECT key, said FROM mark").fetchall())
        changed = {
            key for key in said.keys() | held.keys() if said.get(key) != held.get(key)
        }
        _set_lined(db, [layout.MARKS] if lined else [])
    db.executemany("DELETE FROM mark WHERE key = ?", [(key,) for key in changed])
    db.executemany(
        "INSERT INTO mark VALUES (?, ?)",
        [(key, said[key]) for key in changed if key in said],
    )
    return changed


def _mark_again(db: sqlite3.Connection, keys: Iterable[str], rows: Rows) -> None:
    """Mark the papers that have these keys as the table `mark` says."""
    mark_of = _held_mark(db)
    rids = {
        row[0]
        for key in keys
        for row in db.execute("SELECT rid FROM alias WHERE alias = ?", (key,))
    }
    for rid in sorted(rids):
        query = "SELECT file, body FROM paper JOIN doc USING (rid) WHERE rid = ?"
        file, body = db.execute(query, (rid,)).fetchone()
        row = marked_row(body, _mark_of(names_of(body)[0], mark_of), file)
        rows.drop([rid])
        rows.put([row])


def _held_mark(db: sqlite3.Connection) -> Callable[[str], Mark | None]:
    """Finds the mark that the index holds under a key."""

    def find(key: str) -> Mark | None:
        row = db.execute("SELECT said FROM mark WHERE key = ?", (key,)).fetchone()
        return Mark.from_json(json.loads(row[0])) if row else None

    return find
