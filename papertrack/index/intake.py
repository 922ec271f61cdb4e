"""Catching up: what changed in the library's files, by any means, taken into the index."""

from __future__ import annotations

import contextlib
import json
import sqlite3
import zlib
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from pathlib import Path

from papertrack import files, merge
from papertrack.identity import show
from papertrack.index.schema import (
    LATER_FIRST,
    Row,
    clear,
    fingerprint,
    insert,
    paper_of,
    remove,
    schema_of,
    stamps_of,
)
from papertrack.model import Mark, Record

COMPLETED = 5000
"""How many of the newest ids the shells complete."""


def catch_up(db: sqlite3.Connection, root: Path) -> bool:
    """Take in what changed below `root`, in one transaction; whether anything did. Raises StoreError, sqlite3.Error."""
    db.execute("PRAGMA synchronous = OFF")  # derived: after a power cut the schema row or stamps are missing
    db.execute("PRAGMA cache_size = -64000")
    db.execute("BEGIN IMMEDIATE")
    try:
        if schema_of(db) != fingerprint():
            clear(db)
        stamps = files.stamps(root)
        known = stamps_of(db)
        changed = {name for name in stamps.keys() | known.keys() if stamps.get(name) != known.get(name)}
        marks = _marks(db, root, files.MARKS in changed)
        _take_months(db, root, changed - {files.MARKS}, marks)
        _take_marks(db, marks)
        db.execute("DELETE FROM file")
        db.executemany("INSERT INTO file VALUES (?, ?, ?, ?)", [(name, *stamp) for name, stamp in stamps.items()])
        db.execute("INSERT OR REPLACE INTO meta SELECT 'newest', max(added) FROM paper")
        db.execute("COMMIT")
    except BaseException:
        if db.in_transaction:
            db.execute("ROLLBACK")
        raise
    return bool(changed)

def _marks(db: sqlite3.Connection, root: Path, changed: bool) -> dict[str, Mark]:
    """The marks by key: from the file where it changed, else as the index remembers them."""
    if not changed:
        return {key: files.mark_of(json.loads(said)) for key, said in db.execute("SELECT * FROM mark")}
    path = root / files.MARKS
    return {key: mark for _, key, mark in files.marks(path, files.read_tables(path))}

def _take_months(db: sqlite3.Connection, root: Path, changed: set[str], marks: Mapping[str, Mark]) -> None:
    if not changed:
        return
    held: dict[str, list[Record]] = {}
    while missing := changed - held.keys():
        for name in sorted(missing):
            path = root / name
            held[name] = [record for _, record in files.records(path, files.read_tables(path))]
            changed |= {row[0] for row in db.execute("SELECT other FROM twin WHERE name = ?", (name,))}
        changed |= _shared_elsewhere(db, held)
    records, home, twins = _joined(held)
    marked = ",".join("?" * len(changed))
    old = {
        key: (rid, digest)
        for rid, key, digest in db.execute(
            f"SELECT rid, key, digest FROM paper WHERE file IN ({marked})", tuple(changed)
        )
    }
    bodies = {key: json.dumps(record.as_json(), ensure_ascii=False) for key, record in records.items()}
    digests = {key: zlib.crc32(body.encode("utf-8", "replace")) for key, body in bodies.items()}
    same = {key for key, (_, digest) in old.items() if digests.get(key) == digest}
    remove(db, [rid for key, (rid, _) in old.items() if key not in same])
    fresh = [record for key, record in records.items() if key not in same]
    insert(db, _numbered(db, fresh, marks), home, digests)
    db.executemany("UPDATE paper SET file = ? WHERE key = ? AND file != ?", [(home[k], k, home[k]) for k in same])
    db.execute(f"DELETE FROM twin WHERE name IN ({marked})", tuple(changed))
    db.executemany("INSERT OR IGNORE INTO twin VALUES (?, ?)", twins)

def _shared_elsewhere(db: sqlite3.Connection, held: Mapping[str, list[Record]]) -> set[str]:
    """Other files that hold a paper with a key of these: a crash between two files, or a merge by git."""
    if db.execute("SELECT 1 FROM paper LIMIT 1").fetchone() is None:
        return set()
    found: set[str] = set()
    for records in held.values():
        for record in records:
            for key in record.keys:
                query = "SELECT file FROM paper p JOIN alias a ON a.rid = p.rid WHERE alias = ?"
                found |= {row[0] for row in db.execute(query, (key,))}
    return found - held.keys()

def _take_marks(db: sqlite3.Connection, marks: Mapping[str, Mark]) -> None:
    """Overlay the marks that differ from those the index holds."""
    said = {key: json.dumps(files.mark_document(key, mark), ensure_ascii=False) for key, mark in marks.items()}
    held = dict(db.execute("SELECT * FROM mark"))
    changed = [key for key in said.keys() | held.keys() if said.get(key) != held.get(key)]
    db.executemany("DELETE FROM mark WHERE key = ?", [(key,) for key in changed])
    db.executemany("INSERT INTO mark VALUES (?, ?)", [(key, said[key]) for key in changed if key in said])
    rids = {row[0] for key in changed for row in db.execute("SELECT rid FROM alias WHERE alias = ?", (key,))}
    for rid in sorted(rids):
        query = "SELECT file, digest, body FROM paper JOIN doc USING (rid) WHERE rid = ?"
        row = db.execute(query, (rid,)).fetchone()
        keys = [alias for (alias,) in db.execute("SELECT alias FROM alias WHERE rid = ?", (rid,))]
        mark = merge.join_marks([marks[key] for key in keys if key in marks] or [Mark()])
        remove(db, [rid])
        paper = merge.marked(paper_of(row[2]), mark)
        insert(db, [(rid, paper, keys, mark)], {paper.key: row[0]}, {paper.key: row[1]})

def _joined(held: Mapping[str, list[Record]]) -> tuple[dict[str, Record], dict[str, str], list[tuple[str, str]]]:
    """The papers of these files by key, the file each is filed in, and pairs of files that hold parts of one."""
    groups: dict[str, list[tuple[str, Record]]] = {}
    by_key: dict[str, str] = {}
    for name in sorted(held):
        for record in held[name]:
            met = {by_key[key] for key in record.keys if key in by_key}
            parts = [part for first in sorted(met) for part in groups.pop(first)] + [(name, record)]
            groups[record.key] = parts
            by_key.update({key: record.key for _, part in parts for key in part.keys})
    records, home, twins = {}, {}, []
    for parts in groups.values():
        whole = merge.join([record for _, record in parts]) if len(parts) > 1 else parts[0][1]
        records[whole.key] = whole
        home[whole.key] = next((name for name, record in parts if record.key == whole.key), parts[0][0])
        names = {name for name, _ in parts}
        twins += [(name, other) for name in names for other in names if name != other]
    return records, home, twins


def _numbered(
    db: sqlite3.Connection, records: Iterable[Record], marks: Mapping[str, Mark]
) -> Iterator[Row]:
    """(row id, paper, aliases, mark) of each record; row ids are in the order of days, then as they come."""
    following: dict[int, int] = {}
    for record in records:
        mark = merge.join_marks([marks[key] for key in record.keys if key in marks] or [Mark()])
        paper = merge.settle(record, mark)
        first = _day_number(paper.date) << 24
        if first not in following:
            query = "SELECT max(rid) FROM paper WHERE rid >= ? AND rid < ?"
            last = db.execute(query, (first, first + (1 << 24))).fetchone()[0]
            following[first] = first if last is None else last + 1
        yield following[first], paper, sorted(merge.aliases(record)), mark
        following[first] += 1


def _day_number(day: str | None) -> int:
    try:
        return date.fromisoformat((day or "")[:10]).toordinal()
    except ValueError:
        return 0


def write_completions(db: sqlite3.Connection, cache: Path) -> None:
    """What the shells complete, as TSV that awk reads: a Tab starts no Python."""
    folder = cache / "complete"
    ids = db.execute(f"SELECT p.key, p.title FROM paper p ORDER BY {LATER_FIRST} LIMIT ?", (COMPLETED,))
    tags = db.execute("SELECT value, count(*) FROM label WHERE field = 'tags' GROUP BY folded ORDER BY folded")
    with contextlib.suppress(OSError):
        files.private_folder(folder)
        for name, rows in (("ids", [(show(key), title) for key, title in ids]), ("tags", list(tags))):
            temporary = folder / f".{name}.tmp"
            lines = "".join(f"{value}\t{note}\n" for value, note in rows)
            with open(temporary, "w", encoding="utf-8", errors="replace", opener=files.owner_only) as file:
                file.write(lines)
            temporary.replace(folder / f"{name}.tsv")

