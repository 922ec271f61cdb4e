"""What the shells complete, as TSV that awk reads: a Tab starts no Python."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterable
from pathlib import Path

from papertrack.core.identity import show
from papertrack.core.text import clean
from papertrack.storage import layout

COMPLETED = 5000
"""How many of the newest ids the shells complete."""


def write(db: sqlite3.Connection, cache: Path, *, papers: bool = True) -> None:
    """Write what there is to complete; ids only where `papers` changed. A cache that can't be written is passed by."""
    folder = cache / "complete"
    with contextlib.suppress(OSError):
        layout.private_folder(folder)
        if papers:
            _put(folder, "ids", ((show(key), title) for key, title in _newest(db)))
        tags = "SELECT min(value), sum(papers) FROM tally JOIN name ON name = id GROUP BY folded ORDER BY folded"
        _put(folder, "tags", db.execute(tags))


def _newest(db: sqlite3.Connection) -> list[tuple[str, str]]:
    """(key, title) of the newest papers, as a listing has them: newest day first, most upvotes first within it."""
    rows = db.execute(
        "SELECT key, title, day, upvotes FROM paper ORDER BY rid DESC LIMIT ?",
        (COMPLETED,),
    ).fetchall()
    rows.sort(key=lambda row: (-row[2], -(row[3] or 0), row[0]))
    return [(key, title) for key, title, *_ in rows]


def _put(folder: Path, name: str, rows: Iterable[tuple[object, object]]) -> None:
    temporary = folder / f".{name}.tmp"
    with open(
        temporary, "w", encoding="utf-8", errors="replace", opener=layout.owner_only
    ) as file:
        file.writelines(
            f"{clean(str(value))}\t{clean(str(note))}\n" for value, note in rows
        )
    temporary.replace(folder / f"{name}.tsv")
