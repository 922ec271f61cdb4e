"""The ids and tags that the shells complete, as TSV that awk reads: Tab starts no
Python.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable
from pathlib import Path
from sqlite3 import Connection

from papertrack.core.errors import StoreError
from papertrack.core.identity import show
from papertrack.core.text import clean
from papertrack.index.schema import LATER_FIRST
from papertrack.storage.atomic import write_atomically

COMPLETED = 5000
"""How many of the newest ids the shells complete."""


def write(
    db: Connection,
    cache: Path,
    *,
    ids: bool,
) -> None:
    """Write the tags, and the ids if these changed.

    Does nothing if the cache can't be written.
    """
    folder = cache / "complete"
    with contextlib.suppress(StoreError):
        if ids:
            _write(folder / "ids.tsv", _newest(db))
        tags = db.execute(
            "SELECT min(value), sum(papers) FROM tally JOIN name ON name = id "
            "WHERE field = 'tags' GROUP BY folded ORDER BY folded"
        )
        _write(folder / "tags.tsv", tags)


def _newest(db: Connection) -> list[tuple[str, str]]:
    """(id, title) of the newest papers, in a listing's order: newest day first, most
    upvotes first within it.
    """
    rows = db.execute(
        "SELECT key, title FROM (SELECT day, upvotes, key, title FROM paper "
        f"ORDER BY rid DESC LIMIT ?) p ORDER BY {LATER_FIRST}",
        (COMPLETED,),
    )
    return [(show(key), title) for key, title in rows]


def _write(path: Path, rows: Iterable[tuple[str, object]]) -> None:
    lines = [f"{clean(value)}\t{clean(str(note))}\n" for value, note in rows]
    body = "".join(lines).encode("utf-8", "replace")
    write_atomically(path, body, private=True, durable=False)
