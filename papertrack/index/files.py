"""The files that the index was made from, as it knows them, and their changes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from sqlite3 import Connection
from typing import Any, NamedTuple

from papertrack.storage import layout


class FileChange(NamedTuple):
    """A file that papertrack has just written: its stamps before and after, and what
    gives the changes in it by key, when they are needed.

    These are records, or documents of marks; None where one was removed.
    """

    before: layout.Stamp | None
    after: layout.Stamp
    changed: Callable[[], Mapping[str, Any]]


def store_stamps(db: Connection, stamps: Mapping[str, layout.Stamp]) -> None:
    """Store the stamps of files; a known file keeps its number."""
    query = (
        "INSERT INTO file (name, inode, mtime, size) VALUES (?, ?, ?, ?) "
        "ON CONFLICT (name) DO UPDATE SET (inode, mtime, size, lined) = "
        "(excluded.inode, excluded.mtime, excluded.size, 0)"
    )
    for name, stamp in sorted(stamps.items()):
        db.execute(query, (name, *stamp))


def set_own_layout(db: Connection, names: Iterable[str]) -> None:
    """Note that these files are in the layout that papertrack writes."""
    for name in names:
        db.execute("UPDATE file SET lined = 1 WHERE name = ?", (name,))


def file_numbers(db: Connection) -> dict[str, int]:
    """Name -> number of the files that the index knows."""
    rows = db.execute("SELECT name, id FROM file")
    return dict(rows.fetchall())
