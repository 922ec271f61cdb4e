"""The new content of a file in which documents are set or removed, by TinyDB.

TinyDB's own storage rewrites a file in place and without a lock, so that two writers
leave it unreadable. Here it only edits; `transaction` puts the result on disk.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tinydb import TinyDB
from tinydb.storages import Storage
from tinydb.table import Document as Row
from tinydb.table import Table

from papertrack.core.errors import StoreError
from papertrack.storage import json_lines
from papertrack.storage.layout import FORMAT, Document, NewDocuments
from papertrack.storage.reading import Tables, parse_tables

TinyTables = Mapping[str, Mapping[Any, Document]]
"""Table -> number (a text before TinyDB writes it, else an int) -> document."""


class TablesStorage(Storage):
    """A TinyDB storage in memory."""

    def __init__(self, tables: Tables) -> None:
        self.tables: TinyTables = tables

    def read(self) -> Any:
        """The tables; None, for TinyDB, if there are none."""
        return self.tables or None

    def write(self, data: TinyTables) -> None:
        """Replace the tables."""
        self.tables = data


def edited(
    path: Path,
    body: bytes | None,
    changes: Mapping[str, NewDocuments],
    *,
    by_lines: bool,
) -> bytes:
    """The content of a file with documents set by table and key, or removed where None.

    `body` is its content so far, None for a new file; `path` is for messages. A file
    known to have one document per line is edited `by_lines` if possible. Raises
    StoreError.
    """
    try:
        if body is not None and by_lines:
            try:
                for table, documents in changes.items():
                    body = json_lines.edited(body, table, documents)
                return body
            except json_lines.NotByLines:
                pass
        return json_lines.dumped(_edited_tables(path, body, changes))
    except (ValueError, TypeError) as error:
        raise StoreError(
            f"{path.name}: can't be written as JSON: {error}; nothing was changed"
        ) from error


def _edited_tables(
    path: Path,
    body: bytes | None,
    changes: Mapping[str, NewDocuments],
) -> TinyTables:
    tables = {} if body is None else parse_tables(path, body)
    storage = TablesStorage(tables)
    database = TinyDB(storage=lambda: storage)
    if not database.tables():
        database.table("format").insert({"version": FORMAT})
    for table, documents in changes.items():
        # Results of a query cache would be live objects that a later write changes.
        edit(database.table(table, cache_size=0), documents)
    return storage.tables


def edit(rows: Table, documents: NewDocuments) -> None:
    """Set or remove documents in few calls: TinyDB rewrites the table in each."""
    removed = []
    existing = {}
    last_number = 0
    for row in rows:
        number = row.doc_id
        last_number = max(last_number, number)
        key = row.get("key")
        if not isinstance(key, str):  # edited by hand
            continue
        existing[key] = number
        if key in documents and documents[key] is None:
            removed.append(number)
    changed = []
    added = []
    for key, document in documents.items():
        if document is None:
            continue
        if key in existing:
            changed.append(existing[key])
        else:
            last_number += 1
            added.append(Row(document, doc_id=last_number))

    def replace(row: Any) -> None:
        document = documents[row["key"]]
        row.clear()
        row.update(document)

    if changed:
        rows.update(replace, doc_ids=changed)
    if removed:
        rows.remove(doc_ids=removed)
    if added:
        rows.insert_multiple(added)
