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
    bases: dict[str, str] = {}
    suffix: dict[str, str] = {}
    rows = _sharing(db, [paper.key for paper in papers])
    for base, group in groupby(rows, key=lambda row: row[0]):
        keys = [key for _, key in group]
        bases |= dict.fromkeys(keys, base)
        if len(keys) > 1:
            suffix |= suffixes(keys)
    result = []
    for paper in papers:
        imported = paper.cite_key
        base = bases.get(paper.key)
        # SQLite's JSON ends a text at a NUL, which a hand may have put into a key.
        if base is None or (imported is not None and is_cite_key(imported)):
            base = base_key(paper)
        result.append(paper._replace(cite_key=f"{base}{suffix.get(paper.key, '')}"))
    return result


def _sharing(db: sqlite3.Connection, keys: list[str]) -> sqlite3.Cursor:
    """(cite key, key) of these papers and of those that share a cite key with them.

    Cite keys are folded; of the papers with one, the first comes first.
    """
    return db.execute(
        "SELECT cite_key, key FROM paper WHERE cite_key IN"
        " (SELECT cite_key FROM json_each(?)"
        "  JOIN alias ON alias = value JOIN paper USING (rid))"
        " ORDER BY cite_key, imported_key DESC, added, key",
        (json.dumps(keys),),
    )
