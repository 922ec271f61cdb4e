"""A database for what may be too much for memory, gone when it is closed."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager

from papertrack.core.errors import StoreError

Database = sqlite3.Connection


@contextmanager
def database(tables: str) -> Iterator[Database]:
    """A database with these tables, for the block.

    SQLite has it in memory while it is small, then in a file without a name, in the
    folder for temporary files. Raises StoreError if that can't be written.
    """
    with closing(sqlite3.connect("", isolation_level=None)) as db:
        try:
            db.execute("PRAGMA journal_mode = OFF")
            db.executescript(tables)
            yield db
        except sqlite3.Error as error:
            raise StoreError(
                f"a temporary file can't be written: {error}; nothing was changed, free "
                "space in the folder for temporary files"
            ) from error
