"""The old interface of `atomic`, `lock` and `transaction`, until its callers have moved."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from tinydb import TinyDB
from tinydb.table import Table

from papertrack.core.errors import StoreError
from papertrack.storage import edit, json_lines
from papertrack.storage.atomic import atomic_file as written_atomically
from papertrack.storage.atomic import file_mode as mode_of
from papertrack.storage.atomic import sync_folder as sync_folder
from papertrack.storage.atomic import write_atomically as write_atomically
from papertrack.storage.json_lines import dumped as dumped
from papertrack.storage.layout import FORMAT, Document, Stamp, stamp_of
from papertrack.storage.lock import Busy as Busy
from papertrack.storage.lock import locked as locked
from papertrack.storage.lock import settle as settle
from papertrack.storage.reading import read_stamped, read_tables

written_atomically = written_atomically
mode_of = mode_of


def check(documents: Any) -> None:
    """Raise StoreError for documents that can't be written."""
    try:
        json.dumps(documents, ensure_ascii=False, allow_nan=False).encode("utf-8")
    except (ValueError, TypeError) as error:
        raise StoreError(
            f"marks: can't be written as JSON: {error}; nothing was changed"
        ) from error


@contextlib.contextmanager
def opened(path: Path) -> Iterator[TinyDB]:
    """The TinyDB at `path`, written at the end if something changed."""
    storage = edit.TablesStorage(read_tables(path))
    database = TinyDB(storage=lambda: storage)
    if not database.tables():
        database.table("format").insert({"version": FORMAT})
    yield database
    if storage.changed:
        try:
            body = json_lines.dumped(storage.tables)
        except (ValueError, TypeError) as error:
            raise StoreError(
                f"{path.name}: can't be written as JSON: {error}; nothing was changed"
            ) from error
        write_atomically(path, body, private=True)


def change(
    path: Path,
    name: str,
    documents: Mapping[str, Document],
    gone: frozenset[str],
    *,
    known: Stamp | None,
    lined: bool,
) -> Stamp | None:
    """Use `transaction`."""
    body, as_known = changed(path, name, documents, gone, known=known, lined=lined)
    if body is not None:
        write_atomically(path, body, private=True)
    return stamp_of(path.stat()) if as_known else None


def changed(
    path: Path,
    name: str,
    documents: Mapping[str, Document],
    gone: frozenset[str],
    *,
    known: Stamp | None,
    lined: bool,
) -> tuple[bytes | None, bool]:
    """Use `transaction`."""
    before, body = read_stamped(path)
    changes = {name: {**dict.fromkeys(gone), **documents}}
    new = edit.edited(path, body, changes, by_lines=lined and before == known)
    return (None if new == body else new), before == known


def table(database: TinyDB, name: str) -> Table:
    """A table without a query cache: its results would be live objects that a later write changes."""
    return database.table(name, cache_size=0)


def put(
    database: TinyDB,
    name: str,
    documents: Mapping[str, Document],
    *,
    gone: frozenset[str] = frozenset(),
) -> None:
    """Use `transaction`."""
    edit.edit(table(database, name), {**dict.fromkeys(gone), **documents})
