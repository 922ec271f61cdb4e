"""The cite key of each paper: of those that share one, the first has it plain.

First come papers whose key was imported, then those that were added first.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from itertools import groupby

from papertrack.core.cite_keys import base_key, is_cite_key, suffixes
from papertrack.core.model import Paper


def with_cite_keys(db: sqlite3.Connection, papers: Iterable[Paper]) -> list[Paper]:
    """The papers, each with the key that is its own in the library."""
    papers = list(papers)
    stored = _stored_keys(db, [paper.key for paper in papers])
    suffix = _suffixes(db, set(stored.values()))
    result = []
    for paper in papers:
        imported = paper.cite_key
        base = stored.get(paper.key)
        # SQLite's JSON ends a text at a NUL, which a hand may have put into a key.
        if base is None or (imported is not None and is_cite_key(imported)):
            base = base_key(paper)
        result.append(paper._replace(cite_key=f"{base}{suffix.get(paper.key, '')}"))
    return result


def _stored_keys(db: sqlite3.Connection, keys: list[str]) -> dict[str, str]:
    """Key -> its cite key as the index has it: folded, without what follows it."""
    rows = db.execute(
        "SELECT key, cite_key FROM paper WHERE key IN (SELECT value FROM json_each(?))",
        (json.dumps(keys),),
    )
    return dict(rows)


def _suffixes(db: sqlite3.Connection, bases: set[str]) -> dict[str, str]:
    """Key -> what follows the cite key, for the papers with one of these cite keys."""
    rows = db.execute(
        "SELECT cite_key, key FROM paper"
        " WHERE cite_key IN (SELECT value FROM json_each(?))"
        " ORDER BY cite_key, imported_key DESC, added, key",
        (json.dumps(sorted(bases)),),
    )
    result: dict[str, str] = {}
    for _, group in groupby(rows, key=lambda row: row[0]):
        result |= suffixes(key for _, key in group)
    return result
