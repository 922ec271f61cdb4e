"""What ranking saves in the cache: papers as numbers, and the models of tags with the
scores of papers.

It is a file of its own, which readers write: the index is written by writers alone.
Whatever is wrong with it, it is rebuilt, or done without.
"""

from __future__ import annotations

import contextlib
import json
import os
import sqlite3
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path
from sqlite3 import Connection
from typing import NamedTuple

from papertrack.core.environment import cache_name
from papertrack.index.schema import column
from papertrack.storage import layout

FORMAT = 1
"""Count this up when a vector or a model comes to be made in another way."""

MOST_VECTORS = 50_000
"""With more papers than this, those that were not used last are dropped."""

SECONDS = 0.2
"""How long to wait for another process that writes."""

_TABLES = """
CREATE TABLE IF NOT EXISTS vector (paper INTEGER PRIMARY KEY, terms BLOB);
CREATE TABLE IF NOT EXISTS model (name TEXT PRIMARY KEY, stamp INTEGER, body TEXT,
  terms BLOB, weights BLOB, papers BLOB, scores BLOB) WITHOUT ROWID;
"""


class StoredModel(NamedTuple):
    """A model as it is stored: `terms` and `weights` are those of its likeness, `scores`
    those of `papers`.
    """

    name: str
    stamp: int
    body: str
    terms: bytes
    weights: bytes
    papers: bytes
    scores: bytes


class RankingCache:
    """The file of the library at `root`, in the folder `cache`."""

    def __init__(self, root: Path, cache: Path) -> None:
        self.path = cache / f"ranking-{cache_name(root)}.db"
        self.db = self._opened()

    def close(self) -> None:
        """Close the file."""
        self.db.close()

    def vectors(self, papers: Collection[int]) -> dict[int, bytes]:
        """The stored vectors of some papers."""
        query = "SELECT paper, terms FROM vector WHERE paper IN (SELECT value FROM json_each(?))"
        with contextlib.suppress(sqlite3.Error):
            rows = self.db.execute(query, (json.dumps(list(papers)),)).fetchall()
            return dict(rows)
        return {}

    def model(self, name: str) -> StoredModel | None:
        """The stored model of this name."""
        with contextlib.suppress(sqlite3.Error, TypeError):
            row = self.db.execute("SELECT * FROM model WHERE name = ?", (name,))
            return next((StoredModel._make(values) for values in row), None)
        return None

    def save(
        self,
        vectors: Mapping[int, bytes],
        models: Iterable[StoredModel],
        names: Sequence[str],
        used: Collection[int],
    ) -> None:
        """Add vectors, and store models; those of other names than these are dropped.

        `used` are the papers whose vectors are stored where there are too many.
        """
        places = ",".join("?" * len(StoredModel._fields))
        with contextlib.suppress(sqlite3.Error):
            self.db.execute("BEGIN IMMEDIATE")
            with self.db:
                add = "INSERT OR REPLACE INTO vector VALUES (?, ?)"
                self.db.executemany(add, vectors.items())
                (count,) = column(self.db, "SELECT count(*) FROM vector")
                if count > MOST_VECTORS:
                    self._delete_others("vector", "paper", used)
                self._delete_others("model", "name", names)
                add = f"INSERT OR REPLACE INTO model VALUES ({places})"
                self.db.executemany(add, models)

    def _delete_others(self, table: str, name: str, kept: Iterable[object]) -> None:
        listed = "SELECT value FROM json_each(?)"
        query = f"DELETE FROM {table} WHERE {name} NOT IN ({listed})"
        self.db.execute(query, (json.dumps(list(kept)),))

    def _opened(self) -> Connection:
        """The file, a new one in place of a damaged one; one in memory where there can't
        be any.
        """
        for _ in range(2):
            try:
                # SQLite would create the file with the mode that the umask leaves.
                flags = os.O_RDWR | os.O_CREAT
                os.close(layout.in_cache(str(self.path), flags))
                return _with_tables(str(self.path))
            except sqlite3.OperationalError:
                break
            except sqlite3.DatabaseError:
                with contextlib.suppress(OSError):
                    self.path.unlink()
            except OSError:
                break
        return _with_tables(":memory:")


def _with_tables(name: str) -> Connection:
    """The database. Raises sqlite3.DatabaseError for one of another format."""
    db = sqlite3.connect(name, isolation_level=None, timeout=SECONDS)
    try:
        (version,) = column(db, "PRAGMA user_version")
        if version == 0:
            db.executescript(f"{_TABLES} PRAGMA user_version = {FORMAT};")
        elif version != FORMAT:
            raise sqlite3.DatabaseError("of another format")
        # What a crash takes is rebuilt.
        db.execute("PRAGMA synchronous = OFF")
    except BaseException:
        db.close()
        raise
    return db
