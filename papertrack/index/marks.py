"""The marks of marks.json in the index, and of the papers that have them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from sqlite3 import Connection
from typing import Any

from papertrack.core.model import Mark
from papertrack.index.bodies import other_keys
from papertrack.index.files import FileChange, set_own_layout
from papertrack.index.rows import Rows
from papertrack.index.schema import column, in_parts
from papertrack.joining.marks import join_marks
from papertrack.storage import json_lines, layout, reading

FindMark = Callable[[str], Mark | None]
"""Finds the mark of a key."""


def read_marks(root: Path) -> tuple[dict[str, str], bool]:
    """The documents of marks.json by key, as JSON, and whether the file is in
    papertrack's layout. Raises StoreError.
    """
    path = root / layout.MARKS
    _, body = reading.read_stamped(path)
    if body is None:
        return {}, False
    tables = reading.parse_tables(path, body)
    documents = _as_json(reading.marks(path, tables))
    return documents, json_lines.is_by_lines(body, tables)


def _as_json(documents: Mapping[str, Any]) -> dict[str, str]:
    """The documents as JSON, without those that are None."""
    texts: dict[str, str] = {}
    for key, document in documents.items():
        if document is not None:
            texts[key] = json.dumps(document, ensure_ascii=False)
    return texts


def store_marks(
    db: Connection,
    documents: Mapping[str, str],
    *,
    own_layout: bool,
) -> None:
    """Store the documents of marks.json, as JSON."""
    query = "INSERT INTO mark VALUES (?, ?)"
    db.executemany(query, documents.items())
    if own_layout:
        set_own_layout(db, [layout.MARKS])


def update_marks(
    db: Connection,
    root: Path,
    change: FileChange | None,
) -> set[str]:
    """Update the marks with a change, else with the file; returns the keys of those
    that differ.
    """
    if change is None:
        documents, own_layout = read_marks(root)
        known = db.execute("SELECT key, document FROM mark")
        changed = differing(documents, dict(known.fetchall()))
        present = changed & documents.keys()
        documents = {key: documents[key] for key in present}
    else:
        own_layout = True
        by_key = change.changed()
        changed = set(by_key)
        documents = _as_json(by_key)
    remove_marks(db, changed)
    store_marks(db, documents, own_layout=own_layout)
    return changed


def remove_marks(db: Connection, keys: Iterable[str]) -> None:
    for key in keys:
        db.execute("DELETE FROM mark WHERE key = ?", (key,))


def mark_papers(
    db: Connection,
    keys: Iterable[str],
    rows: Rows,
) -> None:
    """Mark the papers that have these keys as the table `mark` says."""
    in_order = sorted(rids_of(db, keys))
    query = "SELECT key, body FROM paper JOIN doc USING (rid) WHERE rid = ?"
    for rid in rows.progress.counted(in_order, "indexing", "papers"):
        key, body = db.execute(query, (rid,)).fetchone()
        own_keys = [key, *other_keys(body)]
        rows.mark(rid, body, mark_of(own_keys, stored_marks(db, own_keys)))


def mark_of(keys: Iterable[str], find: FindMark) -> Mark:
    """The mark of a paper with these keys."""
    found = map(find, keys)
    marks = [mark for mark in found if mark]
    return join_marks(marks)


def stored_marks(db: Connection, keys: Iterable[str]) -> FindMark:
    """Finds the marks that the index has for these keys, which are read at once."""
    found: dict[str, Mark] = {}
    for places, part in in_parts(keys):
        query = f"SELECT key, document FROM mark WHERE key IN ({places})"
        for key, document in db.execute(query, part):
            found[key] = Mark.from_json(json.loads(document))
    return found.get


def rids_of(db: Connection, keys: Iterable[str]) -> set[int]:
    """The row ids of the papers that have any of these keys."""
    rids: set[int] = set()
    for places, part in in_parts(keys):
        query = f"SELECT rid FROM alias WHERE alias IN ({places})"
        rids.update(column(db, query, part))
    return rids


def differing(
    one: Mapping[str, object],
    other: Mapping[str, object],
) -> set[str]:
    """The names that only one has, or that have different values."""
    differing: set[str] = set()
    for name in one.keys() | other.keys():
        if one.get(name) != other.get(name):
            differing.add(name)
    return differing
