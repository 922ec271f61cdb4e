"""Updating the index with the library's files that changed, by whatever means."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from papertrack.core.model import Mark, Record
from papertrack.index.rows import Row, Rows, marked_row, row_of
from papertrack.index.schema import meta_of, names_of, stamps_of
from papertrack.joining.marks import join_marks
from papertrack.joining.records import join, sharing_keys
from papertrack.storage import json_lines, layout, reading

FindMark = Callable[[str], Mark | None]
"""Finds the mark of a key."""


class FileChange(NamedTuple):
    """A file that papertrack has just written: its stamps before and after, and what
    changed in it, by key.

    The values are records, or documents of marks; None where one was removed.
    """

    before: layout.Stamp | None
    after: layout.Stamp
    changed: Mapping[str, Any]


class Unstable(Exception):
    """Several files were being replaced together while they were read: the result may
    be a mixture.
    """


def update(
    db: sqlite3.Connection,
    root: Path,
    changes: Mapping[str, FileChange],
    *,
    alone: bool,
) -> set[str]:
    """Update the index with what changed below `root`, in one transaction; returns the
    files that did.

    `changes` are papertrack's own, whose files need not be read. `alone` is true if the
    library is locked, so that nobody replaces files meanwhile. Raises StoreError,
    sqlite3.Error, Crowded, Unstable.
    """
    # After a power cut, stamps that were not written make the index read files again.
    db.execute("PRAGMA synchronous = OFF")
    db.execute("BEGIN IMMEDIATE")
    with db:
        stamps = layout.stamps(root)
        known = stamps_of(db)
        changed = _differing(stamps, known)
        trusted = {
            name: change
            for name, change in changes.items()
            if known.get(name) == change.before and stamps.get(name) == change.after
        }
        store_stamps(db, {name: stamps[name] for name in changed & stamps.keys()})
        _set_own_layout(db, trusted)
        rows = Rows(db, meta_of(db).bits)
        marked: set[str] = set()
        if layout.MARKS in changed:
            marked = _update_marks(db, root, trusted.pop(layout.MARKS, None))
        months = changed - {layout.MARKS}
        known_records = months == trusted.keys() and _apply(db, trusted, rows)
        if months and not known_records:
            update_months(db, root, months, rows)
        _mark_papers(db, marked, rows)
        removed = [(name,) for name in changed - stamps.keys()]
        db.executemany("DELETE FROM file WHERE name = ?", removed)
        rows.finish()
        if not alone and _being_replaced(root, stamps):
            raise Unstable
    return changed


def _differing(one: Mapping[str, object], other: Mapping[str, object]) -> set[str]:
    """The names that only one has, or that have different values."""
    names = one.keys() | other.keys()
    return {name for name in names if one.get(name) != other.get(name)}


def _being_replaced(root: Path, stamps: Mapping[str, layout.Stamp]) -> bool:
    """Whether several files are being replaced together, or were since `stamps`; a
    single file is never half new.
    """
    changed = _differing(layout.stamps(root), stamps)
    return len(changed) > 1 or (root / layout.REPLACING).exists()


def store_stamps(db: sqlite3.Connection, stamps: Mapping[str, layout.Stamp]) -> None:
    """Store the stamps of files; a known file keeps its number."""
    db.executemany(
        "INSERT INTO file (name, inode, mtime, size) VALUES (?, ?, ?, ?) "
        "ON CONFLICT (name) DO UPDATE SET (inode, mtime, size, lined) = "
        "(excluded.inode, excluded.mtime, excluded.size, 0)",
        [(name, *stamp) for name, stamp in sorted(stamps.items())],
    )


def _set_own_layout(db: sqlite3.Connection, names: Iterable[str]) -> None:
    """Note that these files are in the layout that papertrack writes."""
    query = "UPDATE file SET lined = 1 WHERE name = ?"
    db.executemany(query, [(name,) for name in names])


def file_numbers(db: sqlite3.Connection) -> dict[str, int]:
    """Name -> number of the files that the index knows."""
    return dict(db.execute("SELECT name, id FROM file").fetchall())


# ------------------------------------------------------------------ months


def _apply(
    db: sqlite3.Connection,
    changes: Mapping[str, FileChange],
    rows: Rows,
) -> bool:
    """Apply changes of months without reading these; False if other papers are
    concerned.
    """
    query = "SELECT 1 FROM twin WHERE name = ?"
    if any(db.execute(query, (name,)).fetchone() for name in changes):
        return False
    numbers = file_numbers(db)
    changed: set[str] = set()
    aliases: set[str] = set()
    records: list[tuple[Record, int]] = []
    for name, change in changes.items():
        changed.update(change.changed)
        for record in change.changed.values():
            if record is not None:
                aliases.update(record.keys)
                records.append((record, numbers[name]))
    known: set[tuple[int, str, int]] = set()
    for alias in changed | aliases:
        query = (
            "SELECT rid, key, file FROM alias JOIN paper USING (rid) WHERE alias = ?"
        )
        known.update(db.execute(query, (alias,)))
    written = {numbers[name] for name in changes}
    if any(key not in changed or file not in written for _, key, file in known):
        return False
    find = _stored_mark(db)
    rows.remove(rid for rid, _, _ in known)
    rows.add(record_row(record, find, number) for record, number in records)
    return True


def record_row(
    record: Record,
    find: FindMark,
    file: int,
) -> Row:
    """The row of a record, with the mark of its keys."""
    return row_of(record, _mark_of(record.keys, find), file)


def update_months(
    db: sqlite3.Connection,
    root: Path,
    names: set[str],
    rows: Rows,
) -> set[str]:
    """Update the papers of files, and of those with parts of the same papers; returns
    all these files.
    """
    stored = _read_related(db, root, names)
    numbers = file_numbers(db)
    find = _stored_mark(db)
    papers, shared = _joined(stored)
    new = {
        record.key: record_row(record, find, numbers[name]) for name, record in papers
    }
    places = ",".join("?" * len(stored))
    known = db.execute(
        "SELECT rid, key, file, body FROM paper JOIN doc USING (rid) "
        f"WHERE file IN ({places})",
        [numbers.get(name) for name in stored],
    )
    outdated: list[int] = []
    for rid, key, file, body in known:
        row = new.get(key)
        if row and (row.file, row.body) == (file, body):
            del new[key]
        else:
            outdated.append(rid)
    rows.remove(outdated)
    rows.add(new.values())
    db.execute(f"DELETE FROM twin WHERE name IN ({places})", tuple(stored))
    db.executemany("INSERT INTO twin VALUES (?, ?)", shared)
    return set(stored)


def _read_related(
    db: sqlite3.Connection,
    root: Path,
    names: set[str],
) -> dict[str, list[Record]]:
    """The records of these files, and of all files with a paper that has a key of one
    of theirs.

    A paper has parts in two files after a crash between them, or after git merged
    copies.
    """
    query = (
        "SELECT f.name FROM alias JOIN paper p USING (rid) JOIN file f ON f.id = p.file "
        "WHERE alias = ?"
    )
    stored: dict[str, list[Record]] = {}
    waiting = set(names)
    while waiting:
        name = min(waiting)
        stored[name] = list(reading.read_records(root / name))
        related = db.execute(
            "SELECT other FROM twin WHERE name = ?", (name,)
        ).fetchall()
        for record in stored[name]:
            for key in record.keys:
                related += db.execute(query, (key,)).fetchall()
        waiting.update(other for (other,) in related)
        waiting -= stored.keys()
    return stored


def _joined(
    stored: Mapping[str, list[Record]],
) -> tuple[list[tuple[str, Record]], set[tuple[str, str]]]:
    """The papers of these files, each with its file, and the pairs of files with parts
    of one paper.
    """
    parts_of_papers = sharing_keys(
        [(name, record) for name in sorted(stored) for record in stored[name]],
        lambda part: part[1].keys,
    )
    papers: list[tuple[str, Record]] = []
    shared: set[tuple[str, str]] = set()
    for parts in parts_of_papers:
        name, record = parts[0]
        if len(parts) > 1:
            record = join([part for _, part in parts])
            homes = [name for name, part in parts if part.key == record.key]
            name = homes[0] if homes else name
        papers.append((name, record))
        names = {name for name, _ in parts}
        shared.update((one, other) for one in names for other in names - {one})
    return papers, shared


# ------------------------------------------------------------------ marks


def read_marks(root: Path) -> tuple[dict[str, str], bool]:
    """The documents of marks.json by key, as JSON, and whether the file is in
    papertrack's layout. Raises StoreError.
    """
    path = root / layout.MARKS
    _, body = reading.read_stamped(path)
    if body is None:
        return {}, False
    tables = reading.parse_tables(path, body)
    documents = {
        key: json.dumps(document, ensure_ascii=False)
        for key, document in reading.marks(path, tables).items()
    }
    return documents, json_lines.dumped(tables) == body


def store_marks(
    db: sqlite3.Connection,
    documents: Mapping[str, str],
    *,
    own_layout: bool,
) -> None:
    """Store the documents of marks.json, as JSON."""
    db.executemany("INSERT INTO mark VALUES (?, ?)", documents.items())
    if own_layout:
        _set_own_layout(db, [layout.MARKS])


def _update_marks(
    db: sqlite3.Connection,
    root: Path,
    change: FileChange | None,
) -> set[str]:
    """Update the marks with a change, else with the file; returns the keys of those
    that differ.
    """
    if change is None:
        documents, own_layout = read_marks(root)
        known = dict(db.execute("SELECT key, document FROM mark").fetchall())
        changed = _differing(documents, known)
        documents = {key: documents[key] for key in changed & documents.keys()}
    else:
        own_layout = True
        changed = set(change.changed)
        documents = {
            key: json.dumps(document, ensure_ascii=False)
            for key, document in change.changed.items()
            if document is not None
        }
    db.executemany("DELETE FROM mark WHERE key = ?", [(key,) for key in changed])
    store_marks(db, documents, own_layout=own_layout)
    return changed


def _mark_papers(
    db: sqlite3.Connection,
    keys: Iterable[str],
    rows: Rows,
) -> None:
    """Mark the papers that have these keys as the table `mark` says."""
    find = _stored_mark(db)
    query = "SELECT DISTINCT rid FROM alias WHERE alias = ?"
    rids = {rid for key in keys for (rid,) in db.execute(query, (key,))}
    for rid in sorted(rids):
        query = "SELECT body, file FROM paper JOIN doc USING (rid) WHERE rid = ?"
        body, file = db.execute(query, (rid,)).fetchone()
        keys, _ = names_of(body)
        rows.replace(rid, marked_row(body, _mark_of(keys, find), file))


def _mark_of(keys: Iterable[str], find: FindMark) -> Mark:
    """The mark of a paper with these keys."""
    marks = [mark for mark in map(find, keys) if mark]
    return join_marks(marks) if marks else Mark()


def _stored_mark(db: sqlite3.Connection) -> FindMark:
    """Finds the mark that the index has for a key."""

    def find(key: str) -> Mark | None:
        query = "SELECT document FROM mark WHERE key = ?"
        row = db.execute(query, (key,)).fetchone()
        return Mark.from_json(json.loads(row[0])) if row else None

    return find


# ------------------------------------------------------------------ drafts


def draft_records(db: sqlite3.Connection, records: Mapping[str, Record]) -> None:
    """Add records in place of those that they share a key with; not committed."""
    rows = Rows(db, meta_of(db).bits)
    query = "SELECT rid FROM alias WHERE alias = ?"
    keys = {key for record in records.values() for key in record.keys}
    rows.remove({rid for key in keys for (rid,) in db.execute(query, (key,))})
    find = _stored_mark(db)
    store_stamps(db, {"draft": (0, 0, 0)})
    file = file_numbers(db)["draft"]
    rows.add(record_row(record, find, file) for record in records.values())
    rows.finish()


def draft_marks(db: sqlite3.Connection, marks: Mapping[str, Mark]) -> None:
    """Set the marks of papers by main key; not committed."""
    documents = {key: json.dumps(mark.as_json(key)) for key, mark in marks.items()}
    db.executemany("DELETE FROM mark WHERE key = ?", [(key,) for key in marks])
    store_marks(db, documents, own_layout=False)
    rows = Rows(db, meta_of(db).bits)
    _mark_papers(db, marks, rows)
    rows.finish()
